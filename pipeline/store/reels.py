"""
Reels of scenes that were just traced, until they are drawn. See engine/reel.py.

They stay on the machine that made them and are nobody's result: whoever finds none steps the scene.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from pipeline.engine.job import SceneJob
from pipeline.plan.key import Key
from pipeline.store.local import STALE_SECONDS, Store

REELS = "reels"
MOST_BYTES = 4 << 30
"""Of all reels of a store; the oldest go first."""
Runs = Sequence[tuple[str, int]]


class Reels:
    """The reels beside one store."""

    def __init__(self, store: Store) -> None:
        self._root = store.root / REELS

    def find(self, job: SceneJob, runs: Runs) -> Path | None:
        """Where the reel with these fingerprints is."""
        folder = self._folder(job, runs)
        return folder if folder.is_dir() else None

    def take_in(self, made: Path, job: SceneJob, runs: Runs) -> None:
        """Keeps a reel just made, if there is one. A reel that cannot be kept is none."""
        if not made.is_dir():
            return
        try:
            self._root.mkdir(exist_ok=True)
            made.rename(self._folder(job, runs))
        except OSError:
            return
        self.sweep()

    def drop(self, job: SceneJob, runs: Runs) -> None:
        """Takes a reel away, even while somebody draws from it."""
        _remove(self._folder(job, runs))

    def sweep(self) -> None:
        """Takes away what was never drawn, or is too much."""
        ages = sorted((path.stat().st_mtime, path) for path in self._root.glob("[!.]*"))
        size = 0
        for changed, path in reversed(ages):
            size += sum(file.stat().st_size for file in path.glob("*"))
            if size > MOST_BYTES or time.time() - changed > STALE_SECONDS:
                _remove(path)

    def _folder(self, job: SceneJob, runs: Runs) -> Path:
        key = Key(
            "reel",
            {"size": [job.width, job.height], "runs": [[digest, count] for digest, count in runs]},
        )
        return self._root / key.digest


def _remove(folder: Path) -> None:
    """In one step: half a reel is never seen."""
    aside = folder.with_name(f".{os.getpid()}-{uuid.uuid4().hex}")
    try:
        folder.rename(aside)
    except OSError:
        return
    shutil.rmtree(aside, ignore_errors=True)
