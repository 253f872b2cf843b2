"""That reading a manifest stays light enough to be done before every command."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHILD = """
import json, sys, time
from pathlib import Path
{statement}
print(json.dumps({{"seconds": time.process_time(), "modules": sorted(sys.modules)}}))
"""
REPOSITORY = Path(__file__).parents[2]


def in_a_child(statement: str) -> Any:
    """CPU seconds from the interpreter's start, and what was imported on the way."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(statement=statement)],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )
    return json.loads(done.stdout)


@pytest.fixture
def load(write: Callable[..., Path]) -> str:
    return f"from pipeline.manifest.load import load_chapter; load_chapter(Path({str(write())!r}))"


def test_takes_a_quarter_of_a_second(load: str) -> None:
    in_a_child(load)  # compiles what was not compiled yet

    assert min(in_a_child(load)["seconds"] for _ in range(3)) < 0.25


@pytest.mark.parametrize("heavy", ["manimlib", "moderngl", "numpy", "ray", "torch", "av"])
def test_leaves_out(load: str, heavy: str) -> None:
    assert heavy not in in_a_child(load)["modules"]


@pytest.mark.parametrize("heavy", ["pydantic", "yaml"])
def test_what_a_worker_needs_of_it_leaves_out(heavy: str) -> None:
    assert heavy not in in_a_child("import pipeline.manifest.resolved")["modules"]


def test_five_hundred_scenes_take_little_longer(write: Callable[..., Path]) -> None:
    scenes = "".join(
        f"  - id: scene-{n}\n    scene: scenes/layer.py:Layer\n    params: {{seed: {n}}}\n"
        "    captions: [{at: 1, until: 2.5, text: One}, {at: 3, until: 4, text: Two}]\n"
        for n in range(500)
    )
    path = write(text=f"version: 1\nchapter: a\ntitle: A\nscenes:\n{scenes}")
    statement = (
        f"from pipeline.manifest.load import load_chapter; load_chapter(Path({str(path)!r}))"
    )

    assert in_a_child(statement)["seconds"] < 1.5
