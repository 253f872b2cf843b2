"""
The MNIST-1D data set, grown from a seed: forty numbers an example, from ten templates.

The generator of Greydanus (2020) step by step; see CREDITS. Imports no manim.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter

TEMPLATES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)
"""As published, one row for each digit."""

LONG, LENGTH = 72, 40
"""Samples while an example is made, and in the end."""
PUBLISHED_SEED, VALIDATION_SEED = 42, 43
PUBLISHED_COUNT, VALIDATION_COUNT = 5000, 2000
TRAIN_COUNT = 4000
"""Of the published examples; the others are for testing."""


def normalised_templates() -> np.ndarray:
    """Each template starting at zero, with a standard deviation of a sixth."""
    centred = TEMPLATES - TEMPLATES.mean(axis=1, keepdims=True)
    scaled = centred / TEMPLATES.std(axis=1, keepdims=True)
    return (scaled - scaled[:, :1]) / 6


def resampled(signal: np.ndarray, length: int) -> np.ndarray:
    """Linear interpolation at evenly spaced places."""
    old, new = np.linspace(0, 1, len(signal)), np.linspace(0, 1, length)
    return np.interp(new, old, signal)


def grow(template: np.ndarray, rng: np.random.RandomState) -> dict[str, np.ndarray]:
    """
    One example from a normalised template, with the signal after each step, by its name.

    Six draws in this order: padding, scale, shift, correlated noise, noise, shear.
    """
    steps = {}
    padding = 36 + int(rng.rand() * 25)
    steps["pad"] = np.concatenate([template + 1e-8, np.zeros(padding)])
    steps["stretch"] = resampled(steps["pad"], LONG)
    steps["scale"] = steps["stretch"] * (1 + 0.4 * (rng.rand() - 0.5))
    steps["slide"] = np.roll(steps["scale"], rng.choice(48))
    wandering = gaussian_filter(0.25 * rng.randn(LONG), 2)
    steps["wander"] = np.where(steps["slide"] == 0, wandering, steps["slide"])
    steps["noise"] = steps["wander"] + 0.02 * rng.randn(LONG)
    slope = 0.75 * (rng.rand() - 0.5)
    steps["tilt"] = steps["noise"] - slope * np.linspace(-0.5, 0.5, LONG)
    steps["sample"] = resampled(steps["tilt"], LENGTH)
    return steps


@dataclass(frozen=True, slots=True)
class Signals:
    """Examples and their classes."""

    x: np.ndarray
    """(example, 40)"""
    y: np.ndarray


def raw_signals(count: int, seed: int) -> Signals:
    """`count` examples, shuffled, not yet standardised."""
    rng = np.random.RandomState(seed)
    grown = [
        grow(template, rng)["sample"]
        for template in normalised_templates()
        for _ in range(count // len(TEMPLATES))
    ]
    labels = np.repeat(np.arange(len(TEMPLATES)), count // len(TEMPLATES))
    order = rng.permutation(count)
    return Signals(np.array(grown)[order], labels[order])


@dataclass(frozen=True, slots=True)
class Split:
    """What is trained on, what is looked at meanwhile, and what is kept to the end."""

    train: Signals
    validation: Signals
    test: Signals
    mean: float
    """Of the published examples before they were standardised."""
    deviation: float


@cache
def load_split() -> Split:
    """All three sets, grown from the two seeds in about a second."""
    published = raw_signals(PUBLISHED_COUNT, PUBLISHED_SEED)
    other = raw_signals(VALIDATION_COUNT, VALIDATION_SEED)
    mean, deviation = float(published.x.mean()), float(published.x.std())
    x = (published.x - mean) / deviation
    return Split(
        Signals(x[:TRAIN_COUNT], published.y[:TRAIN_COUNT]),
        Signals((other.x - mean) / deviation, other.y),
        Signals(x[TRAIN_COUNT:], published.y[TRAIN_COUNT:]),
        mean,
        deviation,
    )
