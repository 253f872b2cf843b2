"""
That a chapter with bakes and transitions is drawn again from its bag alone, and from its store.

It is archived from a store at a URL, by two machines that have nothing else in common.
"""

import json
import shutil
from pathlib import Path

import bagit
import pytest

from pipeline.errors import ExitCode
from pipeline.store.local import sums
from tests.cli.conftest import Project
from tests.conftest import files_in

BAKED = """\
import json
import os

from manimlib import *


class Baked(Scene):
    def construct(self):
        with np.load(json.loads(os.environ["CHALKFARM_BAKES"])["sides"]) as arrays:
            sides = int(arrays["sides"])
        shape = RegularPolygon(sides)
        self.play(ShowCreation(shape), run_time=2)
        self.play(Rotate(shape, PI), run_time=2)
"""
MAKING = """\
import numpy as np


def sides():
    return {"sides": 5, "draws": np.random.random(4)}
"""
MANIFEST = """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 160, height: 96, rate: 15}
deliver: [gif, sprite, hls]
ends: {fade_in: 5f, fade_out: 5f}
bakes:
  - {id: sides, bake: "making.py:sides"}
scenes:
  - {id: baked, scene: "baked.py:Baked", bakes: [sides], title: Baked}
  - {id: plain, scene: "other.py:Plain", title: Plain, transition: {crossfade: 10f}}
"""
TRANSITIONS = {
    "transition into baked",
    "transition from baked to plain",
    "transition out of plain",
}


class Machine(Project):
    """One with folders of its own, on a store that others are on too."""

    def __init__(self, root: Path, url: str) -> None:
        super().__init__(root)
        self.url = url
        self.write("baked.py", BAKED)
        self.write("making.py", MAKING)
        self.write("manifests/small.yaml", MANIFEST)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "CHALKFARM_STORE": self.url}

    def archive(self) -> Path:
        ran = self.run("archive", "manifests/small.yaml", "--plain", "--json")
        assert ran.code == ExitCode.DONE, ran.err
        return Path(ran.json()["bag"])


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the URL leads to."""
    return tmp_path_factory.mktemp("there")


@pytest.fixture(scope="module")
def machine(there: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"), f"file://{there}")


@pytest.fixture(scope="module")
def archived(machine: Machine) -> Path:
    return machine.archive()


def test_another_machine_on_the_same_store_makes_the_same_bag_and_draws_nothing(
    machine: Machine, archived: Path, tmp_path: Path
) -> None:
    other = Machine(tmp_path, machine.url)
    bag = other.archive()

    assert files_in(bag) == files_in(archived)
    logs = [log.read_text() for log in (other.renders / "runs").glob("*/events.jsonl")]
    events = [json.loads(line) for text in logs for line in text.splitlines()]
    assert {e["event"] for e in events}.isdisjoint(
        {"segment-done", "transition-done", "bake-done", "scene-traced"}
    )
    assert other.run("verify", str(other.video)).code == ExitCode.DONE


def test_everything_in_the_store_is_drawn_again_transitions_too(
    machine: Machine, archived: Path, there: Path
) -> None:
    whole = machine.run("cache", "verify", "--sample", "100%", "--json")

    assert whole.code == ExitCode.DONE, whole.out + whole.err
    assert whole.json()["redrawn"] == 2 + 4 + 3, "segments, windows and transitions"

    # As if a transition had been mixed by something else, and written down as it came out
    keys = json.loads((archived / "data" / "keys" / "plain.json").read_text())
    (window,) = [one["key"] for one in keys["segments"] if one["start"] == 0]
    (crossed,) = [
        folder
        for folder in there.glob("segment/*/*")
        if (fields := json.loads((folder / "key.json").read_text())["fields"])
        and fields.get("transition", {}).get("kind") == "crossfade"
        and not fields["encoding"]["lossless"]
    ]
    kept = {path.name: path.read_bytes() for path in crossed.iterdir()}
    other = there / "segment" / window[:2] / window / "chunk.mp4"
    shutil.copyfile(other, crossed / "chunk.mp4")
    (crossed / "sum.json").write_text(json.dumps(sums(crossed)))
    shutil.rmtree(machine.renders / ".store" / "segment")
    told = machine.run("cache", "verify", "--sample", "100%", "--json")
    for name, content in kept.items():
        (crossed / name).write_bytes(content)

    assert told.code == ExitCode.VERIFICATION_FAILED
    assert told.json()["differing"] == [crossed.name]


def test_bag_with_bakes_and_transitions_is_drawn_again_from_itself_alone(
    archived: Path, tmp_path: Path
) -> None:
    before = files_in(archived)
    alone = Project(tmp_path / "alone")

    ran = alone.run("verify", str(archived), "--rebuild", "100%", "--json")

    assert ran.code == ExitCode.DONE, ran.out + ran.err
    names = {check["name"] for check in ran.json()["checks"]}
    assert names >= {*TRANSITIONS, "scene baked, frames 15 to 49", "scene plain, frames 15 to 34"}
    assert "data/bakes/sides.npz" in before
    assert files_in(archived) == before


def test_transition_of_other_pictures_is_found_out(archived: Path, tmp_path: Path) -> None:
    shutil.copytree(archived, tmp_path / "bag")
    manifest = tmp_path / "bag" / "data" / "sources" / "manifests" / "small.yaml"
    manifest.write_text(manifest.read_text().replace("crossfade: 10f", "crossfade: 9f"))
    bagit.Bag(str(tmp_path / "bag")).save(manifests=True)

    ran = Project(tmp_path / "alone").run(
        "verify", str(tmp_path / "bag"), "--rebuild", "100%", "--json"
    )

    assert ran.code == ExitCode.VERIFICATION_FAILED, ran.err
    wrong = {check["name"]: check["found"] for check in ran.json()["checks"] if not check["ok"]}
    assert wrong == {"transition from baked to plain": "another picture at frame 5"}
