"""
The cache held to its word: some segments drawn again from nothing, and compared byte for byte.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Set
from dataclasses import replace

from pipeline.errors import TasksFailed
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.chunks import CHUNK
from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.executors import LocalExecutor
from pipeline.farm.policy import Policy
from pipeline.farm.task import Task
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import Store, file_digest


def redraw_sample(
    work: Work, elsewhere: Store, share: float, workers: int
) -> tuple[int, list[str]]:
    """
    Draws a share of a chapter's cached segments into another store.

    Gives how many were drawn, at least one if there is any, and the keys of those that came out
    otherwise.

    Raises:
        TasksFailed: some could not be drawn.
    """
    plan = work.plan()
    cached = [s for scene in plan.scenes for s in scene.segments if s.done]
    if not cached:
        return 0, []
    chosen = {
        s.key.digest for s in random.SystemRandom().sample(cached, math.ceil(share * len(cached)))
    }
    again = Work(work.chapter, elsewhere, work.identity, speak=work.speak)
    for bake in plan.bakes:
        if bake.digest is not None:
            work.bakes.copy_to(elsewhere, bake.digest)
    run_tasks(
        again.draw_tasks(only_segments(plan, chosen), workers, elsewhere.root / "logs"),
        elsewhere,
        workers,
    )
    differing = [
        digest
        for digest in sorted(chosen)
        if file_digest(elsewhere.folder(SEGMENTS, digest) / CHUNK)
        != file_digest(work.chunk_path(digest))
    ]
    return len(chosen), differing


def run_tasks(tasks: list[Task], store: Store, workers: int) -> None:
    """
    Does tasks in this process, for a store of their own.

    Raises:
        TasksFailed: some could not be done.
    """
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


def only_segments(plan: ChapterPlan, chosen: Set[str]) -> ChapterPlan:
    """The plan with the chosen segments, and no others, still to be drawn."""
    return replace(
        plan,
        scenes=tuple(
            replace(
                scene,
                opening=None,
                closing=None,
                segments=tuple(replace(s, done=s.key.digest not in chosen) for s in scene.segments),
            )
            for scene in plan.scenes
        ),
    )
