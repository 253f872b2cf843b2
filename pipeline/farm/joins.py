"""Edited scenes and their transitions as tasks: what to draw how often, and what to mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.engine.host import Limits
from pipeline.farm.task import STALL_SECONDS, Blend, Piece, Task
from pipeline.manifest.resolved import Chapter, Resources
from pipeline.plan.joins import PlannedJoin
from pipeline.plan.scenes import Identity, PlannedScene, PlannedSegment
from pipeline.plan.shots import shows
from pipeline.store.local import Store


def pieces_of(scene: PlannedScene, segments: Sequence[PlannedSegment]) -> tuple[Piece, ...]:
    """What a worker draws for some segments of a scene."""
    if scene.shot is None:
        return tuple(Piece(start=s.segment.start, stop=s.segment.stop, key=s.key) for s in segments)
    sequence = scene.shot.sequence()
    found = []
    for planned in segments:
        start, stop = planned.segment.start, planned.segment.stop
        first, last, counts = shows(sequence[start:stop])
        found.append(
            Piece(
                start=start,
                stop=stop,
                key=planned.key,
                drawn=(first, last),
                shows=counts,
                encoding=planned.encoding,
            )
        )
    return tuple(found)


def blend_task(
    chapter: Chapter, planned: PlannedJoin, identity: Identity, store: Store, logs: Path
) -> Task:
    """The mixing of a transition of which the windows are in the store."""
    scene_id = scene_of(chapter, planned)
    spec = next(spec for spec in chapter.scenes if spec.id == scene_id)
    end = "out" if planned.join.after is None else "in"
    return Task(
        id=f"{scene_id}.blend-{end}",
        scene_id=scene_id,
        job=planned.job,
        limits=Limits(
            seconds=spec.time_limit_seconds,
            stall_seconds=min(spec.time_limit_seconds, STALL_SECONDS),
            memory_bytes=spec.resources.memory_bytes,
        ),
        resources=Resources(),
        identity=identity,
        store=store.where,
        beside=store.root,
        logs=logs / scene_id,
        encoding=planned.encoding,
        blend=Blend(
            mixes=planned.mixes,
            color=planned.join.color,
            before=planned.before.key.digest if planned.before else None,
            after=planned.after.key.digest if planned.after else None,
            key=planned.key,
        ),
    )


def scene_of(chapter: Chapter, planned: PlannedJoin) -> str:
    """The scene a transition counts to: the one it leads into, or the chapter's last."""
    join = planned.join
    index = join.before if join.after is None else join.after
    assert index is not None
    return chapter.scenes[index].id


def neighbours(chapter: Chapter, planned: PlannedJoin) -> dict[str, str | None]:
    """The ids of the scenes a transition is between; None at an end of the chapter."""
    join = planned.join
    return {
        "before": None if join.before is None else chapter.scenes[join.before].id,
        "after": None if join.after is None else chapter.scenes[join.after].id,
    }


def join_json(chapter: Chapter, planned: PlannedJoin) -> Mapping[str, Any]:
    """A transition as kept in a run's plan.json."""
    join = planned.join
    return {
        "kind": join.kind,
        **neighbours(chapter, planned),
        "mixed_frames": join.frames,
        "frames": planned.frames,
        "key": planned.key.digest,
        "done": planned.done,
    }
