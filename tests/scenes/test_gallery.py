"""That the gallery shows every component the chapters share, by its name and in its own words."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

PROBE = Path(__file__).with_name("gallery_probe.py")
ROOT = PROBE.parents[2]
COMPONENTS = ROOT / "scenes" / "components"
MODULES = sorted(found.name for found in pkgutil.iter_modules([str(COMPONENTS)]))

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="sets formulas with LaTeX")


@pytest.fixture(scope="module")
def gallery() -> dict:
    command = [sys.executable, "-W", "ignore", "-m", "tests.scenes.gallery_probe"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def plays(gallery) -> list[dict]:
    """Of all scenes, each with what its scene itself is."""
    return [
        {"texts": set(play["texts"]), "classes": {*play["classes"], *scene["is_a"]}}
        for scene in gallery.values()
        for play in scene["plays"]
    ]


def public(module) -> list:
    return [
        value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def is_drawn(value, drawable: tuple[type, ...]) -> bool:
    """A class of something that can be seen, or a function that makes it out of plain values."""
    if inspect.isclass(value):
        return issubclass(value, drawable)
    if not inspect.isfunction(value):
        return False
    hints = typing.get_type_hints(value)
    made = hints.pop("return", None)
    takes = [kind for kind in hints.values() if inspect.isclass(kind)]
    return (
        inspect.isclass(made)
        and issubclass(made, drawable)
        and not any(issubclass(kind, drawable) for kind in takes)
    )


@pytest.fixture
def components(drawn):
    """Everything drawn that a module of shared components offers."""
    manimlib = drawn("components.style") and importlib.import_module("manimlib")
    drawable = (manimlib.Mobject, manimlib.Animation, manimlib.Scene)
    return lambda name: [v for v in public(drawn(f"components.{name}")) if is_drawn(v, drawable)]


@pytest.mark.parametrize("module", MODULES)
def test_every_component_is_shown_under_its_name(components, plays, module):
    for component in components(module):
        name = component.__name__
        named = [play for play in plays if name in play["texts"]]
        assert named, f"no scene of the gallery says {name}"
        if inspect.isclass(component):
            there = f"{component.__module__}.{name}"
            assert any(there in play["classes"] for play in named), f"{name} is named, not shown"


@pytest.mark.parametrize("module", MODULES)
def test_every_component_is_shown_in_its_own_words(components, gallery, drawn, module):
    caption_of = drawn("gallery.exhibit").caption_of
    said = {text for scene in gallery.values() for text, _ in scene["cues"]}
    for component in components(module):
        assert len(caption_of(component)) > len("One."), f"{component.__name__} has no docstring"
        assert caption_of(component) in said


def test_a_caption_is_the_first_thing_a_docstring_says(drawn):
    def component():
        """A `line` of
        1.5 units, straight: it has two ends. More of it."""

    assert drawn("gallery.exhibit").caption_of(component) == "A line of 1.5 units, straight."


def test_each_is_short(gallery):
    lengths = [seconds for scene in gallery.values() for _, seconds in scene["cues"]]
    assert max(lengths) < 8
    assert sum(lengths) / len(lengths) < 6


def test_what_is_left_out_would_be_noticed(components, plays):
    found = [component for module in MODULES for component in components(module)]
    names = {component.__name__ for component in found}
    assert len(found) == len(names) >= 40
    assert {"TitleCard", "SpaceArrow", "Replay", "bracket"} <= names
    assert not names & {"light", "fit_width", "sign_color", "Cue"}
    without = [play for play in plays if "SpaceArrow" not in play["texts"]]
    assert 0 < len(without) < len(plays)
