"""
A course made up: scenes as a trace would leave them, of any number, with nothing drawn.

The pictures are numbers. Half of a scene moves and half of it holds, as lectures do. The course
can be driven on a farm that is made up too (simulated.py).
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from blake3 import blake3

from pipeline.engine.running import Limits
from pipeline.engine.sources import read_digests
from pipeline.engine.timeline import Play, Timeline
from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.policy import Policy
from pipeline.farm.task import Ended, Piece, Task
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.plan.assign import assign
from pipeline.plan.scenes import Identity, PlannedScene, plan_scene, scene_job
from pipeline.report.runs import Run
from pipeline.store.local import Store
from pipeline.store.traces import Traces

from .simulated import Fate, SimulatedFarm, make_task

RATE = 30
MOVING, HOLDING = 60, 60
"""Frames of a play, and of the wait after it."""
SCENES_A_FILE = 10
LIMITS = Limits(seconds=4 * 3600, stall_seconds=600)
IDENTITY = Identity(engine={"manimgl": "1.7.2"}, fonts="none", renderer="none")


def write_course(
    root: Path, scenes: int, plays: int, size: tuple[int, int] = (3840, 2160)
) -> Chapter:
    """Writes the sources of a chapter of so many scenes with so many plays each, and loads it."""
    steps = "\n".join(
        f"        self.play(Write(line[{n}]))\n        self.wait(2)" for n in range(plays)
    )
    rows = []
    for number in range(scenes):
        file = root / f"lecture_{number // SCENES_A_FILE}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as text:
            text.write(f"class S{number}(Scene):\n    def construct(self):\n{steps}\n\n\n")
        rows.append(f"  - {{id: s{number}, scene: {file.name}:S{number}}}\n")
    (root / "manifests").mkdir(exist_ok=True)
    manifest = root / "manifests/course.yaml"
    manifest.write_text(
        "version: 1\nchapter: course\ntitle: A course\npreset: large\n"
        f"presets: {{large: {{width: {size[0]}, height: {size[1]}, rate: {RATE}}}}}\n"
        f"scenes:\n{''.join(rows)}"
    )
    return load_chapter(manifest)


def trace_of(chapter: Chapter, number: int, plays: int) -> Timeline:
    """As if one of the scenes had been traced."""
    spec = chapter.scenes[number]
    step = MOVING + HOLDING
    seed = blake3(spec.scene.encode())
    digests = seed.hexdigest(length=16 * plays * MOVING)
    pictures = [digests[i : i + 32] for i in range(0, len(digests), 32)]
    runs = [(d, HOLDING + 1 if (n + 1) % MOVING == 0 else 1) for n, d in enumerate(pictures)]
    return Timeline(
        scene=spec.scene,
        width=spec.preset.width,
        height=spec.preset.height,
        rate=Fraction(RATE),
        plays=tuple(_plays(spec.file, number, plays, step)),
        runs=tuple(runs),
        cues=(),
        sounds=(),
        files=read_digests(chapter.project, [spec.file]),
        warnings=(),
        seconds=0.002 * plays * step,
    )


def _plays(file: str, number: int, plays: int, step: int) -> Iterator[Play]:
    for n in range(plays):
        for kind, frames, offset in (("play", MOVING, 0), ("wait", HOLDING, MOVING)):
            yield Play(
                index=2 * n + (kind == "wait"),
                kind=kind,
                label="Write" if kind == "play" else "",
                file=file,
                line=3 + number % SCENES_A_FILE,
                first_frame=n * step + offset,
                frames=frames,
                statement=2 + 2 * n,
            )


def keep_traces(chapter: Chapter, store: Store, plays: int, identity: Identity = IDENTITY) -> None:
    """Puts the traces of all scenes into a store."""
    traces = Traces(store, identity)
    for number, spec in enumerate(chapter.scenes):
        timeline = trace_of(chapter, number, plays)
        traces.publish(scene_job(chapter, spec, {}), json.dumps(timeline.to_json()))


def keep_chunks(scenes: tuple[PlannedScene, ...], store: Store) -> int:
    """Puts something for every segment into a store; how many there are."""
    count = 0
    for scene in scenes:
        for planned in scene.segments:
            work = store.workplace()
            (work / "chunk.mp4").write_bytes(b"a chunk")
            store.publish(planned.key, work)
            count += 1
    return count


@dataclass(frozen=True)
class Mishaps:
    """
    What goes wrong with the attempts of a large farm, by chance, the same for the same seed.

    Attempts end with their process, or with their machine, or are never heard of again; some take
    half as long again; and what is said is sometimes said twice.
    """

    seed: int
    killed: float = 0.01
    lost: float = 0.005
    silent: float = 0.005
    slow: float = 0.03
    doubled: float = 0.05
    deviation: float = 0.1
    """Of what every attempt takes, as a share of the estimate."""

    def __call__(self, task: Task, attempt: int, _worker: str) -> Fate:
        chance = random.Random(f"{self.seed} {task.id} {attempt}")
        pieces = chance.randrange(len(task.pieces) + 1)
        again = chance.randrange(1, 30) if chance.random() < self.doubled else 0
        slower = max(0.5, chance.gauss(1, self.deviation))
        if chance.random() < self.slow:
            slower *= 1.5
        throw = chance.random()
        for share, ended in (
            (self.killed, Ended.MACHINE),
            (self.lost, Ended.LOST),
            (self.silent, None),
        ):
            if throw < share:
                return Fate(ended, pieces, again, slower)
            throw -= share
        return Fate(again=again, slower=slower)


def draw_tasks(scenes: Sequence[PlannedScene], workers: int) -> list[Task]:
    """What a driver is given for them."""
    count: Counter[str] = Counter()
    tasks = []
    for drawing in assign(scenes, workers):
        scene = drawing.scene.spec.id
        pieces = tuple(
            Piece(start=s.segment.start, stop=s.segment.stop, key=s.key) for s in drawing.segments
        )
        task = make_task(scene, count[scene], seconds=drawing.seconds)
        tasks.append(replace(task, pieces=pieces, limits=LIMITS))
        count[scene] += 1
    return tasks


def planned_course(chapter: Chapter, plays: int) -> tuple[PlannedScene, ...]:
    """Every scene traced, and no segment there."""
    found = {s.scene: trace_of(chapter, n, plays) for n, s in enumerate(chapter.scenes)}
    return tuple(
        plan_scene(
            chapter,
            spec,
            IDENTITY,
            lambda job: (found[job.scene], ""),
            lambda _kind, _digest: False,
        )
        for spec in chapter.scenes
    )


@dataclass(frozen=True)
class Drive:
    """A driver's run of a course on a simulated farm, that has ended."""

    driver: Driver
    farm: SimulatedFarm
    tasks: Sequence[Task]
    run: Run
    bound: float
    """Seconds below which nobody could be: each scene in one go, nothing lost, no worker idle."""

    @property
    def excess(self) -> float:
        """Seconds more than that, as a share of it."""
        return self.farm.now / self.bound - 1

    def redrawn(self) -> int:
        """Pieces that a worker drew though another had drawn them before."""
        return sum(count - 1 for count in self.farm.published.values())


def drive(
    tasks: Sequence[Task], in_one_go: float, workers: int, mishaps: Mishaps, folder: Path
) -> Drive:
    """Sees tasks through, in no time. `in_one_go` is the seconds of all scenes, uncut."""
    asked = sum(task.seconds for task in tasks)
    taken = sum(task.seconds * mishaps(task, 1, "").slower for task in tasks)
    farm = SimulatedFarm(workers, fate=mishaps)
    run = Run(folder)
    events = Events(run.events_path, farm.clock)
    driver = Driver(farm, events, Policy(), clock=farm.clock)
    try:
        driver.run(tasks, lambda _task, _event: None)
    finally:
        events.close()
    bound = in_one_go * taken / asked / workers
    return Drive(driver=driver, farm=farm, tasks=tasks, run=run, bound=bound)
