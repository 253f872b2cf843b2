"""
Directions that push one another apart: a loss on their dot products, followed downhill by Adam.

Pure NumPy in float64, a fixed number of steps per second of film, so that the result depends on
neither the frame rate nor the machine's threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.superposition.angles_model import closest_lines

KNOWN_OPTIMA = {
    3: 90.0,
    4: float(np.degrees(np.arccos(1 / 3))),
    6: float(np.degrees(np.arccos(1 / np.sqrt(5)))),
    7: float(np.degrees(np.arccos(1 / np.sqrt(3)))),
}
"""
The widest possible closest angle between k lines in space, in degrees: the axes, the diagonals
of a cube, the six axes of an icosahedron, cube diagonals and axes together (Fejes Toth 1965).
"""


def power_loss(V: np.ndarray, power: int = 6) -> float:
    """Sum of D^power over all pairs, plus k times the squared error of each length; D = VV' - I."""
    D = V @ V.T - np.eye(len(V))
    return float((D**power).sum() + len(V) * (np.diag(D) ** 2).sum())


def power_gradient(V: np.ndarray, power: int = 6) -> np.ndarray:
    """2 A V, where A = power D^(power-1) + 2 k diag(D)."""
    D = V @ V.T - np.eye(len(V))
    A = power * D ** (power - 1) + 2 * len(V) * np.diag(np.diag(D))
    return 2 * A @ V


def forgiving_loss(V: np.ndarray, slack: float = 0.01) -> float:
    """
    The other choice: dot products below `slack` are free, the rest count linearly.

    Not the one to pack with: where the power loss bends every pair a little, a linear one finds
    it cheaper to fold two arrows together.
    """
    D = V @ V.T - np.eye(len(V))
    return float(np.maximum(np.abs(D) - slack, 0).sum() + len(V) * (np.diag(D) ** 2).sum())


def forgiving_gradient(V: np.ndarray, slack: float = 0.01) -> np.ndarray:
    D = V @ V.T - np.eye(len(V))
    A = np.sign(D) * (np.abs(D) > slack) + 2 * len(V) * np.diag(np.diag(D))
    return 2 * A @ V


def optimise_directions(
    V0: np.ndarray, *, steps: int, power: int = 6, lr: float = 0.01, forgiving: bool = False
) -> np.ndarray:
    """
    Every position on the way, shape (steps + 1, k, dimensions); the first is `V0`.

    Adam with its usual 0.9, 0.999 and 1e-8, started afresh. Lengths are not renormalised: the
    penalty holds them near 1. `forgiving` takes the linear loss and leaves `power` unused.
    """
    V = np.array(V0, dtype=float)
    mean, square = np.zeros_like(V), np.zeros_like(V)
    path = [V.copy()]
    for step in range(1, steps + 1):
        gradient = forgiving_gradient(V) if forgiving else power_gradient(V, power)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        V = V - lr * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        path.append(V.copy())
    return np.array(path)


@dataclass(frozen=True)
class PackingPlan:
    """One film of directions: what joins when, and for how long all of them move."""

    seed: int = 0
    power: int = 6
    lr: float = 0.01
    steps_per_second: int = 30
    newcomers: int = 10
    first_phase_seconds: float = 3.0
    longer_by_seconds: float = 0.5
    """Each phase than the one before: a crowd takes longer to settle."""

    def phase_seconds(self, phase: int) -> float:
        return self.first_phase_seconds + self.longer_by_seconds * phase

    def phase_steps(self, phase: int) -> int:
        return round(self.phase_seconds(phase) * self.steps_per_second)


def pack(plan: PackingPlan) -> list[np.ndarray]:
    """
    One path per newcomer, each (steps + 1, k, 3) with k = 4, 5, …, the newcomer last.

    The three axes are there from the start and move like all the others.
    """
    rng = np.random.default_rng(plan.seed)
    V = np.eye(3)
    phases = []
    for phase in range(plan.newcomers):
        newcomer = rng.uniform(-1, 1, 3)
        V = np.vstack([V, newcomer / np.linalg.norm(newcomer)])
        path = optimise_directions(
            V, steps=plan.phase_steps(phase), power=plan.power, lr=plan.lr
        )  # fmt: skip
        phases.append(path)
        V = path[-1]
    return phases


def settled_angles(phases: list[np.ndarray]) -> list[float]:
    """The closest pair at the end of each phase, in degrees."""
    return [closest_lines(path[-1]) for path in phases]


def settled_losses(phases: list[np.ndarray], power: int = 6) -> list[float]:
    return [power_loss(path[-1], power) for path in phases]


def solid_edges(rows: np.ndarray, widest: float = 75.0) -> np.ndarray:
    """
    The segments between neighbouring ends of the rows and their opposites: (edges, 2, 3).

    Two ends are neighbours when less than `widest` degrees apart. For the six axes of an
    icosahedron, where neighbours are 63.4 and others 116.6 degrees apart, these are its 30 edges.
    """
    ends = np.vstack([rows, -rows])
    unit = ends / np.linalg.norm(ends, axis=1, keepdims=True)
    near = np.triu(unit @ unit.T > np.cos(np.radians(widest)), k=1)
    return np.stack([ends[near.nonzero()[0]], ends[near.nonzero()[1]]], axis=1)
