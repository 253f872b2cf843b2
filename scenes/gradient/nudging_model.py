"""
The numbers of the two scenes about nudging: entries of a gradient, and how they and the edges drift.

Pure. The entries and their drifts are an illustration, drawn from seeds: no network was trained
here, and the scenes say so. What follows from them (signs, colours, sums, swings) is computed.
"""

from __future__ import annotations

import numpy as np

ENTRY_SEED = 3
DRIFT = 0.1
"""The most by which an entry changes when the gradient is measured again."""
EDGE_STEP = 0.2
"""Of the way to its target that an edge goes in one round."""
WIDEST = 3.0
"""Stroke width of the widest edge. Edges carry theirs with the sign of their weight."""


def start_entries(count: int, seed: int = ENTRY_SEED) -> np.ndarray:
    """Entries of minus the gradient, uniform in [-2, 2]."""
    return 4 * (np.random.RandomState(seed).random_sample(count) - 0.5)


def drifted(entries: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return entries + rng.uniform(-DRIFT, DRIFT, len(entries))


def nudged(widths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Signed widths after one round: part of the way to targets uniform in ±WIDEST."""
    return widths + EDGE_STEP * (rng.uniform(-WIDEST, WIDEST, widths.shape) - widths)
