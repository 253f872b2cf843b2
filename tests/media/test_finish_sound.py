"""That a finished chapter has its sound, held to what was planned, and a bad one costs nothing."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.errors import UnusableFile
from pipeline.media.finish import finish, verify_video
from pipeline.media.heard import Heard
from pipeline.media.loudness import decoded

pytestmark = pytest.mark.needs_ffmpeg


def with_sound(chapter: dict[str, Any], path: Path, start: Fraction) -> dict[str, Any]:
    """Heard in the second scene, which begins at frame 70 of 30 a second."""
    layer, stride = chapter["scenes"]
    heard = Heard(path=path, name="a.wav", start=start, asked_by="scene stride, stride.py:7")
    scenes = (layer, replace(stride, heard=(heard,)))
    return {**chapter, "scenes": scenes, "loudness": -23}


def test_a_sound_is_where_its_scene_put_it(
    chapter: dict[str, Any], write_wav: Callable[..., Path], tone: Callable[..., Any]
) -> None:
    path = write_wav("a.wav", tone(1.0))

    done = finish(**with_sound(chapter, path, Fraction(1, 4)))

    samples = np.concatenate(list(decoded(done.video)))[:, 0]
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    start = (Fraction(70, 30) + Fraction(1, 4)) * 48_000
    assert abs(loud[0] - start) < 100
    assert abs(loud[-1] - start - 48_000) < 100
    assert all(check.ok for check in verify_video(done.video))
    with av.open(str(done.video)) as container:
        assert container.streams.audio[0].metadata["language"] == "eng"
    assert done.problems == ()
    sound = json.loads(done.video.with_name("timeline.json").read_text())["sound"]
    assert sound["heard"] == [
        {"file": "a.wav", "start_seconds": 2.583333, "gain": 0.0, "voice": False}
    ]
    assert len(sound["files"]["a.wav"]) == 64


def test_what_cannot_be_so_loud_is_told_and_published(
    chapter: dict[str, Any], write_wav: Callable[..., Path]
) -> None:
    path = write_wav("a.wav", np.array([0.5, -0.5, 0.2]))

    done = finish(**{**with_sound(chapter, path, Fraction(0)), "loudness": -14})

    assert done.video.is_file()
    assert any(problem.startswith("the sound's loudness is") for problem in done.problems)


def test_a_missing_sound_is_told_and_what_was_there_stays(
    chapter: dict[str, Any], tmp_path: Path
) -> None:
    finish(**chapter)
    before = {path.name: path.read_bytes() for path in chapter["folder"].iterdir()}

    with pytest.raises(UnusableFile, match=r"a\.wav: there is no such file\n.*stride\.py:7"):
        finish(**{**with_sound(chapter, tmp_path / "a.wav", Fraction(0)), "key": "k2"})

    assert {path.name: path.read_bytes() for path in chapter["folder"].iterdir()} == before


def test_a_video_that_lost_its_sound_is_noticed(
    chapter: dict[str, Any],
    write_wav: Callable[..., Path],
    tone: Callable[..., Any],
    tmp_path: Path,
) -> None:
    done = finish(**with_sound(chapter, write_wav("a.wav", tone(1.0)), Fraction(0)))
    mute = tmp_path / "mute.mp4"
    command = ["ffmpeg", "-v", "error", "-i", done.video, "-map", "0:v", "-c", "copy", mute]
    subprocess.run(command, check=True)
    mute.replace(done.video)

    failed = {check.name for check in verify_video(done.video) if not check.ok}

    assert "sound tracks" in failed
