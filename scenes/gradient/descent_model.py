"""The landscape of two weights that the chapter walks down, its slope, and the walk. Pure."""

from __future__ import annotations

import numpy as np

from scenes.components.descend import descend

START = (2.2, 1.6)
RATE = 0.4
STEPS = 10
"""Taken one at a time."""
ALL_STEPS = 42
"""With those that follow without a stop, into the valley."""


def cost(point: np.ndarray) -> float:
    x, y = point[0], point[1]
    return 0.15 * (x**2 + y**2) + 0.5 * np.sin(1.5 * x) * np.cos(1.2 * y) + 1


def cost_gradient(point: np.ndarray) -> np.ndarray:
    x, y = point[0], point[1]
    return np.array(
        [
            0.3 * x + 0.75 * np.cos(1.5 * x) * np.cos(1.2 * y),
            0.3 * y - 0.6 * np.sin(1.5 * x) * np.sin(1.2 * y),
        ]
    )


def walk(steps: int = STEPS) -> np.ndarray:
    """The start and the point after each step: (steps + 1, 2)."""
    return descend(cost_gradient, np.array(START), RATE, steps)
