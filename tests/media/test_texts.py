"""That the description pastes as chapters, and the transcript has every word."""

from fractions import Fraction
from itertools import pairwise

import pytest

from pipeline.media.chapters import ChapterMark
from pipeline.media.texts import description_text, transcript_text

MARKS = {
    "as they are": (
        [("One", 0), ("Two", 12), ("Three", 30)],
        60,
        ["0:00 One", "0:12 Two", "0:30 Three"],
    ),
    "a short title card joins what follows": (
        [("Card", 0), ("One", 4), ("Two", 20), ("Three", 40)],
        60,
        ["0:00 One", "0:20 Two", "0:40 Three"],
    ),
    "a short end joins what is before": (
        [("One", 0), ("Two", 20), ("Three", 40), ("End", 55)],
        60,
        ["0:00 One", "0:20 Two", "0:40 Three"],
    ),
    "short ones in a row make a long one": (
        [("One", 0), ("a", 10), ("bb", 14), ("c", 20), ("Two", 30), ("Three", 40)],
        60,
        ["0:00 One", "0:10 bb", "0:20 c", "0:30 Two", "0:40 Three"],
    ),
    "over an hour": (
        [("One", 0), ("Two", 3599), ("Three", 3700)],
        3800,
        ["0:00:00 One", "0:59:59 Two", "1:01:40 Three"],
    ),
    "too few to be taken": ([("One", 0), ("Two", 30)], 60, []),
    "none": ([], 60, []),
}


@pytest.mark.parametrize("case", MARKS)
def test_timestamps_are_what_platforms_take(case: str) -> None:
    marks, seconds, expected = MARKS[case]

    text = description_text(
        "Convolution",
        [ChapterMark(title=title, start_frame=30 * second) for title, second in marks],
        frames=30 * seconds,
        rate=Fraction(30),
    )

    title, *lines = text.splitlines()
    assert title == "Convolution"
    assert [line for line in lines if line] == expected


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)], ids=str)
def test_no_two_stamps_are_less_than_ten_seconds_apart(rate: Fraction) -> None:
    marks = [ChapterMark(title=f"Part {n}", start_frame=n * 239) for n in range(40)]

    text = description_text("All", marks, frames=40 * 239, rate=rate)

    stamps = [line.split()[0].split(":") for line in text.splitlines()[2:]]
    seconds = [60 * int(minutes) + int(left) for minutes, left in stamps]
    assert seconds[0] == 0
    assert min(b - a for a, b in pairwise(seconds)) >= 10


def test_the_transcript_has_a_paragraph_for_each_scene() -> None:
    scenes = [
        ("Title", []),
        ("Kernels", ["Nine products,\none sum.", "Slide it."]),
        (None, ["  ", "Again."]),
        ("汉字", ["卷积", "网络。"]),
    ]

    assert transcript_text("Convolution", scenes) == (
        "Convolution\n\n## Kernels\n\nNine products, one sum. Slide it.\n\nAgain.\n\n"
        "## 汉字\n\n卷积网络。\n"
    )
