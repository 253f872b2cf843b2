"""
A run's tasks, in the order they are to start, with the ledger that every event changes.

The driver says each decision here: it goes into the ledger and into the events, in this order, so
that the two cannot differ.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pipeline.farm.events import Events
from pipeline.farm.ledger import Ledger, TaskState
from pipeline.farm.task import Piece, Task


class Roster:
    """All tasks of one run."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._of_scene: dict[str, list[str]] = defaultdict(list)
        self._queue: list[tuple[int, float, int, str]] = []
        self._count = 0
        self.tasks: dict[str, Task] = {}
        """With the pieces that are left of each."""
        self.ledger = Ledger()

    def say(self, event: str, **facts: Any) -> None:
        """Writes an event down, and adds it to the ledger."""
        self.ledger.apply({"event": event, **facts})
        self._events.say(event, **facts)

    def add(self, task: Task) -> None:
        """Takes a task in, to wait for its turn."""
        self._know(task)
        self.say(
            "task-added",
            task=task.id,
            scene=task.scene_id,
            kind=task.kind,
            pieces=spans(task),
            seconds=round(task.seconds, 3),
            priority=task.priority,
        )
        self._push(task.id, task.seconds)

    def again(self, task: Task, workers: int) -> None:
        """
        Puts a task that failed before all others of its priority: it has waited longest.

        What is left of it is shared out over so many workers.
        """
        record = self.ledger.tasks[task.id]
        left = tuple(piece for piece in task.pieces if piece.start in record.left)
        first, *others = _shared_out(left, workers)
        self.tasks[task.id] = _with_pieces(task, first)
        for number, pieces in enumerate(others, start=1):
            self._branch(task, f"{task.id}-{record.attempt}.{number}", pieces)
        self._push(task.id, float("inf"))

    def next(self) -> Task | None:
        """The task that is to start next; None when none waits."""
        while self._queue:
            task_id = self._queue[0][-1]
            if self.ledger.tasks[task_id].state is TaskState.WAITING:
                return self.tasks[task_id]
            heapq.heappop(self._queue)  # dropped meanwhile
        return None

    def start(self, task: Task, avoid: frozenset[str]) -> int:
        """Takes the next task out of the queue; the number of its attempt."""
        heapq.heappop(self._queue)
        number = self.ledger.tasks[task.id].attempt + 1
        self.say(
            "attempt-started",
            task=task.id,
            scene=task.scene_id,
            attempt=number,
            kind=task.kind,
            pieces=spans(task),
            avoid=sorted(avoid),
        )
        return number

    def hear(self, task: Task, attempt: int, worker: str, event: Mapping[str, Any]) -> None:
        """Writes down what an attempt said, if it is for the record."""
        if event["event"] == "start":
            self.say(
                "attempt-placed",
                task=task.id,
                scene=task.scene_id,
                attempt=attempt,
                worker=worker,
                host=event["host"],
                pid=event["pid"],
            )
        elif event["event"] == "cut":
            self.say(
                "segment-done",
                task=task.id,
                scene=task.scene_id,
                start=event["start"],
                stop=event["stop"],
                key=event["key"],
                worker=worker,
            )

    def of_scene(self, scene_id: str) -> Sequence[str]:
        """Every task of a scene, by id."""
        return self._of_scene[scene_id]

    def _know(self, task: Task) -> None:
        self.tasks[task.id] = task
        self._of_scene[task.scene_id].append(task.id)

    def _push(self, task_id: str, seconds: float) -> None:
        self._count += 1
        priority = self.tasks[task_id].priority
        heapq.heappush(self._queue, (-priority, -seconds, self._count, task_id))

    def _branch(self, task: Task, name: str, pieces: tuple[Piece, ...]) -> None:
        """Gives some pieces of a task that failed to another, which inherits its failures."""
        branch = replace(_with_pieces(task, pieces), id=name)
        self._know(branch)
        self.say(
            "task-branched",
            task=name,
            of=task.id,
            scene=task.scene_id,
            pieces=spans(branch),
            reason="there are idle workers",
        )
        self._push(name, float("inf"))


def _shared_out(pieces: tuple[Piece, ...], workers: int) -> list[tuple[Piece, ...]]:
    """Nearly equal runs of pieces, one for each worker, and one at least."""
    shares = max(1, min(len(pieces), workers))
    bounds = [round(len(pieces) * share / shares) for share in range(shares + 1)]
    return [pieces[start:stop] for start, stop in pairwise(bounds)]


def _with_pieces(task: Task, pieces: tuple[Piece, ...]) -> Task:
    share = len(pieces) / len(task.pieces) if task.pieces else 1.0
    return replace(task, pieces=pieces, seconds=task.seconds * share)


def spans(task: Task) -> list[list[int]]:
    """First frame of each piece, and the frame after its last."""
    return [[piece.start, piece.stop] for piece in task.pieces]
