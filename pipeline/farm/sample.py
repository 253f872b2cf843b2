"""
The cache held to its word: some chunks drawn again from nothing, and compared byte for byte.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

from pipeline.errors import TasksFailed
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.chunks import CHUNK
from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.executors import LocalExecutor
from pipeline.farm.policy import Policy
from pipeline.farm.task import Task
from pipeline.plan.scenes import SEGMENTS, PlannedSegment
from pipeline.store.local import Store, file_digest


def redraw_sample(
    work: Work, elsewhere: Store, share: float, workers: int
) -> tuple[int, list[str]]:
    """
    Draws a share of a chapter's cached chunks into another store, transitions too.

    Gives how many were compared, at least one if there is any and the share is not 0, and the keys
    of those that came out otherwise. A transition is mixed from windows drawn again with it.

    Raises:
        TasksFailed: some could not be drawn.
    """
    plan = work.plan()
    cached = [digest for digest in _chunks(plan) if work.store.has(SEGMENTS, digest)]
    chosen = set(random.SystemRandom().sample(cached, math.ceil(share * len(cached))))
    if not chosen:
        return 0, []
    again = Work(work.chapter, elsewhere, work.identity, speak=work.speak)
    for bake in plan.bakes:
        if bake.digest is not None:
            work.bakes.copy_to(elsewhere, bake.digest)
    drawn = redraw(again, plan, chosen, workers, elsewhere.root / "logs")
    compared = drawn & set(cached)
    differing = [
        digest
        for digest in sorted(compared)
        if file_digest(elsewhere.folder(SEGMENTS, digest) / CHUNK)
        != file_digest(work.chunk_path(digest))
    ]
    return len(compared), differing


def redraw(
    work: Work, plan: ChapterPlan, chosen: Set[str], workers: int, logs: Path
) -> frozenset[str]:
    """
    Draws and mixes these chunks of a plan into the store of `work`, whatever the plan says is done.

    Gives the keys of all that is there then: the windows that a transition is mixed from as well.

    Raises:
        TasksFailed: some could not be drawn.
    """
    joins = [planned for planned in plan.joins if planned.key.digest in chosen]
    windows = {w.key.digest for one in joins for w in (one.before, one.after) if w is not None}
    drawn = {s.key.digest for scene in plan.scenes for s in scene.pieces} & (chosen | windows)
    run_tasks(work.draw_tasks(_still_to_draw(plan, drawn), workers, logs), work.store, workers)
    run_tasks(work.mixing_tasks(joins, logs), work.store, workers)
    return frozenset(drawn | {planned.key.digest for planned in joins})


def _chunks(plan: ChapterPlan) -> list[str]:
    """The keys of all that is drawn or mixed for a chapter, each once."""
    pieces = [s.key.digest for scene in plan.scenes for s in scene.pieces]
    return list(dict.fromkeys([*pieces, *(planned.key.digest for planned in plan.joins)]))


def run_tasks(tasks: list[Task], store: Store, workers: int) -> None:
    """
    Does tasks in this process, for a store of their own.

    Raises:
        TasksFailed: some could not be done.
    """
    if not tasks:
        return
    events = Events(store.root / "events.jsonl", time.time)
    executor = LocalExecutor(workers)
    try:
        driver = Driver(executor, events, Policy(keep_going=True))
        driver.run(tasks, lambda _task, _event: None)
    finally:
        executor.close()
        events.close()
    if driver.failures:
        raise TasksFailed(run="", failures=[str(failure.error) for failure in driver.failures])


def _still_to_draw(plan: ChapterPlan, chosen: Set[str]) -> ChapterPlan:
    """The plan with the chosen segments and windows, and no others, still to be drawn."""

    def asked(piece: PlannedSegment) -> PlannedSegment:
        return replace(piece, done=piece.key.digest not in chosen)

    return replace(
        plan,
        scenes=tuple(
            replace(
                scene,
                opening=asked(scene.opening) if scene.opening else None,
                closing=asked(scene.closing) if scene.closing else None,
                segments=tuple(map(asked, scene.segments)),
            )
            for scene in plan.scenes
        ),
    )
