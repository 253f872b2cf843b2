"""
Which worker draws what: a scene's missing segments as tasks, cut only where that shortens the run.

A task steps its scene from the first frame and draws some of its segments, so every cut costs
another replay. Tasks are started longest first. None of this can change a byte.
"""

from __future__ import annotations

import heapq
from bisect import bisect
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from pipeline.plan.scenes import PlannedScene, PlannedSegment

DRAW_SECONDS_A_MEGAPIXEL = 0.012
"""One picture of a million pixels, drawn and encoded: over lecture scenes on a core of llvmpipe."""
DRAW_SECONDS_A_TRACED = 0.6
"""And for each second its trace took: what is slow to step has much to draw, as 200 numbers do."""
HOLD_SECONDS_A_MEGAPIXEL = 0.00002
"""One repeated frame of that size: written in 25 us at 1080p, see engine/repeats.py."""
START_SECONDS = 0.4
"""Forking a child and opening its GL context."""
PARTS = (1, 2, 3, 4, 6, 8, 10)
"""Into how many tasks a worker's fair share may be cut, so that none has to wait for the last."""
TAPER = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Where the first of them is cut again."""
MISHAPS = 0.02
"""Share of tasks that fail, or take much longer than estimated; by half of itself, as a rule."""
WORTH = 1.01
"""A finer cut steps its scenes more often: it has to save more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTask:
    """Some segments of one scene, in order, drawn in one go."""

    scene: PlannedScene
    segments: tuple[PlannedSegment, ...]
    has_reel: bool = False
    """Whether its frames are on a reel, and need not be stepped to."""

    @property
    def seconds(self) -> float:
        """Estimated cost: replay up to the last segment, and drawing."""
        return (
            START_SECONDS
            + (0.0 if self.has_reel else replay_seconds(self.scene, self.segments))
            + sum(draw_seconds(self.scene, segment) for segment in self.segments)
        )


def draw_seconds(scene: PlannedScene, planned: PlannedSegment) -> float:
    """Estimated cost of drawing and encoding one segment, without getting there."""
    assert scene.traced is not None
    megapixels = scene.job.width * scene.job.height / 1e6
    drawn = planned.segment.unique_frames
    stepped = scene.traced.seconds / scene.traced.unique_frames
    return (
        drawn * (megapixels * DRAW_SECONDS_A_MEGAPIXEL + stepped * DRAW_SECONDS_A_TRACED)
        + (planned.segment.frames - drawn) * megapixels * HOLD_SECONDS_A_MEGAPIXEL
    )


def replay_seconds(scene: PlannedScene, segments: Sequence[PlannedSegment]) -> float:
    """Estimated cost of stepping to the end of the last segment, from what the trace took."""
    assert scene.traced is not None and scene.timeline is not None
    last = segments[-1].segment.stop
    if scene.shot is None:
        return scene.traced.seconds * (last / scene.traced.frames)
    # A shot never goes back, so where it ends is how far its scene has to be stepped
    stepped = scene.shot.shown(last - 1) + 1
    return scene.traced.seconds * stepped / scene.traced.frames


def assign(
    scenes: Sequence[PlannedScene], workers: int, *, reels: Collection[str] = ()
) -> tuple[DrawTask, ...]:
    """
    Tasks for everything missing, longest first.

    Of some ways to cut, from a worker's fair share to a tenth of it, the coarsest that is done
    about as soon as any. `reels` are the scenes, by id, that are drawn from reels.
    """
    whole = [
        DrawTask(scene=scene, segments=scene.missing, has_reel=scene.spec.id in reels)
        for scene in scenes
        if scene.missing
    ]
    workers = max(1, workers)
    share = sum(task.seconds for task in whole) / workers
    ways = [(1, ())] if workers == 1 else [(1, ()), *((parts, TAPER) for parts in PARTS)]
    cut = [[p for task in whole for p in _split(task, share / n, taper)] for n, taper in ways]
    after = [_done_after(tasks, workers) for tasks in cut]
    best = next(
        tasks for tasks, seconds in zip(cut, after, strict=True) if seconds <= min(after) * WORTH
    )
    return tuple(sorted(best, key=lambda task: -task.seconds))


def _done_after(tasks: Sequence[DrawTask], workers: int) -> float:
    """
    Seconds until all is drawn, the longest task first, with what a mishap adds.

    The more workers there are, the surer one of them ends late with one of the last tasks.
    """
    free = [0.0] * workers
    late = 0.0
    for cost in sorted((task.seconds for task in tasks), reverse=True):
        end = free[0] + cost
        heapq.heapreplace(free, end)
        late = max(late, end + cost / 2)
    return max(free) + (1 - (1 - MISHAPS) ** workers) * (late - max(free))


def _split(task: DrawTask, share: float, taper: Sequence[float]) -> Iterator[DrawTask]:
    """
    Cuts a task into nearly equal pieces of about a share, none if it is shorter.

    With a taper the first of them is cut again, into pieces that end at those parts of it: short
    ones for the end of the run, where getting there takes no time.
    """
    costs = [draw_seconds(task.scene, segment) for segment in task.segments]
    pieces = max(1, round(task.seconds / share))
    piece = sum(costs) / pieces
    ends = [piece * part for part in (*taper, *range(1, pieces))]
    middles = (b + cost / 2 for b, cost in zip(accumulate(costs, initial=0.0), costs, strict=False))
    # A segment goes to the piece that its middle falls into
    numbered = zip((bisect(ends, middle) for middle in middles), task.segments, strict=True)
    for _, members in groupby(numbered, key=lambda pair: pair[0]):
        yield replace(task, segments=tuple(segment for _, segment in members))
