"""That the examples in docstrings say what happens."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Importing the engine's own imports manimlib, which parses the command line
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "pipeline").rglob("*.py"))
    if "engine" not in path.parts
    and path.name not in ("__init__.py", "__main__.py")
    and ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))

    assert tried
    assert not failed


def test_there_are_examples() -> None:
    assert MODULES
