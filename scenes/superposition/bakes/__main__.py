"""
Makes the bakes again: `python -m scenes.superposition.bakes [packing] [spread]`.

`packing` takes a second, `spread` (ten thousand rows, 500 steps, one thread) about ten minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from scenes.superposition.bakes import save_bake
from scenes.superposition.packing_model import pack
from scenes.superposition.plans import PACKING, SPREAD
from scenes.superposition.spread_model import spread_rows


def bake_packing() -> Path:
    """Every position of every phase, float32: `phase_0` has shape (steps + 1, 4, 3)."""
    phases = pack(PACKING)
    return save_bake(
        "packing", PACKING, {f"phase_{i}": path.astype(np.float32) for i, path in enumerate(phases)}
    )  # fmt: skip


def bake_spread() -> Path:
    """The histogram and the closest pair at every look."""
    steps, counts, closest = [], [], []
    for look in spread_rows(SPREAD):
        steps.append(look.step)
        counts.append(look.counts)
        closest.append(look.closest_degrees)
        sys.stderr.write(f"step {look.step}: closest pair {look.closest_degrees:.2f} degrees\n")
    return save_bake(
        "spread",
        SPREAD,
        {"steps": np.array(steps), "counts": np.array(counts), "closest": np.array(closest)},
        torch=torch.__version__,
    )


BAKES = {"packing": bake_packing, "spread": bake_spread}


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(BAKES))
    if unknown:
        raise SystemExit(f"no bake is called {', '.join(unknown)}: there are {', '.join(BAKES)}")
    for name in names or BAKES:
        sys.stderr.write(f"{BAKES[name]().name} written\n")


if __name__ == "__main__":
    main(sys.argv[1:])
