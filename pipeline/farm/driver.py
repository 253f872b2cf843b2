"""
Sees a list of tasks through: what starts when, what is tried again, when to give up.

Every decision is an event with its reason. The driver holds nothing that the store and the events
do not: killed at any point, the next run finds every chunk that was published and goes on.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import ChalkfarmError, SceneError, WorkerLost
from pipeline.farm.events import Events
from pipeline.farm.executors import Executor
from pipeline.farm.task import Ended, Message, Piece, Task

MOST_ATTEMPTS = 3
"""For failures that are the machine's."""
POLL_SECONDS = 0.25
SILENCE_SECONDS = 60.0
"""Beyond a task's own stall limit: its worker has to say by then that it stopped the task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task that was given up."""

    scene_id: str
    task_id: str
    error: Exception


@dataclass(slots=True)
class _Attempt:
    task: Task
    number: int
    last_word: float | None = None
    """When it was last heard of; None before it got a place to run."""
    made: list[Piece] = field(default_factory=list)
    cancelled_because: str = ""


class Driver:
    """Runs tasks on one executor. Used for one list of tasks after another."""

    def __init__(self, executor: Executor, events: Events, *, keep_going: bool) -> None:
        self._executor = executor
        self._events = events
        self._keep_going = keep_going
        self._todo: list[tuple[Task, int]] = []
        self._live: dict[str, _Attempt] = {}
        self.failures: list[Failure] = []

    def run(
        self, tasks: Sequence[Task], on_event: Callable[[Task, Mapping[str, Any]], None]
    ) -> None:
        """
        Runs all tasks, longest first; `on_event` hears what each says.

        Returns when nothing is running any more. What was given up is in `failures`; without
        keep_going the first failure ends the rest. A KeyboardInterrupt ends what is running and
        goes on up.
        """
        self._todo = sorted(((task, 1) for task in tasks), key=lambda pair: -pair[0].seconds)
        try:
            while self._todo or self._live:
                self._fill()
                for message in self._executor.poll(POLL_SECONDS):
                    self._hear(message, on_event)
                self._end_the_silent()
        except BaseException:
            for task_id in list(self._live):
                self._executor.cancel(task_id)
            raise

    def _fill(self) -> None:
        while self._todo and len(self._live) < self._executor.slots:
            task, number = self._todo.pop(0)
            task.log_path(number).parent.mkdir(parents=True, exist_ok=True)
            self._live[task.id] = _Attempt(task, number)
            self._events.say(
                "attempt-started",
                task=task.id,
                scene=task.scene_id,
                attempt=number,
                kind=task.kind,
                pieces=[[piece.start, piece.stop] for piece in task.pieces],
            )
            self._executor.start(task, number)

    def _hear(self, message: Message, on_event: Callable[[Task, Mapping[str, Any]], None]) -> None:
        attempt = self._live.get(message.task_id)
        if attempt is None:
            return
        attempt.last_word = time.monotonic()
        if message.ended is not None:
            del self._live[message.task_id]
            self._ended(attempt, message.ended, message.error)
            return
        if message.event["event"] == "cut":
            piece = next(p for p in attempt.task.pieces if p.start == message.event["start"])
            attempt.made.append(piece)
        on_event(attempt.task, message.event)

    def _ended(self, attempt: _Attempt, ended: Ended, error: Exception | None) -> None:
        if attempt.cancelled_because and ended is Ended.CANCELLED:
            # Cancelled for its silence, which is a machine's failure
            ended = Ended.MACHINE
            error = WorkerLost(task=attempt.task.id, reason=attempt.cancelled_because)
        self._events.say(
            "attempt-ended",
            task=attempt.task.id,
            scene=attempt.task.scene_id,
            attempt=attempt.number,
            how=ended.value,
            **describe(error),
        )
        left = tuple(p for p in attempt.task.pieces if p not in attempt.made)
        if attempt.task.pieces and not left:
            return  # it failed with everything made: nothing is left to do
        if ended is Ended.MACHINE and attempt.number < MOST_ATTEMPTS:
            self._events.say("retry", task=attempt.task.id, reason=str(error))
            self._todo.insert(0, (replace(attempt.task, pieces=left), attempt.number + 1))
        elif ended in (Ended.MACHINE, Ended.SCENE):
            assert error is not None
            self._give_up(attempt.task, error)

    def _give_up(self, task: Task, error: Exception) -> None:
        # One failure a scene is enough to read: its other tasks fail of the same
        if all(failure.scene_id != task.scene_id for failure in self.failures):
            failure = Failure(scene_id=task.scene_id, task_id=task.id, error=error)
            self.failures.append(failure)
            self._events.say("scene-failed", scene=task.scene_id, **describe(error))
        same = [t for t, _ in self._todo if t.scene_id == task.scene_id or not self._keep_going]
        self._todo = [pair for pair in self._todo if pair[0] not in same]
        for other in self._live.values():
            if other.task.scene_id == task.scene_id or not self._keep_going:
                self._executor.cancel(other.task.id)

    def _end_the_silent(self) -> None:
        now = time.monotonic()
        for attempt in self._live.values():
            patience = attempt.task.limits.stall_seconds + SILENCE_SECONDS
            heard = attempt.last_word
            if heard and now - heard > patience and not attempt.cancelled_because:
                attempt.cancelled_because = f"its worker said nothing for {patience:g} s"
                self._executor.cancel(attempt.task.id)


def describe(error: Exception | None) -> dict[str, Any]:
    """An error as facts for an event."""
    if error is None:
        return {}
    facts: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, SceneError):
        facts |= {
            "traceback": error.traceback,
            "source": error.source,
            "play": error.play,
            "frame": error.frame,
            "advice": error.advice,
        }
    elif not isinstance(error, ChalkfarmError):
        facts["traceback"] = "".join(traceback.format_exception(error))
    return facts
