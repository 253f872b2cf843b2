"""
Chalkfarm against stock manimgl, on this machine, by turns: `python -m benchmarks`, or `make bench`.

Each part can be run alone, `--only edit --resolution 1080p`. Prints tables and writes them to
benchmarks/RESULTS.md, in place of that part's last ones, each with the command that makes it and
with goals held against what was found.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import growing, mixed, spent
from benchmarks.contenders import CORES, HERE, Bench
from benchmarks.page import Goal, machine, section, table, with_sections

SIZES = {"480p": (854, 480), "1080p": (1920, 1080)}
HEAD = f"""# Measured against stock manimgl

Written by `python -m benchmarks`. Formulas are set before anything is measured, for all contenders.
Chalkfarm is started for every figure by its command line, and draws on up to {CORES} workers. Ratios
are of wall time, unless they say otherwise.
"""
Part = Callable[[Bench, int], tuple[list[str], list[Goal]]]
PARTS: dict[str, tuple[str, Part]] = {
    "mixed": ("A mixed set of scenes", mixed.measure),
    "edit": ("One animation edited in a chapter of ten minutes", growing.edit),
    "long": ("One long scene on several workers", growing.long),
    "length": ("How cost grows with a scene's length", growing.length),
    "scenes": ("How cost grows with the number of scenes", growing.scenes),
    "spent": ("What CPU time is spent on", spent.measure),
}
ONLY_AT = {"edit": "1080p", "long": "1080p", "length": "480p", "scenes": "480p", "spent": "1080p"}
"""Measured at one size, if none is asked for."""


def main() -> None:
    """Measures what was asked for, and writes the page after each part."""
    options = _options()
    print(machine(), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="chalkfarm-bench-", dir=options.scratch))
    try:
        for resolution, size in SIZES.items():
            wanted = [n for n in options.only or PARTS if _is_wanted(n, resolution, options)]
            bench = Bench(folder / resolution, size) if wanted else None
            for name in wanted:
                assert bench is not None
                text = _measured(name, resolution, bench, options.rounds)
                print(text, flush=True)
                _write(options.output, text)
    finally:
        shutil.rmtree(folder)


def _measured(name: str, resolution: str, bench: Bench, rounds: int) -> str:
    title, part = PARTS[name]
    parts, goals = part(bench, rounds)
    command = f"python -m benchmarks --only {name} --resolution {resolution} --rounds {rounds}"
    if goals:
        parts.append(table(["goal", "asked", "found", "reached"], [goal.row() for goal in goals]))
    return section(f"{title}, {resolution}", command, rounds, [f"{part}\n" for part in parts])


def _write(path: Path, text: str) -> None:
    """Other parts, measured before, stay."""
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    head = f"{HEAD}\n{machine()}\n"
    path.write_text(with_sections(page, head, [text]), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; all otherwise")
    parser.add_argument("--resolution", action="append", choices=SIZES, help="all otherwise")
    parser.add_argument("--rounds", type=int, default=3, help="the median is of so many (3)")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--scratch", type=Path, help="a folder with 4 GB of room; /tmp otherwise")
    return parser.parse_args()


def _is_wanted(name: str, resolution: str, options: argparse.Namespace) -> bool:
    if options.resolution:
        return resolution in options.resolution
    return ONLY_AT.get(name, resolution) == resolution


if __name__ == "__main__":
    main()
