"""
Sees lists of tasks through: what starts when and where, what is tried again, when to give up.

Every decision is an event with its reason, and what the driver knows is what its events add up to
(see ledger.py). It holds nothing that the store and the events do not: killed at any point, the
next run finds every chunk that was published and goes on. Starts nothing itself: an Executor
does, and a test may bring one without processes.
"""

from __future__ import annotations

import heapq
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import Cancelled, ChalkfarmError, NoWorker, SceneError, WorkerLost
from pipeline.farm.events import Events
from pipeline.farm.executors import Executor
from pipeline.farm.ledger import Ledger, TaskState
from pipeline.farm.task import Control, Ended, Message, Task

POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
"""Between two looks at what only time changes: silence, forgiveness, what a person asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much a driver puts up with."""

    keep_going: bool = False
    """Whether other scenes go on when one has failed."""
    attempts: int = 3
    """Of one task, for failures that are the machine's; on distinct workers while there are."""
    attempts_on_one: int = 2
    """Of one task on one worker: what fails twice in one place will fail there again."""
    lost: int = 8
    """Attempts of one task that end with their whole machine, which says little of the task."""
    silence_seconds: float = 60.0
    """Without even a sign of life, which workers give every few seconds."""
    start_seconds: float = 180.0
    """Beyond a task's own limits: for a cold engine to start and a last word to arrive."""
    suspicious: int = 3
    """Tasks that fail one after another on a worker before it is blocked."""
    forgiven_seconds: float = 600.0
    """A blocked worker gets another chance after this."""
    unlucky: int = 6
    """Failed attempts in a row on the whole farm, times its workers beyond two, before a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task that was given up."""

    scene_id: str
    task_id: str
    error: Exception


@dataclass(slots=True)
class _Live:
    """An attempt that has not ended."""

    task: Task
    number: int
    placed: float | None = None
    """When it got a place to run."""
    last_word: float = 0.0
    moved: float = 0.0
    """When it last got further."""


