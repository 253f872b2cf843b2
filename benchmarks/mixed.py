"""The main table: a chapter of scenes of every kind, drawn by every contender."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from math import log10

from benchmarks.contenders import CORES, Asked, Bench
from benchmarks.costs import Cost
from benchmarks.page import Goal, number, table
from benchmarks.quality import Quality, quality

FILE = "measured_scenes.py"
STILL = Asked("measured_still.py", "Still")
GRID = Asked(FILE, "NumberGrid")
SCENES = (
    Asked(FILE, "Formulas"),
    Asked(FILE, "Paragraphs"),
    GRID,
    Asked(FILE, "SurfaceCamera"),
    Asked(FILE, "Updaters"),
    Asked(FILE, "Cloud"),
    Asked(FILE, "Lecture"),
    Asked(FILE, "Network"),
    # Of the convolution chapter one scene: the whole of it takes stock manimgl an hour
    Asked("scenes/convolution/title.py", "ConvolutionTitle"),
)
GOALS = {
    # height: 1 worker, all, all against xargs
    1080: (8.0, 12.0, 10.0),
    480: (None, 6.0, 4.5),
}
EDITED = ("scale(0.6).to_edge(LEFT)", "scale(0.5).to_edge(LEFT)")
"""One animation of Network. All scenes but one are in its file, and are traced again."""

STOCK, XARGS = "stock, in sequence", f"stock, `xargs -P{CORES}`"
ONE, ALL = "chalkfarm, 1 worker", f"chalkfarm, {CORES} workers"
UNCHANGED, EDIT = "chalkfarm, unchanged", "chalkfarm, one animation edited"


def measure(bench: Bench, rounds: int) -> tuple[list[str], list[Goal]]:
    """By turns, as often as asked."""
    drawn = bench.farm(SCENES)
    drawn.render(CORES, "lossless")
    drawn.keep_formulas()
    alone = [bench.stock([STILL])[STILL].wall]
    costs: dict[str, list[Cost]] = {name: [] for name in (STOCK, XARGS, ONE, ALL, UNCHANGED, EDIT)}
    each: list[dict[Asked, Cost]] = []
    stock = ours = None
    for _ in range(rounds):
        each.append(bench.stock(SCENES))
        costs[STOCK].append(added(list(each[-1].values())))
        stock = stock or quality(
            bench.stock_videos(SCENES), drawn.video, matrix="bt601", folder=bench.folder
        )
        one = bench.farm(SCENES)
        costs[ONE].append(one.render(1))
        one.drop()
        costs[XARGS].append(bench.side_by_side(SCENES))
        farm = bench.farm(SCENES)
        costs[ALL].append(farm.render(CORES))
        ours = ours or quality([farm.video], drawn.video, matrix="bt709", folder=bench.folder)
        costs[UNCHANGED].append(farm.render(CORES))
        bench.edit(FILE, *EDITED)
        costs[EDIT].append(farm.render(CORES))
        bench.edit(FILE, *reversed(EDITED))
        farm.drop()
    assert stock is not None
    assert ours is not None
    apart = bench.farm([STILL, *SCENES])
    apart.render(1)
    seconds = apart.scene_seconds()[1:]
    apart.drop()
    stock_seconds = [
        statistics.median(found[scene].wall for found in each) - alone[0] for scene in SCENES
    ]
    parts = [
        contest(costs),
        f"Peak memory is of one worker: the process with all under it. {CORES} cores.\n",
        sizes(stock, ours),
        kinds(stock_seconds, seconds),
    ]
    height = bench.size[1]
    return parts, [*goals(height, costs, stock, ours), *grid_goal(height, stock_seconds, seconds)]


def added(costs: Sequence[Cost]) -> Cost:
    """One after the other."""
    total = costs[0]
    for cost in costs[1:]:
        total = total + cost
    return total


def middle(costs: Sequence[Cost], of: Callable[[Cost], float] = lambda cost: cost.wall) -> float:
    """The median round's."""
    return statistics.median(of(cost) for cost in costs)


def contest(costs: dict[str, list[Cost]]) -> str:
    """Who took how long."""
    rows = [
        [
            name,
            f"{middle(found):.1f}",
            f"{middle(found, lambda cost: cost.cpu):.1f}",
            number(middle(found, lambda cost: cost.peak_bytes), "MB"),
            f"{middle(costs[STOCK]) / middle(found):.1f}x",
            f"{middle(costs[XARGS]) / middle(found):.1f}x",
        ]
        for name, found in costs.items()
    ]
    head = ["", "seconds", "CPU seconds", "peak memory", "against stock", "against xargs"]
    return table(head, rows)


def sizes(stock: Quality, ours: Quality) -> str:
    """Bytes, and what they are worth."""
    rows = [
        [
            name,
            f"{q.video_bytes / 1000:.0f} kB",
            f"{q.ssim:.5f}",
            f"{-10 * log10(1 - q.ssim):.2f} dB",
        ]
        for name, q in (("stock", stock), ("chalkfarm", ours))
    ]
    return table(["", "video", "SSIM to what was drawn", "the same in dB"], rows)


def kinds(stock: Sequence[float], ours: Sequence[float]) -> str:
    """Scene by scene."""
    rows = [
        [scene.name, f"{one:.1f}", f"{other:.1f}", f"{one / other:.1f}x"]
        for scene, one, other in zip(SCENES, stock, ours, strict=True)
    ]
    note = "Scene by scene, with 1 worker, without what it takes to start a process.\n"
    return f"{note}\n{table(['', 'stock', 'chalkfarm', 'ratio'], rows)}"


def goals(height: int, costs: dict[str, list[Cost]], stock: Quality, ours: Quality) -> list[Goal]:
    """What this chapter is asked for."""
    one, all_workers, side_by_side = GOALS[height]
    ratios = [
        (f"{CORES} workers", all_workers, STOCK, ALL),
        (f"{CORES} workers against xargs -P{CORES}", side_by_side, XARGS, ALL),
        *([("1 worker", one, STOCK, ONE)] if one else []),
    ]
    found = [
        Goal(
            what=f"{height}p cold, mixed set, {what}",
            asked=asked,
            found=middle(costs[theirs]) / middle(costs[mine]),
        )
        for what, asked, theirs, mine in ratios
    ]
    return [
        *found,
        Goal(
            what=f"{height}p, chapter unchanged",
            asked=1.0,
            found=middle(costs[UNCHANGED]),
            least=False,
            unit="s",
        ),
        Goal(
            what=f"{height}p, peak memory of a worker",
            asked=900e6,
            found=middle(costs[ALL], lambda cost: cost.peak_bytes),
            least=False,
            unit="MB",
        ),
        Goal(
            what=f"{height}p, SSIM below stock's",
            asked=0.0,
            found=max(0.0, stock.ssim - ours.ssim),
            least=False,
            unit="",
        ),
        Goal(
            what=f"{height}p, bytes more than stock's",
            asked=0.05,
            found=ours.video_bytes / stock.video_bytes - 1,
            least=False,
            unit="%",
        ),
    ]


def grid_goal(height: int, stock: Sequence[float], ours: Sequence[float]) -> list[Goal]:
    """Two hundred numbers, the kind of scene that gains least."""
    at = SCENES.index(GRID)
    return [Goal(what=f"{height}p, grid of 200 numbers", asked=3.0, found=stock[at] / ours[at])]
