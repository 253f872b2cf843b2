"""That whatever goes wrong ends with the right exit code and a message that says what to do."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from pipeline.report.runs import Run
from tests.faults import descendants, processes_about, require_explained, require_gone

BAD = """\
import os, sys, time
from manimlib import *


class Raises(Scene):
    def construct(self):
        self.wait(0.5)
        self.play(FadeIn(Square()))
        raise ValueError("the chalk broke")


class Hangs(Scene):
    def construct(self):
        self.wait(0.5)
        time.sleep(600)


class Empty(Scene):
    def construct(self):
        self.add(Square())


class Asks(Scene):
    def construct(self):
        input("which one? ")


class Shouts(Scene):
    def construct(self):
        for _ in range(300):
            print("x" * 100_000)
        self.wait(0.5)


class Silent(Scene):
    def construct(self):
        sys.stdout.close()
        os.close(1)
        self.wait(0.5)


class Dies(Scene):
    def construct(self):
        self.wait(0.5)
        os.kill(os.getpid(), 9)


class Clock(Scene):
    def construct(self):
        self.play(FadeIn(Square().shift(RIGHT * (time.time() % 1))))
"""


def require_survived(project) -> None:
    """Nothing done for nothing in any run, all of it in the events, and no process left."""
    require_explained(*(Run(path) for path in sorted((project.renders / "runs").iterdir())))
    require_gone(lambda: processes_about(project.root))


def manifest(project, name: str, limit: str = "60s") -> None:
    project.write("bad.py", BAD)
    project.write(
        "manifests/small.yaml",
        (project.root / "manifests/small.yaml").read_text()
        + f'  - {{id: bad, scene: "bad.py:{name}", time_limit: {limit}}}\n',
    )


@pytest.mark.parametrize(
    ("name", "limit", "code", "says"),
    [
        pytest.param(
            "Raises",
            "60s",
            ExitCode.TASKS_FAILED,
            [
                "Traceback (most recent call last):",
                "ValueError: the chalk broke (in play 1, frame",
                'at    bad.py:9: raise ValueError("the chalk broke")',
                "log   ",
            ],
            id="raises",
        ),
        pytest.param(
            "Hangs", "3s", ExitCode.TASKS_FAILED, ["took more than its 3 s", "log   "], id="hangs"
        ),
        pytest.param(
            "Empty",
            "60s",
            ExitCode.TASKS_FAILED,
            ["it plays nothing", "call self.play(…) or self.wait(…)"],
            id="no plays",
        ),
        pytest.param("Asks", "60s", ExitCode.TASKS_FAILED, ["take input() out of it"], id="asks"),
        pytest.param(
            "Dies",
            "60s",
            ExitCode.TASKS_FAILED,
            ["its process was ended by SIGKILL, as when memory runs out"],
            id="dies",
        ),
        pytest.param(
            "Clock",
            "60s",
            ExitCode.TASKS_FAILED,
            ["is not what it was when the scene was traced", "no clock"],
            id="looks at the clock",
        ),
        pytest.param(
            "Rises",
            "60s",
            ExitCode.BAD_MANIFEST,
            ["manifests/small.yaml:10:", "Raises"],
            id="misspelt",
        ),
    ],
)
def test_bad_scene_is_explained_and_the_others_are_finished(
    warm_project, name: str, limit: str, code: ExitCode, says: list[str]
) -> None:
    manifest(warm_project, name, limit)

    ran = warm_project.render("--keep-going")

    assert ran.code == code, ran.err
    for words in says:
        assert words in ran.err
    assert not warm_project.video.exists()
    if code == ExitCode.TASKS_FAILED:
        state = warm_project.run("status", "--json").json()
        assert state["state"] == "failed"
        scenes = {scene["id"]: scene["state"] for scene in state["scenes"]}
        assert scenes["bad"] == "failed"
        assert {scenes["turning"], scenes["plain"]} <= {"done", "cached"}
        require_survived(warm_project)


@pytest.mark.parametrize("name", ["Shouts", "Silent"])
def test_noisy_and_silenced_scenes_are_rendered(warm_project, name: str) -> None:
    manifest(warm_project, name)

    ran = warm_project.render()

    assert ran.code == ExitCode.DONE, ran.err
    if name == "Shouts":
        said = warm_project.run("logs", "bad").out
        assert len(said) < 2 * 9_000_000, "two attempts, each with a limit"
        assert said.rstrip().endswith("bytes more, not kept")


def test_interrupt_ends_cleanly_and_the_next_render_goes_on(project) -> None:
    project.edit("pair.py", "range(6)", "range(40)")
    process = project.start("render", "manifests/small.yaml", "--plain", "--workers", "1")
    assert process.stderr is not None
    for line in process.stderr:
        if "done" in line:
            break
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=240)

    assert process.returncode == ExitCode.INTERRUPTED, err
    assert "interrupted" in err
    assert project.run("status", "--json").json()["state"] == "interrupted"
    assert not project.video.exists()
    require_survived(project)
    assert project.render().code == ExitCode.DONE
    require_survived(project)


def test_full_disk_is_said_and_loses_nothing(project, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    import subprocess

    small = tmp_path / "small-disk"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        project.store = small / "store"
        assert project.run("plan", "manifests/small.yaml").code == ExitCode.DONE
        filler = small / "filler"
        with pytest.raises(OSError, match="No space left"):
            filler.write_bytes(bytes(4 << 20))

        ran = project.render("--workers", "1")

        assert ran.code == ExitCode.ENVIRONMENT_MISSING, ran.err
        assert "the disk is full" in ran.err
        assert "make room" in ran.err
        assert not project.video.exists()

        filler.unlink()
        assert project.render("--workers", "1").code == ExitCode.DONE
        require_survived(project)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_manifest_problems_come_all_at_once(project) -> None:
    project.edit("manifests/small.yaml", "title: A small", "titel: A small")
    project.edit("manifests/small.yaml", "pair.py:Turning", "pear.py:Turning")

    ran = project.run("check", "manifests/small.yaml")

    assert ran.code == ExitCode.BAD_MANIFEST
    assert "titel" in ran.err
    assert "pear.py" in ran.err
    assert project.run("render", "manifests/none.yaml").code == ExitCode.BAD_MANIFEST
    assert not (project.renders / "runs").exists()


def test_accelerator_that_is_none_is_refused_before_anything_is_drawn(project) -> None:
    ran = project.render("--accelerators", "boxes,magic")

    assert ran.code == ExitCode.BAD_MANIFEST
    assert "magic: no such accelerator; there are " in ran.err
    assert not (project.renders / "runs").exists()


def test_worker_killed_while_drawing_is_replaced(project) -> None:
    project.edit("pair.py", "range(6)", "range(40)")
    process = project.start("render", "manifests/small.yaml", "--plain", "--workers", "1")
    assert process.stderr is not None
    for line in process.stderr:
        if "done" in line:
            break
    # The scene's own process: the youngest zygote
    children = descendants(process.pid)
    zygotes = [pid for pid, line in children.items() if "pipeline.engine.zygote" in line]
    os.kill(max(zygotes), signal.SIGKILL)
    _, err = process.communicate(timeout=300)

    assert process.returncode == ExitCode.DONE, err
    assert "trying again" in err
    assert project.run("verify", str(project.video)).code == ExitCode.DONE
    require_survived(project)


EDITED = """\
import time
from pathlib import Path

import helper
from manimlib import *


class Plain(Scene):
    def construct(self):
        Path(helper.__file__).write_text(f"changed = {time.time_ns()}\\n")
        self.play(ShowCreation(Square()), run_time=0.4)
"""


def test_a_scene_edited_while_it_is_rendered_asks_for_another_render(project) -> None:
    project.write("other.py", EDITED)
    ended = project.render("--only", "plain")
    assert ended.code == ExitCode.TASKS_FAILED
    assert "plain: helper.py changed while it was being rendered" in ended.err
    assert "render again: what is drawn is kept" in ended.err
