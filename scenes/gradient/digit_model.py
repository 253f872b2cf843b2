"""
Digits drawn by a formula: pen strokes, and the 28 by 28 picture a pen of some width leaves.

Pure. Strokes are polylines in the unit square, y upwards; pictures are indexed row, column from
the top left, each pixel in [0, 1]. No picture is loaded from anywhere.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

SIDE = 28
"""Pixels."""
PEN = 0.045
"""Half the pen's width, in sides of the picture."""
BLUR = 0.6
"""Standard deviation, pixels."""

Stroke = np.ndarray
"""Points of a polyline: (points, 2)."""


def arc(
    center: tuple[float, float], radii: tuple[float, float], start: float, stop: float
) -> Stroke:
    """Part of an ellipse, angles in degrees."""
    angles = np.radians(np.linspace(start, stop, 24))
    return np.array(center) + np.array(radii) * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def line(*points: tuple[float, float]) -> Stroke:
    return np.array(points, dtype=float)


DIGITS: dict[int, tuple[Stroke, ...]] = {
    0: (arc((0.5, 0.5), (0.22, 0.34), 90, 450),),
    1: (line((0.37, 0.72), (0.53, 0.85), (0.53, 0.15)),),
    2: (np.vstack([arc((0.49, 0.65), (0.21, 0.2), 165, -38), line((0.28, 0.15), (0.74, 0.15))]),),
    3: (
        np.vstack(
            [arc((0.46, 0.68), (0.2, 0.17), 150, -80), arc((0.46, 0.33), (0.24, 0.19), 82, -150)]
        ),
    ),
    4: (line((0.62, 0.15), (0.62, 0.85), (0.25, 0.36), (0.77, 0.36)),),
    5: (
        np.vstack(
            [
                line((0.71, 0.85), (0.36, 0.85), (0.33, 0.55)),
                arc((0.48, 0.37), (0.23, 0.22), 125, -150),
            ]
        ),
    ),
    6: (
        np.vstack(
            [arc((0.72, 0.36), (0.43, 0.5), 105, 180), arc((0.5, 0.34), (0.21, 0.19), 180, -180)]
        ),
    ),
    7: (line((0.26, 0.85), (0.74, 0.85), (0.43, 0.15)),),
    8: (arc((0.5, 0.68), (0.17, 0.17), -90, 270), arc((0.5, 0.33), (0.22, 0.18), 90, 450)),
    9: (np.vstack([arc((0.49, 0.65), (0.2, 0.19), 0, 360), line((0.69, 0.65), (0.62, 0.15))]),),
}


def written(digit: int, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """The digit as some hand would write it: turned, slanted, stretched and moved a little."""
    turn, slant = rng.uniform(-0.15, 0.15), rng.uniform(-0.2, 0.2)
    stretch = rng.uniform(0.82, 1.02, 2)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    change = rotation @ np.array([[1, slant], [0, 1]]) @ np.diag(stretch)
    moved = 0.5 + rng.uniform(-0.04, 0.04, 2)
    return tuple((stroke - 0.5) @ change.T + moved for stroke in DIGITS[digit])


def picture(strokes: tuple[Stroke, ...], pen: float = PEN) -> np.ndarray:
    """The strokes as 28 by 28 pixels: full within the pen, fading out over its edge."""
    centers = (np.arange(SIDE) + 0.5) / SIDE
    grid = np.stack(np.meshgrid(centers, centers[::-1]), axis=-1).reshape(-1, 2)
    nearest = np.min([distance_to_polyline(grid, stroke) for stroke in strokes], axis=0)
    sharp = np.clip((pen - nearest) * SIDE + 0.5, 0, 1).reshape(SIDE, SIDE)
    return np.clip(1.15 * gaussian_filter(sharp, BLUR), 0, 1)


def distance_to_polyline(points: np.ndarray, stroke: Stroke) -> np.ndarray:
    """From each point to the nearest place on the stroke."""
    starts, steps = stroke[:-1], np.diff(stroke, axis=0)
    lengths = np.maximum((steps**2).sum(axis=1), 1e-12)
    offsets = points[:, None] - starts
    along = np.clip((offsets * steps).sum(axis=2) / lengths, 0, 1)
    return np.linalg.norm(offsets - along[..., None] * steps, axis=2).min(axis=1)
