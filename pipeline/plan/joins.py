"""
Where scenes give way to each other: the frames a transition takes, and the pictures it makes.

A transition is a chunk of its own, mixed from two windows: the last frames of one scene and the
first of the next, drawn losslessly. Windows are whole seconds where the scenes are long enough,
so that another length or kind of transition finds the same windows, and the same chunks around
them. Pure; engine/blend.py makes the pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.engine.job import Encoding, Mix, SceneJob
from pipeline.manifest.edits import Transition
from pipeline.manifest.resolved import Chapter
from pipeline.plan.key import Key
from pipeline.plan.scenes import SEGMENTS, Identity, PlannedScene, PlannedSegment, key_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A transition in frames. Without a scene before or after it, it is a fade at a chapter's end."""

    kind: str
    """`crossfade` or `fade`."""
    frames: int
    """Of mixed pictures."""
    color: str
    before: int | None
    """Place in the chapter of the scene that ends with it."""
    after: int | None
    """Place in the chapter of the scene that begins with it."""
    line: int
    """Where the manifest asks for it."""
    field: str

    @property
    def gives(self) -> int:
        """Frames of the scene before that are mixed."""
        if self.before is None:
            return 0
        return self.frames if self.kind == "crossfade" or self.after is None else self.frames // 2

    @property
    def takes(self) -> int:
        """Frames of the scene after that are mixed."""
        if self.after is None:
            return 0
        return self.frames if self.kind == "crossfade" else self.frames - self.gives

    @property
    def overlap(self) -> int:
        """Frames that show both scenes."""
        return self.frames if self.kind == "crossfade" else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJoin:
    """A transition with the windows it is mixed from, its name, and whether it is there."""

    join: Join
    before: PlannedSegment | None
    after: PlannedSegment | None
    job: SceneJob
    """Of one of its scenes, for the size and the rate."""
    encoding: Encoding
    key: Key
    done: bool

    @property
    def rate(self) -> Fraction:
        return Fraction(self.job.rate)

    @property
    def frames(self) -> int:
        """Of its chunk."""
        windows = sum(w.segment.frames for w in (self.before, self.after) if w is not None)
        return windows - self.join.overlap

    @property
    def mixes(self) -> tuple[Mix, ...]:
        return tuple(
            mixes(
                self.join,
                self.before.segment.frames if self.before else 0,
                self.after.segment.frames if self.after else 0,
            )
        )


def joins_of(chapter: Chapter) -> tuple[Join, ...]:
    """
    Every transition between the scenes of a chapter, in order; some may be too long for them.

    A transition is made where the scene before is the one that the manifest has there.
    """
    rate, scenes, ends = chapter.preset.rate, chapter.scenes, chapter.ends
    found = []
    if scenes[0].id == ends.first:
        found.append(
            _join(ends.fade_in, rate, None, 0, ends.lines.get("fade_in", 1), "ends.fade_in")
        )
    for index, spec in enumerate(scenes):
        edits = spec.edits
        if index and edits.follows == scenes[index - 1].id:
            line, field = edits.lines.get("transition", spec.line), f"scenes.{spec.id}.transition"
            found.append(_join(edits.transition, rate, index - 1, index, line, field))
    if scenes[-1].id == ends.last:
        line, last = ends.lines.get("fade_out", 1), len(scenes) - 1
        found.append(_join(ends.fade_out, rate, last, None, line, "ends.fade_out"))
    return tuple(join for join in found if join is not None)


def _join(
    asked: Transition, rate: Fraction, before: int | None, after: int | None, line: int, field: str
) -> Join | None:
    if asked.kind == "cut":
        return None
    return Join(
        kind=asked.kind,
        frames=asked.length.frames(rate),
        color=asked.color,
        before=before,
        after=after,
        line=line,
        field=field,
    )


def window_frames(frames: int, takes: int, gives: int, rate: Fraction) -> tuple[int, int]:
    """
    How many frames at a shot's beginning and at its end are left to its transitions.

    `takes` and `gives` are what they mix; whole seconds of it, where there is that much.

    >>> window_frames(100, 10, 0, Fraction(15)), window_frames(20, 10, 8, Fraction(15))
    ((15, 0), (10, 8))
    """
    second = math.ceil(rate)
    whole = math.ceil(takes / second) * second, math.ceil(gives / second) * second
    return whole if sum(whole) <= frames else (takes, gives)


def mixes(join: Join, before: int, after: int) -> Iterator[Mix]:
    """The pictures of a transition, from windows of so many frames."""
    for index in range(before - join.gives):
        yield Mix(before=index, after=None, part=0, whole=1)
    if join.kind == "crossfade":
        for index in range(join.frames):
            here = before - join.frames + index
            yield Mix(before=here, after=index, part=index + 1, whole=join.frames + 1)
    else:
        for index in range(join.gives):
            here = before - join.gives + index
            yield Mix(before=here, after=None, part=index + 1, whole=join.gives)
        for index in range(join.takes):
            yield Mix(before=None, after=index, part=index, whole=join.takes)
    for index in range(join.takes, after):
        yield Mix(before=None, after=index, part=1, whole=1)


def plan_join(join: Join, scenes: tuple[PlannedScene, ...], identity: Identity) -> PlannedJoin:
    """Names a transition between traced scenes; `done` is for the caller to find out."""
    before = scenes[join.before] if join.before is not None else None
    after = scenes[join.after] if join.after is not None else None
    sides = [scene for scene in (before, after) if scene is not None]
    # Its pictures are of both scenes, so it is encoded as well as the better of them
    encoding = min((scene.encoding for scene in sides), key=lambda encoding: encoding.crf)
    closing = before.closing if before else None
    opening = after.opening if after else None
    job = sides[0].job
    key = Key(
        SEGMENTS,
        {
            "transition": {"kind": join.kind, "frames": join.frames, "color": join.color},
            "before": _runs(closing),
            "after": _runs(opening),
            **key_settings(job, encoding, identity),
        },
    )
    return PlannedJoin(
        join=join,
        before=closing,
        after=opening,
        job=job,
        encoding=encoding,
        key=key,
        done=False,
    )


def without_windows(
    scenes: tuple[PlannedScene, ...], joins: tuple[PlannedJoin, ...]
) -> tuple[PlannedScene, ...]:
    """The scenes with nothing left to draw for transitions that are there."""
    changed = list(scenes)
    for planned in joins:
        if not planned.done:
            continue
        if (index := planned.join.before) is not None:
            changed[index] = replace(changed[index], closing=_done(changed[index].closing))
        if (index := planned.join.after) is not None:
            changed[index] = replace(changed[index], opening=_done(changed[index].opening))
    return tuple(changed)


def _done(window: PlannedSegment | None) -> PlannedSegment | None:
    return replace(window, done=True) if window else None


def _runs(window: PlannedSegment | None) -> list[list[str | int]] | None:
    return [list(run) for run in window.segment.runs] if window else None
