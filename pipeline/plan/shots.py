"""
What a chapter shows of a scene, frame by frame: sped up, then trimmed, then held.

A `Shot` is a list of the scene's frames, each with how often it is shown; it never goes back, so
a worker draws it in one pass over the scene. Positions in a manifest are in the scene's own time,
and everything that has a place there (plays, cues, sounds) is moved by the same arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise

from pipeline.engine.timeline import CueMark, Play, Sound, Timeline
from pipeline.plan.segments import Segment, cut, run_lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Which frames of a scene are shown. `paced` are the frames there are at its speed."""

    speed: Fraction = Fraction(1)
    start: int = 0
    """First paced frame shown."""
    stop: int
    """The paced frame after the last."""
    lead: int = 0
    """How much longer the first picture stands before anything begins."""
    holds: tuple[tuple[int, int], ...] = ()
    """Paced frames that are shown more often than once, and how much more often; in order."""

    @property
    def frames(self) -> int:
        """How many frames the chapter shows."""
        return self.lead + self.stop - self.start + sum(count for _, count in self.holds)

    def scene_frame(self, paced: int) -> int:
        """What the scene shows at that moment."""
        return math.floor(paced * self.speed)

    def paced(self, frame: int) -> int:
        """The first moment at which a frame of the scene has come."""
        return math.ceil(frame / self.speed)

    def place(self, paced: int) -> int:
        """Where a paced frame is shown first; the shot's end for `stop`."""
        held = sum(count for where, count in self.holds if where < paced)
        return self.lead + paced - self.start + held

    def sequence(self) -> list[int]:
        """The scene's frame that is shown, for each frame of the shot."""
        more = dict(self.holds)
        shown = [self.scene_frame(self.start)] * self.lead
        for paced in range(self.start, self.stop):
            shown += [self.scene_frame(paced)] * (1 + more.get(paced, 0))
        return shown

    def find(self, frame: int) -> int | None:
        """Where the shot shows what the scene shows at `frame`; None where that is trimmed away."""
        paced = math.floor(frame / self.speed)
        return self.place(paced) if self.start <= paced < self.stop else None

    def cue(self, cue: CueMark) -> CueMark | None:
        """A cue where it is shown; None where nothing is left of it."""
        start = max(self.paced(cue.start), self.start)
        # A word that is over before a hold begins does not stand through it
        stop = min(max(self.paced(cue.stop), self.paced(cue.start) + 1), self.stop)
        if start >= stop:
            return None
        return replace(cue, start=self.place(start), stop=self.place(stop - 1) + 1)

    def cues(self, cues: Sequence[CueMark]) -> tuple[CueMark, ...]:
        """All that is left of these."""
        return tuple(moved for cue in cues if (moved := self.cue(cue)) is not None)


def paced_frames(frames: int, speed: Fraction) -> int:
    """How many frames a scene has at a speed: those that begin before it is over."""
    return math.ceil(frames / speed)


def edited(timeline: Timeline, shot: Shot) -> Timeline:
    """The scene's timeline as the chapter shows it, in frames of the shot."""
    prints = list(timeline.fingerprints())
    warnings = list(timeline.warnings)
    for cue in timeline.cues:
        if shot.paced(cue.start) < shot.start or shot.paced(cue.stop) > shot.stop:
            left = "the rest of it is shown" if shot.cue(cue) else "nothing of it is left"
            warnings.append(f"the trim cuts cue {cue.id}: {left}")
    sounds = [_sound(sound, shot) for sound in timeline.sounds]
    lost = sounds.count(None)
    if lost:
        warnings.append(f"{lost} sounds begin where the scene is trimmed away, and are left out")
    return replace(
        timeline,
        runs=run_lengths([prints[frame] for frame in shot.sequence()]),
        plays=tuple(_plays(timeline.plays, shot)),
        cues=shot.cues(timeline.cues),
        sounds=tuple(sound for sound in sounds if sound is not None),
        warnings=tuple(warnings),
    )


def shot_segments(timeline: Timeline, shot: Shot, first: int, last: int) -> list[Segment]:
    """
    The segments of frames `first` up to `last` of a shot, in its frames.

    They are cut where the scene would be cut if it were shown whole at that speed, so an edit
    changes the segments it falls into and leaves every other one as it is, key and all.
    """
    if first >= last:
        return []
    whole = timeline if shot.speed == 1 else _at_speed(timeline, shot.speed)
    stops = [shot.place(s.stop) for s in cut(whole) if shot.start < s.stop < shot.stop]
    bounds = [first, *(stop for stop in stops if first < stop < last), last]
    prints = list(timeline.fingerprints())
    shown = [prints[frame] for frame in shot.sequence()]
    return [
        Segment(start=start, stop=stop, runs=run_lengths(shown[start:stop]))
        for start, stop in pairwise(bounds)
    ]


def shows(shown: Sequence[int]) -> tuple[int, int, tuple[int, ...]]:
    """
    A piece of a shot's sequence as what to draw: first frame, the one after the last, how often each.

    >>> shows([4, 4, 5, 7])
    (4, 8, (2, 1, 0, 1))
    """
    start, stop = shown[0], shown[-1] + 1
    counts = [0] * (stop - start)
    for frame, group in groupby(shown):
        counts[frame - start] = len(list(group))
    return start, stop, tuple(counts)


def _at_speed(timeline: Timeline, speed: Fraction) -> Timeline:
    frames = sum(count for _, count in timeline.runs)
    return edited(
        replace(timeline, cues=(), sounds=()), Shot(speed=speed, stop=paced_frames(frames, speed))
    )


def _sound(sound: Sound, shot: Shot) -> Sound | None:
    paced = shot.paced(sound.frame)
    before = sound.frame < 0 and shot.start == 0
    if not before and not shot.start <= paced < shot.stop:
        return None
    return replace(sound, frame=shot.place(paced))


def _plays(plays: Sequence[Play], shot: Shot) -> Iterator[Play]:
    for play in plays:
        start = max(shot.paced(play.first_frame), shot.start)
        stop = min(shot.paced(play.first_frame + play.frames), shot.stop)
        if start > stop or (play.frames and start == stop):
            continue
        # The first picture may stand before the scene begins, and belongs to its first play
        begins = shot.place(start) if start > shot.start else 0
        ends = shot.place(stop) if play.frames else begins
        yield replace(play, first_frame=begins, frames=ends - begins)
