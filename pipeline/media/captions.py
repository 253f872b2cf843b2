"""
From cues, as they were spoken, to captions, as they can be read.

Every caption keeps within the limits that broadcasters agree on, by cutting long cues, joining
short ones and letting them stand into the silence that follows. What cannot be kept comes back as a
problem with the cue's id. Pure, in whole frames; files are written and read by media/subtitles.py.

The limits are those of the Netflix Timed Text Style Guide (general requirements 4 and 7, English
17), which the BBC's subtitle guidelines agree with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import accumulate, pairwise, zip_longest

from pipeline.engine.timeline import CueMark
from pipeline.media.bidi import set_apart
from pipeline.media.linebreak import MAX_COLUMNS, MAX_LINES, columns, join, split, unbreakable, wrap

MIN_SECONDS = Fraction(5, 6)
MAX_SECONDS = Fraction(7)
GAP_FRAMES = 2
"""Between one caption and the next, so that a change is seen."""
WARN_SPEED = 17
"""Columns a second above which a caption is hard to follow."""
FAIL_SPEED = 20
"""Columns a second above which it cannot be read."""
SHORTEST_PART_COLUMNS = 16
"""A long cue with less text than this for each part is not cut, but goes after MAX_SECONDS."""
SPACES = re.compile(r"[^\S\u00a0\u2007\u202f]+")
"""All but the no-break spaces, which are there for a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is shown at once. `stop_frame` is the frame after the last."""

    start_frame: int
    stop_frame: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionProblem:
    """A limit that could not be kept."""

    cue_ids: tuple[str, ...]
    what: str
    fails: bool
    """False where it is only hard to follow."""

    def __str__(self) -> str:
        return f"cue {', '.join(self.cue_ids)}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """All that is shown during a chapter, in order and never overlapping."""

    captions: tuple[Caption, ...]
    problems: tuple[CaptionProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionTrack:
    """What is shown in one language."""

    language: str
    """BCP 47."""
    captions: tuple[Caption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A piece of speech which is to be one caption."""

    ids: tuple[str, ...]
    text: str
    start: int
    stop: int
    lines: tuple[str, ...] | None
    """As the author broke them, where that can be kept."""
    last_start: int
    """Where the last cue in it starts."""


