"""
Tasks on Ray: the only module that imports it, and only when there is something to do.

Plain streaming-generator tasks, `max_retries=0`: attempts, deadlines and what follows a failure
are the driver's. Ray's own retries would hide events already heard, and an actor dies for good of
one poisonous segment. The embedded Ray listens on loopback, with no dashboard, and ends with us.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ChalkfarmError, EnvironmentMissing, WorkerLost
from pipeline.farm.executors import how_it_ended
from pipeline.farm.task import Ended, Message, Task

OBJECT_STORE_BYTES = 128 << 20
"""Only events travel through Ray; chunks go to the store. Ray's own minimum is 75 MiB."""

# Ray reads these when it is imported
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_task_oom_retries": "1",  # otherwise without end, whatever max_retries says
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    # Whatever its name says: set to 0, every server of an embedded Ray listens on loopback alone
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "disabled",  # loopback only; else a token is written to the home folder
}


class RayExecutor:
    """An embedded Ray with as many cores as slots."""

    def __init__(self, slots: int) -> None:
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        import ray

        self.slots = slots
        self._ray = ray
        self._live: dict[Any, Task] = {}
        self._cancelled: set[str] = set()
        try:
            ray.init(
                address="local",
                num_cpus=slots,
                include_dashboard=False,
                logging_level=logging.ERROR,
                log_to_driver=False,
                object_store_memory=OBJECT_STORE_BYTES,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise EnvironmentMissing(
                what=f"Ray does not start here: {error}", advice="run `chalkfarm doctor`"
            ) from error
        self._perform = ray.remote(num_cpus=1, max_retries=0, max_calls=0)(_perform)

    def start(self, task: Task, attempt: int) -> None:
        asked = task.resources
        if asked.gpu and not self._ray.cluster_resources().get("GPU"):
            # Ray would wait for one without a word
            raise EnvironmentMissing(
                what=f"scene {task.scene_id} asks for a GPU, and there is none here",
                advice="take `gpu` out of its resources, or render where there is one",
            )
        stream = self._perform.options(
            name=task.id,
            num_cpus=min(max(1.0, asked.cpu), self.slots),
            num_gpus=0 if task.kind == "trace" else asked.gpu,
        ).remote(task, attempt)
        self._live[stream] = task

    def poll(self, seconds: float) -> list[Message]:
        if not self._live:
            return []
        ready, _ = self._ray.wait(list(self._live), num_returns=1, timeout=seconds)
        if ready:
            # Whatever else has something to say by now
            ready, _ = self._ray.wait(list(self._live), num_returns=len(self._live), timeout=0)
        return [self._next(stream) for stream in ready]

    def cancel(self, task_id: str) -> None:
        for stream, task in self._live.items():
            if task.id == task_id:
                self._cancelled.add(task_id)
                self._ray.cancel(stream, force=True)

    def close(self) -> None:
        self._ray.shutdown()

    def _next(self, stream: Any) -> Message:
        task = self._live[stream]
        try:
            event = self._ray.get(next(stream))
        except StopIteration:
            return self._end(stream, None)
        except Exception as error:  # noqa: BLE001 - Ray wraps whatever happened
            return self._end(stream, error)
        return Message(task_id=task.id, event=event)

    def _end(self, stream: Any, error: Exception | None) -> Message:
        task = self._live.pop(stream)
        error = _unwrap(task, error)
        ended = how_it_ended(error)
        if task.id in self._cancelled:
            self._cancelled.discard(task.id)
            ended = Ended.CANCELLED
        return Message(task_id=task.id, ended=ended, error=error)


def _unwrap(task: Task, error: Exception | None) -> Exception | None:
    """What was raised in the worker; or that the worker is gone."""
    # First the cause: Ray's own error is made to look like an instance of its class too
    cause = getattr(error, "cause", None)
    if isinstance(cause, ChalkfarmError):
        return cause
    if error is None or isinstance(error, ChalkfarmError):
        return error
    name = type(error).__name__
    if name.startswith("RayTaskError"):
        return error  # a bug of ours, with its traceback
    reason = str(error).strip().splitlines()[0] if str(error).strip() else name
    return WorkerLost(task=task.id, reason=f"its worker went away ({name}: {reason})")


def _perform(task: Task, attempt: int) -> Iterator[Mapping[str, Any]]:
    from pipeline.farm.worker import process_worker

    yield from process_worker().perform(task, attempt)
