"""
Results on their way from a worker that shares no folder with the driver.

On the worker's side everything is made as always, in folders of that machine; `carry` takes it
along with the events. On the driver's side `Arrivals` puts it where the driver has such things,
before the event goes on: a chunk is in the driver's store before anybody counts it.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import Timeline
from pipeline.errors import EnvironmentMissing, StoreFailed, WorkerLost, WorkerRefused
from pipeline.farm.identity import find_identity, identity_difference
from pipeline.farm.task import Task
from pipeline.farm.worker import Worker
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import Store, damage_in, store_failed
from pipeline.store.remote import is_url
from pipeline.store.traces import Traces

MARK = "store.id"
"""File in a driver's store by which a worker knows that it sees the same folder."""
LOG_BYTES = 1 << 20
"""Of a log at a time."""


def mark_store(folder: Path) -> str:
    """The mark of a store, made when there is none."""
    path = folder / MARK
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{uuid.uuid4().hex}")
        beside.write_text(uuid.uuid4().hex, encoding="utf-8")
        beside.replace(path)
    return path.read_text(encoding="utf-8")


def carry(
    worker: Worker, task: Task, attempt: int, *, home: Path, root: Path, mark: str, host: str
) -> Iterator[Mapping[str, Any]]:
    """
    Does a task on a machine of its own.

    Args:
        home: folder of this machine for what is kept between tasks.
        root: the package of the job here; the task's paths are those of the driver's machine.
        mark: of the driver's store, if that is a folder.

    Raises:
        WorkerRefused: this machine would draw otherwise than the driver's plan says.
        ChalkfarmError: the task failed.
    """
    here = _here(task, home, root)
    shared = is_url(task.store) or _sees(Path(task.store), mark)
    if shared:
        here = replace(here, store=task.store)
    yield {"event": "start", "pid": os.getpid(), "host": host}
    log = _Log(here.log_path(attempt))
    try:
        _require_alike(task, home, host)
        for event in worker.perform(here, attempt):
            yield from log.news()
            kind = event["event"]
            if kind == "cut" and not shared:
                yield _with_files(Store(Path(here.store)), event)
            elif kind == "traced":
                yield {**event, "timeline": _moved(event["timeline"], here, task)}
            elif kind != "start":
                yield event
    except (StoreFailed, EnvironmentMissing, OSError) as error:
        # Here, and perhaps not on the next machine
        yield from log.news()
        told = store_failed(home, error) if isinstance(error, OSError) else error
        raise WorkerLost(task=task.id, reason=f"on {host}: {told}") from None
    except Exception:
        yield from log.news()
        raise
    else:
        yield from log.news()
    finally:
        shutil.rmtree(here.logs, ignore_errors=True)


def _here(task: Task, home: Path, root: Path) -> Task:
    packed = Path(task.package)
    project = Path(task.job.root)
    if task.package and project.is_relative_to(packed):
        project = root / project.relative_to(packed)
    return replace(
        task,
        job=replace(task.job, root=str(project)),
        store=str(home / "store"),
        beside=home / "store",
        logs=home / "logs" / uuid.uuid4().hex,
    )


def _sees(store: Path, mark: str) -> bool:
    try:
        return (store / MARK).read_text(encoding="utf-8") == mark
    except OSError:
        return False


def _require_alike(task: Task, home: Path, host: str) -> None:
    here = find_identity(home)
    difference = identity_difference(here, task.identity, draws=bool(task.pieces))
    if difference:
        raise WorkerRefused(host=host, difference=difference)


def _with_files(store: Store, event: Mapping[str, Any]) -> Mapping[str, Any]:
    folder = store.folder(SEGMENTS, event["key"])
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    store.drop(SEGMENTS, event["key"])
    return {**event, "files": files}


def _moved(timeline: Timeline, here: Task, there: Task) -> Timeline:
    """With its sounds where the driver has them."""
    ours, theirs = here.job.root + "/", there.job.root + "/"
    sounds = tuple(
        replace(sound, file=theirs + sound.file.removeprefix(ours))
        if sound.file.startswith(ours)
        else sound
        for sound in timeline.sounds
    )
    return replace(timeline, sounds=sounds)


class _Log:
    """A log that grows, read as it does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = -1
        """Bytes; -1 before the first, when there may be a log with nothing in it."""

    def news(self) -> Iterator[Mapping[str, Any]]:
        """What came since the last time, if anything."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._read))
                while (data := file.read(LOG_BYTES)) or self._read < 0:
                    self._read = max(0, self._read) + len(data)
                    yield {"event": "log", "data": data}
        except FileNotFoundError:
            return


class Arrivals:
    """The driver's side, for one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.mark = "" if is_url(store.where) else mark_store(store.root)

    def take(self, task: Task, attempt: int, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Puts away what came with an event, and gives the event as the driver knows it."""
        kind = event["event"]
        if kind == "log":
            path = task.log_path(attempt)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(event["data"])
            return {"event": "alive"}
        if kind == "cut" and "files" in event:
            return self._take_chunk(task, event)
        if kind == "traced":
            text = json.dumps(event["timeline"].to_json())
            timeline = Traces(self._store, task.identity).publish(task.job, text)
            return {"event": "traced", "timeline": timeline}
        return event

    def _take_chunk(self, task: Task, event: Mapping[str, Any]) -> Mapping[str, Any]:
        key = next(piece.key for piece in task.pieces if piece.start == event["start"])
        work = self._store.workplace()
        for name, data in event["files"].items():
            (work / name).write_bytes(data)
        damage = damage_in(work)
        if damage:
            shutil.rmtree(work, ignore_errors=True)
            raise WorkerLost(task=task.id, reason=f"a chunk was damaged on its way: {damage}")
        self._store.publish(key, work)
        return {name: value for name, value in event.items() if name != "files"}
