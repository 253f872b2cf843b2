"""
The chapter's bakes, as its manifest names them.

`packing` takes a second, `spread` (ten thousand rows, 500 steps, one thread) about ten minutes.
"""

from __future__ import annotations

import sys

import numpy as np

from scenes.superposition.packing_model import pack
from scenes.superposition.plans import PACKING, SPREAD
from scenes.superposition.spread_model import spread_rows


def packing() -> dict[str, np.ndarray]:
    """Every position of every phase, float32: `phase_0` has shape (steps + 1, 4, 3)."""
    return {f"phase_{i}": path.astype(np.float32) for i, path in enumerate(pack(PACKING))}


def spread() -> dict[str, np.ndarray]:
    """The histogram and the closest pair at every look."""
    steps, counts, closest = [], [], []
    for look in spread_rows(SPREAD):
        steps.append(look.step)
        counts.append(look.counts)
        closest.append(look.closest_degrees)
        sys.stderr.write(f"step {look.step}: closest pair {look.closest_degrees:.2f} degrees\n")
    return {"steps": np.array(steps), "counts": np.array(counts), "closest": np.array(closest)}
