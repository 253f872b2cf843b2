"""What a render's CPU time is spent on, which says how much faster it can get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.contenders import Bench
from benchmarks.costs import DRAWING, ENCODING, FFMPEG, REST, STEPPING
from benchmarks.growing import Found, with_formulas
from benchmarks.mixed import SCENES
from benchmarks.page import table

KINDS = (STEPPING, DRAWING, ENCODING, FFMPEG, REST)


def measure(bench: Bench, rounds: int) -> Found:
    """The mixed set by stock, in sequence, and by chalkfarm with one worker."""
    with_formulas(bench, SCENES).drop()
    bench.by_thread = True
    stock, ours = [], []
    for _ in range(rounds):
        stock.append(sum((cost.spent for cost in bench.stock(SCENES).values()), start=Counter()))
        farm = bench.farm(SCENES)
        ours.append(farm.render(1).spent)
        farm.drop()
    bench.by_thread = False
    middle = [_median(stock), _median(ours)]
    rows = [[kind, *(f"{spent[kind]:.1f}" for spent in middle)] for kind in KINDS]
    rows.append(["together", *(f"{spent.total():.1f}" for spent in middle)])
    said = "CPU seconds for the mixed set, looked up in /proc ten times a second, by thread.\n"
    return [said, table(["", "stock, in sequence", "chalkfarm, 1 worker"], rows)], []


def _median(found: Sequence[Counter[str]]) -> Counter[str]:
    """The round that took the middle of all CPU time."""
    return sorted(found, key=Counter.total)[len(found) // 2]
