"""
Which worker draws what: a scene's missing segments as tasks, cut only where that shortens the run.

A task steps its scene from the first frame and draws some of its segments, so every cut costs
another replay. Tasks are started longest first. None of this can change a byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.plan.scenes import PlannedScene, PlannedSegment

DRAW_SECONDS_A_MEGAPIXEL = 0.02
"""One picture of a million pixels, measured over the lecture scenes on two cores with llvmpipe."""
HOLD_SECONDS_A_MEGAPIXEL = 0.003
"""One repeated frame of that size, all of it the encoder's."""
START_SECONDS = 0.4
"""Forking a child and opening its GL context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTask:
    """Some segments of one scene, in order, drawn in one go."""

    scene: PlannedScene
    segments: tuple[PlannedSegment, ...]

    @property
    def seconds(self) -> float:
        """Estimated cost: replay up to the last segment, and drawing."""
        return (
            START_SECONDS
            + replay_seconds(self.scene, self.segments)
            + sum(draw_seconds(self.scene, segment) for segment in self.segments)
        )


def draw_seconds(scene: PlannedScene, planned: PlannedSegment) -> float:
    """Estimated cost of drawing and encoding one segment, without getting there."""
    megapixels = scene.job.width * scene.job.height / 1e6
    held = planned.segment.frames - planned.segment.unique_frames
    return megapixels * (
        planned.segment.unique_frames * DRAW_SECONDS_A_MEGAPIXEL + held * HOLD_SECONDS_A_MEGAPIXEL
    )


def replay_seconds(scene: PlannedScene, segments: Sequence[PlannedSegment]) -> float:
    """Estimated cost of stepping to the end of the last segment, from what the trace took."""
    assert scene.traced is not None and scene.timeline is not None
    last = segments[-1].segment.stop
    if scene.shot is None:
        return scene.traced.seconds * (last / scene.traced.frames)
    # A shot never goes back, so where it ends is how far its scene has to be stepped
    stepped = scene.shot.sequence()[last - 1] + 1
    return scene.traced.seconds * stepped / scene.traced.frames


def assign(scenes: Sequence[PlannedScene], workers: int) -> tuple[DrawTask, ...]:
    """Tasks for everything missing, longest first."""
    whole = [DrawTask(scene=scene, segments=scene.missing) for scene in scenes if scene.missing]
    share = sum(task.seconds for task in whole) / max(1, workers)
    tasks = [piece for task in whole for piece in _split(task, share, workers)]
    return tuple(sorted(tasks, key=lambda task: -task.seconds))


def _split(task: DrawTask, share: float, workers: int) -> Iterator[DrawTask]:
    """Cuts a task that is longer than a worker's fair share into nearly equal pieces."""
    pieces = min(len(task.segments), workers, max(1, round(task.seconds / share)))
    costs = [draw_seconds(task.scene, segment) for segment in task.segments]
    start, target = 0, sum(costs) / pieces
    spent = 0.0
    for index, cost in enumerate(costs):
        spent += cost
        left = len(costs) - index - 1
        if start <= index and spent >= target and left:
            yield DrawTask(scene=task.scene, segments=task.segments[start : index + 1])
            start, spent = index + 1, 0.0
    yield DrawTask(scene=task.scene, segments=task.segments[start:])
