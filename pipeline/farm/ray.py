"""
Tasks on Ray: the only module that imports it, and only when there is something to do.

Plain streaming-generator tasks, `max_retries=0`: attempts, deadlines and what follows a failure
are the driver's. Ray's own retries would hide events already heard, and an actor dies for good of
one poisonous segment. The embedded Ray listens on loopback, with no dashboard, and ends with us.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import ChalkfarmError, EnvironmentMissing, WorkerLost
from pipeline.farm.executors import how_it_ended
from pipeline.farm.task import Ended, Message, Task

OBJECT_STORE_BYTES = 128 << 20
"""Only events travel through Ray; chunks go to the store. Ray's own minimum is 75 MiB."""

GONE = ("NodeDiedError", "ObjectLostError", "OwnerDiedError", "ObjectFetchTimedOutError")
"""What Ray raises when a whole machine went away, and not one process on it."""

# Ray reads these when it is imported
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_task_oom_retries": "1",  # otherwise without end, whatever max_retries says
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
LOOPBACK = {
    # Whatever its name says: set to 0, every server of an embedded Ray listens on loopback alone
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "disabled",  # loopback only; else a token is written to the home folder
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that Ray has, and the stream it talks through."""

    task: Task
    number: int
    stream: Any

    @property
    def name(self) -> tuple[str, int]:
        return self.task.id, self.number


class RayExecutor:
    """An embedded Ray with as many cores as slots: one worker, this machine."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        ray = start_ray(
            address="local",
            num_cpus=slots,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
        )
        self._prepare(ray, _perform)

    def _prepare(self, ray: Any, perform: Callable[..., Iterator[Mapping[str, Any]]]) -> None:
        self._ray = ray
        self._perform = ray.remote(num_cpus=1, max_retries=0, max_calls=0)(perform)
        self._watched: dict[Any, Attempt] = {}
        """By what is waited for: the stream, or an object of it that is still on its way."""
        self._live: dict[tuple[str, int], Attempt] = {}
        self._workers: dict[tuple[str, int], str] = {}
        self._cancelled: list[Attempt] = []
        """Kept, for their streams are not to be taken apart while a line may be cut."""
        self._heard: list[Message] = []

    def room(self) -> int:
        return self._slots - len(self._live)

    def workers(self, _task: Task) -> frozenset[str]:
        return frozenset({self._ray.get_runtime_context().get_node_id()})

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:  # noqa: ARG002 - one worker
        asked = task.resources
        if asked.gpu and not self._ray.cluster_resources().get("GPU"):
            # Ray would wait for one without a word
            raise EnvironmentMissing(
                what=f"scene {task.scene_id} asks for a GPU, and there is none here",
                advice="take `gpu` out of its resources, or render where there is one",
            )
        self._watch(
            task,
            attempt,
            name=task.id,
            num_cpus=min(max(1.0, asked.cpu), self._slots),
            num_gpus=task.gpus,
        )

    def _watch(self, task: Task, attempt: int, *more: Any, **options: Any) -> None:
        stream = self._perform.options(**options).remote(task, attempt, *more)
        live = self._live[task.id, attempt] = Attempt(task, attempt, stream)
        self._watched[stream] = live

    def poll(self, seconds: float) -> list[Message]:
        if self._heard:
            heard, self._heard = self._heard, []
            return heard
        if not self._watched:
            time.sleep(seconds)
            return []
        ready, _ = self._ray.wait(list(self._watched), num_returns=1, timeout=seconds)
        if ready:
            # Whatever else has something to say by now
            ready, _ = self._ray.wait(
                list(self._watched), num_returns=len(self._watched), timeout=0
            )
        return [message for what in ready if (message := self._next(what)) is not None]

    def cancel(self, task_id: str, attempt: int) -> None:
        live = self._live.pop((task_id, attempt), None)
        if live is None:
            return
        # Not listened to any more: behind a cut line, a cancelled stream blocks whoever asks it
        # for its next word until Ray takes the node for dead, 68 s later
        self._watched = {what: one for what, one in self._watched.items() if one is not live}
        self._cancelled.append(live)
        self._ray.cancel(live.stream, force=True)
        worker = self._workers.pop(live.name, "")
        self._heard.append(
            Message(task_id=task_id, attempt=attempt, worker=worker, ended=Ended.CANCELLED)
        )

    def close(self) -> None:
        self._ray.shutdown()

    def _next(self, what: Any) -> Message | None:
        """What a stream or an object of one says; None while the object is on its way."""
        live = self._watched.pop(what)
        try:
            if what is live.stream:
                what = next(live.stream)
                arrived, _ = self._ray.wait([what], timeout=0)
                if not arrived:
                    # Never waited for here: its machine may be behind a cut line
                    self._watched[what] = live
                    return None
            event = self._ray.get(what)
        except StopIteration:
            return self._end(live, None)
        except Exception as error:  # noqa: BLE001 - Ray wraps whatever happened
            return self._end(live, error)
        self._watched[live.stream] = live
        if event["event"] == "start":
            self._workers[live.name] = event["worker"]
        try:
            return self._said(live, event)
        except WorkerLost as error:
            del self._watched[live.stream]
            self._ray.cancel(live.stream, force=True)
            return self._end(live, error)

    def _said(self, live: Attempt, event: Mapping[str, Any]) -> Message | None:
        """Passes on what a worker said."""
        worker = self._workers.get(live.name, "")
        return Message(task_id=live.task.id, attempt=live.number, worker=worker, event=event)

    def _end(self, live: Attempt, error: Exception | None) -> Message:
        del self._live[live.name]
        ended, error = _how_it_ended(live.task, error)
        return Message(
            task_id=live.task.id,
            attempt=live.number,
            worker=self._workers.pop(live.name, ""),
            ended=ended,
            error=error,
        )


def start_ray(*, embedded: bool = True, **options: Any) -> Any:
    """
    Starts a Ray of our own or joins one, and gives its module.

    Raises:
        EnvironmentMissing: it does not come up.
    """
    for name, value in (QUIET | LOOPBACK if embedded else QUIET).items():
        os.environ.setdefault(name, value)
    import ray

    try:
        ray.init(logging_level=logging.ERROR, log_to_driver=False, **options)
    except (OSError, RuntimeError, ValueError) as error:
        raise EnvironmentMissing(
            what=f"Ray does not start here: {error}", advice="run `chalkfarm doctor`"
        ) from error
    return ray


def _how_it_ended(task: Task, error: Exception | None) -> tuple[Ended, Exception | None]:
    """Whose failure it is, and what was raised in the worker, or that the worker is gone."""
    # First the cause: Ray's own error is made to look like an instance of its class too
    cause = getattr(error, "cause", None)
    if isinstance(cause, ChalkfarmError):
        error = cause
    name = type(error).__name__
    if error is None or isinstance(error, ChalkfarmError) or name.startswith("RayTaskError"):
        return how_it_ended(error), error  # a RayTaskError is a bug of ours, with its traceback
    reason = str(error).strip().splitlines()[0] if str(error).strip() else name
    lost = WorkerLost(task=task.id, reason=f"its worker went away ({name}: {reason})")
    return (Ended.LOST if name in GONE else Ended.MACHINE), lost


def _perform(task: Task, attempt: int) -> Iterator[Mapping[str, Any]]:
    import ray

    from pipeline.farm.worker import process_worker

    node = ray.get_runtime_context().get_node_id()
    for event in process_worker().perform(task, attempt):
        yield {**event, "worker": node} if event["event"] == "start" else event
