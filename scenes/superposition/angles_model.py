"""Angles and cosines of pairs of vectors. Degrees everywhere a person reads them."""

from __future__ import annotations

import numpy as np


def cosine(degrees: float) -> float:
    """Of an angle in degrees; exactly 0 at 90, where the library's is 6e-17."""
    return 0.0 if degrees == 90 else float(np.cos(np.radians(degrees)))


def pair_of_arrows(length: float, degrees: float) -> np.ndarray:
    """Two plane vectors, one a row: the first to the right, the second turned by `degrees`."""
    turn = np.radians(degrees)
    return length * np.array([[1.0, 0.0], [np.cos(turn), np.sin(turn)]])


def angle_between(u: np.ndarray, v: np.ndarray) -> float:
    """
    In degrees, 0 to 180.

    By the arctangent of half angles (Kahan), since the arccosine of a rounded cosine is off by
    up to 1e-6 degrees near 0 and 180.
    """
    u, v = np.asarray(u, float), np.asarray(v, float)
    a, b = u * np.linalg.norm(v), v * np.linalg.norm(u)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


def gram(rows: np.ndarray) -> np.ndarray:
    """Every dot product of two rows."""
    return rows @ rows.T


def unit_rows(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def closest_lines(rows: np.ndarray) -> float:
    """
    The smallest angle between two of the lines through the rows, in degrees, 0 to 90.

    Lines, not arrows: an arrow and its opposite count as one direction.
    """
    cosines = np.abs(gram(unit_rows(rows)))
    np.fill_diagonal(cosines, 0.0)
    return float(np.degrees(np.arccos(min(1.0, cosines.max()))))