def lay_out(
    cues: Sequence[CueMark],
    *,
    rate: Fraction,
    frames: int,
    language: str,
    cuts: Sequence[int] = (),
) -> Captions:
    """
    Args:
        cues: with frames counted from the start of what they are shown with, in any order.
        frames: how long that is.
        language: BCP 47, for where lines may be broken.
        cuts: first frames of scenes. What is said in two of them is not made one caption.
    """
    limits = _Limits(rate=rate, frames=frames, language=language, cuts=cuts)
    problems: list[CaptionProblem] = []
    heard = _heard(cues, limits, problems)
    said = _joined(
        [
            part
            for cue, following in zip_longest(heard, heard[1:])
            for part in _cut(cue, following, limits)
        ],
        limits,
    )
    captions = []
    for piece, following in zip_longest(said, said[1:]):
        caption = limits.caption(piece, following)
        problems.extend(
            CaptionProblem(cue_ids=piece.ids, what=what, fails=fails)
            for what, fails in broken_limits(caption, rate)
        )
        captions.append(caption)
    return Captions(captions=tuple(captions), problems=tuple(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """The limits in frames of one rate, and what they say of a piece."""

    rate: Fraction
    frames: int
    language: str
    cuts: Sequence[int]

    @property
    def shortest(self) -> int:
        return math.ceil(MIN_SECONDS * self.rate)

    @property
    def longest(self) -> int:
        return max(self.shortest, math.floor(MAX_SECONDS * self.rate))

    def needed(self, piece: _Said, speed: int) -> int:
        """Frames it takes to read a piece."""
        return max(self.shortest, math.ceil(columns(piece.text) * self.rate / speed))

    def room(self, piece: _Said, following: _Said | None) -> int:
        """Frames from a piece to where it has to be gone."""
        stop = self.frames if following is None else following.start - GAP_FRAMES
        return min(stop - piece.start, self.longest)

    def shortage(self, piece: _Said, following: _Said | None) -> float:
        """How many times over its room a piece is; 1 or less where it can be read."""
        room = self.room(piece, following)
        return math.inf if room < 1 else self.needed(piece, FAIL_SPEED) / room

    def may_be_one(self, piece: _Said) -> bool:
        """Whether a piece made of several is not more than one caption."""
        return (
            wrap(piece.text, self.language) is not None
            and piece.stop - piece.start <= self.longest
            and not any(piece.start < cut <= piece.last_start for cut in self.cuts)
        )

    def caption(self, piece: _Said, following: _Said | None) -> Caption:
        wanted = max(piece.stop - piece.start, self.needed(piece, WARN_SPEED))
        return Caption(
            start_frame=piece.start,
            stop_frame=piece.start + min(wanted, self.room(piece, following)),
            lines=tuple(
                set_apart(line, self.language)
                for line in piece.lines
                or wrap(piece.text, self.language)
                or self._too_many(piece.text)
            ),
        )

    def _too_many(self, text: str) -> tuple[str, ...]:
        return tuple(
            line for part in split(text, self.language) for line in wrap(part, self.language) or ()
        )


def broken_limits(caption: Caption, rate: Fraction) -> Iterator[tuple[str, bool]]:
    """What is wrong with one caption by itself, and whether it fails for it."""
    frames = caption.stop_frame - caption.start_frame
    seconds = float(frames / rate)
    if frames < math.ceil(MIN_SECONDS * rate):
        yield f"is shown for {seconds:.2f} s, at least {float(MIN_SECONDS):.2f} are needed", True
    if frames > MAX_SECONDS * rate:
        yield f"is shown for {seconds:.2f} s, at most {float(MAX_SECONDS):g} are good", True
    width = columns(" ".join(caption.lines))
    speed = width * rate / max(1, frames)
    if speed > WARN_SPEED:
        limit = FAIL_SPEED if speed > FAIL_SPEED else WARN_SPEED
        yield (
            f"has {width} characters in {seconds:.1f} s, {float(speed):.1f} a second and more than "
            f"{limit}: say less, or give it {math.ceil(10 * width / WARN_SPEED) / 10} s",
            speed > FAIL_SPEED,
        )
    if len(caption.lines) > MAX_LINES:
        yield f"takes {len(caption.lines)} lines, with no time to show them one by one", True
    if any(columns(line) > MAX_COLUMNS for line in caption.lines):
        yield f"has a line of more than {MAX_COLUMNS} characters", True


def _heard(cues: Sequence[CueMark], limits: _Limits, problems: list[CaptionProblem]) -> list[_Said]:
    """The cues in order, inside the chapter, each ending where the next one starts or earlier."""

    def mind(cue: CueMark, what: str) -> None:
        problems.append(CaptionProblem(cue_ids=(cue.id,), what=what, fails=False))

    spoken = []
    for cue in sorted(cues, key=lambda cue: cue.start):
        if SPACES.sub(" ", cue.text).strip():
            spoken.append(cue)
        else:
            mind(cue, "says nothing")
    heard = []
    for cue, following in zip_longest(spoken, spoken[1:]):
        stop = min(cue.stop, limits.frames)
        if following is not None and following.start < stop:
            stop = following.start
            mind(cue, f"goes on after cue {following.id} has started, and is cut there")
        text = SPACES.sub(" ", cue.text).strip()
        if whole := unbreakable(text, limits.language):
            mind(cue, f"has to be broken inside {whole!r}, which is wider than a line")
        start = max(0, min(cue.start, limits.frames - 1))
        lines = tuple(SPACES.sub(" ", line).strip() for line in cue.text.strip().splitlines())
        kept = len(lines) == MAX_LINES and all(0 < columns(line) <= MAX_COLUMNS for line in lines)
        heard.append(
            _Said(
                ids=(cue.id,),
                text=text,
                start=start,
                stop=max(start, stop),
                lines=lines if kept else None,
                last_start=start,
            )
        )
    return heard


def _cut(cue: _Said, following: _Said | None, limits: _Limits) -> Iterator[_Said]:
    """A cue as the captions it takes, sharing its time and as much silence after it as they need."""
    frames = cue.stop - cue.start
    wanted = max(1, math.ceil(frames / limits.longest))
    if cue.lines is not None and wanted == 1:
        yield cue
        return
    enough_text = wanted * SHORTEST_PART_COLUMNS <= columns(cue.text)
    at_least = wanted if enough_text else 1
    parts = [
        replace(cue, text=text, lines=None)
        for text in split(cue.text, limits.language, at_least=at_least)
    ]
    weights = [limits.needed(part, WARN_SPEED) + GAP_FRAMES for part in parts]
    until = limits.frames if following is None else following.start - GAP_FRAMES
    frames = max(frames, min(sum(weights) - GAP_FRAMES, until - cue.start))
    frames = min(frames, len(parts) * limits.longest)
    shares = accumulate(weights, initial=0)
    starts = [cue.start + (frames + GAP_FRAMES) * share // sum(weights) for share in shares]
    for part, (start, stop) in zip(parts, pairwise(starts), strict=True):
        yield replace(part, start=start, last_start=start, stop=max(start, stop - GAP_FRAMES))


def _joined(said: Sequence[_Said], limits: _Limits) -> list[_Said]:
    """Neighbours made one where one alone has too little time and together they have enough."""
    said = list(said)
    while (found := _to_join(said, limits)) is not None:
        first, count, joined = found
        said[first : first + count] = [joined]
    return said


def _to_join(said: Sequence[_Said], limits: _Limits) -> tuple[int, int, _Said] | None:
    """Which pieces to make one, the first of them and how many, and what they make."""
    shortages = [
        limits.shortage(piece, following) for piece, following in zip_longest(said, said[1:])
    ]
    for index in sorted(range(len(said)), key=lambda index: -shortages[index]):
        if shortages[index] <= 1:
            return None
        for count in range(2, len(said) + 1):
            groups = [
                (first, count, reduce(_join, said[first : first + count]))
                for first in range(max(0, index - count + 1), min(index, len(said) - count) + 1)
            ]
            groups = [group for group in groups if limits.may_be_one(group[2])]
            if not groups:
                break

            def shortage(group: tuple[int, int, _Said]) -> float:
                following = said[sum(group[:2])] if sum(group[:2]) < len(said) else None
                return limits.shortage(group[2], following)

            if shortage(best := min(groups, key=shortage)) <= 1:
                return best
        if shortages[index] == math.inf:
            # Said at the same time: shown together whatever it looks like, so no word is lost
            return index, 2, _join(said[index], said[index + 1])
    return None


def _join(one: _Said, other: _Said) -> _Said:
    return _Said(
        ids=one.ids if one.ids == other.ids else (*one.ids, *other.ids),
        text=join(one.text, other.text),
        start=one.start,
        stop=max(one.stop, other.stop),
        lines=None,
        last_start=other.last_start,
    )
