"""
A task on a machine that may share no folder with the driver.

Everything is made as always, in folders of that machine. What a task is done with, bakes and the
windows of transitions, is brought there first; what came of it goes along with the events, and is
put away by the driver (arrivals.py) before anybody counts it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.errors import EnvironmentMissing, StoreFailed, WorkerLost, WorkerRefused
from pipeline.farm.identity import find_identity, identity_difference
from pipeline.farm.parcels import Parcel, pack_result, unpack_result
from pipeline.farm.task import Task
from pipeline.farm.worker import Worker
from pipeline.plan.bakes import BAKES
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import STALE_SECONDS, Store, store_failed
from pipeline.store.remote import is_url

MARK = "store.id"
"""File in a driver's store by which a worker knows that it sees the same folder."""
LOG_BYTES = 1 << 20
"""Of a log at a time."""
RESULTS = {"cut": (SEGMENTS, "key"), "blended": (SEGMENTS, "key"), "baked": (BAKES, "digest")}
"""Kind of the result that an event tells of, and where in the event its digest is."""
Fetch = Callable[[str, str], Parcel | None]


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
    worker: Worker,
    task: Task,
    attempt: int,
    *,
    home: Path,
    root: Path,
    mark: str,
    host: str,
    fetch: Fetch,
) -> Iterator[Mapping[str, Any]]:
    """
    Does a task on a machine of its own.

    Args:
        home: folder of this machine for what is kept between tasks.
        root: the package of the job here; the task's paths are those of the driver's machine.
        mark: of the driver's store, if that is a folder.
        fetch: gives a result of the driver's store by kind and digest; None when it is still on
            its way after some seconds, to be asked again.

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
    store = Store(home / "store")
    try:
        _require_alike(task, home, host)
        if not shared:
            yield from _bring(store, task, fetch)
        for event in worker.perform(here, attempt):
            yield from log.news()
            if event["event"] in RESULTS:
                yield event if shared else _with_files(store, event)
                _forget(store, *_result_of(event))
            elif event["event"] != "start":
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
        for kind, digest in task.reads:
            _forget(store, kind, digest)
        _forget_old_bakes(store)


def _bring(store: Store, task: Task, fetch: Fetch) -> Iterator[Mapping[str, Any]]:
    """What the task is done with, into this machine's store; `alive` while it is on its way."""
    for kind, digest in task.reads:
        if store.has(kind, digest) and not store.damage(kind, digest):
            store.touch(kind, digest)
            continue
        store.drop(kind, digest)
        while (parcel := fetch(kind, digest)) is None:
            yield {"event": "alive"}
        store.move_in(kind, digest, unpack_result(parcel, store, task.id))


def _forget(store: Store, kind: str, digest: str) -> None:
    """Takes a result out that nobody here asks for again: all but bakes, for the scenes to come."""
    if kind != BAKES:
        with contextlib.suppress(StoreFailed):
            store.drop(kind, digest)


def _forget_old_bakes(store: Store) -> None:
    with contextlib.suppress(StoreFailed):
        for entry in store.entries(BAKES):
            if time.time() - entry.used > STALE_SECONDS:
                store.drop(BAKES, entry.digest)


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


def _result_of(event: Mapping[str, Any]) -> tuple[str, str]:
    kind, name = RESULTS[event["event"]]
    return kind, event[name]


def _with_files(store: Store, event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**event, "files": pack_result(store, *_result_of(event))}


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
