"""
What workers send to the driver, put where the driver has such things.

The driver's side of travel.py. Before an event goes on, what came with it is in the driver's
store: whoever hears that a chunk, a trace or a bake is done can read it there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from typing import Any

from pipeline.engine.job import BAKED_ARRAYS
from pipeline.errors import WorkerLost
from pipeline.farm.parcels import Parcel, unpack_result
from pipeline.farm.task import Task
from pipeline.farm.travel import mark_store
from pipeline.plan.key import Key
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store, store_failed
from pipeline.store.logs import keep_log, log_key
from pipeline.store.remote import is_url
from pipeline.store.traces import Traces


class Arrivals:
    """For one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.mark = "" if is_url(store.where) else mark_store(store.root)
        """By which a worker knows that it sees the same folder; empty for a URL."""

    def take(self, task: Task, attempt: int, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """
        Puts away what came with an event, and gives the event as the driver knows it.

        Raises:
            WorkerLost: it was damaged on its way.
            StoreFailed: the driver's disk is full, or may not be written.
        """
        kind = event["event"]
        if kind == "log":
            self._add_to_log(task, attempt, event["data"])
            return {"event": "alive"}
        if kind == "traced":
            return self._take_trace(task, attempt, event)
        if "files" in event:
            self._take_result(task, event)
        return {name: value for name, value in event.items() if name != "files"}

    def _add_to_log(self, task: Task, attempt: int, data: bytes) -> None:
        path = task.log_path(attempt)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise store_failed(path, error) from error

    def _take_trace(self, task: Task, attempt: int, event: Mapping[str, Any]) -> Mapping[str, Any]:
        text = json.dumps(event["timeline"].to_json())
        timeline = Traces(self._store, task.identity).publish(task.job, text)
        # All of it is here: what it printed comes before what came of it
        key = log_key(task.job, task.identity, timeline)
        keep_log(self._store, key, task.log_path(attempt))
        return {"event": "traced", "timeline": timeline}

    def _take_result(self, task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "baked":
            self._take_bake(task, event["digest"], event["files"])
            return
        key = task.blend.key if task.blend else _piece_key(task, event["start"])
        self._store.publish(key, unpack_result(event["files"], self._store, task.id))

    def _take_bake(self, task: Task, digest: str, parcel: Parcel) -> None:
        assert task.bake is not None
        work = unpack_result(parcel, self._store, task.id)
        try:
            files = json.loads(parcel["key.json"])["fields"]["files"]
            bakes = Bakes(self._store, task.identity)
            found = bakes.publish(task.bake, work / BAKED_ARRAYS, files)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        if found != digest:
            raise WorkerLost(
                task=task.id, reason=f"it calls its arrays {digest[:12]}, and they are {found[:12]}"
            )


def _piece_key(task: Task, start: int) -> Key:
    return next(piece.key for piece in task.pieces if piece.start == start)
