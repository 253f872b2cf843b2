"""That a chapter's bakes are made once, by the farm, and again only when they would differ."""

import pytest

from pipeline.errors import ExitCode

SCENE = """\
import json
import os

from manimlib import *


class Baked(Scene):
    def construct(self):
        with np.load(json.loads(os.environ["CHALKFARM_BAKES"])["sides"]) as arrays:
            sides = int(arrays["sides"])
        self.play(ShowCreation(RegularPolygon(sides)), run_time=1)
"""
MAKING = """\
import numpy as np


def sides(more=0):
    print("counting sides")
    return {"sides": 3 + more, "draws": np.random.random(4)}


def broken():
    return {"sides": 1 / 0}


def wrong():
    return [1, 2]
"""
MANIFEST = """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 320, height: 180, rate: 15}
bakes:
  - {id: sides, bake: "making.py:sides", params: {more: 1}, kept: kept/sides.npz}
scenes:
  - {id: baked, scene: "baked.py:Baked", bakes: [sides]}
"""


@pytest.fixture
def baking(project):
    project.write("baked.py", SCENE)
    project.write("making.py", MAKING)
    project.write("manifests/small.yaml", MANIFEST)
    return project


def baked(project) -> list[str]:
    return [event["scene"] for event in project.events() if event["event"] == "bake-done"]


def test_a_bake_is_made_once_and_again_when_its_code_changes(baking) -> None:
    first = baking.render()
    assert first.code == ExitCode.DONE, first.err
    assert baked(baking) == ["sides"]
    assert "sides: baked" in first.err
    assert "counting sides" in baking.run("logs", "sides").out
    assert "is up to date" in baking.render().out

    # Another sum with the same outcome: baked and traced again, nothing drawn
    baking.edit("making.py", "3 + more", "2 + more + 1")
    plan = baking.run("plan", "manifests/small.yaml")
    assert plan.code == ExitCode.DONE
    assert baked(baking) == ["sides"]
    assert "everything is drawn" in plan.out

    verified = baking.run("cache", "verify", "--sample", "100%")
    assert verified.code == ExitCode.DONE, verified.err

    arrays, *_ = baking.store.glob("bake/*/*/*.npz")
    whole = arrays.read_bytes()
    arrays.write_bytes(whole[:-1])
    damaged = baking.run("cache", "verify", "--sample", "0%", "--json").json()["damaged"]
    assert [found["what"] for found in damaged] == [f"{arrays.name} is not what was written"]
    arrays.write_bytes(whole)

    baking.edit("making.py", "2 + more + 1", "4 + more")
    assert baking.render().code == ExitCode.DONE
    assert baked(baking) == ["sides"]
    assert [scene for scene, _, _ in baking.drawn()] == ["baked"]


def test_a_kept_bake_is_not_made_again_on_another_machine(baking) -> None:
    kept = baking.run("bake", "manifests/small.yaml", "--keep")
    assert kept.code == ExitCode.DONE, kept.err
    assert (baking.root / "kept" / "sides.npz").is_file()
    baking.store = baking.root / "another store"
    assert baking.render().code == ExitCode.DONE
    assert baked(baking) == []

    baking.write("kept/sides.npz", "not arrays")
    baking.store = baking.root / "a third store"
    table = baking.run("bake", "manifests/small.yaml")
    assert "sides.npz is not what was kept" in table.out
    assert baked(baking) == ["sides"]


def test_a_bake_that_fails_says_where_and_keeps_its_scene_from_being_traced(baking) -> None:
    baking.edit(
        "manifests/small.yaml", '"making.py:sides", params: {more: 1}', '"making.py:broken"'
    )
    failed = baking.render()
    assert failed.code == ExitCode.TASKS_FAILED
    assert "bake making.py:broken: ZeroDivisionError: division by zero" in failed.err
    assert 'return {"sides": 1 / 0}' in failed.err
    assert baking.traced() == []

    baking.edit("manifests/small.yaml", "making.py:broken", "making.py:wrong")
    assert "return numpy arrays by name" in baking.render().err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[sides]", "[side]", '10: scenes.baked.bakes[1]: no bake "side" under bakes:; did you mean "sides"?'),
        ("making.py:sides", "making.py:side", 'no function side in making.py; did you mean "sides"?'),
        ("id: baked", "id: sides", "the bake on line 8 has this id already: give it another"),
        ("kept/sides.npz", "../sides.npz", "must be a path inside the project"),
        ("kept/sides.npz", "kept/sides.txt", "kept"),
    ],
)  # fmt: skip
def test_what_a_manifest_says_wrong_of_bakes_is_told_with_its_line(
    baking, old, new, problem
) -> None:
    baking.edit("manifests/small.yaml", old, new)
    checked = baking.run("check", "manifests/small.yaml")
    assert checked.code == ExitCode.BAD_MANIFEST
    assert problem in checked.err
