"""That the driver sees a list of tasks through, in threads as on Ray, whatever scenes do."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SceneError, WorkerLost
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.driver import Driver, Policy
from pipeline.farm.events import Events
from pipeline.farm.executors import Executor, LocalExecutor
from pipeline.farm.ray import RayExecutor
from pipeline.farm.task import Task
from pipeline.manifest.resolved import Chapter, Preset, Resources, SceneSpec
from pipeline.plan.scenes import SEGMENTS, Identity
from pipeline.report.runs import Run
from pipeline.store.local import Store, file_digest
from pipeline.store.remote import RemoteStore

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


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all, so that engines stay warm."""
    root = tmp_path_factory.mktemp("project").resolve()
    (root / "scenes.py").write_text(SCENES)
    return root


@pytest.fixture(scope="module", params=[LocalExecutor, RayExecutor], ids=["local", "ray"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    executor = request.param(SLOTS)
    yield executor
    executor.close()


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


@pytest.fixture
def farm(root: Path, tmp_path: Path, executor: Executor) -> Farm:
    return Farm(root, tmp_path.resolve(), executor)


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


def test_every_scene_is_traced_and_every_chunk_is_in_the_store(farm: Farm) -> None:
    work = farm.work("Moving", "Brief")
    heard: list[tuple[str, str]] = []

    def hear(task: Task, event: Mapping[str, Any]) -> None:
        heard.append((task.id, event["event"]))

    assert farm.trace(work, on_event=hear).failures == []
    assert farm.draw(work, on_event=hear).failures == []

    plan = work.plan()
    assert plan.is_drawn
    assert [len(scene.segments) for scene in plan.scenes] == [2, 1]
    assert [scene.timeline.frames for scene in plan.scenes if scene.timeline] == [120, 5]
    assert work.damaged(plan) == []
    assert ("moving.trace", "traced") in heard
    assert sum(kind == "cut" for _, kind in heard) == 3
    assert {event["how"] for event in farm.said("attempt-ended")} == {"done"}
    assert not list((farm.store.root / "work").iterdir())
    assert work.draw_tasks(plan, SLOTS, farm.run.logs) == []


def test_every_chunk_is_drawn_once_into_a_store_at_a_url(farm: Farm, tmp_path: Path) -> None:
    work = farm.work("Brief", store=RemoteStore(f"file://{tmp_path}/there", tmp_path / "beside"))

    assert farm.trace(work).failures == []
    assert farm.draw(work).failures == []

    other = RemoteStore(f"file://{tmp_path}/there", tmp_path / "other")
    plan = farm.work("Brief", store=other).plan()
    assert plan.is_drawn
    assert work.draw_tasks(work.plan(), SLOTS, farm.run.logs) == []
    assert chunks(farm.work("Brief", store=other), plan) == chunks(work, plan)


def test_failed_scene_ends_the_rest(farm: Farm) -> None:
    driver = farm.trace(farm.work("Broken", "Slow", "Brief"))

    (failure,) = driver.failures
    assert failure.scene_id == "broken"
    assert isinstance(failure.error, SceneError)
    assert "ValueError: the chalk broke" in str(failure.error)
    (failed,) = farm.said("scene-failed")
    assert failed["source"].startswith("scenes.py:")
    assert [e["attempt"] for e in farm.said("attempt-started", "broken")] == [1], "tried once"
    assert [e["how"] for e in farm.said("attempt-ended", "slow")] == ["cancelled"]
    assert farm.said("attempt-started", "brief") == []


def test_failed_scene_leaves_the_rest_alone_when_asked_to_keep_going(farm: Farm) -> None:
    work = farm.work("Broken", "Moving", "Brief")

    driver = farm.trace(work, keep_going=True)

    assert [failure.scene_id for failure in driver.failures] == ["broken"]
    assert [scene.timeline is None for scene in work.plan().scenes] == [True, False, False]
    assert farm.draw(work, keep_going=True).failures == []
    assert not [s for scene in work.plan().scenes for s in scene.missing]


def test_worker_whose_task_was_cancelled_draws_the_next_scene(farm: Farm) -> None:
    both, brief = farm.work("BreaksHanging"), farm.work("Brief")
    marker = farm.marker("BreaksHanging")
    marker.touch()
    traced = marker.with_name(f"{marker.name}.traced")
    traced.touch()
    assert farm.trace(both).failures == []
    assert farm.trace(brief).failures == []
    traced.unlink()
    marker.unlink()
    tasks = [
        task
        for work in (both, brief)
        for task in work.draw_tasks(work.plan(), SLOTS, farm.run.logs)
    ]
    assert [task.id for task in tasks] == [
        "breakshanging.draw-0",
        "breakshanging.draw-1",
        "brief.draw-0",
    ]

    driver = farm.drive(tasks, keep_going=True)

    assert [failure.scene_id for failure in driver.failures] == ["breakshanging"]
    assert sorted(e["how"] for e in farm.said("attempt-ended", "breakshanging")) == [
        "cancelled",
        "done",
        "scene",
    ]
    assert len(farm.said("scene-failed")) == 1
    assert brief.plan().is_drawn


def test_killed_scene_is_tried_again_and_only_what_was_not_published_is_drawn(
    farm: Farm, tmp_path: Path
) -> None:
    work = farm.work("DiesOnce")
    farm.marker("DiesOnce").touch()
    assert farm.trace(work).failures == []
    undisturbed = farm.work("DiesOnce", store=Store(tmp_path / "undisturbed"))
    assert farm.trace(undisturbed).failures == []
    assert farm.draw(undisturbed, workers=1).failures == []
    farm.run.events_path.unlink()
    farm.marker("DiesOnce").unlink()
    made: list[int] = []

    def hear(_task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "cut":
            made.append(event["start"])

    assert farm.draw(work, workers=1, on_event=hear).failures == []

    first, second = farm.said("attempt-started")
    assert second["attempt"] == 2
    assert second["pieces"] == first["pieces"][1:], "the first was published before the kill"
    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine", "done"]
    (retry,) = farm.said("retry")
    assert "was ended by SIGKILL" in retry["reason"]
    assert made == [piece[0] for piece in first["pieces"]], "each was drawn once"
    plan = work.plan()
    assert plan.is_drawn
    assert chunks(work, plan) == chunks(undisturbed, undisturbed.plan())
    assert [path.stem for path in farm.run.log_paths("diesonce")][-2:] == ["draw-0-1", "draw-0-2"]


def test_killed_worker_is_replaced_and_the_result_is_the_same(farm: Farm, tmp_path: Path) -> None:
    work, plain = farm.work("HangsOnce"), farm.work("Moving", store=Store(tmp_path / "undisturbed"))
    farm.marker("HangsOnce").touch()
    for each in (work, plain):
        assert farm.trace(each).failures == []
    assert farm.draw(plain, workers=1).failures == []
    farm.run.events_path.unlink()
    farm.marker("HangsOnce").unlink()
    workers: list[int] = []

    def hear(_task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "start":
            workers.append(event["pid"])

    def kill() -> None:
        while len(pids := read_pids(farm.marker("HangsOnce"))) < 2:
            time.sleep(0.05)
        # In threads the worker is this very process, and what it has of its own is the engine
        os.kill(pids[1] if workers[0] == os.getpid() else workers[0], signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    assert farm.draw(work, workers=1, on_event=hear).failures == []
    killing.join()

    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine", "done"]
    assert all(ends_soon(pid) for pid in read_pids(farm.marker("HangsOnce")))
    assert work.plan().is_drawn
    assert chunks(work, work.plan()) == chunks(plain, plain.plan())


def test_hanging_scene_is_ended_and_tried_once_more_where_there_is_no_other_worker(
    farm: Farm,
) -> None:
    driver = farm.trace(farm.work("Hanging", seconds=1.5))

    (failure,) = driver.failures
    assert isinstance(failure.error, WorkerLost)
    assert "took more than its 1.5 s" in str(failure.error)
    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine"] * 2
    (failed,) = farm.said("scene-failed")
    assert failed["given_up"] == "it failed 2 times on the only worker there is"


def test_interrupt_ends_what_is_running_and_leaves_no_process(farm: Farm) -> None:
    def interrupt(task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "progress":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        farm.trace(farm.work("Slow"), on_event=interrupt)

    scene, zygote = (int(pid) for pid in farm.marker("Slow").read_text().split())
    assert os.getpid() not in (scene, zygote)
    # Its end is still heard, or the next driver would find no free slot
    deadline = time.monotonic() + 30
    heard = []
    while not any(message.ended for message in heard) and time.monotonic() < deadline:
        heard += farm.executor.poll(0.25)
    assert [message.ended for message in heard if message.ended] == ["cancelled"]
    assert ends_soon(scene)
    assert ends_soon(zygote)
    assert farm.trace(farm.work("Brief")).failures == []


def test_nothing_to_do_is_done_at_once(farm: Farm) -> None:
    assert farm.drive([]).failures == []
    assert list(farm.run.events()) == []
    assert list(farm.store.entries(SEGMENTS)) == []
