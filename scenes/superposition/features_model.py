"""
Words as patterns over sixteen neurons: one neuron a word at first, then a chord a word.

A chord is drawn once for its word and never again: the same word has the same chord.
"""

from __future__ import annotations

import numpy as np

from scenes.superposition.angles_model import gram, unit_rows

INPUTS, NEURONS = 8, 16

WORDS_ALONE = (
    "Ladder", "Sarcasm", "Short wave", "Modest", "Envelope", "Opaque", "Distance", "Mozart",
    "Window", "Rowing", "Marie Curie", "Genuine", "Medical", "Cheerful", "Xerox",
)  # fmt: skip
"""Each with a neuron of its own, from the top."""
WORDS_IN_CHORDS = (
    "Bolivia", "Lantern", "Spinoza", "Jazz", "Gentle", "Compass", "Fencing", "Babylon", "Vague",
    "Loudness", "Hannibal", "Clever",
)  # fmt: skip
RETURNING = "Jazz"
"""The word that comes twice."""

BRIGHTEST = 1.8
"""The size of an entry that is drawn fully bright."""


def alone(index: int) -> np.ndarray:
    """One neuron of the sixteen."""
    return np.eye(NEURONS)[index]


def chords(seed: int = 0) -> dict[str, np.ndarray]:
    """For the last word that stood alone and for all that come after it, normal entries."""
    names = (WORDS_ALONE[-1], *WORDS_IN_CHORDS)
    rows = np.random.default_rng(seed).standard_normal((len(names), NEURONS))
    return dict(zip(names, rows, strict=True))


def brightness(pattern: np.ndarray) -> np.ndarray:
    """Opacities: the size of each entry, whatever its sign."""
    return np.clip(np.abs(pattern) / BRIGHTEST, 0, 1)


def mean_overlap(rows: np.ndarray) -> float:
    """The mean of |cos| over all pairs of rows."""
    cosines = np.abs(gram(unit_rows(rows)))
    first, second = np.triu_indices(len(rows), k=1)
    return float(cosines[first, second].mean())


def expected_overlap(dimensions: int) -> float:
    """
    Of random directions, for many dimensions: the mean size of a normal variable of variance 1/d.
    """
    return float(np.sqrt(2 / (np.pi * dimensions)))
