"""That a quantity is read exactly as written, or refused in a sentence."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from pipeline.manifest.values import (
    parse_duration,
    parse_memory,
    parse_moment,
    parse_rate,
    parse_size,
    shown,
)

UNIT = "write a duration with its unit, 20m, 90s or 1h30m, and not "
TIME = "write a time in the scene, 12.5, 12.5s or 1:02.5, and not "
RATE = 'write a whole number or a quoted fraction, "30000/1001", and not '
AMOUNT = "write an amount with its unit, 1GiB or 512MiB, and not "


def named(value: object) -> str:
    """A function by its name: two processes have it at two addresses."""
    return getattr(value, "__name__", None) or str(value)


@pytest.mark.parametrize(
    ("parse", "written", "means"),
    [
        (parse_rate, 15, Fraction(15)),
        (parse_rate, "30", Fraction(30)),
        (parse_rate, "30000/1001", Fraction(30000, 1001)),
        (parse_rate, 240, Fraction(240)),
        (parse_rate, 1, Fraction(1)),
        (parse_duration, "20m", 1200.0),
        (parse_duration, "90s", 90.0),
        (parse_duration, "1h", 3600.0),
        (parse_duration, "1h30m", 5400.0),
        (parse_duration, "1.5h", 5400.0),
        (parse_duration, "0.25s", 0.25),
        (parse_duration, "720h", 2592000.0),
        (parse_moment, 0, Fraction(0)),
        (parse_moment, 12, Fraction(12)),
        (parse_moment, 12.1, Fraction(121, 10)),
        (parse_moment, "12.5s", Fraction(25, 2)),
        (parse_moment, "0.1", Fraction(1, 10)),
        (parse_moment, "1:02.5", Fraction(125, 2)),
        (parse_moment, "75:00", Fraction(4500)),
        (parse_moment, "1:59.9", Fraction(1199, 10)),
        (parse_moment, 90, Fraction(90)),
        (parse_moment, "1:02:03.001", Fraction(3723001, 1000)),
        (parse_memory, "1GiB", 2**30),
        (parse_memory, "512MiB", 2**29),
        (parse_memory, "1.5 GiB", 3 * 2**29),
        (parse_memory, "2GB", 2 * 10**9),
        (parse_memory, "1kB", 1000),
        (parse_size, "1920x1080", (1920, 1080)),
        (parse_size, "16x8192", (16, 8192)),
    ],
    ids=named,
)
def test_reads(parse: Callable[[object], object], written: object, means: object) -> None:
    assert parse(written) == means


@pytest.mark.parametrize(
    ("parse", "written", "says"),
    [
        (parse_rate, 29.97, 'write a whole number or a quoted fraction: 29.97 is "30000/1001"'),
        (parse_rate, 23.976, 'write a whole number or a quoted fraction: 23.976 is "24000/1001"'),
        (parse_rate, 59.94, 'write a whole number or a quoted fraction: 59.94 is "60000/1001"'),
        (parse_rate, 12.5, RATE + "12.5"),
        (parse_rate, 30.0, RATE + "30.0"),
        (parse_rate, True, RATE + "true"),
        (parse_rate, "30 fps", RATE + '"30 fps"'),
        (parse_rate, "30\n", RATE + '"30\n"'),
        (parse_rate, None, RATE + "empty"),
        (parse_rate, "30/0", "30/0 divides by zero"),
        (parse_rate, 0, "must be between 1 and 240 frames a second, and is 0"),
        (parse_rate, "1/2", "must be between 1 and 240 frames a second, and is 1/2"),
        (parse_rate, 241, "must be between 1 and 240 frames a second, and is 241"),
        (parse_duration, 20, UNIT + "20"),
        (parse_duration, "20", UNIT + '"20"'),
        (parse_duration, "20 minutes", UNIT + '"20 minutes"'),
        (parse_duration, "30s1h", UNIT + '"30s1h"'),
        (parse_duration, "-5m", UNIT + '"-5m"'),
        (parse_duration, "", UNIT + '""'),
        (parse_duration, "9" * 99 + "s", UNIT + '"' + "9" * 56 + "…"),
        (parse_duration, "0s", "must be more than nothing and at most 30 days, and is 0s"),
        (parse_duration, "721h", "must be more than nothing and at most 30 days, and is 721h"),
        (parse_moment, -1, TIME + "-1"),
        (parse_moment, True, TIME + "true"),
        (parse_moment, 1e30, TIME + "1e+30"),
        (parse_moment, "soon", TIME + '"soon"'),
        (parse_moment, "1:2:3:4", TIME + '"1:2:3:4"'),
        (parse_moment, "1e9999999", TIME + '"1e9999999"'),
        (parse_moment, "1:75", "has 75 seconds after the colon; a minute ends at 60"),
        (parse_moment, "1:60", "has 60 seconds after the colon; a minute ends at 60"),
        (parse_moment, "1:60:00", "has 60 minutes after the colon; an hour ends at 60"),
        (parse_memory, 4, AMOUNT + "4"),
        (parse_memory, "4", AMOUNT + '"4"'),
        (parse_memory, "4G", AMOUNT + '"4G"'),
        (parse_memory, "lots", AMOUNT + '"lots"'),
        (
            parse_memory,
            "0GiB",
            "must be more than nothing; leave the key out to set no memory aside",
        ),
        (parse_size, "1080p", 'write a size as 1920x1080, and not "1080p"'),
        (
            parse_size,
            "853x480",
            "the width must be even and between 16 and 8192 pixels, and is 853",
        ),
        (
            parse_size,
            "14x480",
            "the width must be even and between 16 and 8192 pixels, and is 14",
        ),
        (
            parse_size,
            "1920x8194",
            "the height must be even and between 16 and 8192 pixels, and is 8194",
        ),
    ],
    ids=named,
)
def test_refuses(parse: Callable[[object], object], written: object, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(written)

    assert str(caught.value) == says


def test_shows_a_long_value_short() -> None:
    assert shown("x" * 1000) == '"' + "x" * 56 + "…"
    assert shown("x" * 58) == '"' + "x" * 58 + '"'
