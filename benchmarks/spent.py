"""What a render's CPU time is spent on, which says how much faster it can get."""

from __future__ import annotations

from collections import Counter

from benchmarks.contenders import Bench
from benchmarks.costs import DRAWING, ENCODING, FFMPEG, REST, STEPPING, Cost
from benchmarks.growing import Found, with_formulas
from benchmarks.mixed import SCENES
from benchmarks.page import table

KINDS = (STEPPING, DRAWING, ENCODING, FFMPEG, REST)


def measure(bench: Bench, rounds: int) -> Found:
    """The mixed set by stock, in sequence, and by chalkfarm with one worker. The last of each."""
    with_formulas(bench, SCENES).drop()
    bench.by_thread = True
    stock = ours = Cost(wall=0, cpu=0, peak_bytes=0)
    for _ in range(rounds):
        stock = sum(bench.stock(SCENES).values(), start=Cost(wall=0, cpu=0, peak_bytes=0))
        farm = bench.farm(SCENES)
        ours = farm.render(1)
        farm.drop()
    bench.by_thread = False
    rows = [[kind, *(_seconds(cost.spent, kind) for cost in (stock, ours))] for kind in KINDS]
    rows.append(["together", *(f"{cost.spent.total():.1f}" for cost in (stock, ours))])
    said = "CPU seconds for the mixed set, looked up in /proc ten times a second, by thread.\n"
    return [said, table(["", "stock, in sequence", "chalkfarm, 1 worker"], rows)], []


def _seconds(spent: Counter[str], kind: str) -> str:
    return f"{spent[kind]:.1f}"
