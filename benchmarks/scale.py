"""
What the farm's control plane costs at scale, with nothing drawn.

`python -m benchmarks.scale` plans a thousand scenes from the cache with the command line, and sees
ten thousand segments through on two hundred simulated workers with the real driver: workers and
time are numbers, the decisions and the events are real. Writes benchmarks/SCALE.md.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.farm.chapter import Work
from pipeline.farm.identity import find_identity
from pipeline.store.local import Store
from tests.farm.course import (
    Mishaps,
    draw_tasks,
    drive,
    keep_chunks,
    keep_traces,
    planned_course,
    write_course,
)

RESULTS = Path(__file__).parent / "SCALE.md"
WORKERS = 200
SCENES, PLAYS = 200, 77
SEEDS = range(10)
SIZES = {"4K": (3840, 2160), "8K": (7680, 4320)}
PLANNED_SCENES, PLANNED_PLAYS = 1000, 8
ROUNDS = 3


@dataclass(frozen=True)
class Planned:
    """`chalkfarm plan` of a chapter that is drawn."""

    segments: int
    wall_seconds: float
    cpu_seconds: float
    mebibytes: int


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        planned = plan(root / "planned")
        drives = [row for name, size in SIZES.items() for row in see_through(root, name, size)]
    RESULTS.write_text(
        "\n".join([*HEAD, *plan_text(planned), "", *TABLE, *drives, "", *FOOT]) + "\n"
    )


def plan(root: Path) -> Planned:
    chapter = write_course(root, PLANNED_SCENES, PLANNED_PLAYS)
    store = Store(root / "renders/.store")
    identity = find_identity(store.root)
    keep_traces(chapter, store, PLANNED_PLAYS, identity)
    segments = keep_chunks(Work(chapter, store, identity).plan().scenes, store)
    rounds = [_run_plan(root, segments) for _ in range(ROUNDS)]
    return sorted(rounds, key=lambda one: one.wall_seconds)[ROUNDS // 2]


def _run_plan(root: Path, segments: int) -> Planned:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "plan", "manifests/course.yaml", "--json"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        check=True,
    )
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    scenes = json.loads(done.stdout)["scenes"]
    assert sum(segment["done"] for scene in scenes for segment in scene["segments"]) == segments
    return Planned(
        segments=segments,
        wall_seconds=wall,
        cpu_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        mebibytes=after.ru_maxrss >> 10,
    )


def see_through(root: Path, name: str, size: tuple[int, int]) -> list[str]:
    """One row of the table: the same course with ten kinds of luck."""
    folder = root / name
    scenes = planned_course(write_course(folder, SCENES, PLAYS, size), PLAYS)
    in_one_go = sum(task.seconds for task in draw_tasks(scenes, 1))
    tasks = draw_tasks(scenes, WORKERS)
    segments = sum(len(task.pieces) for task in tasks)
    before = _resident()
    cpu, excess, attempts, redrawn, size_of_events = [], [], [], [], []
    for seed in SEEDS:
        started = time.process_time()
        one = drive(tasks, in_one_go, WORKERS, Mishaps(seed), folder / f"run-{seed}")
        cpu.append(time.process_time() - started)
        published = one.driver.ledger.published
        assert len(published) == segments
        assert set(published.values()) == {1}
        excess.append(one.excess)
        attempts.append(len(one.farm.started))
        redrawn.append(one.redrawn())
        size_of_events.append(one.run.events_path.stat().st_size)
    grown = _resident() - before
    return [
        f"| {name} | {segments:,} | {len(tasks):,} | {one.bound / 60:.0f} min | "
        f"{statistics.median(excess):.1%} | {max(excess):.1%} | "
        f"{statistics.median(attempts) - len(tasks):.0f} | {max(redrawn)} | "
        f"{statistics.median(cpu):.1f} s | {max(1, grown >> 20)} MiB | "
        f"{statistics.median(size_of_events) / 2**20:.1f} MiB |"
    ]


def _resident() -> int:
    """Bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def plan_text(planned: Planned) -> list[str]:
    return [
        f"`chalkfarm plan` of {PLANNED_SCENES:,} scenes, all in the cache "
        f"({planned.segments:,} segments): **{planned.wall_seconds:.1f} s** "
        f"({planned.cpu_seconds:.1f} s of CPU, {planned.mebibytes} MiB), median of {ROUNDS}.",
    ]


HEAD = [
    "# The control plane at scale",
    "",
    f"Made by `python -m benchmarks.scale` on {len(os.sched_getaffinity(0))} cores of "
    f"{platform.machine()}. Nothing is drawn.",
    "",
]
TABLE = [
    f"The real driver on {WORKERS} simulated workers, {len(SEEDS)} times with other mishaps: 1% of "
    "attempts end with their process, 0.5% with their machine, 0.5% are never heard of again, 3% "
    "take half as long again, all vary by a tenth, and 5% say things twice.",
    "",
    "| course | segments | tasks | least time | over it, median | worst | more attempts | "
    "drawn again | driver's CPU | driver's memory | events |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
]
FOOT = [
    "Every segment was published exactly once, every time. The least time is what all scenes take "
    "in one go at the speed the workers had, shared out with nobody idle and nothing lost; what is "
    "over it is replays of cut scenes, lost work, and the minute until a silent worker is missed. "
    "Memory is what ten runs added to the process, one after another.",
]

if __name__ == "__main__":
    main()
