"""Scenes that can be made to fail, and a farm for them with an executor that a test brings."""

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.executors import Executor
from pipeline.farm.policy import Policy
from pipeline.farm.task import Task
from pipeline.manifest.resolved import Chapter, Preset, Resources, SceneSpec
from pipeline.plan.scenes import Identity
from pipeline.report.runs import Run
from pipeline.store.local import Store, file_digest

# Each scene has a `marker`, a file by which its processes know of each other and tests know them
SCENES = '''\
import os
import signal
import time
from pathlib import Path

from manimlib import *


class Marked(Scene):
    marker = ""

    def first_here(self):
        try:
            descriptor = os.open(self.marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return False
        os.write(descriptor, f"{os.getpid()} {os.getppid()}".encode())
        os.close(descriptor)
        return True


class Brief(Scene):
    def construct(self):
        self.play(FadeIn(Square()), run_time=0.5)


class Moving(Marked):
    """Twelve seconds in two segments or three."""

    def construct(self):
        square = Square()
        self.add(square)
        for step in range(6):
            self.play(square.animate.shift(0.3 * RIGHT), run_time=2)
            self.after(step)

    def after(self, step):
        pass


class DiesOnce(Moving):
    """Killed after ten of its seconds, unless it was before."""

    def after(self, step):
        if step == 4 and self.first_here():
            os.kill(os.getpid(), signal.SIGKILL)


class HangsOnce(Moving):
    """Stops after ten of its seconds, unless it did before."""

    def after(self, step):
        if step == 4 and self.first_here():
            time.sleep(600)


class Broken(Marked):
    def construct(self):
        self.wait(0.2)
        raise ValueError("the chalk broke")


class Hanging(Marked):
    def construct(self):
        self.wait(0.2)
        time.sleep(600)


class Slow(Marked):
    """A minute, unless it is ended."""

    def construct(self):
        self.first_here()
        for _ in range(300):
            self.wait(0.1)
            time.sleep(0.2)


class BreaksHanging(Moving):
    """The first to get there breaks while the other hangs."""

    def after(self, step):
        if step == 0:
            if self.first_here():
                time.sleep(1)
                raise ValueError("the chalk broke")
            if not os.path.exists(self.marker + ".traced"):
                time.sleep(600)
'''
IDENTITY = Identity(engine={"test": "1"}, fonts="none", renderer="here")
SLOTS = 2


class Farm:
    """A store, a record and an executor, with scenes of the project by name."""

    def __init__(self, root: Path, folder: Path, executor: Executor) -> None:
        self.root = root
        self.folder = folder
        self.executor = executor
        self.run = Run(folder / "run")
        self.store = Store(folder / "store")

    def marker(self, name: str) -> Path:
        return self.folder / f"{name}.marker"

    def work(self, *names: str, seconds: float = 60, store: Store | None = None) -> Work:
        preset = Preset(name="tiny", width=160, height=90, rate=Fraction(10))
        chapter = Chapter(
            id="small",
            title="Small",
            language="en",
            preset=preset,
            project=self.root,
            manifest=self.root / "small.yaml",
            scenes=tuple(
                SceneSpec(
                    id=name.lower(),
                    file="scenes.py",
                    class_name=name,
                    title=None,
                    params={} if name == "Brief" else {"marker": str(self.marker(name))},
                    preset=preset,
                    resources=Resources(),
                    time_limit_seconds=seconds,
                    captions="none",
                    line=index,
                )
                for index, name in enumerate(names)
            ),
        )
        return Work(chapter, store or self.store, IDENTITY)

    def drive(
        self,
        tasks: list[Task],
        *,
        keep_going: bool = False,
        on_event: Callable[[Task, Mapping[str, Any]], None] = lambda _task, _event: None,
    ) -> Driver:
        events = Events(self.run.events_path, time.time)
        driver = Driver(self.executor, events, Policy(keep_going=keep_going))
        try:
            driver.run(tasks, on_event)
        finally:
            events.close()
        return driver

    def trace(self, work: Work, **how: Any) -> Driver:
        return self.drive(work.trace_tasks(work.plan(), self.run.logs), **how)

    def draw(self, work: Work, workers: int = SLOTS, **how: Any) -> Driver:
        return self.drive(work.draw_tasks(work.plan(), workers, self.run.logs), **how)

    def said(self, event: str, scene: str | None = None) -> list[Mapping[str, Any]]:
        """Events of one kind, of one scene or of all."""
        return [
            e
            for e in self.run.events()
            if e["event"] == event and (scene is None or e.get("scene") == scene)
        ]


def chunks(work: Work, plan: ChapterPlan) -> list[str]:
    """What is in every chunk of a chapter, in order."""
    return [
        file_digest(work.chunk_path(s.key.digest)) for scene in plan.scenes for s in scene.segments
    ]


def read_pids(marker: Path) -> list[int]:
    """Of a scene's process and the one it was forked from, once it has written them."""
    return [int(pid) for pid in marker.read_text().split()] if marker.exists() else []


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except OSError:
        return True
    return state == "Z"  # ended, and its parent has not asked yet


def ends_soon(pid: int, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not is_gone(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    return is_gone(pid)
