"""How cost grows: with a scene's length, the number of scenes, the part that was edited."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import av

from benchmarks.contenders import CORES, Asked, Bench, Farm
from benchmarks.mixed import FILE, SCENES
from benchmarks.page import Goal, number, table

LENGTHS = {
    1: Asked(FILE, "Updaters"),
    2: Asked(FILE, "UpdatersTwice"),
    4: Asked(FILE, "UpdatersFourTimes"),
    8: Asked(FILE, "UpdatersEightTimes"),
}
"""How many times as long each plays."""
LONG = LENGTHS[8]
PARTS = 9
"""Lessons of somewhat more than a minute each."""
PART = """from measured_scenes import *


class Part{number}(Lesson):
    PART = {number}

    def end(self) -> None:
        self.play(FadeIn(Text("Questions?", font_size=60)), run_time=1.0)
"""

Found = tuple[list[str], list[Goal]]


def edit(bench: Bench, rounds: int) -> Found:
    """A chapter with a file for each scene, drawn once, then edited once a round."""
    asked = [Asked(f"part_{n}.py", f"Part{n}") for n in range(PARTS)]
    for n, scene in enumerate(asked):
        (bench.project / scene.file).write_text(PART.format(number=n), encoding="utf-8")
    farm = with_formulas(bench, asked)
    cold = farm.render(CORES)
    edited = []
    for n in range(rounds):
        bench.edit(f"part_{n}.py", "run_time=1.0", "run_time=1.1")
        edited.append(farm.render(CORES))
    again = statistics.median(cost.wall for cost in edited)
    with av.open(str(farm.video)) as file:
        minutes = file.streams.video[0].frames / 30 / 60
    farm.drop()
    rows = [
        ["cold", f"{cold.wall:.1f}", f"{cold.cpu:.1f}", ""],
        [
            "one animation edited",
            f"{again:.1f}",
            f"{statistics.median(cost.cpu for cost in edited):.1f}",
            number(again / cold.wall, "%"),
        ],
    ]
    said = f"{PARTS} scenes, a file each, {minutes:.1f} minutes, {CORES} workers.\n"
    goal = Goal(
        what=f"{bench.size[1]}p, one animation edited in {minutes:.0f} minutes, of a cold render",
        asked=0.03,
        found=again / cold.wall,
        least=False,
        unit="%",
    )
    return [said, table(["", "seconds", "CPU seconds", "share"], rows)], [goal]


def long(bench: Bench, rounds: int) -> Found:
    """A scene that is one play, so that its workers all step to where they begin."""
    costs: dict[int, list[float]] = {1: [], CORES: []}
    with_formulas(bench, [LONG]).drop()
    for _ in range(rounds):
        for workers, found in costs.items():
            farm = bench.farm([LONG])
            found.append(farm.render(workers).wall)
            farm.drop()
    middle = {workers: statistics.median(found) for workers, found in costs.items()}
    rows = [
        [
            "1 worker" if workers == 1 else f"{workers} workers",
            f"{seconds:.1f}",
            number(middle[1] / seconds, "x"),
        ]
        for workers, seconds in middle.items()
    ]
    goal = Goal(
        what=f"{bench.size[1]}p, one long scene, {CORES} workers against 1",
        asked=1.7,
        found=middle[1] / middle[CORES],
    )
    return [table(["", "seconds", "ratio"], rows)], [goal]


def length(bench: Bench, rounds: int) -> Found:
    """A play of five seconds, and the same twice, four and eight times as long."""
    with_formulas(bench, [LONG]).drop()
    rows = []
    for times, scene in LENGTHS.items():
        stock, ours = [], []
        for _ in range(rounds):
            stock.append(bench.stock([scene])[scene].wall)
            farm = bench.farm([scene])
            ours.append(farm.render(1).wall)
            farm.drop()
        rows.append(_pair(f"x{times}", stock, ours))
    note = "The scene `Updaters`, in which no frame stands. Chalkfarm with 1 worker.\n"
    return [note, table(["length", "stock", "chalkfarm", "ratio"], rows)], []


def scenes(bench: Bench, rounds: int) -> Found:
    """The first, the first two, four and eight of the mixed set."""
    with_formulas(bench, SCENES).drop()
    rows = []
    for count in (1, 2, 4, 8):
        chosen = SCENES[:count]
        stock, ours = [], []
        for _ in range(rounds):
            stock.append(sum(cost.wall for cost in bench.stock(chosen).values()))
            farm = bench.farm(chosen)
            ours.append(farm.render(CORES).wall)
            farm.drop()
        rows.append(_pair(str(count), stock, ours))
    return [table(["scenes", "stock", "chalkfarm", "ratio"], rows)], []


def with_formulas(bench: Bench, asked: Sequence[Asked]) -> Farm:
    """A chapter whose formulas are set, by tracing a first copy of it."""
    first = bench.farm(asked)
    first.plan()
    first.keep_formulas()
    first.drop()
    return bench.farm(asked)


def _pair(name: str, stock: Sequence[float], ours: Sequence[float]) -> list[str]:
    one, other = statistics.median(stock), statistics.median(ours)
    return [name, f"{one:.1f}", f"{other:.1f}", f"{one / other:.1f}x"]
