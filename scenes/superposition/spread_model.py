"""
The experiment on ten thousand rows: the closest pushed apart by Adam, and all pairs counted.

In torch, on one thread and in float32; worked through in blocks of rows, so that the
10,000 x 10,000 table of cosines is never held. Only the bakes run it: the scenes load its looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from scenes.superposition.stack_model import BIN_EDGES, SpreadPlan, random_rows

BLOCK_ROWS = 500


@dataclass(frozen=True)
class Look:
    """All pairs of rows at one step."""

    step: int
    counts: np.ndarray
    """Pairs in each bin of BIN_EDGES, by the angle between the arrows."""
    closest_degrees: float
    """Of the lines through the rows."""


def spread_rows(plan: SpreadPlan) -> Iterator[Look]:
    """Follows the power loss of `packing_model` (power 6) down by Adam; a look at a time."""
    torch.set_num_threads(1)
    V = torch.from_numpy(random_rows(plan.rows, plan.dimensions, plan.seed))
    mean, square = torch.zeros_like(V), torch.zeros_like(V)
    for step in range(plan.steps + 1):
        if step in plan.looks:
            yield look_at(V, step)
        gradient = _gradient(V)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        t = step + 1
        V = V - plan.lr * (mean / (1 - 0.9**t)) / ((square / (1 - 0.999**t)).sqrt() + 1e-8)


def _gradient(V: torch.Tensor) -> torch.Tensor:
    result = torch.empty_like(V)
    for first in range(0, len(V), BLOCK_ROWS):
        block = V[first : first + BLOCK_ROWS]
        here = torch.arange(len(block))
        D = block @ V.T
        D[here, first + here] -= 1
        length_error = D[here, first + here].clone()
        fourth = D.square().square_()
        A = D.mul_(fourth).mul_(6)
        A[here, first + here] += 2 * len(V) * length_error
        result[first : first + BLOCK_ROWS] = 2 * A @ V
    return result


def look_at(V: torch.Tensor, step: int = 0) -> Look:
    """Counts every pair once: each row against the rows after it."""
    U = V / V.norm(dim=1, keepdim=True)
    counts = np.zeros(len(BIN_EDGES) - 1, dtype=np.int64)
    largest = 0.0
    for first in range(0, len(U), BLOCK_ROWS):
        block = U[first : first + BLOCK_ROWS]
        cosines = block @ U[first:].T
        later = torch.ones_like(cosines, dtype=torch.bool).triu(diagonal=1)
        values = cosines[later].clamp(-1, 1)
        if len(values):
            largest = max(largest, float(values.abs().max()))
        angles = values.acos().rad2deg()
        counts += np.histogram(angles.numpy(), BIN_EDGES)[0]
    return Look(step, counts, float(np.degrees(np.arccos(largest))))
