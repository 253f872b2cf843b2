"""
How a manifest writes the quantities of editing: lengths, places, speeds and colours.

As in manifest/values.py, each parser raises ValueError with a sentence for the author.
"""

from __future__ import annotations

import re
from fractions import Fraction

from pipeline.manifest.edits import Time
from pipeline.manifest.values import parse_moment, shown

LENGTH_PATTERN = r"^([0-9]{1,7}f|[0-9]{1,5}(\.[0-9]{1,9})?s)$"
FRAME_PATTERN = r"^[0-9]{1,7}f$"
SPEED_PATTERN = r"^[0-9]{1,4}(/[0-9]{1,4})?$"
COLOR_PATTERN = r"^(#[0-9a-fA-F]{6}|black|white)$"
SLOWEST, FASTEST = Fraction(1, 100), Fraction(100)
COLORS = {"black": "#000000", "white": "#ffffff"}


def parse_length(value: object) -> Time:
    """
    How long something is, from `15f` or `0.5s`. A bare number says no unit, so is refused.

    >>> str(parse_length("0.5s")), str(parse_length("15f"))
    ('0.5s', '15f')
    """
    text = value if isinstance(value, str) else ""
    if not re.fullmatch(LENGTH_PATTERN, text):
        raise ValueError(
            f"write a length with its unit, 15f for frames or 0.5s for seconds, and not {shown(value)}"
        )
    length = Time(Fraction(text[:-1]), "f" if text[-1] == "f" else "s")
    if not length.amount:
        raise ValueError(f"must be more than nothing, and is {text}")
    return length


def parse_place(value: object) -> Time:
    """A place in a scene, counted from its start: 12.5, `12.5s`, `1:02.5`, or `45f` for a frame."""
    if isinstance(value, str) and re.fullmatch(FRAME_PATTERN, value):
        return Time(Fraction(value[:-1]), "f")
    try:
        return Time(parse_moment(value), "s")
    except ValueError as error:
        text = str(error).replace("12.5s or 1:02.5", "12.5s, 1:02.5 or 45f for a frame")
        raise ValueError(text) from None


def parse_speed(value: object) -> Fraction:
    """
    How many times as fast, from 2, 0.5 or `"3/2"`.

    >>> parse_speed(0.1), parse_speed("3/2")
    (Fraction(1, 10), Fraction(3, 2))
    """
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain and not (isinstance(value, str) and re.fullmatch(SPEED_PATTERN, value)):
        raise ValueError(f'write a speed such as 2, 0.5 or "3/2", and not {shown(value)}')
    try:
        speed = Fraction(str(value))
    except ZeroDivisionError:
        raise ValueError(f"{value} divides by zero") from None
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"must be between 1/100 and 100 times as fast, and is {value}")
    return speed


def parse_color(value: object) -> str:
    """`#rrggbb`, from that or a name."""
    if not isinstance(value, str) or not re.fullmatch(COLOR_PATTERN, value):
        raise ValueError(f'write black, white or a quoted "#101218", and not {shown(value)}')
    return COLORS.get(value, value.lower())
