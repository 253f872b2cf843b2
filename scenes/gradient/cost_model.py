"""
What the cost of one example is, and the average of many.

Pure. Every example is a digit that was written by a formula and shown to the chapter's network, so
that the costs on the screen are that network's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.gradient.digit_model import DIGITS, Stroke, picture, written
from scenes.gradient.network_model import DIGIT, OUTPUTS, chapter_network, forward

EXAMPLES = 24
EXAMPLE_SEED = 5


@dataclass(frozen=True)
class Example:
    digit: int
    strokes: tuple[Stroke, ...]
    cost: float


def target(digit: int) -> np.ndarray:
    """What should have come out: one at the digit, zero elsewhere."""
    return np.eye(10)[digit]


def squares(outputs: np.ndarray, digit: int) -> np.ndarray:
    return (outputs - target(digit)) ** 2


def cost(outputs: np.ndarray, digit: int) -> float:
    return float(squares(outputs, digit).sum())


def chapter_cost() -> float:
    """Of the chapter's digit: the cost that the later scenes start from."""
    return cost(OUTPUTS, DIGIT)


def examples(count: int = EXAMPLES, seed: int = EXAMPLE_SEED) -> list[Example]:
    """The chapter's digit first, then others in different hands, with the network's cost for each."""
    rng = np.random.default_rng(seed)
    network = chapter_network()
    shown = [(DIGIT, DIGITS[DIGIT])]
    while len(shown) < count:
        digit = int(rng.integers(10))
        shown.append((digit, written(digit, rng)))
    return [
        Example(digit, strokes, cost(forward(network, picture(strokes))[-1], digit))
        for digit, strokes in shown
    ]


def average_cost(shown: list[Example]) -> float:
    """Of the costs as they are printed, to two places: what a viewer would get who added them."""
    return float(np.mean([round(example.cost, 2) for example in shown]))
