"""
What there is of a whole chapter: its scenes as they are shown, and the transitions between them.

Pure, as plan/scenes.py is for one scene.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.engine.job import SceneJob
from pipeline.engine.timeline import Timeline
from pipeline.errors import ManifestError
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.plan.edits import Edge, edges_of, join_problems, room_problems, shot_of
from pipeline.plan.joins import (
    Join,
    PlannedJoin,
    joins_of,
    plan_join,
    window_frames,
    without_windows,
)
from pipeline.plan.scenes import (
    SEGMENTS,
    Identity,
    PlannedScene,
    PlannedSegment,
    Speak,
    plan_scene,
    planned_segment,
    window_encoding,
)
from pipeline.plan.segments import Segment, run_lengths
from pipeline.plan.shots import Shot, edited, shot_segments

Has = Callable[[str, str], bool]
FindTrace = Callable[[SceneJob], tuple[Timeline | None, str]]


def plan_chapter(
    chapter: Chapter,
    identity_of: Callable[[SceneSpec], Identity],
    find_trace: FindTrace,
    has: Has,
    *,
    bakes: Mapping[str, str] | None = None,
    speak: Speak | None = None,
) -> tuple[tuple[PlannedScene, ...], tuple[PlannedJoin, ...]]:
    """
    Every scene, and every transition between scenes that are traced. Arguments as for plan_scene;
    `identity_of` tells what draws a scene.

    Raises:
        ManifestError: a scene cannot be edited as the manifest asks. Says everything that can be
            known by the traces there are.
    """
    joins = joins_of(chapter)
    problems = join_problems(chapter, joins)
    edges = edges_of(chapter, joins)
    scenes = []
    for index, spec in enumerate(chapter.scenes):
        identity = identity_of(spec)
        scene = plan_scene(chapter, spec, identity, find_trace, has, bakes=bakes, speak=speak)
        if scene.timeline is not None and (spec.edits.changes_frames or edges[index] != Edge()):
            scene, wrong = _edit(chapter, joins, index, scene, edges[index], identity, has)
            problems += wrong
        scenes.append(scene)
    if problems:
        raise ManifestError(path=chapter.manifest, problems=problems)
    planned = tuple(
        _known(plan_join(join, tuple(scenes), identity_of(_spec_of(chapter, join))), has)
        for join in joins
        if _is_traced(join, scenes)
    )
    return without_windows(tuple(scenes), planned), planned


def _edit(
    chapter: Chapter,
    joins: tuple[Join, ...],
    index: int,
    scene: PlannedScene,
    edge: Edge,
    identity: Identity,
    has: Has,
) -> tuple[PlannedScene, list[str]]:
    """A scene as it is shown, and what keeps it from being shown so."""
    timeline = scene.timeline
    assert timeline is not None
    said = [voice.cue_id for voice in scene.voices] or [cue.id for cue in timeline.cues]
    shot, problems = shot_of(chapter, scene.spec, timeline, edge, said)
    if shot is None or problems:
        return scene, problems
    problems = room_problems(chapter, joins, index, shot.frames)
    if problems:
        return scene, problems
    return _as_shown(scene, shot, edge, identity, has), []


def _as_shown(
    scene: PlannedScene, shot: Shot, edge: Edge, identity: Identity, has: Has
) -> PlannedScene:
    timeline = scene.timeline
    assert timeline is not None
    first, closing = window_frames(shot.frames, edge.takes, edge.gives, timeline.rate)
    last = shot.frames - closing
    shown = edited(timeline, shot)
    prints = list(shown.fingerprints())
    lossless = window_encoding(scene.encoding)

    def window(start: int, stop: int) -> PlannedSegment | None:
        if start == stop:
            return None
        segment = Segment(start=start, stop=stop, runs=run_lengths(prints[start:stop]))
        return planned_segment(segment, scene.job, lossless, identity, has, own_encoding=True)

    return replace(
        scene,
        timeline=shown,
        source=timeline,
        shot=shot,
        segments=tuple(
            planned_segment(segment, scene.job, scene.encoding, identity, has)
            for segment in shot_segments(timeline, shot, first, last)
        ),
        opening=window(0, first),
        closing=window(last, shot.frames),
    )


def _known(planned: PlannedJoin, has: Has) -> PlannedJoin:
    return replace(planned, done=has(SEGMENTS, planned.key.digest))


def _spec_of(chapter: Chapter, join: Join) -> SceneSpec:
    """The scene a transition counts to: the one it leads into, or the chapter's last."""
    index = join.before if join.after is None else join.after
    assert index is not None
    return chapter.scenes[index]


def _is_traced(join: Join, scenes: list[PlannedScene]) -> bool:
    sides = [index for index in (join.before, join.after) if index is not None]
    return all(scenes[index].timeline is not None for index in sides)
