"""
The chapter's network: 784 pixels in, two layers of 16, ten digits out, and not trained at all.

Pure. Weights are standard normal from a seed; the last biases are set so that the chapter's digit
gives the outputs that the chapter calculates with: what scene after scene shows is one network.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scenes.gradient.digit_model import DIGITS, SIDE, picture

SIZES = (SIDE * SIDE, 16, 16, 10)
PARAMETERS = sum(n_out * n_in + n_out for n_in, n_out in pairwise(SIZES))
"""Weights and biases together."""
SEED = 3
DIGIT = 3
"""The digit that runs through the chapter."""
OUTPUTS = np.array([0.66, 0.61, 0.77, 0.48, 0.07, 0.90, 0.22, 0.55, 0.31, 0.74])
"""What the network makes of it."""

MOST_SHOWN = 16
"""Circles drawn of a layer."""


@dataclass(frozen=True)
class Network:
    weights: tuple[np.ndarray, ...]
    """Of shape (neurons of the layer, neurons of the layer before)."""
    biases: tuple[np.ndarray, ...]

    @property
    def parameter_count(self) -> int:
        return sum(part.size for part in (*self.weights, *self.biases))


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def forward(network: Network, pixels: np.ndarray) -> list[np.ndarray]:
    """The activations of every layer, the pixels themselves first."""
    activations = [np.ravel(pixels)]
    for weights, biases in zip(network.weights, network.biases, strict=True):
        activations.append(sigmoid(weights @ activations[-1] + biases))
    return activations


def chapter_digit() -> np.ndarray:
    """The picture that the chapter shows the network."""
    return picture(DIGITS[DIGIT])


def chapter_network(seed: int = SEED) -> Network:
    rng = np.random.default_rng(seed)
    weights = tuple(rng.standard_normal((n_out, n_in)) for n_in, n_out in pairwise(SIZES))
    hidden = tuple(rng.standard_normal(size) for size in SIZES[1:-1])
    before_last = forward(Network(weights[:-1], hidden), chapter_digit())[-1]
    last = np.log(OUTPUTS / (1 - OUTPUTS)) - weights[-1] @ before_last
    return Network(weights, (*hidden, last))


def shown_neurons(size: int, most: int = MOST_SHOWN) -> np.ndarray:
    """Which neurons of a layer are drawn: all, or `most` of them spread evenly."""
    if size <= most:
        return np.arange(size)
    return ((np.arange(most) + 0.5) * size / most).astype(int)


SHOWN = tuple(shown_neurons(size) for size in SIZES)


def shown_weights(network: Network) -> list[np.ndarray]:
    """The weights between drawn neurons, one matrix for each two neighbouring layers."""
    return [
        weights[np.ix_(after, before)]
        for weights, (before, after) in zip(network.weights, pairwise(SHOWN), strict=True)
    ]
