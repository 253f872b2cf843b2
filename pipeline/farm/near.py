"""
Short tasks here, long ones on Ray: an edit is not kept waiting for Ray to start.

Starting Ray, and an engine in each of its workers, takes some seconds of all cores. Traces,
transitions, and drawings that take about as long, run in threads of this process with engines that
stay warm from one to the next. A chapter of nothing else never starts Ray.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.farm.executors import Executor, LocalExecutor
from pipeline.farm.task import Message, Task

LONG_SECONDS = 20.0
"""Estimated, for one task. Shorter ones would wait for Ray for as long as for themselves."""
TURN_SECONDS = 0.02
"""How long one side is listened to while both are busy."""


class NearExecutor:
    """This machine, with as many slots as asked for, in threads and on Ray together."""

    def __init__(
        self,
        slots: int,
        start_here: Callable[[int], Executor] = LocalExecutor,
        start_ray: Callable[[int], Executor] | None = None,
    ) -> None:
        self._slots = slots
        self._here = start_here(slots)
        self._start_ray = start_ray or _start_ray
        self._ray: Executor | None = None
        self._live: dict[tuple[str, int], Executor] = {}

    def room(self) -> int:
        return self._slots - len(self._live)

    def workers(self, task: Task) -> frozenset[str]:
        if is_short(task):
            return self._here.workers(task)
        return self._ray.workers(task) if self._ray else frozenset()

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:
        side = self._here if is_short(task) else self._started_ray()
        side.start(task, attempt, avoid)
        self._live[task.id, attempt] = side

    def poll(self, seconds: float) -> list[Message]:
        busy = list(dict.fromkeys(self._live.values()))
        heard = [m for side in busy for m in side.poll(TURN_SECONDS if busy[1:] else seconds)]
        for message in heard:
            if message.ended is not None:
                self._live.pop((message.task_id, message.attempt), None)
        return heard

    def cancel(self, task_id: str, attempt: int) -> None:
        if side := self._live.get((task_id, attempt)):
            side.cancel(task_id, attempt)

    def close(self) -> None:
        self._here.close()
        if self._ray is not None:
            self._ray.close()

    def _started_ray(self) -> Executor:
        if self._ray is None:
            self._ray = self._start_ray(self._slots)
        return self._ray


def _start_ray(slots: int) -> Executor:
    from pipeline.farm.ray import RayExecutor

    return RayExecutor(slots)


def is_short(task: Task) -> bool:
    """Whether it is not worth starting Ray for."""
    if task.kind in ("trace", "blend"):
        return True  # a blend has some tens of pictures to mix, and no engine to start
    return task.kind == "draw" and not task.resources.gpu and task.seconds < LONG_SECONDS
