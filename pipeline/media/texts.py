"""
Texts to paste and to read: the description with its timestamps, and the transcript.

Pure. Video platforms make chapters of a description's timestamps if the first is 0:00, each is at
least ten seconds long, and there are at least three:
https://support.google.com/youtube/answer/9884579. What is shorter joins a neighbour here, and only
here: the marks in the video stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.media.chapters import ChapterMark, spans
from pipeline.media.linebreak import join

SHORTEST_SECONDS = 10
FEWEST_PARTS = 3


@dataclass(frozen=True, slots=True)
class _Part:
    title: str
    start: int
    """Whole seconds, as they are written."""
    stop: int
    named_by: int
    """Seconds of the part that gave the title."""


def description_text(
    title: str, marks: Sequence[ChapterMark], *, frames: int, rate: Fraction
) -> str:
    """The title, and a line for each part where there are enough of them."""
    parts = [
        _Part(
            " ".join(name.split()), int(start / rate), int(stop / rate), int((stop - start) / rate)
        )
        for name, start, stop in spans(marks, frames)
    ]
    merged = _merged(parts)
    stamps = [f"{_clock(part.start, merged[-1].stop)} {part.title}" for part in merged]
    lines = ["", *stamps] if len(stamps) >= FEWEST_PARTS else []
    return "\n".join([" ".join(title.split()), *lines]) + "\n"


def _merged(parts: Sequence[_Part]) -> list[_Part]:
    """Short parts join the one before, the first the one after; the longer one's title stays."""
    merged: list[_Part] = []
    for part in parts:
        short = merged and merged[-1].stop - merged[-1].start < SHORTEST_SECONDS
        merged.append(_joined(merged.pop(), part) if short else part)
    if len(merged) > 1 and merged[-1].stop - merged[-1].start < SHORTEST_SECONDS:
        last = merged.pop()
        merged.append(_joined(merged.pop(), last))
    return merged


def _joined(one: _Part, other: _Part) -> _Part:
    named = max(one, other, key=lambda part: part.named_by)
    return replace(named, start=one.start, stop=other.stop)


def _clock(seconds: int, whole: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if whole >= 3600 else f"{minutes}:{left:02d}"


def transcript_text(title: str, scenes: Iterable[tuple[str | None, Sequence[str]]]) -> str:
    """
    All that is said, a paragraph for each scene with its title above.

    Args:
        scenes: title, and what is said in order.
    """
    return "\n\n".join([" ".join(title.split()), *_paragraphs(scenes)]) + "\n"


def _paragraphs(scenes: Iterable[tuple[str | None, Sequence[str]]]) -> Iterator[str]:
    for title, said in scenes:
        texts = [" ".join(text.split()) for text in said if text.strip()]
        if title and texts:
            yield f"## {' '.join(title.split())}"
        if texts:
            paragraph = texts[0]
            for text in texts[1:]:
                paragraph = join(paragraph, text)
            yield paragraph
