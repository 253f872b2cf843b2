"""
Ten thousand directions in a hundred dimensions: how close to perpendicular all pairs can be.

The rows, and the limits that no arrangement of them can beat. The experiment is `spread_model`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROWS = 10_000
DIMENSIONS = 100
BIN_EDGES = np.arange(50.0, 131.0)
"""Degrees, one bin each."""


def raw_rows(count: int, dimensions: int, seed: int = 0) -> np.ndarray:
    """Normal entries: their directions are drawn evenly from all."""
    return np.random.default_rng(seed).standard_normal((count, dimensions))


def random_rows(count: int, dimensions: int, seed: int = 0) -> np.ndarray:
    """The same, each divided by its length."""
    rows = raw_rows(count, dimensions, seed)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def corner_entries(rows: np.ndarray, shown: tuple[int, int]) -> np.ndarray:
    """
    What a display of `shown` rows and columns has room for, NaN where it shows dots.

    The last row under the dots of the last but one; the dotted column is in the middle.
    """
    high, wide = shown
    half = wide // 2
    corner = np.full(shown, np.nan)
    for here, source in [*((i, i) for i in range(high - 2)), (high - 1, -1)]:
        corner[here, :half] = rows[source, :half]
        corner[here, half + 1 :] = rows[source, -half:]
    return corner


def pair_count(count: int) -> int:
    return count * (count - 1) // 2


def welch_cosine(count: int, dimensions: int) -> float:
    """The least that the largest |cos| can be (Welch 1974), for more vectors than dimensions."""
    return float(np.sqrt((count - dimensions) / (dimensions * (count - 1))))


def welch_degrees(count: int, dimensions: int) -> float:
    """No arrangement keeps its closest two lines further apart than this."""
    return float(np.degrees(np.arccos(welch_cosine(count, dimensions))))


def most_within(tolerance_degrees: float, dimensions: int) -> int:
    """
    The Welch bound turned round: at most so many lines with all pairs within the tolerance of 90.

    d (1 - delta^2) / (1 - d delta^2), while d delta^2 < 1; beyond that the bound says nothing.
    """
    delta = np.cos(np.radians(90 - tolerance_degrees))
    room = 1 - dimensions * delta**2
    if room <= 0:
        raise ValueError(f"{tolerance_degrees} degrees are too many in {dimensions} dimensions")
    return int(dimensions * (1 - delta**2) / room)


def spread_of_random_angles(dimensions: int) -> float:
    """Their standard deviation about 90, in degrees: the cosine's is 1 / sqrt(d)."""
    return float(np.degrees(np.arcsin(1 / np.sqrt(dimensions))))


@dataclass(frozen=True)
class SpreadPlan:
    """One run of the experiment. `looks` are the steps at which all pairs are counted."""

    rows: int = ROWS
    dimensions: int = DIMENSIONS
    seed: int = 0
    steps: int = 500
    lr: float = 0.01
    looks: tuple[int, ...] = (*range(0, 20), *range(20, 60, 4), *range(60, 200, 20), *range(200, 501, 50))  # fmt: skip
