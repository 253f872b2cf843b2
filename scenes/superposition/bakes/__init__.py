"""What the scenes of this chapter load of long computations, see making.py for what makes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scenes.components.baked import load_bake

FOLDER = Path(__file__).parent


def load_phases() -> list[np.ndarray]:
    """The paths of `packing`, in order, each (steps + 1, k, 3)."""
    arrays = load_bake("packing", FOLDER / "packing.npz")
    return [arrays[f"phase_{index}"].astype(float) for index in range(len(arrays))]


def load_spread() -> dict[str, np.ndarray]:
    """`steps` (look,), `counts` (look, bin) of pairs by angle, `closest` (look,) in degrees."""
    return load_bake("spread", FOLDER / "spread.npz")
