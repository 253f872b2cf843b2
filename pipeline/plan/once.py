"""
Pictures that are in a chapter more than once, and are drawn once.

A key says nothing of the scene its pictures are from, so two scenes that begin with the same title,
or one that comes twice, have segments of the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.plan.scenes import PlannedScene, PlannedSegment


@dataclass(frozen=True, slots=True)
class Repeat:
    """Frames of a scene that show what is drawn for another, or for earlier ones of its own."""

    scene_id: str
    start: int
    stop: int


def repeats(
    scenes: Sequence[PlannedScene], *, but_for: Collection[str] = ()
) -> Mapping[str, Sequence[Repeat]]:
    """Every missing piece that `drawn_once` leaves to another, by the digest of their key."""
    found: dict[str, list[Repeat]] = {}
    for scene in scenes:
        for piece in () if scene.spec.id in but_for else scene.missing:
            repeat = Repeat(scene.spec.id, piece.segment.start, piece.segment.stop)
            found.setdefault(piece.key.digest, []).append(repeat)
    return {digest: each[1:] for digest, each in found.items() if each[1:]}


def drawn_once(
    scenes: Sequence[PlannedScene], *, but_for: Collection[str] = ()
) -> tuple[PlannedScene, ...]:
    """
    The same scenes, each missing piece of one name left to the first that has it.

    Scenes in `but_for`, by id, draw nothing: their pieces are left to the others.
    """
    taken: set[str] = set()

    def left(piece: PlannedSegment | None, is_out: bool) -> PlannedSegment | None:
        if piece is None or piece.done:
            return piece
        if is_out or piece.key.digest in taken:
            return replace(piece, done=True)
        taken.add(piece.key.digest)
        return piece

    found = []
    for scene in scenes:
        is_out = scene.spec.id in but_for
        opening = left(scene.opening, is_out)
        segments = tuple(piece for s in scene.segments if (piece := left(s, is_out)))
        closing = left(scene.closing, is_out)
        found.append(replace(scene, opening=opening, segments=segments, closing=closing))
    return tuple(found)
