"""
What the scenes of this chapter load of trained networks.

Plans and loading are here and need no torch; the training is in making.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenes.components.baked import load_bake

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SignalPlan:
    """Networks on MNIST-1D."""

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    """Of the convolutional networks; the first is the one that is looked into."""
    mlp_seed: int = 1
    shuffle_seed: int = 0
    """Of the one permutation of the forty places."""
    epochs: int = 50
    shown: int = 15
    """Which validation signal is slid along."""
    shifts: tuple[int, ...] = tuple(range(0, 17))
    """By how many places it is slid."""


@dataclass(frozen=True, slots=True)
class DigitPlan:
    """Networks on handwritten digits."""

    seed: int = 1
    shuffle_seed: int = 0
    epochs: int = 30
    shown: int = 10
    """Which test picture is looked at inside the network."""
    shifts: tuple[int, ...] = (-2, -1, 0, 1, 2)
    """By how many pixels test pictures are rolled to the right."""


SIGNALS, DIGITS = SignalPlan(), DigitPlan()


def load_cnn1d() -> dict[str, np.ndarray]:
    """
    Curves are (epoch, [train, validation]) errors in per cent.

    `cnn` (seed, epoch, 2), `mlp`, `shuffled_cnn`, `shuffled_mlp`; `cnn_test` error on the sealed
    set; `slid` (shift, 40) a signal and `features` (shift, 15, 19) what the first layer answers;
    `layer_1` (15, 19), `layer_2`, `layer_3` and `probabilities` (10,) of the signal as it is.
    """
    return load_bake("cnn1d", FOLDER / "cnn1d.npz")


def load_digit_runs() -> dict[str, np.ndarray]:
    """
    Curves are (epoch, [accuracy in per cent, loss]) on the test set.

    `cnn`, `mlp`, `shuffled_cnn`, `shuffled_mlp`; `rolled` (net, shift) accuracies; `kernels`
    (10, 3, 3); of the picture shown `maps` (10, 8, 8), `pooled` (10, 4, 4), `deep` (20, 4, 4),
    `last` (20, 2, 2); `log_probabilities` (picture, class) of all test pictures.
    """
    return load_bake("digits", FOLDER / "digits.npz")
