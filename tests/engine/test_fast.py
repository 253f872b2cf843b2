"""
That drawing is no less exact for being fast: every pixel of every frame, by every accelerator.

Each scene is drawn by manimgl itself, and then by the engine without accelerators, with each alone
and with all at once. All have to agree in all four channels.
"""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.engine.accelerators import Accelerators
from tests.engine.varied import SCENES

NAMES = {field.name for field in fields(Accelerators)}
# Culling serves damage alone; stepping and reels are no ways to draw
ALONE = sorted(NAMES - {"culling", "stepping", "reel"})
WAYS = ["none", *ALONE, "damage,culling", "all", "all as on a GPU"]
LARGER = (640, 360)
CHAOS = 12
"""Random scenes that are tried every time."""


@pytest.fixture(scope="module")
def plain_bench(project: Path, open_bench: Callable):
    """The engine with every accelerator switched off, as a user who doubts would."""
    return open_bench(project, environment={"CHALKFARM_ACCELERATORS": "none"})


@pytest.mark.parametrize("name", SCENES)
def test_every_way_to_draw_gives_the_pixels_of_manimgl(
    name: str, stock_frames: Callable, compare_ways: Callable
) -> None:
    stock = stock_frames(name)
    found = compare_ways(name, WAYS, stock=stock)
    assert found["unlike"] == []
    assert found["frames"] > 7


@pytest.mark.parametrize(
    "name",
    [
        "crowds.py:Counting",
        "crowds.py:Scattered",
        "updaters.py:Redrawn",
        "solids.py:Crossing",
        "pictures.py:Poster",
        "states.py:Behind",
    ],
)
def test_so_it_is_in_another_size(
    name: str, stock_frames: Callable, compare_ways: Callable
) -> None:
    stock = stock_frames(name, LARGER)
    assert compare_ways(name, WAYS, LARGER, stock)["unlike"] == []


@pytest.mark.parametrize("kind", ["Chaos", "SmoothChaos"])
@pytest.mark.parametrize("seed", range(CHAOS))
def test_nothing_can_be_put_together_that_comes_out_otherwise(
    kind: str, seed: int, compare_ways: Callable
) -> None:
    found = compare_ways(f"chaos.py:{kind}", ["all", "all as on a GPU"], seed=seed, deep=True)
    assert found["unlike"] == []
    assert found["frames"] == 6


@pytest.mark.parametrize("names", ["all", "none", "boxes,blit"])
def test_accelerators_are_chosen_by_name(names: str) -> None:
    chosen = Accelerators.named(names)
    on = {name for name in NAMES if getattr(chosen, name)}
    assert on == {"all": NAMES, "none": set()}.get(names, set(names.split(",")))


def test_a_name_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"boxen: no such accelerator; there are .*boxes"):
        Accelerators.named("boxen")


def test_ids_that_are_remembered_are_those_that_manimgl_makes(bench) -> None:
    bench.trace(bench.scene("named.py:Named"))


def test_what_changes_in_fewer_calls_is_as_manimlib_leaves_it(bench) -> None:
    bench.trace(bench.scene("changed.py:Changed"))


def test_what_a_scene_puts_in_the_place_of_manimlibs_own_is_called(bench) -> None:
    bench.trace(bench.scene("patched.py:Patched"))


@pytest.mark.parametrize("name", [s for s in SCENES if not s.startswith(("pictures", "shading"))])
def test_stepping_is_the_same_without_accelerators(
    name: str, project: Path, bench, plain_bench
) -> None:
    assert plain_bench.trace(plain_bench.scene(name)).runs == bench.traced(name).runs


def test_a_video_is_the_same_without_accelerators(bench, plain_bench) -> None:
    name = "crowds.py:Scattered"
    timeline = bench.traced(name)
    assert bench.video(name, timeline) == plain_bench.video(name, timeline)
