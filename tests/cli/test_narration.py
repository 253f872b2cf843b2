"""That a chapter is spoken: timed to its voices, heard at its cues, and only retimed where they change."""

import ctypes
import json
import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.media.espeak import LIBRARY

pytestmark = pytest.mark.needs_ffmpeg

NARRATION = Path(__file__).parents[2] / "scenes/components/narration.py"
TALK = """\
from manimlib import *
from narration import Narrated


class Talk(Narrated, Scene):
    def construct(self):
        with self.say("Nine products, one sum.", id="sum") as cue:
            self.play(ShowCreation(Square()), run_time=cue.seconds)
        self.wait(1)
        with self.say("y = Wx", id="formula", spoken="y equals W times x"):
            self.wait(0.2)
        self.add_sound("pop.wav", time_offset=0.5)
        self.wait(1)
"""
QUIET = """\
from manimlib import *
from narration import Narrated


class Quiet(Narrated, Scene):
    def construct(self):
        with self.say("This one stays.", id="stay"):
            self.play(ShowCreation(Circle()), run_time=0.5)
"""
MANIFEST = """\
version: 1
chapter: talk
title: A talk
preset: tiny
presets:
  tiny: {width: 320, height: 180, rate: 15}
narration: {voice: scratch}
scenes:
  - {id: talk, scene: "talk.py:Talk", title: Talking, time_limit: 60s}
  - {id: quiet, scene: "quiet.py:Quiet", title: Quiet, time_limit: 60s}
"""
RECORDED = "narration: {voice: recorded, missing: scratch}"


@pytest.fixture
def talk(warm_project: Any) -> Any:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip("no espeak-ng")
    project = warm_project
    shutil.copy(NARRATION, project.root / "narration.py")
    project.write("talk.py", TALK)
    project.write("quiet.py", QUIET)
    project.write("manifests/talk.yaml", MANIFEST)
    record(project.root / "pop.wav", 0.05, hertz=2000)
    return project


def record(path: Path, seconds: float, hertz: float = 300) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    at = np.arange(round(44_100 * seconds)) / 44_100
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
        file.writeframes((0.3 * np.sin(2 * np.pi * hertz * at) * 32767).astype("<i2").tobytes())


def listed(project: Any, *arguments: str) -> Any:
    ran = project.run("narration", "manifests/talk.yaml", "--json", *arguments)
    assert ran.code == 0, ran.err
    return ran.json()


def rendered(project: Any) -> dict[str, Any]:
    ran = project.run("render", "manifests/talk.yaml", "--plain")
    assert ran.code == 0, ran.err
    return json.loads((results(project) / "timeline.json").read_text())


def results(project: Any) -> Path:
    return project.renders / "talk" / "tiny"


