"""Edited scenes and their transitions: what to draw how often, and what a run says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.farm.task import Piece
from pipeline.manifest.resolved import Chapter
from pipeline.plan.joins import PlannedJoin
from pipeline.plan.scenes import PlannedScene, PlannedSegment
from pipeline.plan.shots import shows


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
