"""What is worth keeping between two finishes of a chapter: in the store, and believed only if whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.media.publish import told_plainly
from pipeline.plan.key import Key
from pipeline.store.local import Store


def is_kept(store: Store, key: Key, *, afresh: bool = False) -> bool:
    """
    Whether a result is there, whole. One that is not is put out.

    Args:
        afresh: put it out anyway.
    """
    if not store.has(key.kind, key.digest):
        return False
    if not afresh and store.damage(key.kind, key.digest) is None:
        store.touch(key.kind, key.digest)
        return True
    store.drop(key.kind, key.digest)
    return False


def keep(store: Store, key: Key, make: Callable[[Path], None]) -> None:
    """
    Has a result made in an empty folder, and puts it into the store.

    Raises:
        StoreFailed: the disk is full, or the folder may not be written.
    """
    work = store.workplace()
    try:
        with told_plainly(work):
            make(work)
        store.publish(key, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