def levels(video: Path) -> Any:
    """The loudest sample of every hundredth of a second."""
    command = ["ffmpeg", "-v", "error", "-i", video, "-ac", "1", "-ar", "48000", "-f", "f32le", "-"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    samples = np.abs(np.frombuffer(data, np.float32))
    return samples[: len(samples) // 480 * 480].reshape(-1, 480).max(axis=1)


def test_the_scratch_voice_is_heard_at_every_cue_and_not_between(talk: Any) -> None:
    cues = {cue["cue"]: cue for cue in listed(talk)["cues"]}

    timeline = rendered(talk)

    heard = levels(results(talk) / "talk.mp4")
    (scene, _) = timeline["scenes"]
    for shown in scene["cues"]:
        start = shown["start_frame"] / 15
        seconds = cues[shown["id"]]["seconds"]
        assert cues[shown["id"]]["voice"] == "scratch"
        assert 0 <= shown["frames"] / 15 - seconds < 2 / 15
        assert heard[round(100 * start) : round(100 * (start + seconds))].max() > 0.1
    # The second without a word, and the pop half a second after the last
    first, second = scene["cues"]
    still = (first["start_frame"] + first["frames"]) / 15
    assert heard[round(100 * still) + 10 : round(100 * still) + 90].max() < 0.01
    pop = (second["start_frame"] + second["frames"]) / 15 + 0.5
    assert heard[round(100 * pop) - 10 : round(100 * pop) - 3].max() < 0.01
    assert heard[round(100 * pop) : round(100 * pop) + 5].max() > 0.1
    checks = json.loads((results(talk) / "checks.json").read_text())["checks"]
    found = {check["name"]: check for check in checks}
    assert found["loudness"]["ok"], found["loudness"]
    assert found["true peak"]["ok"]


def test_a_changed_recording_retimes_its_scene_and_no_other(talk: Any) -> None:
    talk.edit("manifests/talk.yaml", "narration: {voice: scratch}", RECORDED)
    file = talk.root / "narration/talk/talk/sum.wav"
    record(file, 2.0)
    before = rendered(talk)
    assert [heard["file"] for heard in before["sound"]["heard"]] == [
        "narration/talk/talk/sum.wav",
        "scratch/talk/formula.wav",
        "pop.wav",
        "scratch/quiet/stay.wav",
    ]
    assert before["scenes"][0]["cues"][0]["frames"] == 30

    record(file, 3.0)
    longer = rendered(talk)

    assert set(talk.traced()) == {"talk"}
    assert {scene for scene, _, _ in talk.drawn()} == {"talk"}
    assert longer["scenes"][0]["cues"][0]["frames"] == 45
    assert longer["scenes"][1]["frames"] == before["scenes"][1]["frames"]

    record(file, 3.0, hertz=500)
    other = rendered(talk)

    assert talk.traced() == []
    assert talk.drawn() == []
    assert other["outputs"]["talk.mp4"] != longer["outputs"]["talk.mp4"]
    assert other["scenes"] == longer["scenes"]


def test_what_is_recorded_missing_and_stale_is_told(talk: Any) -> None:
    talk.edit("manifests/talk.yaml", "narration: {voice: scratch}", RECORDED)
    record(talk.root / "narration/talk/talk/sum.wav", 1.0)
    record(talk.root / "narration/talk/quiet/old.wav", 1.0)

    def states() -> dict[str, tuple[str, str]]:
        return {c["cue"]: (c["voice"], c["recording"]) for c in listed(talk)["cues"]}

    assert states() == {
        "sum": ("recorded", "unchecked"),
        "formula": ("scratch", "missing"),
        "stay": ("scratch", "missing"),
    }
    assert [Path(path).name for path in listed(talk)["unused"]] == ["old.wav"]
    listed(talk, "--accept")
    assert (talk.root / "narration/talk/talk/sum.txt").read_text() == "Nine products, one sum.\n"
    assert states()["sum"] == ("recorded", "recorded")
    talk.edit("talk.py", "Nine products, one sum.", "Nine products make one sum.")
    assert states()["sum"] == ("recorded", "stale")
    ran = talk.run("narration", "manifests/talk.yaml", "--accept", "talk/none")
    assert ran.code == 2
    assert "there is no cue talk/none" in ran.err


def test_the_script_is_there_to_read_from(talk: Any) -> None:
    ran = talk.run("narration", "manifests/talk.yaml", "--script", "script.md")

    assert ran.code == 0, ran.err
    text = (talk.root / "script.md").read_text()
    assert text.startswith("# A talk\n\n## Talking\n\n**sum** · ")
    assert "`narration/talk/talk/formula.wav` · missing\n\n> y equals W times x\n" in text
    assert text.endswith("> This one stays.\n")


def test_a_recording_that_breaks_off_is_refused_by_name(talk: Any) -> None:
    talk.edit("manifests/talk.yaml", "narration: {voice: scratch}", RECORDED)
    file = talk.root / "narration/talk/talk/sum.wav"
    record(file, 2.0)
    file.write_bytes(file.read_bytes()[:60_000])

    ran = talk.run("render", "manifests/talk.yaml", "--plain")

    assert ran.code == 2
    assert "narration/talk/talk/sum.wav: breaks off after" in ran.err
    assert "scene talk, cue sum" in ran.err


def test_an_unknown_voice_is_told(talk: Any) -> None:
    talk.edit("manifests/talk.yaml", "{voice: scratch}", "{voice: scratch, speaker: xx-yy}")

    ran = talk.run("narration", "manifests/talk.yaml")

    assert ran.code == 3
    assert "espeak-ng has no voice 'xx-yy'" in ran.err
