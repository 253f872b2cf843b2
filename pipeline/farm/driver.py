"""
Sees lists of tasks through: what starts when and where, what is tried again, when to give up.

Every decision is an event with its reason, and what the driver knows is what its events add up to
(see ledger.py). It holds nothing that the store and the events do not: killed at any point, the
next run finds every chunk that was published and goes on. Starts nothing itself: an Executor
does, and a test may bring one without processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import Cancelled, NoWorker, WorkerLost
from pipeline.farm.events import Events, describe
from pipeline.farm.executors import Executor
from pipeline.farm.ledger import Ledger, TaskState
from pipeline.farm.policy import Judge, Live, Policy
from pipeline.farm.roster import Roster
from pipeline.farm.task import Control, Ended, Message, Task

POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
"""Between two looks at what only time changes: silence, forgiveness, what a person asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task that was given up."""

    scene_id: str
    task_id: str
    error: Exception


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
        self._clock = clock
        self._control = control
        self._looked = clock()
        self._policy = policy
        self._roster = Roster(events)
        self._say = self._roster.say
        self._judge = Judge(policy, self.ledger)
        self._live: dict[str, Live] = {}
        self.failures: list[Failure] = []

    @property
    def ledger(self) -> Ledger:
        """What is known of every task and worker."""
        return self._roster.ledger

    def run(
        self,
        tasks: Sequence[Task],
        on_event: Callable[[Task, Mapping[str, Any]], None],
        more: Callable[[], Sequence[Task]] = tuple,
    ) -> None:
        """
        Runs all tasks, the longest of each priority first; `on_event` hears what each says.

        Once all of these have a worker, `more` is asked for others, again and again while any run.

        Returns when nothing is running any more. What was given up is in `failures`; without
        keep_going the first failure ends the rest. A KeyboardInterrupt ends what is running and
        goes on up.

        Raises:
            Cancelled: somebody asked for it.
        """
        for task in tasks:
            self._roster.add(task)
        first = {task.id for task in tasks}
        try:
            while self._live or self._roster.next() is not None:
                self._look()
                self._fill()
                if self._may_take_more(first):
                    for task in more():
                        self._roster.add(task)
                    self._fill()
                for message in self._executor.poll(POLL_SECONDS):
                    self._hear(message, on_event)
        except BaseException:
            for live in self._live.values():
                self._executor.cancel(live.task.id, live.number)
            self._abandon(self.ledger.stopped or "the run was ended")
            raise

    # What starts, and where

    def _fill(self) -> None:
        while not self.ledger.paused and self._executor.room() > 0:
            task = self._roster.next()
            if task is None:
                return
            workers = self._executor.workers(task)
            avoid = self._judge.avoided(task, workers)
            if workers and avoid >= workers:
                self._stop(self._judge.why_nowhere(workers))
                return
            number = self._roster.start(task, avoid)
            self._live[task.id] = Live(task, number)
            self._executor.start(task, number, avoid)

    def _may_take_more(self, first: Collection[str]) -> bool:
        """Whether none of the first tasks waits for a worker, with the run going well."""
        if self.failures or self.ledger.paused or self.ledger.stopped:
            return False
        waiting = self._roster.next()
        return waiting is None or waiting.id not in first

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
        if kind == "cut" and event["start"] not in self.ledger.tasks[task.id].left:
            return  # said twice
        if kind == "start":
            live.placed = live.last_word
        self._roster.hear(task, live.number, message.worker, event)
        on_event(task, event)

    def _ended(self, live: Live, ended: Ended, error: Exception | None) -> None:
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
            if not self.ledger.worker(worker).refused:
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
        if ended is not Ended.REFUSED:
            enough = self._judge.enough(task, self._executor.workers(task))
            if enough:
                self._give_up(task, error, enough)
                return
        self._say("retry", task=task.id, scene=task.scene_id, reason=str(error))
        # With nothing else to start, the whole run would wait for one worker to do all of it
        idle = 0 if self._roster.next() else self._executor.room()
        self._roster.again(task, idle)

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
            self._drop(self._roster.of_scene(task.scene_id), f"scene {task.scene_id} failed")
        else:
            self._drop(list(self._roster.tasks), f"scene {task.scene_id} failed, and ends the rest")

    def _drop(self, task_ids: Sequence[str], reason: str) -> None:
        for task_id in task_ids:
            if self.ledger.tasks[task_id].state is TaskState.WAITING:
                self._say("task-dropped", task=task_id, reason=reason)
            elif task_id in self._live:
                self._cancel(self._live[task_id], reason)

    def _cancel(self, live: Live, reason: str) -> None:
        self._say("attempt-cancelled", task=live.task.id, attempt=live.number, reason=reason)
        self._executor.cancel(live.task.id, live.number)

    def _abandon(self, reason: str) -> None:
        """Writes down, of everything that had not ended, that it came to nothing."""
        for live in self._live.values():
            task = live.task
            self._say(
                "attempt-ended",
                task=task.id,
                scene=task.scene_id,
                attempt=live.number,
                worker=self.ledger.tasks[task.id].worker,
                how=Ended.CANCELLED.value,
            )
        self._live.clear()
        for task_id, record in self.ledger.tasks.items():
            if record.state is TaskState.WAITING:
                self._say("task-dropped", task=task_id, reason=reason)

    def _stop(self, reason: str) -> None:
        """Ends the run for a reason that is no scene's."""
        self._say("stopped", reason=reason)
        waiting = self._judge.undone()
        error = NoWorker(reason=reason)
        scene = self._roster.tasks[waiting].scene_id
        self.failures.append(Failure(scene_id=scene, task_id=waiting, error=error))
        self._say("scene-failed", scene=scene, given_up=reason, **describe(error))
        self._drop(list(self._roster.tasks), reason)

    def _stop_losses(self) -> None:
        reason = self._judge.losses()
        if reason and not self.ledger.stopped and self._roster.next():
            self._stop(reason)

    def _suspect(self, worker: str) -> None:
        reason = self._judge.suspicion(worker)
        if reason:
            self._say(
                "worker-blocked",
                worker=worker,
                host=self.ledger.workers[worker].host,
                until=round(self._clock() + self._policy.forgiven_seconds, 3),
                seconds=self._policy.forgiven_seconds,
                reason=reason,
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
            reason = self._judge.overdue(live, now)
            if reason and live.task.id in self._live:
                self._cancel(live, reason)
                # Not waiting to hear of its end: behind a cut line there is nobody to say it
                del self._live[live.task.id]
                error = WorkerLost(task=live.task.id, reason=reason)
                self._ended(live, Ended.MACHINE, error)

    def _obey(self) -> None:
        asked = self._control()
        if asked is Control.CANCEL:
            reason = "somebody asked for it"
            self._say("stopped", reason=reason)
            self._drop(list(self._roster.tasks), reason)
            raise Cancelled
        if (asked is Control.PAUSE) != self.ledger.paused:
            name = "paused" if asked is Control.PAUSE else "resumed"
            self._say(name, reason="somebody asked for it")
