"""
How many directions fit: exactly perpendicular ones, and nearly perpendicular ones.

Also the shapes of `room.py`: the tilted triad, the diagonals that do not fit, the icosahedron
that stands for "many", the breathing outline.
"""

from __future__ import annotations

import numpy as np

MODEL_DIMENSIONS = 12_288
"""The length of one embedding in a model of the size of GPT-3."""
TOLERANCES = (1, 2, 3, 4, 5)
"""Degrees either side of 90."""


def rotation(axis: np.ndarray, degrees: float) -> np.ndarray:
    """The matrix that turns column vectors about `axis` (Rodrigues)."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn = np.radians(degrees)
    return np.eye(3) + np.sin(turn) * cross + (1 - np.cos(turn)) * cross @ cross


def tilted_triad(about_vertical: float = -10.0, about_horizontal: float = 20.0) -> np.ndarray:
    """
    Three perpendicular unit vectors, one a row, seen a little from above and from the side.

    The second row is the triad's own vertical. The page is the plane of x and y.
    """
    tilt = rotation([1, 0, 0], about_horizontal) @ rotation([0, 1, 0], about_vertical)
    return tilt.T.copy()


def turned(triad: np.ndarray, degrees: float) -> np.ndarray:
    """The triad turned about its own vertical."""
    return triad @ rotation(triad[1], degrees).T


def flexed(triad: np.ndarray, degrees: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Each arrow of the triad turned by its own few degrees about its own axis."""
    return np.stack([rotation(a, d) @ row for row, d, a in zip(triad, degrees, axes, strict=True)])


DIAGONALS = ((0, 1), (0, 2), (1, 2))
"""The pairs of axes that a fourth arrow is squeezed between."""


def diagonal(triad: np.ndarray, pair: tuple[int, int]) -> np.ndarray:
    """The unit vector half way between two of the triad's."""
    between = triad[pair[0]] + triad[pair[1]]
    return between / np.linalg.norm(between)


def icosahedron() -> np.ndarray:
    """Twelve unit vectors to the corners of an icosahedron: the face centres of a dodecahedron."""
    golden = (1 + np.sqrt(5)) / 2
    corners = [
        np.roll([0.0, a, b * golden], shift) for shift in range(3) for a in (1, -1) for b in (1, -1)
    ]
    return np.array(corners) / np.hypot(1, golden)


def guaranteed_directions(dimensions: int, tolerance_degrees: float) -> float:
    """
    A number of directions that certainly fit, every two within the tolerance of 90 degrees.

    Draw n vectors of random signs: by Hoeffding a pair's |cos| passes delta with chance at most
    2 exp(-N delta^2 / 2), and there are fewer than n^2 / 2 pairs. So below exp(N delta^2 / 4)
    the chance that no pair does is not zero. More may fit; fewer cannot be the truth.
    """
    delta = np.cos(np.radians(90 - tolerance_degrees))
    return float(np.exp(dimensions * delta**2 / 4))


def in_words(count: float) -> str:
    """Rounded down to whole numbers, and to two figures from a million on."""
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if count >= size:
            share = count / size
            return f"{share:.0f} {name}" if share >= 10 else f"{share:.1f} {name}"
    return f"{int(count):,}"


def wiggle_degrees(alpha: float, amplitude: float = 5.0, wiggles: int = 9) -> float:
    """A tremble that starts and ends at rest, for alpha from 0 to 1."""
    return float(amplitude * np.sin(np.pi * alpha) * np.sin(wiggles * np.pi * alpha))


def angles_of(rows: np.ndarray) -> list[float]:
    """The different angles between two of the rows, in degrees, to two decimals."""
    first, second = np.triu_indices(len(rows), k=1)
    cosines = np.clip((rows[first] * rows[second]).sum(axis=1), -1, 1)
    return [float(angle) for angle in np.unique(np.degrees(np.arccos(cosines)).round(2))]


def cloud_outline(
    seconds: float, *, width: float, height: float, amplitude: float = 0.05, lobes: int = 6,
    count: int = 120,
) -> np.ndarray:  # fmt: skip
    """The corners of an ellipse that breathes: scaled by 1 + amplitude sin(lobes angle + time)."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    scale = 1 + amplitude * np.sin(lobes * angles + seconds)
    flat = np.zeros_like(angles)
    return np.stack(
        [width / 2 * scale * np.cos(angles), height / 2 * scale * np.sin(angles), flat], axis=1
    )
