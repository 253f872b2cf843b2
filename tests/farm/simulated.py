"""
A farm without processes: an executor whose workers, time and mishaps are numbers.

Time goes on only while the driver waits, to the next thing that happens, so that hours of a farm
pass in a second. What becomes of an attempt is said by a function, which may be random.
"""

import heapq
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.engine.job import SceneJob
from pipeline.engine.running import Limits
from pipeline.errors import SceneError, WorkerLost, WorkerRefused
from pipeline.farm.task import Ended, Message, Piece, Task
from pipeline.manifest.resolved import Resources
from pipeline.plan.key import Key
from pipeline.plan.scenes import Identity

ALIVE_SECONDS = 30.0
"""Between two signs of life; less often than real workers, for the test's own time."""
ERRORS = {
    Ended.SCENE: SceneError(scene="a.py:A", reason="the chalk broke"),
    Ended.MACHINE: WorkerLost(task="", reason="its process was ended by SIGKILL"),
    Ended.LOST: WorkerLost(task="", reason="its machine is gone"),
    Ended.REFUSED: WorkerRefused(host="odd", difference="numpy: 1, was 2"),
}


@dataclass(frozen=True)
class Fate:
    """What becomes of one attempt."""

    ended: Ended | None = Ended.DONE
    """None when nothing more is ever heard of it."""
    pieces: int | None = None
    """How many are published before; all otherwise."""
    again: int = 0
    """How many of its messages are heard a second time."""
    slower: float = 1.0
    """Times as long as was estimated."""


@dataclass(order=True)
class _Due:
    time: float
    order: int
    attempt: tuple[str, int] = field(compare=False)
    message: Message = field(compare=False)


class SimulatedFarm:
    """An Executor. `clock` goes into the driver, so that both live in one time."""

    def __init__(
        self,
        workers: int,
        slots: int = 1,
        fate: Callable[[Task, int, str], Fate] = lambda _task, _attempt, _worker: Fate(),
    ) -> None:
        self.now = 0.0
        self.busy = dict.fromkeys((f"w{i}" for i in range(workers)), 0)
        self.fate = fate
        self.started: list[tuple[str, int, str]] = []
        self.published: dict[str, int] = {}
        """How often each key was drawn."""
        self.worked = 0.0
        """Seconds of all workers together."""
        self._names = frozenset(self.busy)
        self._slots = slots
        self._free = [(0, name) for name in self.busy]
        self._room = workers * slots
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._on: dict[tuple[str, int], str] = {}

    def clock(self) -> float:
        return self.now

    def room(self) -> int:
        return self._room

    def workers(self, _task: Task) -> frozenset[str]:
        return self._names

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:
        worker = self._pick(avoid)
        fate = self.fate(task, attempt, worker)
        self.started.append((task.id, attempt, worker))
        self._on[task.id, attempt] = worker
        when = self.now
        start = {"event": "start", "host": worker, "pid": 1}
        self._say(when, fate, task, attempt, worker, start)
        made = task.pieces[: fate.pieces] if fate.pieces is not None else task.pieces
        seconds = task.seconds * fate.slower
        each = seconds / max(1, len(task.pieces))
        for piece in made:
            for sign in range(1, math.ceil(each / ALIVE_SECONDS)):
                alive = {"event": "alive"}
                self._say(when + sign * ALIVE_SECONDS, fate, task, attempt, worker, alive)
            when += each
            self.published[piece.key.digest] = self.published.get(piece.key.digest, 0) + 1
            cut = {"event": "cut", "start": piece.start, "stop": piece.stop}
            self._say(when, fate, task, attempt, worker, {**cut, "key": piece.key.digest})
        if not task.pieces:
            when += seconds
        if fate.ended is not None:
            end = Message(
                task_id=task.id,
                attempt=attempt,
                worker=worker,
                ended=fate.ended,
                error=ERRORS.get(fate.ended),
            )
            self._push(when, end)
        self.worked += when - self.now

    def poll(self, seconds: float) -> list[Message]:
        until = self.now + seconds
        if not self._due or self._due[0].time > until:
            self.now = until
            return []
        self.now = max(self.now, self._due[0].time)
        heard = []
        while self._due and self._due[0].time <= self.now:
            due = heapq.heappop(self._due)
            if due.message.ended is not None and not self._leave(due.attempt):
                continue
            heard.append(due.message)
        return heard

    def cancel(self, task_id: str, attempt: int) -> None:
        if (task_id, attempt) in self._on:
            worker = self._on[task_id, attempt]
            end = Message(task_id=task_id, attempt=attempt, worker=worker, ended=Ended.CANCELLED)
            self._push(self.now, end)

    def close(self) -> None: ...

    def _pick(self, avoid: frozenset[str]) -> str:
        """The least busy worker that may be used, as Ray would spread them."""
        aside = []
        while True:
            load, name = heapq.heappop(self._free)
            if load != self.busy[name]:
                continue  # an entry of before
            if name not in avoid:
                break
            aside.append((load, name))
        for entry in aside:
            heapq.heappush(self._free, entry)
        self.busy[name] += 1
        heapq.heappush(self._free, (self.busy[name], name))
        self._room -= 1
        return name

    def _leave(self, attempt: tuple[str, int]) -> bool:
        worker = self._on.pop(attempt, None)
        if worker is None:
            return False
        self.busy[worker] -= 1
        heapq.heappush(self._free, (self.busy[worker], worker))
        self._room += 1
        return True

    def _say(
        self,
        when: float,
        fate: Fate,
        task: Task,
        attempt: int,
        worker: str,
        event: Mapping[str, Any],
    ) -> None:
        message = Message(task_id=task.id, attempt=attempt, worker=worker, event=event)
        self._push(when, message)
        if fate.again and event["event"] == "cut":
            self._push(when + fate.again, message)

    def _push(self, when: float, message: Message) -> None:
        attempt = (message.task_id, message.attempt)
        heapq.heappush(self._due, _Due(when, next(self._order), attempt, message))


_BLANK = Task(
    id="a.draw-0",
    scene_id="a",
    job=SceneJob(
        root="",
        file="a.py",
        class_name="A",
        params={},
        width=16,
        height=16,
        rate="10",
        samples=0,
    ),
    limits=Limits(seconds=600, stall_seconds=100),
    resources=Resources(),
    identity=Identity(engine={}, fonts="", renderer=""),
    store="",
    beside=Path(),
    logs=Path(),
)


def make_task(
    scene: str, number: int, *, pieces: int = 1, seconds: float = 1.0, **how: Any
) -> Task:
    """A task of a scene that needs nothing to be there."""
    return replace(
        _BLANK,
        id=f"{scene}.draw-{number}",
        scene_id=scene,
        seconds=seconds,
        pieces=tuple(
            Piece(start=i, stop=i + 1, key=Key("segment", {"of": scene, "n": number, "i": i}))
            for i in range(pieces)
        ),
        **how,
    )
