"""What a chapter changes of its scenes, in words, for `chalkfarm plan`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pipeline.farm.chapter import ChapterPlan
from pipeline.plan.joins import PlannedJoin
from pipeline.plan.scenes import PlannedScene
from pipeline.plan.shots import Shot


def edit_lines(plan: ChapterPlan) -> list[str]:
    """A line for each scene that is not shown as it is, and for each transition; none for most."""
    return [
        *(line for scene in plan.scenes for line in _scene_line(scene)),
        *(_join_line(plan, planned) for planned in plan.joins),
    ]


def _scene_line(scene: PlannedScene) -> Iterator[str]:
    if scene.shot is None or scene.source is None:
        return
    said = list(_said(scene.shot, scene.source.frames, scene.source.rate))
    if said:
        yield f"{scene.spec.id}: {', '.join(said)}"


def _said(shot: Shot, frames: int, rate: Fraction) -> Iterator[str]:
    first, last = shot.scene_frame(shot.start), shot.scene_frame(shot.stop - 1)
    if shot.start or shot.stop < shot.paced(frames):
        yield f"shows {_seconds(first, rate)} to {_seconds(last + 1, rate)} of {_seconds(frames, rate)}"
    if shot.speed != 1:
        yield f"{shot.speed} times as fast"
    if shot.lead:
        yield f"stands {_seconds(shot.lead, rate)} before it begins"
    for where, count in shot.holds:
        yield f"stands {_seconds(count, rate)} at {_seconds(shot.scene_frame(where), rate)}"


def _join_line(plan: ChapterPlan, planned: PlannedJoin) -> str:
    join = planned.join
    ids = [scene.spec.id for scene in plan.scenes]
    if join.before is None or join.after is None:
        what = f"fade {'in' if join.before is None else 'out'}"
    else:
        what = f"{ids[join.before]} to {ids[join.after]}: {join.kind}"
    state = "cached" if planned.done else "to be mixed"
    return f"{what}, {join.frames} frames ({_seconds(join.frames, planned.rate)}), {state}"


def _seconds(frames: int, rate: Fraction) -> str:
    return f"{float(frames / rate):.4g}s"
