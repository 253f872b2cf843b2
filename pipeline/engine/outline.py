"""
What of a group of curves, or of a solid, can leave a mark on the picture, and where.

An Outline is taken once from vertices, and asked for each camera. It knows what manimgl's fill and
stroke shaders do with a curve: three vertices in a row, the handle in the middle, and in
`base_normal` first the point its path's fill fans out from, then the normal of its plane.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.engine.bounds import View, whole_pixels
from pipeline.engine.boxes import NOTHING, Box, cover
from pipeline.engine.reach import least_facing

Array = np.ndarray[Any, Any]

LOOK_PIXELS = 12
"""A Box of fewer for each vertex is not looked into: that would cost what it can save."""


class Outline:
    """Lives as long as the vertices it was taken from."""

    def __init__(self, vertices: Array) -> None:
        fill, stroke = vertices["fill_rgba"][:, 3], vertices["stroke_rgba"][:, 3]
        widths, borders = vertices["stroke_width"][:, 0], vertices["fill_border_width"][:, 0]
        self.has_fill = bool(fill.any())
        self.has_border = self.has_fill and bool(borders.any())
        self.has_stroke = bool(stroke.any()) and bool(widths.any())
        self._width = float(np.abs(widths).max()) if self.has_stroke else 0.0
        self._border = float(np.abs(borders).max()) if self.has_border else 0.0
        self._vertices = vertices
        self._blocks: tuple[Array, Array] | None = None
        points, bases = vertices["point"], vertices["base_normal"][::3]
        self._low = np.minimum(points.min(axis=0), bases.min(axis=0)).astype(np.float64)
        self._high = np.maximum(points.max(axis=0), bases.max(axis=0)).astype(np.float64)
        self._is_upright = bool(self._low[2] == self._high[2]) and _are_upright(
            vertices["base_normal"][1::3]
        )

    def fill_box(self, view: View) -> Box | None:
        """Around the fill and its border; None when there is no bound."""
        reach = self._fill_reach(view)
        if not self.has_fill or reach is None:
            return None if self.has_fill else NOTHING
        return view.box(self._low, self._high, reach)

    def box(self, view: View) -> Box | None:
        """Around everything that is drawn."""
        reach = self._reach(view)
        if not (self.has_fill or self.has_stroke) or reach is None:
            return None if reach is None else NOTHING
        return view.box(self._low, self._high, reach)

    def fill_parts(self, view: View) -> tuple[Box, ...] | None:
        """Like fill_box, in several Boxes if the group is scattered."""
        box = self.fill_box(view)
        return None if box is None else self._parts(view, self._fill_reach(view), box)

    def parts(self, view: View) -> tuple[Box, ...] | None:
        """Like box, in several Boxes if the group is scattered."""
        box = self.box(view)
        return None if box is None else self._parts(view, self._reach(view), box)

    def spans(self, view: View) -> Array | None:
        """(4, n) whole pixels around each curve; None when there is no bound."""
        reach = self._reach(view)
        if reach is None:
            return None
        low, high = self._curve_blocks()
        spans = view.spans(low, high, reach)
        return None if spans is None else whole_pixels(spans, view.size)

    def _parts(self, view: View, reach: float | None, box: Box) -> tuple[Box, ...] | None:
        if reach is None or box.area < LOOK_PIXELS * len(self._vertices):
            return (box,)
        low, high = self._curve_blocks()
        # Between two paths of one mobject lies a curve that is not drawn: its handle is its start
        points = self._vertices["point"]
        drawn = (points[0::3] != points[1::3]).any(axis=1)
        if not drawn.any():
            return ()
        spans = view.spans(low[drawn], high[drawn], reach)
        return None if spans is None else cover(whole_pixels(spans, view.size), view.size)

    def _curve_blocks(self) -> tuple[Array, Array]:
        if self._blocks is None:
            self._blocks = _blocks(self._vertices)
        return self._blocks

    def _fill_reach(self, view: View) -> float | None:
        return self._stroke_reach(view, self._border) if self.has_border else 0.0

    def _reach(self, view: View) -> float | None:
        fill = self._fill_reach(view)
        stroke = self._stroke_reach(view, self._width) if self.has_stroke else 0.0
        return None if fill is None or stroke is None else max(fill, stroke)

    def _stroke_reach(self, view: View, width: float) -> float | None:
        facing = least_facing(self._low, self._high, view.eye) if self._is_upright else None
        return view.stroke_reach(width, facing)


def _are_upright(normals: Array) -> bool:
    """Whether all are along z, and as long as the shaders take them to be."""
    return not normals[:, :2].any() and bool((np.abs(np.abs(normals[:, 2]) - 1.0) < 1e-3).all())


def _blocks(vertices: Array) -> tuple[Array, Array]:
    """Two opposite corners of a block around each curve, (n, 3) each."""
    first, handle, last = (vertices["point"][start::3] for start in range(3))
    base = vertices["base_normal"][::3]
    low = np.minimum(np.minimum(first, handle), np.minimum(last, base))
    high = np.maximum(np.maximum(first, handle), np.maximum(last, base))
    return low.astype(np.float64), high.astype(np.float64)


def solid_box(view: View, points: Array, radius: Array | None) -> Box | None:
    """Around points drawn as they are, or as discs of a radius that face the camera."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    if radius is None:
        return view.box(low, high, 0.0)
    if _is_along_upright(low, high, view.eye):
        return None
    # A disc is drawn as a square, whose corners are farther out
    return view.box(low, high, 1.001 * np.sqrt(2.0) * float(np.abs(radius).max()))


def _is_along_upright(low: Array, high: Array, eye: Array) -> bool:
    """
    Whether a point may lie on the line through the camera along (0, 1, 1).

    The true_dot shader takes its right hand from a cross product with that vector.
    """
    low, high = low - eye - 1e-3, high - eye + 1e-3
    start, stop = max(low[1], low[2]), min(high[1], high[2])
    return bool(low[0] <= 0 <= high[0] and start <= stop)
