"""
What the miniatures of the plan show: a small network's answer, a walk downhill, a chain of steps.

Pure.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scenes.components.descend import descend
from scenes.gradient.network_model import sigmoid

NETWORK_SIZES = (5, 6, 6, 3)
SLOPE_START, SLOPE_RATE, SLOPE_STEPS = -2.7, 0.5, 7


def small_network(rng: np.random.Generator) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights of a network of NETWORK_SIZES, and the activations that a random input gives."""
    weights = [rng.standard_normal((n_out, n_in)) for n_in, n_out in pairwise(NETWORK_SIZES)]
    activations = [rng.uniform(0, 1, NETWORK_SIZES[0])]
    for matrix in weights:
        activations.append(sigmoid(1.5 * matrix @ activations[-1]))
    return weights, activations


def hill(x: np.ndarray) -> np.ndarray:
    return 0.22 * x**2 + 0.25 * np.sin(1.8 * x + 1.2)


def hill_slope(x: np.ndarray) -> np.ndarray:
    return 0.44 * x + 0.45 * np.cos(1.8 * x + 1.2)


def walk_down_the_hill() -> np.ndarray:
    """Places after 0, 1, 2, … steps of gradient descent."""
    return descend(hill_slope, np.array([SLOPE_START]), SLOPE_RATE, SLOPE_STEPS)[:, 0]
