"""
The quantities a manifest writes as text: rates, durations, moments, memory and sizes.

Each parser takes what YAML gave and raises ValueError with a sentence for the author, that being
what pydantic gathers up into one report. Exact throughout: no time ever passes through a float.
"""

from __future__ import annotations

import re
from fractions import Fraction

SMALLEST_SIDE, LARGEST_SIDE = 16, 8192
"""Pixels. manimgl fills on a canvas of twice the size, and GL drivers stop at 16384."""
FASTEST_RATE = 240
LONGEST_SECONDS = 30 * 24 * 3600

RATE_PATTERN = r"^[0-9]{1,6}(/[0-9]{1,6})?$"
DURATION_PATTERN = r"^(?=[0-9])([0-9]+(\.[0-9]+)?h)?([0-9]+(\.[0-9]+)?m)?([0-9]+(\.[0-9]+)?s)?$"
MOMENT_PATTERN = (
    r"^(([0-9]{1,4}:)?[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,9})?|[0-9]{1,7}(\.[0-9]{1,9})?s?)$"
)
MEMORY_PATTERN = r"^([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([kKMGT]i?B)$"
SIZE_PATTERN = r"^([0-9]{1,5})x([0-9]{1,5})$"

MEMORY_UNITS = {
    prefix + infix + "B": base**power
    for power, letters in enumerate(("kK", "M", "G", "T"), start=1)
    for prefix in letters
    for infix, base in (("", 1000), ("i", 1024))
}


def shown(value: object) -> str:
    """A value as its author wrote it, near enough to be recognised, and short."""
    text = f'"{value}"' if isinstance(value, str) else _WORDS.get(repr(value), repr(value))
    return text if len(text) <= 60 else text[:57] + "…"


_WORDS = {"None": "empty", "True": "true", "False": "false"}


def parse_rate(value: object) -> Fraction:
    """Frames a second, from a whole number or `"30000/1001"`."""
    if isinstance(value, float):
        raise ValueError(  # noqa: TRY004 - pydantic gathers ValueErrors
            f"write a whole number or a quoted fraction{_as_fraction(value)}"
        )
    text = str(value) if not isinstance(value, bool) else ""
    if not re.fullmatch(RATE_PATTERN, text):
        raise ValueError(
            f'write a whole number or a quoted fraction, "30000/1001", and not {shown(value)}'
        )
    try:
        rate = Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text} divides by zero") from None
    if not 1 <= rate <= FASTEST_RATE:
        raise ValueError(f"must be between 1 and {FASTEST_RATE} frames a second, and is {text}")
    return rate


def _as_fraction(value: float) -> str:
    """What 29.97 stands for: the television rates are whole ones times 1000/1001."""
    whole = round(value * 1.001)
    if abs(whole * 1000 / 1001 - value) < 0.005 and not value.is_integer():
        return f': {value} is "{whole}000/1001"'
    return f', "30000/1001", and not {value}'


def parse_duration(value: object) -> float:
    """Seconds, from `20m`, `90s`, `1h` or `1h30m`. A bare number says no unit, so is refused."""
    text = value if isinstance(value, str) and len(value) <= 40 else ""
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(
            f"write a duration with its unit, 20m, 90s or 1h30m, and not {shown(value)}"
        )
    parts = re.findall(r"([0-9.]+)([hms])", text)
    total = sum(Fraction(count) * {"h": 3600, "m": 60, "s": 1}[unit] for count, unit in parts)
    if not 0 < total <= LONGEST_SECONDS:
        raise ValueError(f"must be more than nothing and at most 30 days, and is {text}")
    return float(total)


def parse_moment(value: object) -> Fraction:
    """Seconds from the start of a scene, from 12.5, `12.5s` or `1:02.5`."""
    # str() of a float is the shortest text that reads back as it, which is what was written
    text = "" if isinstance(value, bool) else str(value)
    if not re.fullmatch(MOMENT_PATTERN, text):
        raise ValueError(
            f"write a time in the scene, 12.5, 12.5s or 1:02.5, and not {shown(value)}"
        )
    *larger, seconds = text.removesuffix("s").split(":")
    if larger and Fraction(seconds) >= 60:
        raise ValueError(f"has {seconds} seconds after the colon; a minute ends at 60")
    if len(larger) == 2 and int(larger[1]) >= 60:
        raise ValueError(f"has {larger[1]} minutes after the colon; an hour ends at 60")
    total = Fraction(seconds)
    for step, count in zip((60, 3600), reversed(larger), strict=False):
        total += step * int(count)
    return total


def parse_memory(value: object) -> int:
    """Bytes, from `1GiB`, `512MiB` or `2GB`."""
    found = re.fullmatch(MEMORY_PATTERN, value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"write an amount with its unit, 1GiB or 512MiB, and not {shown(value)}")
    amount = int(Fraction(found[1]) * MEMORY_UNITS[found[2]])
    if amount == 0:
        raise ValueError("must be more than nothing; leave the key out to set no memory aside")
    return amount


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels, from `1920x1080`."""
    found = re.fullmatch(SIZE_PATTERN, text)
    if not found:
        raise ValueError(f"write a size as 1920x1080, and not {shown(text)}")
    for name, side in (("width", int(found[1])), ("height", int(found[2]))):
        if side % 2 or not SMALLEST_SIDE <= side <= LARGEST_SIDE:
            raise ValueError(
                f"the {name} must be even and between {SMALLEST_SIDE} and {LARGEST_SIDE} pixels,"
                f" and is {side}"
            )
    return int(found[1]), int(found[2])
