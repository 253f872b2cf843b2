"""That an edit for which a scene has no room is refused with its line, before anything is drawn."""

from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.cli.edited import Edited


@pytest.fixture(scope="module")
def traced_store(warm_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that knows how long the scenes are, and has no picture of them."""
    project = Edited(tmp_path_factory.mktemp("traced"), warm_store)
    assert project.run("plan", "manifests/small.yaml").code == ExitCode.DONE
    return warm_store


@pytest.fixture
def edited(tmp_path: Path, traced_store: Path) -> Edited:
    return Edited(tmp_path, traced_store)


@pytest.mark.parametrize(
    ("one", "two", "head", "says"),
    [
        (
            "trim: {start: 25s}",
            "",
            "",
            ["9: scenes.one.trim: start: 25s is where nothing is left: the scene is 20 s (300 frames) long"],
        ),
        (
            "trim: {until: 301f}",
            "trim: {start: 1.99, until: 30f}",
            "",
            [
                "9: scenes.one.trim: until: 301f is beyond the end: the scene is 20 s (300 frames) "
                "long; leave until: out to show all",
                "10: scenes.two.trim: leaves no frame from 1.99s to 30f: the scene is 6 s (90 frames) long",
            ],
        ),
        (
            "trim: {start: 2s, until: 4s}, hold: [{at: 5s, length: 1s}, {at: last, length: 0.01s}]",
            "",
            "",
            [
                "9: scenes.one.hold[1]: at: 5s is not shown: there is 2s to 3.933s, frames 30f to 59f",
                "9: scenes.one.hold[2]: length: 0.01s is less than a frame at 15 a second",
            ],
        ),
        (
            "speed: 2",
            "",
            "",
            [
                "9: scenes.one.speed: the scene speaks (cue c0), and a voice is not sped up: take "
                "speed: out, or change the run times in the scene"
            ],
        ),
        (
            "",
            "trim: {until: 12f}, transition: {crossfade: 1s}",
            "",
            [
                "10: scenes.two.transition: takes 15 frames of two, which has 12: take at most 12, "
                "or hold a picture of two for longer"
            ],
        ),
        (
            "trim: {until: 20f}",
            "transition: {crossfade: 18f}",
            "ends: {fade_in: 4f}",
            [],
        ),
        (
            "",
            "transition: {fade: 1f}",
            "",
            ["10: scenes.two.transition: is a frame long at 15 frames a second, and needs one of each "
                "scene: give it 2f or more"],
        ),
    ],
    ids=["start", "both", "hold", "speed", "short", "fits", "fade"],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_line(
    edited: Edited, one: str, two: str, head: str, says: list[str]
) -> None:
    edited.write_manifest(one, two, head=head)
    planned = edited.run("render" if says else "plan", "manifests/small.yaml")

    assert planned.err.splitlines() == [f"manifests/small.yaml:{line}" for line in says]
    assert planned.code == (ExitCode.BAD_MANIFEST if says else ExitCode.DONE)
    assert not (edited.renders / "runs").exists(), "nothing is started"
    assert edited.chunks() == set()


def test_lengths_that_are_not_known_yet_are_refused_before_anything_is_drawn(
    tmp_path: Path,
) -> None:
    project = Edited(tmp_path, tmp_path / "store")
    project.write_manifest("", "trim: {start: 1s, until: 8s}")
    planned = project.run("plan", "manifests/small.yaml")

    assert planned.code == ExitCode.BAD_MANIFEST
    assert "manifests/small.yaml:10: scenes.two.trim: until: 8s is beyond the end" in planned.err
    assert project.chunks() == set()
