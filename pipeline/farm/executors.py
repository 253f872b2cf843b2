"""
Where tasks run: the seam between the driver, which decides, and what starts processes.

Two real sides: threads of this process (LocalExecutor), for tracing a chapter to plan it without
starting anything more; and Ray (farm/ray.py). The driver sees attempts and messages only.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from pipeline.errors import ChalkfarmError, WorkerRefused
from pipeline.farm.task import Ended, Message, Task
from pipeline.farm.worker import Worker


class Executor(Protocol):
    """Runs attempts side by side, each known by its task's id and its number."""

    def room(self) -> int:
        """How many attempts more may be started now."""

    def workers(self, task: Task) -> frozenset[str]:
        """Names of all workers that could run this task; empty when none is known yet."""

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:
        """Starts an attempt on any worker but those; there must be room."""

    def poll(self, seconds: float) -> list[Message]:
        """What was heard; waits up to `seconds` for the first word."""

    def cancel(self, task_id: str, attempt: int) -> None:
        """Ends a running attempt; its end may still be heard."""

    def close(self) -> None:
        """Ends everything."""


def how_it_ended(error: BaseException | None) -> Ended:
    """Whose failure it is."""
    if error is None:
        return Ended.DONE
    if isinstance(error, WorkerRefused):
        return Ended.REFUSED
    if isinstance(error, ChalkfarmError) and error.worth_retrying:
        return Ended.MACHINE
    return Ended.SCENE


class LocalExecutor:
    """Tasks in threads of this process, each with an engine of its own. One worker: this machine."""

    def __init__(self, slots: int) -> None:
        self._idle = [Worker() for _ in range(slots)]
        self._busy: dict[tuple[str, int], Worker] = {}
        self._cancelled: set[tuple[str, int]] = set()
        self._heard: queue.Queue[Message] = queue.Queue()
        self._name = os.uname().nodename

    def room(self) -> int:
        return len(self._idle)

    def workers(self, _task: Task) -> frozenset[str]:
        return frozenset({self._name})

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:  # noqa: ARG002 - one worker
        worker = self._busy[task.id, attempt] = self._idle.pop()
        threading.Thread(
            target=self._run, args=(worker, task, attempt), name=task.id, daemon=True
        ).start()

    def poll(self, seconds: float) -> list[Message]:
        try:
            heard = [self._heard.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._heard.empty():
            heard.append(self._heard.get())
        for message in heard:
            if message.ended is not None:
                self._idle.append(self._busy.pop((message.task_id, message.attempt)))
        return heard

    def cancel(self, task_id: str, attempt: int) -> None:
        worker = self._busy.get((task_id, attempt))
        if worker is not None:
            self._cancelled.add((task_id, attempt))
            worker.close()

    def close(self) -> None:
        for worker in (*self._idle, *self._busy.values()):
            worker.close()

    def _run(self, worker: Worker, task: Task, attempt: int) -> None:
        error: Exception | None = None
        try:
            for event in worker.perform(task, attempt):
                self._say(task, attempt, event)
        except Exception as raised:  # noqa: BLE001 - told to the driver, who knows what to do
            error = raised
        ended = how_it_ended(error)
        if (task.id, attempt) in self._cancelled:
            self._cancelled.discard((task.id, attempt))
            ended = Ended.CANCELLED
        self._heard.put(
            Message(task_id=task.id, attempt=attempt, worker=self._name, ended=ended, error=error)
        )

    def _say(self, task: Task, attempt: int, event: Mapping[str, Any]) -> None:
        self._heard.put(Message(task_id=task.id, attempt=attempt, worker=self._name, event=event))
