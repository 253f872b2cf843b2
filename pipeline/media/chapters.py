"""
Chapter marks: what a player's list of contents is made from.

Pure. They are written into the video by media/mux.py and beside it as WebVTT.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from pipeline.media.subtitles import vtt_time


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterMark:
    """Where a part with a title begins. It lasts to the next mark, or to the end."""

    title: str
    start_frame: int


def marks_of(scenes: Iterable[tuple[str | None, int]], *, title: str) -> tuple[ChapterMark, ...]:
    """
    The marks of scenes given as (title, first frame). One without a title goes on the one before.

    Players want the first mark at 0, so what comes before the first titled scene is called after
    the whole. No titles, no marks.

    >>> [mark.start_frame for mark in marks_of([(None, 0), ("Kernels", 90)], title="Convolution")]
    [0, 90]
    """
    marks = [ChapterMark(title=name, start_frame=frame) for name, frame in scenes if name]
    if marks and marks[0].start_frame > 0:
        marks.insert(0, ChapterMark(title=title, start_frame=0))
    return tuple(marks)


def spans(marks: Sequence[ChapterMark], frames: int) -> Iterator[tuple[str, int, int]]:
    """Title, first frame and the frame after the last, of each part."""
    bounds = pairwise([*(mark.start_frame for mark in marks), frames])
    for mark, (start, stop) in zip(marks, bounds, strict=True):
        yield mark.title, start, stop


def chapters_vtt(marks: Sequence[ChapterMark], *, frames: int, rate: Fraction) -> str:
    """A WebVTT file of kind `chapters`, for the track element of a web page."""
    cues = (
        f"{number}\n{vtt_time(start, rate)} --> {vtt_time(stop, rate)}\n"
        f"{html.escape(' '.join(title.split()), quote=False)}\n"
        for number, (title, start, stop) in enumerate(spans(marks, frames), start=1)
    )
    return "\n".join(["WEBVTT\n", *cues])
