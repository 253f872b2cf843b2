"""A small project and the real command line on it, in processes of their own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PAIR = '''\
"""Two scenes that share nothing but a helper one of them uses."""

from helper import turned
from manimlib import *


class Turning(Scene):
    sides = 4

    def construct(self):
        shape = RegularPolygon(self.sides).scale(2)
        self.add(shape)
        for step in range(6):
            self.play(Rotate(shape, turned(step)), run_time=1.5)
            self.wait(0.5)


class Random(Scene):
    def construct(self):
        dots = VGroup(*(Dot(np.random.uniform(-3, 3, 3)) for _ in range(20)))
        self.play(LaggedStartMap(FadeIn, dots), run_time=2)
        self.play(dots.animate.set_color(RED), run_time=2)
'''
OTHER = """\
from manimlib import *


class Plain(Scene):
    def construct(self):
        square = Square()
        self.play(ShowCreation(square), run_time=1)
        self.wait(2)
"""
HELPER = """\
def turned(step):
    return 0.4 + 0.1 * step
"""
MANIFEST = """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 320, height: 180, rate: 15}
scenes:
  - {id: turning, scene: "pair.py:Turning", title: Turning, time_limit: 60s}
  - {id: plain, scene: "other.py:Plain", title: Plain, time_limit: 60s}
"""


@dataclass(frozen=True)
class Ran:
    """A command that ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Project:
    """A folder with scenes and a manifest; commands run in it."""

    def __init__(self, root: Path, store: Path | None = None) -> None:
        self.root = root
        self.renders = root / "renders"
        self.store = store or root / "renders" / ".store"
        for name, text in (
            ("pair.py", PAIR),
            ("other.py", OTHER),
            ("helper.py", HELPER),
            ("manifests/small.yaml", MANIFEST),
        ):
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    @property
    def results(self) -> Path:
        return self.renders / "small" / "tiny"

    @property
    def video(self) -> Path:
        return self.results / "small.mp4"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pipeline.cli", *arguments]

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "CHALKFARM_STORE": str(self.store),
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Where the tests were started in the background, they ignore it, and so would this
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def run(self, *arguments: str) -> Ran:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        return Ran(process.returncode, out, err)

    def render(self, *arguments: str) -> Ran:
        return self.run("render", "manifests/small.yaml", "--plain", *arguments)

    def events(self) -> list[dict[str, Any]]:
        """Those of the last run."""
        (*_, last) = sorted((self.renders / "runs").iterdir())
        return [json.loads(line) for line in (last / "events.jsonl").read_text().splitlines()]

    def drawn(self) -> list[tuple[str, int, int]]:
        """What the last run drew: scene, first frame, frame after the last."""
        return sorted(
            (event["scene"], event["start"], event["stop"])
            for event in self.events()
            if event["event"] == "segment-done"
        )

    def traced(self) -> list[str]:
        """Which scenes the last run traced."""
        return sorted(e["scene"] for e in self.events() if e["event"] == "scene-traced")

    def decoded(self) -> int:
        """How many frames the last run decoded to see that they can be shown."""
        return sum(e["frames"] for e in self.events() if e["event"] == "decode-started")

    def runs(self) -> int:
        return len(list((self.renders / "runs").iterdir()))


@pytest.fixture(scope="module")
def warm_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that tests of a module may share, to draw the same pictures once."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a store of its own."""
    return Project(tmp_path)


@pytest.fixture
def warm_project(tmp_path: Path, warm_store: Path) -> Project:
    """A project on the shared store."""
    return Project(tmp_path, warm_store)
