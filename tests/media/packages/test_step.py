"""That a picture or a sound out of its place is noticed."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.sound import played, sound_checks
from pipeline.media.packages.source import load_source
from pipeline.media.packages.step import shrink_arguments, step_checks
from pipeline.store.local import Store

pytestmark = pytest.mark.needs_ffmpeg


@pytest.fixture
def step_of(draw_chunks: Callable[..., Any], tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Draws 60 numbered frames and another clip, and gives the checks of it that were not passed."""
    (original,) = draw_chunks(60, folder="original")
    shrunken = tmp_path / "original.gray"
    arguments = ["-i", str(original.path), *shrink_arguments(), str(shrunken)]
    run_ffmpeg(arguments, output=shrunken, log_path=tmp_path / "log")

    def check(*counts: int, **how: Any) -> dict[str, str]:
        (clip, *_) = draw_chunks(*counts, folder="other", **how)
        checks = step_checks(clip.path, shrunken, work=tmp_path, log_path=tmp_path / "log")
        return {one.name: one.found for one in checks if not one.ok}

    return check


def test_same_pictures_coarsely_coded_are_in_step(step_of: Callable[..., dict[str, str]]) -> None:
    assert step_of(60, crf=40) == {}


@pytest.mark.parametrize(("first", "found"), [(1, "-1"), (2, "-2")])
def test_pictures_that_come_early_are_noticed(
    step_of: Callable[..., dict[str, str]], first: int, found: str
) -> None:
    assert step_of(60, first=first)["frames out of step"] == found


def test_missing_picture_is_noticed(step_of: Callable[..., dict[str, str]]) -> None:
    assert step_of(59) == {"frames decoded": "59"}


def test_other_pictures_are_noticed(step_of: Callable[..., dict[str, str]]) -> None:
    assert "pictures as in the chapter" in step_of(60, first=700)


@pytest.mark.parametrize("late_ms", [0, 2, -40])
def test_sound_that_comes_late_is_measured(sounding: Path, tmp_path: Path, late_ms: int) -> None:
    source = load_source(sounding)
    late = tmp_path / "late.wav"
    moved = f"adelay={late_ms}:all=1" if late_ms >= 0 else f"atrim=start={-late_ms / 1000}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(source.video), "-vn", "-af", moved, str(late)],
        check=True,
    )

    original = played(Encodes(Store(tmp_path / "store"), tmp_path), source)
    checks = sound_checks(late, original, work=tmp_path, log_path=tmp_path / "log")

    step = next(check for check in checks if check.name == "sound in step")
    assert step.ok == (abs(late_ms) <= 1)
    assert float(step.found.removesuffix(" ms")) == pytest.approx(late_ms, abs=0.2)