class Driver:
    """Runs tasks on one executor. Used for one list of tasks after another."""

    def __init__(
        self,
        executor: Executor,
        events: Events,
        policy: Policy,
        *,
        clock: Callable[[], float] = time.monotonic,
        control: Callable[[], Control] = lambda: Control.GO,
    ) -> None:
        self._executor = executor
        self._events = events
        self._policy = policy
        self._clock = clock
        self._control = control
        self._looked = clock()
        self._tasks: dict[str, Task] = {}
        self._of_scene: dict[str, list[str]] = defaultdict(list)
        self._queue: list[tuple[int, float, int, str]] = []
        self._count = 0
        self._live: dict[str, _Live] = {}
        self.ledger = Ledger()
        self.failures: list[Failure] = []

    def run(
        self, tasks: Sequence[Task], on_event: Callable[[Task, Mapping[str, Any]], None]
    ) -> None:
        """
        Runs all tasks, the longest of each priority first; `on_event` hears what each says.

        Returns when nothing is running any more. What was given up is in `failures`; without
        keep_going the first failure ends the rest. A KeyboardInterrupt ends what is running and
        goes on up.

        Raises:
            Cancelled: somebody asked for it.
        """
        for task in tasks:
            self._add(task)
        try:
            while self._live or self._has_waiting():
                self._look()
                self._fill()
                for message in self._executor.poll(POLL_SECONDS):
                    self._hear(message, on_event)
        except BaseException:
            for live in self._live.values():
                self._executor.cancel(live.task.id, live.number)
            raise

    def _say(self, event: str, **facts: Any) -> None:
        self.ledger.apply({"event": event, **facts})
        self._events.say(event, **facts)

    def _add(self, task: Task) -> None:
        self._tasks[task.id] = task
        self._of_scene[task.scene_id].append(task.id)
        self._say(
            "task-added",
            task=task.id,
            scene=task.scene_id,
            kind=task.kind,
            pieces=_spans(task),
            seconds=round(task.seconds, 3),
            priority=task.priority,
        )
        self._push(task.id, task.seconds)

    def _push(self, task_id: str, seconds: float) -> None:
        self._count += 1
        priority = self._tasks[task_id].priority
        heapq.heappush(self._queue, (-priority, -seconds, self._count, task_id))

    def _has_waiting(self) -> bool:
        """Whether a task waits; forgets at the head of the queue what was dropped meanwhile."""
        while self._queue:
            if self.ledger.tasks[self._queue[0][-1]].state is TaskState.WAITING:
                return True
            heapq.heappop(self._queue)
        return False

    # What starts, and where

    def _fill(self) -> None:
        while not self.ledger.paused and self._executor.room() > 0 and self._has_waiting():
            task = self._tasks[self._queue[0][-1]]
            workers = self._executor.workers(task)
            avoid = self._avoided(task, workers)
            if workers and avoid >= workers:
                self._stop(self._why_nowhere(workers))
                return
            heapq.heappop(self._queue)
            number = self.ledger.tasks[task.id].attempt + 1
            self._live[task.id] = _Live(task, number)
            self._say(
                "attempt-started",
                task=task.id,
                scene=task.scene_id,
                attempt=number,
                kind=task.kind,
                pieces=_spans(task),
                avoid=sorted(avoid),
            )
            self._executor.start(task, number, avoid)

    def _avoided(self, task: Task, workers: frozenset[str]) -> frozenset[str]:
        """Those blocked; and those the task failed on, as long as there are others."""
        blocked = self.ledger.blocked & workers
        bad = self.ledger.tasks[task.id].failed_on.keys() & workers
        if workers - blocked - bad:
            return blocked | bad
        spent = {name for name in bad if self._is_spent(task.id, name)}
        return blocked | spent if workers - blocked - spent else blocked

    def _is_spent(self, task_id: str, worker: str) -> bool:
        return self.ledger.tasks[task_id].failed_on[worker] >= self._policy.attempts_on_one

    def _why_nowhere(self, workers: frozenset[str]) -> str:
        records = [self.ledger.workers[name] for name in sorted(workers)]
        refused = [record for record in records if record.refused]
        if len(refused) == len(records):
            return f"no worker fits this run: {refused[0].host}: {refused[0].refused}"
        tried = f"{self._policy.suspicious} tasks failed there one after another"
        last = next((t.reason for t in reversed(self.ledger.tasks.values()) if t.reason), "")
        who = "the only worker is blocked" if len(records) == 1 else "every worker is blocked"
        return f"{who}, since {tried}; the last: {last.splitlines()[0] if last else 'no word'}"

    # What is heard

    def _hear(self, message: Message, on_event: Callable[[Task, Mapping[str, Any]], None]) -> None:
        live = self._live.get(message.task_id)
        if live is None or live.number != message.attempt:
            return  # of an attempt given up before: what it published is in the store anyhow
        live.last_word = self._clock()
        if message.ended is not None:
            del self._live[message.task_id]
            self._ended(live, message.ended, message.error)
            return
        event, kind = message.event, message.event["event"]
        if kind == "alive":
            return
        live.moved = live.last_word
        task = live.task
        if kind == "start":
            live.placed = live.last_word
            self._say(
                "attempt-placed",
                task=task.id,
                scene=task.scene_id,
                attempt=live.number,
                worker=message.worker,
                host=event["host"],
                pid=event["pid"],
            )
        elif kind == "cut":
            self._say(
                "segment-done",
                task=task.id,
                scene=task.scene_id,
                start=event["start"],
                stop=event["stop"],
                key=event["key"],
                worker=message.worker,
            )
        on_event(task, event)

    def _ended(self, live: _Live, ended: Ended, error: Exception | None) -> None:
        task = live.task
        record = self.ledger.tasks[task.id]
        worker = record.worker
        self._say(
            "attempt-ended",
            task=task.id,
            scene=task.scene_id,
            attempt=live.number,
            worker=worker,
            how=ended.value,
            **describe(error),
        )
        if ended is Ended.REFUSED:
            self._say("worker-refused", worker=worker, reason=str(error))
        elif ended in (Ended.MACHINE, Ended.LOST) and worker:
            self._suspect(worker)
        if ended is Ended.DONE:
            return
        if task.pieces and not record.left:
            self._say("task-done", task=task.id, reason="everything was made before it failed")
        elif self.ledger.stopped or ended is Ended.CANCELLED or task.scene_id in self._failed():
            self._say("task-dropped", task=task.id, reason=self.ledger.stopped or "not needed")
        elif ended is Ended.SCENE:
            self._give_up(task, error)
        else:
            self._try_again(task, ended, error)
        self._stop_losses()

    def _failed(self) -> Iterable[str]:
        return self.ledger.failed_scenes.keys()

    def _try_again(self, task: Task, ended: Ended, error: Exception | None) -> None:
        record = self.ledger.tasks[task.id]
        if ended is not Ended.REFUSED:
            enough = self._enough(task)
            if enough:
                self._give_up(task, error, enough)
                return
        left = tuple(piece for piece in task.pieces if piece.start in record.left)
        self._tasks[task.id] = replace(task, pieces=left)
        self._say("retry", task=task.id, scene=task.scene_id, reason=str(error))
        # Before all others of its priority: whatever waits for it has waited longest
        self._push(task.id, float("inf"))

    def _enough(self, task: Task) -> str:
        """Why a task is not tried once more; empty if it is."""
        record, policy = self.ledger.tasks[task.id], self._policy
        if record.counted >= policy.attempts:
            return f"it failed {record.counted} times"
        if record.lost >= policy.lost:
            return f"its worker was lost {record.lost} times"
        workers = self._executor.workers(task)
        if workers and all(
            name in record.failed_on and self._is_spent(task.id, name) for name in workers
        ):
            only = "the only worker there is" if len(workers) == 1 else "every worker there is"
            return f"it failed {policy.attempts_on_one} times on {only}"
        return ""

    # What is given up

    def _give_up(self, task: Task, error: Exception | None, enough: str = "") -> None:
        assert error is not None
        self._say("task-failed", task=task.id, reason=enough or "its scene failed")
        # One failure a scene is enough to read: its other tasks fail of the same
        if task.scene_id not in self._failed():
            failure = Failure(scene_id=task.scene_id, task_id=task.id, error=error)
            self.failures.append(failure)
            self._say("scene-failed", scene=task.scene_id, given_up=enough, **describe(error))
        if self._policy.keep_going:
            self._drop(self._of_scene[task.scene_id], f"scene {task.scene_id} failed")
        else:
            self._drop(list(self._tasks), f"scene {task.scene_id} failed, and ends the rest")

    def _drop(self, task_ids: Sequence[str], reason: str) -> None:
        for task_id in task_ids:
            if self.ledger.tasks[task_id].state is TaskState.WAITING:
                self._say("task-dropped", task=task_id, reason=reason)
            elif task_id in self._live:
                self._cancel(self._live[task_id], reason)

    def _cancel(self, live: _Live, reason: str) -> None:
        self._say("attempt-cancelled", task=live.task.id, attempt=live.number, reason=reason)
        self._executor.cancel(live.task.id, live.number)

    def _stop(self, reason: str) -> None:
        """Ends the run for a reason that is no scene's."""
        self._say("stopped", reason=reason)
        waiting = next(t for t, r in self.ledger.tasks.items() if r.state is not TaskState.DONE)
        error = NoWorker(reason=reason)
        scene = self._tasks[waiting].scene_id
        self.failures.append(Failure(scene_id=scene, task_id=waiting, error=error))
        self._say("scene-failed", scene=scene, given_up=reason, **describe(error))
        self._drop(list(self._tasks), reason)

    def _stop_losses(self) -> None:
        workers = sum(not record.refused for record in self.ledger.workers.values())
        most = self._policy.unlucky * max(1, workers - 1)
        if self.ledger.unlucky >= most and not self.ledger.stopped and self._has_waiting():
            self._stop(
                f"{self.ledger.unlucky} attempts in a row failed on {workers} workers, "
                "and none came out well"
            )

    def _suspect(self, worker: str) -> None:
        record = self.ledger.workers[worker]
        if len(record.suspicious) >= self._policy.suspicious and record.blocked_until is None:
            self._say(
                "worker-blocked",
                worker=worker,
                host=record.host,
                until=round(self._clock() + self._policy.forgiven_seconds, 3),
                seconds=self._policy.forgiven_seconds,
                reason=f"failed at {', '.join(sorted(record.suspicious))} one after another",
            )

    # What time changes

    def _look(self) -> None:
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        self._obey()
        for name, worker in self.ledger.workers.items():
            if worker.blocked_until is not None and now >= worker.blocked_until:
                self._say("worker-forgiven", worker=name, host=worker.host, reason="time passed")
        for live in list(self._live.values()):
            reason = self._overdue(live, now)
            if reason and live.task.id in self._live:
                self._cancel(live, reason)
                # Not waiting to hear of its end: behind a cut line there is nobody to say it
                del self._live[live.task.id]
                error = WorkerLost(task=live.task.id, reason=reason)
                self._ended(live, Ended.MACHINE, error)

    def _overdue(self, live: _Live, now: float) -> str:
        """Why an attempt is taken for dead; empty while it is not."""
        if live.placed is None:
            return ""  # it waits for a place
        policy, limits = self._policy, live.task.limits
        if now - live.last_word > policy.silence_seconds:
            return f"its worker gave no sign of life for {policy.silence_seconds:g} s"
        # The worker holds the task to these itself; this is for when it does not
        if now - live.moved > limits.stall_seconds + policy.start_seconds:
            return f"it got no further for {now - live.moved:.0f} s"
        if now - live.placed > limits.seconds + policy.start_seconds:
            return f"it took more than its {limits.seconds:g} s"
        return ""

    def _obey(self) -> None:
        asked = self._control()
        if asked is Control.CANCEL:
            reason = "somebody asked for it"
            self._say("stopped", reason=reason)
            self._drop(list(self._tasks), reason)
            raise Cancelled
        if (asked is Control.PAUSE) != self.ledger.paused:
            name = "paused" if asked is Control.PAUSE else "resumed"
            self._say(name, reason="somebody asked for it")


def _spans(task: Task) -> list[list[int]]:
    return [[piece.start, piece.stop] for piece in task.pieces]


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
