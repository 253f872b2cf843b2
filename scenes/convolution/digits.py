"""
1797 handwritten digits of 8 x 8 pixels, as they come with scikit-learn (see CREDITS).

`digits.csv.gz` beside this module is their file, unchanged. Imports no manim.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("digits.csv.gz")
SIDE, BRIGHTEST = 8, 16
TRAIN_COUNT = 1297
SPLIT_SEED = 0


@dataclass(frozen=True, slots=True)
class Digits:
    """Pictures and their classes."""

    images: np.ndarray
    """(picture, row, column), standardised."""
    labels: np.ndarray


@dataclass(frozen=True, slots=True)
class DigitSplit:
    train: Digits
    test: Digits
    mean: float
    """Of the training pixels, in shares of the brightest."""
    deviation: float


def read_digits(path: Path = FILE) -> tuple[np.ndarray, np.ndarray]:
    """Brightness 0 to 16, (picture, row, column), and labels, in the order of the file."""
    with gzip.open(path, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=int)
    return table[:, :-1].reshape(-1, SIDE, SIDE), table[:, -1]


@cache
def load_digits() -> DigitSplit:
    images, labels = read_digits()
    order = np.random.RandomState(SPLIT_SEED).permutation(len(images))
    images, labels = images[order] / BRIGHTEST, labels[order]
    mean, deviation = float(images[:TRAIN_COUNT].mean()), float(images[:TRAIN_COUNT].std())
    images = (images - mean) / deviation
    return DigitSplit(
        Digits(images[:TRAIN_COUNT], labels[:TRAIN_COUNT]),
        Digits(images[TRAIN_COUNT:], labels[TRAIN_COUNT:]),
        mean,
        deviation,
    )


def brightness(images: np.ndarray, split: DigitSplit) -> np.ndarray:
    """Standardised pixels back to shares of the brightest, 0 to 1."""
    return images * split.deviation + split.mean
