"""
The work of a child process that bakes: one function of the project called, its arrays written.

Runs where scenes do, with manimlib imported and no GL, so that a function that works beside a
scene works here. What it reads is noticed as a scene's reads are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.engine.failures import Unsupported
from pipeline.engine.job import BAKED_ARRAYS, BAKED_READS, Job, SceneJob
from pipeline.engine.modules import load_module
from pipeline.engine.reads import Reads
from pipeline.engine.seeds import seed_all
from pipeline.engine.sources import read_digests

ENVIRONMENT = "CHALKFARM_BAKES"
"""Where a scene finds its bakes: a JSON object of paths by id."""


class Baking:
    """One bake, in the child made for it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.root = Path(job.scene.root)
        self._reads = Reads(self.root, ignored=tuple(Path(name) for name in job.ignored))
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}

    def run(self) -> None:
        """
        Calls the function, seeded with 0.

        Raises:
            Unsupported: it is not there, or gave something else than arrays by name.
            Exception: whatever the function itself raises.
        """
        seed_all(0)
        function = _load(self._job.scene)
        found = function(**self._job.scene.params)
        if not isinstance(found, Mapping) or not found:
            raise Unsupported(
                f"{self._job.scene.class_name} gave {type(found).__name__}",
                "return numpy arrays by name: {'weights': …}",
            )
        self._arrays = {str(name): np.asarray(value) for name, value in found.items()}
        for name, array in self._arrays.items():
            if array.dtype.hasobject:
                raise Unsupported(
                    f"{self._job.scene.class_name} gave {name!r} as Python objects",
                    "return numbers, or arrays of them",
                )

    def finish(self) -> None:
        """Writes the arrays, the same bytes for the same arrays, and what was read for them."""
        self._reads.stop()
        folder = Path(self._job.output)
        np.savez_compressed(folder / BAKED_ARRAYS, **self._arrays)
        digests = read_digests(self.root, self._reads.names())
        (folder / BAKED_READS).write_text(json.dumps(digests), encoding="utf-8")


def announce(job: Job) -> None:
    """Tells the scene about to be loaded where its bakes are."""
    os.environ[ENVIRONMENT] = json.dumps(dict(job.bakes))


def _load(job: SceneJob) -> Callable[..., Any]:
    function = getattr(load_module(job), job.class_name, None)
    if not callable(function):
        raise Unsupported(f"{job.file} has no function {job.class_name}", "name one it has")
    found: Callable[..., Any] = function
    return found
