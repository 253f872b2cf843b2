"""That what was made can be looked at by people and programs, and that looking makes nothing."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest
import yaml
from PIL import Image

from pipeline.errors import ExitCode
from tests.cli.conftest import Project

PLAIN = """\
from manimlib import *


class Plain(Scene):
    def construct(self):
        print("chalk in hand")
        square = Square()
        self.play(ShowCreation(square), run_time=1)
        self.wait(2)
"""
WAITING = """\
import time
from pathlib import Path

from manimlib import *


class Waiting(Scene):
    def construct(self):
        print("chalk in hand", flush=True)
        while not Path("go").exists():
            time.sleep(0.1)
        self.wait(1)
        print("chalk put down", flush=True)
"""
TURNING_FRAMES, PLAIN_FRAMES = 186, 45


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was rendered once, for tests that only look."""
    project = Project(tmp_path_factory.mktemp("rendered"))
    project.write("other.py", PLAIN)
    ran = project.render()
    assert ran.code == ExitCode.DONE, ran.err
    return project


def everything(project: Project) -> dict[str, int]:
    """Every file of a project's results, and when it was written."""
    return {
        str(path): path.stat().st_mtime_ns
        for path in project.renders.rglob("*")
        if path.is_file() and "manimgl" not in path.parts
    }


@pytest.mark.parametrize(
    ("where", "frame"),
    [
        pytest.param(["--at", "0s"], 0, id="first"),
        pytest.param(["--at", "1.5s"], 22, id="between two frames, the one that is shown"),
        pytest.param(["--play", "0"], 14, id="last of a play"),
        pytest.param([], 44, id="last"),
    ],
)
def test_frame_is_the_one_of_the_video(
    rendered: Project, tmp_path: Path, where: list[str], frame: int
) -> None:
    output = tmp_path / "frame.png"
    before = everything(rendered)

    said = rendered.run("frames", "plain", *where, "-o", str(output), "--json")

    assert said.code == ExitCode.DONE, said.err
    assert said.json() == {"version": 1, "scene": "plain", "frame": frame, "file": str(output)}
    with av.open(str(rendered.video)) as video:
        shown = [picture.to_image() for picture in video.decode(video=0)]
    assert len(shown) == TURNING_FRAMES + PLAIN_FRAMES
    assert np.array_equal(Image.open(output), shown[TURNING_FRAMES + frame])
    assert everything(rendered) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["frames", "plain", "--at", "3s"], "plain is 0:03 long, 45 frames", id="late"),
        pytest.param(["frames", "plain", "--at", "soon"], "--at soon: ", id="no time"),
        pytest.param(["frames", "plain", "--play", "2"], "plain has plays 0 to 1", id="play"),
        pytest.param(["frames", "plian"], "no scene plian: did you mean plain?", id="frames"),
        pytest.param(["why", "plian"], "no scene plian: did you mean plain?", id="why"),
        pytest.param(["why", "xyz"], "no scene xyz: it has turning, plain", id="nothing like it"),
        pytest.param(["logs", "plian"], "no log of plian: it has plain, turning", id="logs"),
        pytest.param(["logs", "plain", "--attempt", "9"], "plain has 2 attempts", id="attempt"),
        pytest.param(["status", "1999"], "no run called 1999", id="run"),
        pytest.param(["cache", "gc", "--to", "much"], "write a size such as 20GiB", id="size"),
        pytest.param(["cache", "gc", "--older", "long"], "write an age such as 30d", id="age"),
        pytest.param(
            ["cache", "verify", "--sample", "200%"], "write a share such as 5%", id="share"
        ),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(
    rendered: Project, arguments: list[str], said: str
) -> None:
    ran = rendered.run(*arguments)

    assert ran.code == ExitCode.BAD_MANIFEST, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_logs_are_shown_attempt_by_attempt(rendered: Project) -> None:
    # Drawn from what the trace saw, so that the scene has nothing to say a second time
    assert rendered.run("logs", "plain").out == "── trace-1\nchalk in hand\n── draw-0-1\n"
    assert rendered.run("logs", "plain", "--attempt", "1").out == "── trace-1\nchalk in hand\n"
    assert rendered.run("logs", "plain", "--follow").out == "chalk in hand\n"


