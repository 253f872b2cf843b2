"""
What the driver knows of a run, as a sum of its events and of nothing else.

Pure: `Ledger.apply` adds one event, `replay` all of them. The driver decides by reading its
ledger, says its decision as an event, and the event changes the ledger; so whoever has the events
has everything the driver had. Does not know what a task draws, nor where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TaskState(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    """`running` or `dropped` comes next."""
    RUNNING = "running"
    """An attempt was handed out; anything may come next."""
    DONE = "done"
    """Nothing follows."""
    FAILED = "failed"
    """Given up, and its scene with it: nothing follows."""
    DROPPED = "dropped"
    """Not needed any more, since something else was given up: nothing follows."""


@dataclass(slots=True)
class TaskRecord:
    """One task, as far as its events go."""

    scene: str
    left: set[int]
    """First frames of the pieces that are not in the store yet; empty for a trace."""
    state: TaskState = TaskState.WAITING
    attempt: int = 0
    """Of the last attempt handed out, counted from 1."""
    worker: str = ""
    """Where the last attempt runs or ran; empty until it got a place."""
    counted: int = 0
    """Failed attempts that speak against the task."""
    lost: int = 0
    """Attempts that ended with their whole machine."""
    failed_on: dict[str, int] = field(default_factory=dict)
    """How often it failed on which worker."""
    reason: str = ""
    """Of its last failure."""


@dataclass(slots=True)
class WorkerRecord:
    """One worker, as far as its events go."""

    host: str = ""
    done: int = 0
    """Attempts that came out well."""
    failed: int = 0
    suspicious: set[str] = field(default_factory=set)
    """Tasks that failed here since the last that did not."""
    blocked_until: float | None = None
    """By the run's clock; None when it may be used."""
    refused: str = ""
    """How it differs from what the run was planned for: it never gets a task again."""


@dataclass(slots=True)
class Ledger:
    """All tasks and workers of a run."""

    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    workers: dict[str, WorkerRecord] = field(default_factory=dict)
    failed_scenes: dict[str, str] = field(default_factory=dict)
    """Message of the first failure, by scene."""
    published: dict[str, int] = field(default_factory=dict)
    """How often each key was said to be in the store in this run."""
    running: int = 0
    unlucky: int = 0
    """Attempts that failed since anything last came out well, on any worker."""
    paused: bool = False
    stopped: str = ""
    """Why the run was ended before its tasks were; empty while it was not."""

    def apply(self, event: Mapping[str, Any]) -> None:
        """Adds one event; events of which it knows nothing change nothing."""
        adds = _ADDS.get(event["event"])
        if adds is not None:
            adds(self, event)

    def worker(self, name: str) -> WorkerRecord:
        """The record of a worker, made when it is first heard of."""
        return self.workers.setdefault(name, WorkerRecord())

    @property
    def blocked(self) -> frozenset[str]:
        """Workers that get no task now."""
        return frozenset(
            name
            for name, worker in self.workers.items()
            if worker.refused or worker.blocked_until is not None
        )


def replay(events: Iterable[Mapping[str, Any]]) -> Ledger:
    """The ledger a driver has after saying these events."""
    ledger = Ledger()
    for event in events:
        ledger.apply(event)
    return ledger


def _task_added(ledger: Ledger, event: Mapping[str, Any]) -> None:
    left = {start for start, _ in event["pieces"]}
    ledger.tasks[event["task"]] = TaskRecord(scene=event["scene"], left=left)


def _attempt_started(ledger: Ledger, event: Mapping[str, Any]) -> None:
    task = ledger.tasks[event["task"]]
    task.state, task.attempt, task.worker = TaskState.RUNNING, event["attempt"], ""
    ledger.running += 1


def _attempt_placed(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.tasks[event["task"]].worker = event["worker"]
    ledger.worker(event["worker"]).host = event["host"]


def _segment_done(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.tasks[event["task"]].left.discard(event["start"])
    ledger.published[event["key"]] = ledger.published.get(event["key"], 0) + 1


def _attempt_ended(ledger: Ledger, event: Mapping[str, Any]) -> None:
    task = ledger.tasks[event["task"]]
    how, name = event["how"], event["worker"]
    ledger.running -= 1
    task.state = TaskState.DONE if how == "done" else TaskState.WAITING
    if how == "done":
        ledger.unlucky = 0
    elif how in ("machine", "lost"):
        task.reason = event["message"]
        task.counted += how == "machine"
        task.lost += how == "lost"
        ledger.unlucky += 1
    if not name:
        return
    worker = ledger.worker(name)
    if how == "done":
        worker.done += 1
        worker.suspicious.clear()
    elif how in ("machine", "lost"):
        worker.failed += 1
        worker.suspicious.add(event["task"])
        task.failed_on[name] = task.failed_on.get(name, 0) + 1


def _task_done(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.tasks[event["task"]].state = TaskState.DONE


def _task_dropped(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.tasks[event["task"]].state = TaskState.DROPPED


def _task_failed(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.tasks[event["task"]].state = TaskState.FAILED


def _scene_failed(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.failed_scenes.setdefault(event["scene"], event["message"])


def _worker_blocked(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.worker(event["worker"]).blocked_until = event["until"]


def _worker_forgiven(ledger: Ledger, event: Mapping[str, Any]) -> None:
    worker = ledger.worker(event["worker"])
    worker.blocked_until = None
    # Not forgotten: one more failure and it is blocked again
    worker.suspicious = set(sorted(worker.suspicious)[1:])


def _worker_refused(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.worker(event["worker"]).refused = event["reason"]


def _paused(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.paused = event["event"] == "paused"


def _stopped(ledger: Ledger, event: Mapping[str, Any]) -> None:
    ledger.stopped = event["reason"]


_ADDS = {
    "task-added": _task_added,
    "attempt-started": _attempt_started,
    "attempt-placed": _attempt_placed,
    "segment-done": _segment_done,
    "attempt-ended": _attempt_ended,
    "task-done": _task_done,
    "task-dropped": _task_dropped,
    "task-failed": _task_failed,
    "scene-failed": _scene_failed,
    "worker-blocked": _worker_blocked,
    "worker-forgiven": _worker_forgiven,
    "worker-refused": _worker_refused,
    "paused": _paused,
    "resumed": _paused,
    "stopped": _stopped,
}
