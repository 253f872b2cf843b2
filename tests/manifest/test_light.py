"""That reading a manifest stays light enough to be done before every command."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHILD = """
import json, sys
from pathlib import Path
{statement}
print(json.dumps(sorted(sys.modules)))
"""
REPOSITORY = Path(__file__).parents[2]


def in_a_child(statement: str) -> list[str]:
    """What was imported on the way."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(statement=statement)],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )
    modules: list[str] = json.loads(done.stdout)
    return modules


@pytest.fixture
def load(write: Callable[..., Path]) -> str:
    return f"from pipeline.manifest.load import load_chapter; load_chapter(Path({str(write())!r}))"


@pytest.mark.parametrize("heavy", ["manimlib", "moderngl", "numpy", "ray", "torch", "av"])
def test_leaves_out(load: str, heavy: str) -> None:
    assert heavy not in in_a_child(load)


@pytest.mark.parametrize("heavy", ["pydantic", "yaml"])
def test_what_a_worker_needs_of_it_leaves_out(heavy: str) -> None:
    assert heavy not in in_a_child("import pipeline.manifest.resolved")
