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

FINE_PIXELS = 100_000
"""Boxes smaller than this are not looked into: it costs about what it can save."""


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
        points, bases = vertices["point"], vertices["base_normal"][::3]
        self._low = np.minimum(points.min(axis=0), bases.min(axis=0)).astype(np.float64)
        self._high = np.maximum(points.max(axis=0), bases.max(axis=0)).astype(np.float64)
        normals = vertices["base_normal"][1::3]
        self._is_upright = bool(self._low[2] == self._high[2]) and not normals[:, :2].any()

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
        if box is None or box.area < FINE_PIXELS:
            return None if box is None else (box,)
        return self._parts(view, self._fill_reach(view))

    def parts(self, view: View) -> tuple[Box, ...] | None:
        """Like box, in several Boxes if the group is scattered."""
        if not (self.has_fill or self.has_stroke):
            return ()
        return self._parts(view, self._reach(view))

    def _parts(self, view: View, reach: float | None) -> tuple[Box, ...] | None:
        if reach is None:
            return None
        curves = self._vertices.reshape(-1, 3)
        # Between two paths of one mobject lies a curve that is not drawn: its handle is its start
        curves = curves[(curves["point"][:, 0] != curves["point"][:, 1]).any(axis=1)]
        if not len(curves):
            return ()
        points = view.spans(curves["point"].reshape(-1, 3), reach)
        bases = view.spans(curves["base_normal"][:, 0], reach)
        if points is None or bases is None:
            return None
        corners = np.concatenate([points.reshape(4, -1, 3), bases[:, :, None]], axis=2)
        spans = np.concatenate([corners[:2].min(axis=2), corners[2:].max(axis=2)])
        return cover(whole_pixels(spans, view.size), view.size)

    def _fill_reach(self, view: View) -> float | None:
        return self._stroke_reach(view, self._border) if self.has_border else 0.0

    def _reach(self, view: View) -> float | None:
        fill = self._fill_reach(view)
        stroke = self._stroke_reach(view, self._width) if self.has_stroke else 0.0
        return None if fill is None or stroke is None else max(fill, stroke)

    def _stroke_reach(self, view: View, width: float) -> float | None:
        facing = least_facing(self._low, self._high, view.eye) if self._is_upright else None
        return view.stroke_reach(width, facing)


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
