"""That chapter marks cover a chapter from its first frame to its last."""

from fractions import Fraction

import pytest

from pipeline.media.chapters import ChapterMark, chapters_vtt, marks_of, spans

SCENES = {
    "all titled": ([("One", 0), ("Two", 90)], [("One", 0), ("Two", 90)]),
    "none titled": ([(None, 0), (None, 90)], []),
    "untitled goes on": ([("One", 0), (None, 90), ("Two", 120)], [("One", 0), ("Two", 120)]),
    "untitled first": ([(None, 0), ("Two", 90)], [("Convolution", 0), ("Two", 90)]),
    "empty title": ([("", 0)], []),
}


@pytest.mark.parametrize("case", SCENES)
def test_titles_make_marks(case: str) -> None:
    scenes, expected = SCENES[case]

    assert [(m.title, m.start_frame) for m in marks_of(scenes, title="Convolution")] == expected


def test_every_frame_is_in_one_part() -> None:
    marks = marks_of([("One", 0), ("Two", 90), ("Three", 91)], title="")

    assert list(spans(marks, 200)) == [("One", 0, 90), ("Two", 90, 91), ("Three", 91, 200)]


def test_the_file_is_written_whole() -> None:
    marks = [
        ChapterMark(title="Where x < y", start_frame=0),
        ChapterMark(title="A --> B\n& back", start_frame=45),
    ]

    assert chapters_vtt(marks, frames=100, rate=Fraction(30)) == (
        "WEBVTT\n"
        "\n"
        "1\n"
        "00:00:00.000 --> 00:00:01.500\n"
        "Where x &lt; y\n"
        "\n"
        "2\n"
        "00:00:01.500 --> 00:00:03.333\n"
        "A --&gt; B &amp; back\n"
    )
