"""
Where on the picture a group of curves can leave a mark, never smaller than where it does.

An Outline is taken once from a group's vertices, and gives a Box for each camera. Everything
manimgl's fill and stroke shaders can emit is bounded: fill triangles by their corners, stroke
corners by a distance from the curve that depends on width, antialiasing and joints. What cannot
be bounded (points behind the camera, curves seen end on, zero-length tangents, which the shaders
turn into NaN) has no Box, and is drawn as if it covered everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.engine.reach import Curves, stroke_reach

Array = np.ndarray[Any, Any]

MARGIN = 2
"""Pixels added on each side, for what rounding in the shaders' float32 can move."""
ROUNDING = 4e-6
"""Relative error of a projected coordinate, some sixty times float32's epsilon."""
NEAREST = 0.02
"""Least w of a corner, in units of the focal distance; nearer ones have no Box."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from (x0, y0) up to (x1, y1), bottom row first. May be empty."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def scissor(self) -> tuple[int, int, int, int]:
        return (self.x0, self.y0, self.width, self.height)

    def join(self, other: Box) -> Box:
        """The smallest Box around both; an empty one adds nothing."""
        if not self.area:
            return other
        if not other.area:
            return self
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def meet(self, other: Box) -> Box:
        """What lies in both."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Box(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def grown(self, pixels: int) -> Box:
        return Box(self.x0 - pixels, self.y0 - pixels, self.x1 + pixels, self.y1 + pixels)


NOTHING = Box(0, 0, 0, 0)


class View:
    """A camera as the shaders have it: projects points for one set of uniforms."""

    def __init__(
        self, uniforms: Mapping[str, Any], camera: Mapping[str, Any], size: tuple[int, int]
    ) -> None:
        fixed = float(uniforms.get("is_fixed_in_frame", 0.0))
        view = np.asarray(camera["view"], dtype=np.float64).reshape(4, 4).T
        mixed = view + fixed * (np.eye(4) - view)
        scales = np.asarray(camera["frame_rescale_factors"], dtype=np.float64)
        self._linear = mixed[:3, :3] * scales[:, None]
        self._shift = mixed[:3, 3] * scales
        self._size = size
        self.eye = np.asarray(camera["camera_position"], dtype=np.float64)
        self.zoom = float(camera["frame_scale"])
        self.pixel = float(camera["pixel_size"])
        self.flat = bool(uniforms.get("flat_stroke", 0.0)) or bool(fixed)
        self.joints = uniforms.get("joint_type", 1)
        self.antialias = max(abs(float(uniforms.get("anti_alias_width", 1.5))) * self.pixel, 1e-8)
        thin = float(uniforms.get("scale_stroke_with_zoom", 0.0))
        self.thickness = 0.01 * abs(self.zoom + thin * (1 - self.zoom))
        """Length a stroke width of 1 has. manimlib's STROKE_WIDTH_CONVERSION."""

    def box(self, low: Array, high: Array) -> Box | None:
        """Around the projection of all points between two corners; None when it has no bound."""
        corners = np.array(
            [
                (x, y, z)
                for x in (low[0], high[0])
                for y in (low[1], high[1])
                for z in (low[2], high[2])
            ]
        )
        projected = corners @ self._linear.T + self._shift
        slack = ROUNDING * (np.abs(corners) @ np.abs(self._linear.T) + np.abs(self._shift))
        depth = 1.0 - projected[:, 2]
        nearest = depth - slack[:, 2]
        if not (np.isfinite(projected).all() and nearest.min() > NEAREST):
            return None
        sides = []
        for axis, pixels in enumerate(self._size):
            ends = projected[:, axis, None] + slack[:, axis, None] * (-1.0, 1.0)
            at = np.concatenate([ends / nearest[:, None], ends / (depth + slack[:, 2])[:, None]])
            inside = np.clip((at + 1.0) * (pixels / 2), -1.0, pixels + 1.0)
            sides.append(
                (
                    max(0, int(np.floor(inside.min())) - MARGIN),
                    min(pixels, int(np.ceil(inside.max())) + MARGIN),
                )
            )
        (x0, x1), (y0, y1) = sides
        return Box(x0, y0, max(x0, x1), max(y0, y1))


class Outline:
    """What of a group of curves can be drawn, and where. Lives as long as its vertices."""

    def __init__(self, vertices: Array) -> None:
        fill, stroke = vertices["fill_rgba"][:, 3], vertices["stroke_rgba"][:, 3]
        widths, borders = vertices["stroke_width"][:, 0], vertices["fill_border_width"][:, 0]
        self.has_fill = bool(fill.any())
        self.has_border = self.has_fill and bool(borders.any())
        self.has_stroke = bool(stroke.any()) and bool(widths.any())
        self._width = float(np.abs(widths).max()) if self.has_stroke else 0.0
        self._border = float(np.abs(borders).max()) if self.has_border else 0.0
        points, bases = vertices["point"], vertices["base_normal"][::3]
        self._low = np.minimum(points.min(axis=0), bases.min(axis=0)).astype(np.float64)
        self._high = np.maximum(points.max(axis=0), bases.max(axis=0)).astype(np.float64)
        self._vertices = vertices
        self._curves: Curves | None = None

    @property
    def is_visible(self) -> bool:
        return self.has_fill or self.has_stroke

    def fill_box(self, view: View) -> Box | None:
        """Around the fill and its border."""
        if not self.has_fill:
            return NOTHING
        return self._box(view, self._border if self.has_border else None)

    def stroke_box(self, view: View) -> Box | None:
        if not self.has_stroke:
            return NOTHING
        return self._box(view, self._width)

    def box(self, view: View) -> Box | None:
        """Around everything the group draws."""
        fill, stroke = self.fill_box(view), self.stroke_box(view)
        return None if fill is None or stroke is None else fill.join(stroke)

    def _box(self, view: View, width: float | None) -> Box | None:
        low, high = self._low, self._high
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            return None
        if width is not None:
            if self._curves is None:
                self._curves = Curves(self._vertices)
            steps = stroke_reach(self._curves, view.eye, flat=view.flat, joints=view.joints)
            if steps is None:
                return None
            reach = 0.5 * (width * view.thickness + view.antialias) * steps
            low, high = low - reach, high + reach
        return view.box(low, high)


def solid_box(view: View, points: Array, radius: Array | None) -> Box | None:
    """Around points drawn as they are, or as discs of a radius that face the camera."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None
    if radius is not None:
        # A disc is drawn as a square, whose corners are farther out
        reach = np.sqrt(2.0) * float(np.abs(radius).max()) * (1 + ROUNDING)
        if not np.isfinite(reach) or _is_along_upright(low, high, view.eye):
            return None
        low, high = low - reach, high + reach
    return view.box(low, high)


def _is_along_upright(low: Array, high: Array, eye: Array) -> bool:
    """
    Whether a point may lie on the line through the camera along (0, 1, 1).

    The true_dot shader takes its right hand from a cross product with that vector.
    """
    low, high = low - eye - 1e-3, high - eye + 1e-3
    start, stop = max(low[1], low[2]), min(high[1], high[2])
    return bool(low[0] <= 0 <= high[0] and start <= stop)
