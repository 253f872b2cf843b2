"""
The last scene's arithmetic: a cost that falls in three rounds, and two weights that are wiggled.

Pure. The three falls are an illustration and the scene says so; what a wiggle does to the cost
follows from the gradient's entries, to first order: ΔC ≈ Σ ∂C/∂w_i Δw_i.
"""

from __future__ import annotations

import numpy as np

from scenes.gradient.cost_model import chapter_cost

ROUNDS = 3
FALL_A_ROUND = 0.21
SENSITIVE, INSENSITIVE = 3.2, 0.1
"""Two entries of minus the gradient: raising a weight by d lowers the cost by entry * d."""
NUDGE = 0.25
"""How far a weight is wiggled either way."""
SENSITIVE_EDGE, INSENSITIVE_EDGE = (3, 0), (9, -1)
"""Neuron of the second column, and which of the edges into it; both count what is drawn."""


def costs() -> list[float]:
    """At the start and after each round."""
    start = round(chapter_cost(), 2)
    return [round(start - FALL_A_ROUND * done, 2) for done in range(ROUNDS + 1)]


def smooth_step(t: float) -> float:
    """From 0 to 1, with no speed and no acceleration at either end."""
    return float(t**3 * (10 - 15 * t + 6 * t * t))


def there_and_back(t: float) -> float:
    return smooth_step(2 * t if t < 0.5 else 2 * (1 - t))


def wiggle(t: float) -> float:
    """Two swings to either side while t goes from 0 to 1, swelling and dying away."""
    return there_and_back(t) * float(np.sin(4 * np.pi * t))


def wiggled_weight(t: float) -> float:
    return NUDGE * wiggle(t)


def cost_change(entry: float, t: float) -> float:
    """What the wiggle does to the cost. `entry` is of minus the gradient, hence the minus here."""
    return -entry * wiggled_weight(t)


def importance_ratio() -> int:
    return round(SENSITIVE / INSENSITIVE)
