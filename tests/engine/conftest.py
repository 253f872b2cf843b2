"""
A project of small scenes, the engine on it, and stock manimgl beside it.

The scenes in `scenes/` are a project as somebody else would have it, and know nothing of the farm.
It is copied, and given the pictures it shows, once a session.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.config import manimgl_config, write_config
from pipeline.engine.host import EXACT_ENVIRONMENT, Engine, Setting
from pipeline.engine.job import Cut, Encoding, Job, SceneJob
from pipeline.engine.running import Limits
from pipeline.engine.timeline import Timeline
from tests.engine.varied import LOSSLESS

collect_ignore = ["scenes", "faults", "stock.py", "drawn.py"]

RATE = 15
SIZE = (320, 180)
LIMITS = Limits(seconds=120, stall_seconds=60)

Pictures = np.ndarray[Any, np.dtype[np.uint8]]
"""(frames, height, width, 3) RGB, top row first."""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the scenes with pictures and a sound of its own."""
    root = tmp_path_factory.mktemp("project", numbered=False).resolve()
    shutil.copytree(Path(__file__).parent / "scenes", root, dirs_exist_ok=True)
    (root / "raster_images").mkdir()
    across, down = np.meshgrid(np.arange(96), np.arange(64))
    checks = np.where((across // 8 + down // 8) % 2, 230, 40).astype(np.uint8)
    Image.fromarray(np.stack([checks, 255 - checks, across.astype(np.uint8)], axis=2)).save(
        root / "raster_images/checks.png"
    )
    stripes = np.zeros((50, 70, 4), np.uint8)
    stripes[::4, :, 0] = stripes[1::4, :, 2] = 255
    stripes[..., 3] = np.linspace(40, 255, 70)
    Image.fromarray(stripes).save(root / "raster_images/stripes.png")
    with wave.open(str(root / "beep.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))
    return root


@dataclass(frozen=True)
class Bench:
    """An engine on a project at one size, with what a test wants of it at hand."""

    engine: Engine
    root: Path
    size: tuple[int, int]
    folder: Path
    """For logs, timelines and chunks."""
    timelines: dict[str, Timeline] = field(default_factory=dict)

    def scene(self, name: str, samples: int = 0, **params: Any) -> SceneJob:
        """By `file.py:Class`."""
        file, class_name = name.split(":")
        width, height = self.size
        return SceneJob(
            root=str(self.root),
            file=file,
            class_name=class_name,
            params=params,
            width=width,
            height=height,
            rate=str(RATE),
            samples=samples,
        )

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def run(
        self,
        job: Job,
        *,
        limits: Limits = LIMITS,
        on_event: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        """With scratch space, and a log of its own."""
        scratch = self.folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        self.log.unlink(missing_ok=True)
        job = replace(job, scratch=str(scratch), ignored=(str(self.folder),))
        self.engine.run(job, log_path=self.log, limits=limits, on_event=on_event)

    def trace(self, scene: SceneJob, limits: Limits = LIMITS) -> Timeline:
        path = self.folder / "timeline.json"
        path.unlink(missing_ok=True)
        self.run(Job(kind="trace", scene=scene, output=str(path)), limits=limits)
        return Timeline.from_json(json.loads(path.read_text(encoding="utf-8")))

    def traced(self, name: str) -> Timeline:
        """The trace of a scene that stays as it is, made once."""
        if name not in self.timelines:
            self.timelines[name] = self.trace(self.scene(name))
        return self.timelines[name]

    def draw(
        self,
        scene: SceneJob,
        timeline: Timeline,
        pieces: Sequence[tuple[int, int]],
        encoding: Encoding = LOSSLESS,
        folder: Path | None = None,
        **how: Any,
    ) -> list[Path]:
        """Draws some pieces, in order, in one child."""
        folder = folder or self.folder
        cuts = tuple(
            Cut(start=start, stop=stop, output=str(folder / f"{start}-{stop}.mp4"))
            for start, stop in pieces
        )
        self.run(
            Job(kind="draw", scene=scene, cuts=cuts, runs=timeline.runs, encoding=encoding),
            **how,
        )
        return [Path(cut.output) for cut in cuts]

    def video(self, name: str, timeline: Timeline) -> bytes:
        """A scene drawn in one piece, as it lies on disk."""
        (path,) = self.draw(self.scene(name), timeline, [(0, timeline.frames)])
        return path.read_bytes()


@pytest.fixture(scope="session")
def open_bench(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Bench]]:
    """Puts an engine on a project; all end with the session."""
    cache = tmp_path_factory.mktemp("manimgl-cache")
    with contextlib.ExitStack() as stack:

        def start(
            root: Path,
            size: tuple[int, int] = SIZE,
            environment: Mapping[str, str] | None = None,
            preload: tuple[str, ...] = (),
        ) -> Bench:
            folder = tmp_path_factory.mktemp("bench").resolve()
            settings = manimgl_config(
                root=root,
                width=size[0],
                height=size[1],
                rate=Fraction(RATE),
                cache=cache,
                scratch=folder,
            )
            setting = Setting(
                root=root,
                config_file=write_config(folder, settings),
                environment=environment,
                preload=preload,
            )
            engine = stack.enter_context(Engine(setting))
            return Bench(engine=engine, root=root, size=size, folder=folder)

        yield start


@pytest.fixture(scope="session")
def bench(project: Path, open_bench: Callable[..., Bench]) -> Bench:
    """The engine on the project of small scenes."""
    return open_bench(project)


class Drawing:
    """Processes that draw a scene for each line they are given, one for each size."""

    def __init__(self, script: str, project: Path, folder: Path) -> None:
        self.folder = folder
        self._script = Path(__file__).with_name(script)
        self._project = project
        self._log = (folder / "log").open("w")
        self._processes: dict[tuple[int, int], subprocess.Popen[str]] = {}

    def ask(self, size: tuple[int, int], request: Any) -> str:
        process = self._processes.get(size) or self._start(size)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    def said(self) -> str:
        return (self.folder / "log").read_text()[-2000:]

    def close(self) -> None:
        for process in self._processes.values():
            process.communicate()
        self._log.close()

    def _start(self, size: tuple[int, int]) -> subprocess.Popen[str]:
        config = self.folder / f"{size[0]}x{size[1]}.yml"
        config.write_text(
            f'camera: {{resolution: "({size[0]}, {size[1]})", fps: {RATE}}}\n'
            f"directories: {{cache: {self.folder / 'cache'}, "
            f"subdirs: {{output: {self.folder / 'out'}}}}}\n"
        )
        self._processes[size] = subprocess.Popen(
            [sys.executable, str(self._script), str(config)],
            cwd=self._project,
            env={
                **os.environ,
                **EXACT_ENVIRONMENT,
                "PYTHONPATH": str(self._project),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(self.folder),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        return self._processes[size]


@pytest.fixture(scope="session")
def stock_frames(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Path]]:
    """
    Gives the file with every frame of a scene as manimgl itself draws it, in a process of its own.

    Raw RGBA, the bottom row first. The next call overwrites it.
    """
    drawing = Drawing("stock.py", project, tmp_path_factory.mktemp("stock"))

    def draw(name: str, size: tuple[int, int] = SIZE) -> Path:
        output = drawing.folder / "frames"
        output.unlink(missing_ok=True)
        assert drawing.ask(size, [*name.split(":"), str(output)]) == "0", drawing.said()
        return output

    yield draw
    drawing.close()


@pytest.fixture(scope="session")
def drawn_by_stock(stock_frames: Callable[..., Path]) -> Callable[..., Pictures]:
    """Gives every picture of a scene as manimgl itself draws it."""

    def draw(name: str, size: tuple[int, int] = SIZE) -> Pictures:
        width, height = size
        pixels = np.fromfile(stock_frames(name, size), np.uint8).reshape(-1, height, width, 4)
        return pixels[:, ::-1, :, :3]

    return draw


@pytest.fixture(scope="session")
def compare_ways(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., dict[str, Any]]]:
    """Draws a scene in several ways at once, and says which pictures were not the same."""
    drawing = Drawing("drawn.py", project, tmp_path_factory.mktemp("drawn"))

    def compare(
        name: str,
        ways: Sequence[str],
        size: tuple[int, int] = SIZE,
        stock: Path | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        file, class_name = name.split(":")
        request = {
            "file": file,
            "class": class_name,
            "params": params,
            "size": size,
            "ways": list(ways),
            "stock": stock and str(stock),
        }
        answer = drawing.ask(size, request)
        assert answer, drawing.said()
        found: dict[str, Any] = json.loads(answer)
        return found

    yield compare
    drawing.close()


@pytest.fixture(scope="session")
def pictures_in() -> Callable[[Path], Pictures]:
    """Gives every picture of a lossless chunk."""

    def read(path: Path) -> Pictures:
        with av.open(str(path)) as file:
            return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])

    return read


@pytest.fixture
def lay_out(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project of the files given by name, beside what `tmp_path` is used for."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path.resolve() / "project"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write
