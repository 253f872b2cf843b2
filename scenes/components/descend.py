"""Gradient descent on a function of few numbers. Pure: points in, points out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def descend(
    grad: Callable[[np.ndarray], np.ndarray], start: np.ndarray, rate: float, steps: int
) -> np.ndarray:
    """The start and the point after each step `p -> p - rate * grad(p)`: (steps + 1, dimensions)."""
    points = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        points.append(points[-1] - rate * np.asarray(grad(points[-1])))
    return np.array(points)
