"""
Where a scene is cut into segments: by its content, and by nothing else.

A segment should be some 5 to 8 seconds: shorter ones cost bytes (one chunk a play doubles the
file), longer ones leave workers idle and make an edit dear. The places to choose from are the
ends of plays and every whole second inside a long play. Which of them, is decided by a hash of
the pictures around each, as in content-defined chunking: a play that is inserted or lengthened
moves the cuts near it, and the cuts further on fall where they fell before. The number of workers
has no say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from blake3 import blake3

from pipeline.engine.timeline import Timeline

SHORTEST_SECONDS = 4
LONGEST_SECONDS = 8
NEIGHBOURS = 2
"""Frames on each side of a cut that decide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of frames encoded as one chunk. `stop` is the frame after the last."""

    start: int
    stop: int
    runs: tuple[tuple[str, int], ...]
    """Its fingerprints, run-length coded."""

    @property
    def frames(self) -> int:
        return self.stop - self.start

    @property
    def unique_frames(self) -> int:
        """How many pictures have to be drawn."""
        return len(self.runs)


def cut(timeline: Timeline) -> tuple[Segment, ...]:
    """Cuts a whole scene: segments in order, without gap, covering every frame."""
    frames = tuple(timeline.fingerprints())
    stops = _stops(frames, timeline)
    starts = (0, *stops[:-1])
    return tuple(
        Segment(start=start, stop=stop, runs=run_lengths(frames[start:stop]))
        for start, stop in zip(starts, stops, strict=True)
    )


def _stops(frames: Sequence[str], timeline: Timeline) -> tuple[int, ...]:
    shortest = max(1, round(SHORTEST_SECONDS * timeline.rate))
    longest = max(shortest, round(LONGEST_SECONDS * timeline.rate))
    ends, seconds = _places(timeline)
    stops: list[int] = []
    here = 0
    while len(frames) - here > longest:
        window = range(here + shortest, here + longest + 1)
        # A play's end is the better place: the picture often holds there, and an edit stops there
        choice = [p for p in ends if p in window] or [p for p in seconds if p in window]
        here = (
            min(choice, key=lambda place: (_weight(frames, place), place)) if choice else window[-1]
        )
        stops.append(here)
    stops.append(len(frames))
    return tuple(stops)


def _places(timeline: Timeline) -> tuple[list[int], list[int]]:
    """Where plays end, and the whole seconds inside plays, both as frames."""
    second = Fraction(timeline.rate)
    ends, seconds = [], []
    for play in timeline.plays:
        stop = play.first_frame + play.frames
        ends.append(stop)
        count = 1
        while play.first_frame + (place := round(count * second)) < stop:
            seconds.append(play.first_frame + place)
            count += 1
    return ends, seconds


def _weight(frames: Sequence[str], place: int) -> bytes:
    around = frames[max(0, place - NEIGHBOURS) : place + NEIGHBOURS]
    return blake3("".join(around).encode()).digest(8)


def run_lengths(frames: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Fingerprints run-length coded: each with how many frames in a row have it."""
    return tuple(_group(frames))


def _group(frames: Sequence[str]) -> Iterator[tuple[str, int]]:
    last, count = "", 0
    for digest in frames:
        if digest == last:
            count += 1
            continue
        if count:
            yield last, count
        last, count = digest, 1
    if count:
        yield last, count