def test_every_answer_for_programs_has_a_version(rendered: Project, tmp_path: Path) -> None:
    output = str(tmp_path / "frame.png")
    for arguments in (
        ["check", "manifests/small.yaml"],
        ["plan", "manifests/small.yaml"],
        ["doctor"],
        ["status"],
        ["logs", "plain"],
        ["frames", "plain", "-o", output],
        ["why", "plain"],
        ["verify", str(rendered.video)],
        ["cache", "stats"],
        ["cache", "gc", "--older", "1d"],
        ["cache", "verify", "--sample", "0%"],
    ):
        said = rendered.run(*arguments, "--json").json()

        assert said["version"] == 1, arguments
        assert len(said) > 1, arguments


def test_status_says_how_far_every_scene_is(rendered: Project) -> None:
    said = rendered.run("status", "--json").json()

    assert (said["state"], said["command"], said["preset"]) == ("done", "render", "tiny")
    assert Path(said["output"]).name == "small.mp4"
    scenes = {s["id"]: (s["state"], s["frames"], s["drawn_frames"]) for s in said["scenes"]}
    assert scenes == {
        "turning": ("done", TURNING_FRAMES, TURNING_FRAMES),
        "plain": ("done", PLAIN_FRAMES, PLAIN_FRAMES),
    }
    in_words = rendered.run("status").out
    assert f"run {said['id']}: done after" in in_words
    assert "turning" in in_words


def test_well_manifest_is_called_well(rendered: Project) -> None:
    ran = rendered.run("check", "manifests/small.yaml")

    assert ran.code == ExitCode.DONE
    assert ran.out == (
        "manifests/small.yaml is well: chapter small, 2 scenes, "
        "tiny 320x180 at 15 frames a second\n"
    )


def test_schema_is_one_and_takes_the_manifest(rendered: Project) -> None:
    ran = rendered.run("schema")

    assert ran.code == ExitCode.DONE
    schema = json.loads(ran.out)
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    manifest = yaml.safe_load((rendered.root / "manifests/small.yaml").read_text())
    validator(schema).validate(manifest)
    with pytest.raises(jsonschema.ValidationError):
        validator(schema).validate({**manifest, "titel": "misspelt"})


def test_log_is_followed_until_the_run_ends(project: Project) -> None:
    project.write("other.py", WAITING)
    project.edit("manifests/small.yaml", "other.py:Plain", "other.py:Waiting")
    render = project.start("render", "manifests/small.yaml", "--plain", "--only", "plain")
    wait_for(lambda: list((project.renders / "runs").glob("*/logs/plain/*.log")))

    follow = project.start("logs", "plain", "-f")
    assert follow.stdout is not None
    assert follow.stdout.readline() == "chalk in hand\n"
    assert render.poll() is None
    assert follow.poll() is None
    (project.root / "go").touch()
    _, err = render.communicate(timeout=120)
    assert render.returncode == ExitCode.DONE, err
    out, err = follow.communicate(timeout=20)

    assert follow.returncode == ExitCode.DONE, err
    assert out.splitlines() == ["chalk put down", "chalk in hand"], (
        "drawing ends with the last frame"
    )


def wait_for(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_lossless_video_is_what_manimgl_itself_draws(project: Project, tmp_path: Path) -> None:
    project.edit(
        "manifests/small.yaml",
        "presets:\n",
        "presets:\n  lossless: {width: 320, height: 180, rate: 15}\n",
    )

    ran = project.render("--preset", "lossless", "--only", "plain")

    assert ran.code == ExitCode.DONE, ran.err
    with av.open(str(project.renders / "small" / "lossless.only" / "small.mp4")) as video:
        stream = video.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "gbrp")
        assert stream.frames == PLAIN_FRAMES
        decoded = np.stack([p.to_ndarray(format="rgb24") for p in video.decode(stream)])
    stock = drawn_by_stock(project, "other.py", "Plain", tmp_path / "stock")
    assert decoded.shape == stock.shape == (PLAIN_FRAMES, 180, 320, 3)
    assert np.array_equal(decoded, stock)


def drawn_by_stock(project: Project, file: str, name: str, folder: Path) -> np.ndarray:
    folder.mkdir()
    config, frames = folder / "config.yml", folder / "frames"
    config.write_text(
        'camera: {resolution: "(320, 180)", fps: 15}\n'
        f"directories: {{cache: {folder / 'cache'}, subdirs: {{output: {folder / 'out'}}}}}\n"
    )
    stock = Path(__file__).parents[1] / "engine" / "stock.py"
    ran = subprocess.run(
        [sys.executable, str(stock), str(config)],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(project.root), "PYTHONHASHSEED": "0"},
        input=json.dumps([file, name, str(frames)]) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.stdout.strip() == "0", ran.stderr
    pixels = np.fromfile(frames, np.uint8).reshape(-1, 180, 320, 4)
    return pixels[:, ::-1, :, :3]
