"""How a scene hangs together with its neighbours, as far as placing it in the chapter goes."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.farm.chapter import ChapterPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Frames that a scene shares with its neighbours. All 0 where it is cut to both of them."""

    overlap: int = 0
    """Of its first, how many also show the scene before."""
    borrowed: int = 0
    """How many more frames its chunks have than it has itself; negative where they have fewer."""
    mixed: int = 0
    """Of its last, how many are mixed with what follows."""


def joined(plan: ChapterPlan, index: int) -> Joined:
    """
    What transitions make of one scene of a chapter.

    The chunk of a transition counts to the scene it leads into, and holds the window of the scene
    before as well.
    """
    into, out = plan.join_into(index), plan.join_out_of(index)
    borrowed = 0
    if into and into.before:
        borrowed += into.before.segment.frames - into.join.overlap
    if out and out.before and out.join.after is not None:
        borrowed -= out.before.segment.frames
    return Joined(
        overlap=into.join.overlap if into else 0,
        borrowed=borrowed,
        mixed=out.join.gives if out else 0,
    )
