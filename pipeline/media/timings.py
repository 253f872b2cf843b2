"""
Timing files as lecture creators publish them, read as cues.

Three shapes of JSON: words or sentences `[[text, start, end], …]`, and sentences with their
translation `[{"input", "translatedText", "start", "end"}, …]`, as in 3Blue1Brown's captions
(https://github.com/3b1b/captions). Times are in seconds. Words are put together to sentences, and
long sentences are cut where a line reads well, at the moment that word is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import CueMark
from pipeline.errors import ManifestError
from pipeline.media.linebreak import CLOSERS, SENTENCE_ENDS, split
from pipeline.media.subtitles import read_cues

PAUSE_SECONDS = 1.5
"""A silence that ends a sentence whatever its last character."""
SLACK_SECONDS = 0.1
"""By how much one may go on into the next: speech is recognised with that error."""
SHAPES = (
    'write [["text", start, end], …] or [{"translatedText": "text", "start": 1, "end": 2}, …], '
    "times in seconds"
)


@dataclass(frozen=True, slots=True)
class _Timed:
    text: str
    start: float
    """Seconds."""
    stop: float


def read_captions(path: Path, *, rate: Fraction, language: str) -> tuple[CueMark, ...]:
    """
    The cues of a .vtt, .srt or .json file, on the nearest frames.

    Raises:
        ManifestError: everything that is wrong with the file.
    """
    if path.suffix.lower() != ".json":
        return read_cues(path, rate=rate)
    found = _read(path)
    if _are_words(found):
        found = list(_sentences(found, language))
    return tuple(
        CueMark(
            id=f"{path.name}:{number}",
            text=timed.text,
            start=round(Fraction(timed.start) * rate),
            stop=round(Fraction(timed.stop) * rate),
        )
        for number, timed in enumerate(found, start=1)
    )


def _read(path: Path) -> list[_Timed]:
    def refuse(*problems: str) -> ManifestError:
        return ManifestError(path=path, problems=[f"{path}{problem}" for problem in problems])

    try:
        rows = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise refuse(f": {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise refuse(f":{line}: is not UTF-8: save it again with that encoding") from error
    except ValueError as error:
        raise refuse(f": is not JSON: {error}") from error
    if not isinstance(rows, list):
        raise refuse(f": {SHAPES}")
    found: list[_Timed] = []
    problems: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            timed = _timed(row)
        except (KeyError, TypeError, ValueError):
            problems.append(f": entry {number}: {SHAPES}")
            continue
        problems += [f": entry {number}: {what}" for what in _wrong(timed, found)]
        found.append(timed)
    if not rows:
        problems.append(": has no entries")
    if problems:
        raise refuse(*problems)
    return [
        _Timed(one.text, one.start, min(one.stop, other.start) if other else one.stop)
        for one, other in zip(found, [*found[1:], None], strict=True)
    ]


def _timed(row: Any) -> _Timed:
    if isinstance(row, dict):
        # What nobody has translated yet is shown as it was said
        names = ("translatedText", "from_community_srt", "input", "text", "word")
        text = next((row[name] for name in names if row.get(name)), "")
        start, stop = row["start"], row["end"]
    else:
        text, start, stop = row
    return _Timed(str(text).strip(), float(start), float(stop))


def _wrong(timed: _Timed, before: Sequence[_Timed]) -> Iterator[str]:
    if not timed.text:
        yield "has no text"
    if timed.start < 0 or timed.stop < timed.start:
        yield "ends before it starts"
    if before and timed.start < before[-1].stop - SLACK_SECONDS:
        yield f"starts {before[-1].stop - timed.start:.2f} s before the one above it ends"


def _are_words(found: Sequence[_Timed]) -> bool:
    return sum(" " in timed.text for timed in found) * 10 < len(found)


def _sentences(words: Sequence[_Timed], language: str) -> Iterator[_Timed]:
    begun: list[_Timed] = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        begun.append(word)
        ended = word.text.rstrip(CLOSERS)[-1:] in SENTENCE_ENDS
        if ended or following is None or following.start - word.stop >= PAUSE_SECONDS:
            yield from _cut(begun, language)
            begun = []


def _cut(words: Sequence[_Timed], language: str) -> Iterator[_Timed]:
    """A sentence as parts that fit, each from its first word to its last."""
    parts = split(" ".join(word.text for word in words), language)
    if len(parts) == 1:
        yield _Timed(parts[0], words[0].start, words[-1].stop)
        return
    counts = [len(part.split()) for part in parts]
    bounds = [sum(counts[:index]) for index in range(len(counts) + 1)]
    for part, (first, stop) in zip(parts, pairwise(bounds), strict=True):
        last = min(stop, len(words)) - 1
        yield _Timed(part, words[min(first, last)].start, words[last].stop)
