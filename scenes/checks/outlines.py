"""
Where a mobject lies in the picture: its outline in pixels, as the camera sees it.

The same projection as manimgl's shaders, done with NumPy: no GL context is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manimlib import FRAME_HEIGHT, FRAME_WIDTH, Camera, Mobject, VMobject

SEEN = 0.1
"""Opacity from which something counts as visible."""
SIZE = (854, 480)
"""Pixels of the picture that is judged."""
UNIT = SIZE[1] / FRAME_HEIGHT
"""Pixels a unit, where the camera has not moved."""
LEAST_PIXELS = 1.0
"""Smaller things are not seen: what has shrunk to a point may stay in the scene."""
ALONG = np.linspace(0, 1, 5)
"""Where on each of its curves an outline is sampled."""


@dataclass(frozen=True, slots=True)
class Lens:
    """The camera at one moment."""

    view: np.ndarray
    rescale: np.ndarray
    background: np.ndarray

    @classmethod
    def of(cls, camera: Camera) -> Lens:
        frame = camera.frame
        depth = frame.get_scale() / frame.get_focal_distance()
        return cls(
            view=frame.get_view_matrix().copy(),
            rescale=np.array([2 / FRAME_WIDTH, 2 / FRAME_HEIGHT, depth]),
            background=np.array(camera.background_rgba[:3]),
        )

    def project(self, points: np.ndarray, fixed_in_frame: np.ndarray) -> np.ndarray:
        """Points (n, 3) to pixels (n, 2), right and down from the upper left corner."""
        seen = points @ self.view[:3, :3].T + self.view[:3, 3]
        fixed = fixed_in_frame[:, None]
        places = ((1 - fixed) * seen + fixed * points) * self.rescale
        # Behind the camera there is no place in the picture: far outside will do
        distance = np.maximum(1 - places[:, 2], 1e-6)
        across, up = (places[:, :2] / distance[:, None]).T
        return np.stack([(1 + across) / 2 * SIZE[0], (1 - up) / 2 * SIZE[1]], axis=1)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def corners(self) -> np.ndarray:
        across, down = (self.left, self.right), (self.top, self.bottom)
        return np.array([[x, y] for y in down for x in across])

    def outside(self) -> dict[str, float]:
        """By how many pixels it leaves the picture, at which sides."""
        by = {
            "left": -self.left,
            "top": -self.top,
            "right": self.right - SIZE[0],
            "bottom": self.bottom - SIZE[1],
        }
        return {side: pixels for side, pixels in by.items() if pixels > 0}

    def shared(self, other: Box) -> tuple[float, float]:
        """How wide and high the part is that both have; negative where they are apart."""
        return (
            min(self.right, other.right) - max(self.left, other.left),
            min(self.bottom, other.bottom) - max(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a mobject itself, its parts not counted, can be seen."""

    mobject: Mobject
    pixels: np.ndarray
    """Shape (n, 2): along its curves, or its points."""
    box: Box
    """Around them and the width of their stroke."""


def visible_outlines(mobjects: list[Mobject], lens: Lens) -> list[Outline]:
    """
    In the order given, without those that show nothing: transparent ones, those filled with the
    background's colour, those shrunk to a point.

    All at once: one by one takes ten times as long.
    """
    curved = [i for i, m in enumerate(mobjects) if isinstance(m, VMobject) and len(m.data) > 2]
    plain = [i for i, m in enumerate(mobjects) if not isinstance(m, VMobject) and m.shader_folder]
    samples = [_of_points(mobjects[i], i) for i in plain]
    if curved:
        samples.append(_of_curves([mobjects[i] for i in curved], np.array(curved), lens))
    if not any(len(owner) for owner, _, _ in samples):
        return []
    owner, points, margins = (np.concatenate(part) for part in zip(*samples, strict=True))
    order = np.argsort(owner, kind="stable")
    owner, points, margins = owner[order], points[order], UNIT * margins[order, None]
    fixed = np.array([float(m.uniforms["is_fixed_in_frame"]) for m in mobjects])
    pixels = lens.project(points, fixed[owner])
    owners, starts = np.unique(owner, return_index=True)
    low = np.minimum.reduceat(pixels - margins, starts)
    high = np.maximum.reduceat(pixels + margins, starts)
    spread = np.maximum.reduceat(pixels, starts) - np.minimum.reduceat(pixels, starts)
    return [
        Outline(mobjects[i], along, Box(*corner, *far))
        for i, along, corner, far, size in zip(
            owners, np.split(pixels, starts[1:]), low, high, spread.max(axis=1), strict=True
        )
        if size >= LEAST_PIXELS
    ]


def _of_curves(
    mobjects: list[VMobject], owners: np.ndarray, lens: Lens
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whose, where, and how far around it is drawn: samples of what is stroked or filled."""
    lengths = np.array([len(m.data) for m in mobjects])
    data = np.concatenate([m.data for m in mobjects])
    starts = np.cumsum(lengths) - lengths
    counts = (lengths - 1) // 2
    whose = np.repeat(np.arange(len(mobjects)), counts)
    first = np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)
    first += first - starts[whose]  # The k-th curve has points 2k, 2k + 1 and 2k + 2

    fill = data["fill_rgba"]
    is_painted = (fill[:, 3] > SEEN) & (np.abs(fill[:, :3] - lens.background).max(axis=1) > 0.02)
    is_filled = np.logical_or.reduceat(is_painted, starts)
    widths = np.where(data["stroke_rgba"][:, 3] > SEEN, data["stroke_width"][:, 0], 0.0)
    width = np.maximum.reduce([widths[first], widths[first + 1], widths[first + 2]])
    shown = is_filled[whose] | (width > 0)
    first, whose, width = first[shown], whose[shown], width[shown]

    points = data["point"].astype(float)
    t = ALONG[None, :, None]
    start, handle, stop = (points[first + k][:, None] for k in range(3))
    along = (1 - t) ** 2 * start + 2 * t * (1 - t) * handle + t**2 * stop
    # A stroke is a hundredth of a unit wide for each of its width, half of that on either side
    each = len(ALONG)
    return np.repeat(owners[whose], each), along.reshape(-1, 3), np.repeat(0.005 * width, each)


def _of_points(mobject: Mobject, owner: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Surfaces, clouds of dots, images."""
    data, names = mobject.data, mobject.data.dtype.names
    opacity = np.zeros(len(data))
    if "rgba" in names:
        opacity = data["rgba"][:, 3]
    elif "opacity" in names:
        opacity = data["opacity"][:, 0]
    shown = opacity > SEEN
    radii = data["radius"][:, 0] if "radius" in names else np.zeros(len(data))
    return np.full(shown.sum(), owner), data["point"][shown].astype(float), radii[shown]


def fill_opacity(mobject: Mobject) -> float:
    return float(mobject.data["fill_rgba"][:, 3].max()) if isinstance(mobject, VMobject) else 0.0
