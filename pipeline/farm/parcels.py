"""A result of a store on its way to another: its files by name, held to its sums when it is there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import WorkerLost
from pipeline.store.local import Store, damage_in, store_failed

Parcel = Mapping[str, bytes]


def pack_result(store: Store, kind: str, digest: str) -> Parcel:
    """
    A result that is in a store, to be sent.

    Raises:
        StoreFailed: it cannot be read.
    """
    folder = store.obtain(kind, digest)
    try:
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    except OSError as error:
        raise store_failed(folder, error) from error


def unpack_result(parcel: Parcel, store: Store, task_id: str) -> Path:
    """
    A workplace of the store with what was sent, to be published from there.

    Raises:
        WorkerLost: it is not what was sent.
        StoreFailed: the disk is full, or the folder may not be written.
    """
    work = store.workplace()
    try:
        for name, data in parcel.items():
            (work / name).write_bytes(data)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise store_failed(work, error) from error
    damage = damage_in(work)
    if damage:
        shutil.rmtree(work, ignore_errors=True)
        raise WorkerLost(task=task_id, reason=f"a result was damaged on its way: {damage}")
    return work
