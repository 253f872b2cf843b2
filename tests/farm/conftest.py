"""A project of scenes that can be made to fail, on threads and on Ray."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.farm.executors import Executor, LocalExecutor
from pipeline.farm.ray import RayExecutor
from tests.faults import descendants, require_gone

from .marked import SCENES, SLOTS, Farm


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all, so that engines stay warm."""
    root = tmp_path_factory.mktemp("project").resolve()
    (root / "scenes.py").write_text(SCENES)
    return root


@pytest.fixture(scope="module", params=[LocalExecutor, RayExecutor], ids=["local", "ray"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    before = descendants(os.getpid()).keys()
    executor = request.param(SLOTS)
    yield executor
    executor.close()
    # Until then engines stay warm, whatever happened to the tasks they did
    require_gone(
        lambda: {p: line for p, line in descendants(os.getpid()).items() if p not in before}
    )


@pytest.fixture
def farm(root: Path, tmp_path: Path, executor: Executor) -> Farm:
    return Farm(root, tmp_path.resolve(), executor)
