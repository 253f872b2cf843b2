"""
Where tasks run: the seam between the driver, which decides, and what starts processes.

Two real sides: threads of this process (LocalExecutor), for tracing a chapter to plan it without
starting anything more; and Ray (farm/ray.py). The driver sees attempts and messages only.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from pipeline.errors import ChalkfarmError
from pipeline.farm.task import Ended, Message, Task
from pipeline.farm.worker import Worker


class Executor(Protocol):
    """Runs attempts side by side, as many as it has slots."""

    slots: int

    def start(self, task: Task, attempt: int) -> None:
        """Starts an attempt; there must be a free slot."""

    def poll(self, seconds: float) -> list[Message]:
        """What was heard; waits up to `seconds` for the first word."""

    def cancel(self, task_id: str) -> None:
        """Ends a running attempt; its end is still heard."""

    def close(self) -> None:
        """Ends everything."""


def how_it_ended(error: BaseException | None) -> Ended:
    """Whose failure it is."""
    if error is None:
        return Ended.DONE
    if isinstance(error, ChalkfarmError) and error.worth_retrying:
        return Ended.MACHINE
    return Ended.SCENE


class LocalExecutor:
    """Tasks in threads of this process, each with an engine of its own."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._idle = [Worker() for _ in range(slots)]
        self._busy: dict[str, Worker] = {}
        self._cancelled: set[str] = set()
        self._heard: queue.Queue[Message] = queue.Queue()

    def start(self, task: Task, attempt: int) -> None:
        worker = self._busy[task.id] = self._idle.pop()
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
                self._idle.append(self._busy.pop(message.task_id))
        return heard

    def cancel(self, task_id: str) -> None:
        worker = self._busy.get(task_id)
        if worker is not None:
            self._cancelled.add(task_id)
            worker.close()

    def close(self) -> None:
        for worker in (*self._idle, *self._busy.values()):
            worker.close()

    def _run(self, worker: Worker, task: Task, attempt: int) -> None:
        error: Exception | None = None
        try:
            for event in worker.perform(task, attempt):
                self._say(task, event)
        except Exception as raised:  # noqa: BLE001 - told to the driver, who knows what to do
            error = raised
        ended = how_it_ended(error)
        if task.id in self._cancelled:
            self._cancelled.discard(task.id)
            ended = Ended.CANCELLED
        self._heard.put(Message(task_id=task.id, ended=ended, error=error))

    def _say(self, task: Task, event: Mapping[str, Any]) -> None:
        self._heard.put(Message(task_id=task.id, event=event))
