"""What the digit does to the network: every layer's activations, and the digit it answers. Pure."""

from __future__ import annotations

import numpy as np

from scenes.gradient.network_model import (
    SHOWN,
    SIZES,
    Network,
    chapter_digit,
    chapter_network,
    forward,
    shown_weights,
)


def shown_activations(network: Network, pixels: np.ndarray) -> list[np.ndarray]:
    """Of the neurons that are drawn, layer after layer."""
    activations = forward(network, pixels)
    return [layer[shown] for layer, shown in zip(activations, SHOWN, strict=True)]


def contributions(network: Network, pixels: np.ndarray) -> list[np.ndarray]:
    """What each drawn edge carries: its weight times the activation it starts from."""
    activations = shown_activations(network, pixels)
    return [
        weights * before
        for weights, before in zip(shown_weights(network), activations[:-1], strict=True)
    ]


def answer(network: Network, pixels: np.ndarray) -> int:
    return int(np.argmax(forward(network, pixels)[-1]))


def circle_of_pixel(index: int) -> int:
    """Which of the drawn input circles a pixel shrinks into: the nearest that stands for it."""
    return index * len(SHOWN[0]) // SIZES[0]


def fixture() -> tuple[Network, np.ndarray]:
    return chapter_network(), chapter_digit()
