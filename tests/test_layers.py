"""That the pipeline reads in one direction, and each thing outside it has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PIPELINE = Path(__file__).parents[1] / "pipeline"
# Each may import those before it, and none after
LAYERS = (
    "errors",
    "tools",
    "manifest",
    "engine",
    "plan",
    "store",
    "farm",
    "media",
    "report",
    "web",
    "cli",
)
# Where what is outside may be imported; no one else needs to know how it is used
DOORS = {
    "manimlib": ("engine/",),
    "moderngl": ("engine/",),
    "ray": ("farm/",),
    "subprocess": ("tools.py", "engine/"),
    "ffmpeg": ("media/",),
}
# Of the manifest, the engine takes what was resolved: pydantic would load in every child it forks
RESOLVED = "pipeline.manifest.resolved"

MODULES = {str(path.relative_to(PIPELINE)): path for path in sorted(PIPELINE.rglob("*.py"))}


def imported(source: str, package: str) -> Iterator[str]:
    """Full name of everything a module imports, wherever in it that is written."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: -node.level + 1 or None] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{name}.{alias.name}" for alias in node.names)


def package_of(module: str) -> str:
    return ".".join(("pipeline", *Path(module).parts[:-1]))


def layer(name: str) -> str:
    """Of `pipeline.manifest.load`: manifest. Empty for `pipeline` itself."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "pipeline" else ""


def wrong_way(module: str, source: str) -> list[str]:
    """What a module imports of a later layer than its own."""
    here = Path(module).with_suffix("").parts[0]
    if here == "__init__":
        return [name for name in imported(source, "pipeline") if name.startswith("pipeline")]
    later = LAYERS[LAYERS.index(here) + 1 :]
    return [name for name in imported(source, package_of(module)) if layer(name) in later]


def other_door(module: str, source: str) -> list[str]:
    """What a module imports that is not for it to import."""
    return [
        name
        for name in imported(source, package_of(module))
        if not module.startswith(DOORS.get(name.split(".")[0], ("",)))
    ]


@pytest.mark.parametrize("module", MODULES)
def test_imports_what_comes_before(module: str) -> None:
    assert wrong_way(module, MODULES[module].read_text()) == []


@pytest.mark.parametrize("module", MODULES)
def test_reaches_outside_by_the_door(module: str) -> None:
    assert other_door(module, MODULES[module].read_text()) == []


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("engine/")])
def test_the_engine_takes_only_what_was_resolved(module: str) -> None:
    names = imported(MODULES[module].read_text(), package_of(module))
    taken = [name for name in names if layer(name) == "manifest"]

    assert [name for name in taken if not name.startswith(RESOLVED)] == []


def test_every_folder_is_a_layer() -> None:
    folders = {Path(module).with_suffix("").parts[0] for module in MODULES} - {"__init__"}

    assert folders <= set(LAYERS)


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("plan/key.py", "from pipeline.store.local import Store", ["pipeline.store.local.Store"]),
        ("plan/key.py", "import pipeline.cli", ["pipeline.cli"]),
        ("plan/key.py", "from pipeline import cli", ["pipeline.cli"]),
        ("plan/key.py", "from ..farm import ray", ["pipeline.farm.ray"]),
        ("plan/key.py", "def f():\n    from pipeline.web import page", ["pipeline.web.page"]),
        ("plan/key.py", "from . import segments", []),
        ("plan/key.py", "from pipeline.errors import UsageError\nimport json", []),
        ("tools.py", "from pipeline.manifest import load", ["pipeline.manifest.load"]),
        ("__init__.py", "from pipeline.errors import UsageError", ["pipeline.errors.UsageError"]),
    ],
    ids=str,
)
def test_would_be_noticed(module: str, source: str, wrong: list[str]) -> None:
    assert wrong_way(module, source) == wrong


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("plan/key.py", "import manimlib.scene", ["manimlib.scene"]),
        ("farm/driver.py", "from subprocess import run", ["subprocess.run"]),
        ("report/runs.py", "if 1:\n    import ray", ["ray"]),
        ("farm/ray.py", "import ray", []),
        ("engine/host.py", "import subprocess, manimlib", []),
        ("tools.py", "import subprocess", []),
        ("plan/tools.py", "import subprocess", ["subprocess"]),
        ("cli/show.py", "import rayon", []),
    ],
    ids=str,
)
def test_the_wrong_door_would_be_noticed(module: str, source: str, wrong: list[str]) -> None:
    assert other_door(module, source) == wrong
