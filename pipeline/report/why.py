"""Why a scene would be drawn again, in words: the first thing that differs from the last time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import Timeline
from pipeline.manifest.resolved import Chapter
from pipeline.plan.key import first_difference
from pipeline.plan.scenes import SEGMENTS, PlannedScene, PlannedSegment
from pipeline.report.runs import all_runs
from pipeline.store.local import Store


def explain(scene: PlannedScene, store: Store, renders: Path, chapter: Chapter) -> list[str]:
    """
    One sentence for a scene that is cached or has to be traced; one for each missing segment.

    The last time is the newest run of the chapter at this preset that planned the scene.
    """
    timeline = scene.timeline
    if timeline is None:
        return [f"to be traced: {scene.why_trace}"]
    if not scene.missing:
        return [f"cached: all {len(scene.pieces)} segments are in the store"]
    before = _last_segments(renders, chapter, scene.spec.id)
    return [
        f"frames {s.segment.start} to {s.segment.stop - 1} ({_plays(timeline, s)}): "
        + ("for a transition" if s.encoding else _reason(s, before, store))
        for s in scene.missing
    ]


def _reason(planned: PlannedSegment, before: list[Mapping[str, Any]], store: Store) -> str:
    if not before:
        return "never drawn before"
    if any(old["key"] == planned.key.digest for old in before):
        return "no longer in the store"
    fields = planned.key.fields
    for old in before:
        overlaps = old["start"] < planned.segment.stop and planned.segment.start < old["stop"]
        if not overlaps or not store.has(SEGMENTS, old["key"]):
            continue
        then = store.key_fields(SEGMENTS, old["key"])
        difference = first_difference(_without_pictures(fields), _without_pictures(then))
        if difference:
            return difference
        return _pictures(planned, old, then)
    return "other pictures than the last time"


def _pictures(planned: PlannedSegment, old: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """The first frame from which the pictures differ, or that the cut moved."""
    new_frames = list(_spread(planned.segment.runs))
    old_frames = list(_spread(then["fingerprints"]))
    offset = planned.segment.start - old["start"]
    for index, digest in enumerate(new_frames):
        place = index + offset
        if 0 <= place < len(old_frames) and old_frames[place] != digest:
            return f"the picture of frame {planned.segment.start + index} changed"
    return "same pictures as far as the last segment went, cut elsewhere"


def _plays(timeline: Timeline, planned: PlannedSegment) -> str:
    """The plays a segment shows: `play 3, ShowCreation, layer.py:40`."""
    inside = [
        play
        for play in timeline.plays
        if play.frames
        and play.first_frame < planned.segment.stop
        and planned.segment.start < play.first_frame + play.frames
    ]
    first = inside[0]
    if len(inside) == 1:
        return f"play {first.index}, {first.label}, {first.file}:{first.line}"
    return f"plays {first.index} to {inside[-1].index}, from {first.file}:{first.line}"


def _last_segments(renders: Path, chapter: Chapter, scene_id: str) -> list[Mapping[str, Any]]:
    for run in reversed(all_runs(renders)):
        plan = run.plan()
        if plan.get("chapter") != chapter.id or plan.get("preset") != chapter.preset.name:
            continue
        for scene in plan["scenes"]:
            if scene["id"] == scene_id and scene["segments"]:
                return list(scene["segments"])
    return []


def _without_pictures(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "fingerprints"}


def _spread(runs: Any) -> Iterator[str]:
    for digest, count in runs:
        for _ in range(count):
            yield digest
