"""
Where on the picture points can come to lie, never smaller than where they do.

A View projects as manimgl's shaders do, in intervals: around each point a ball that what is drawn
at it cannot leave, and what rounding in the shaders' float32 can move. The projection of a
triangle lies among those of its corners as long as none is behind the camera; where one is, there
is no bound, and the answer None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.engine.boxes import Box
from pipeline.engine.reach import longest_step

Array = np.ndarray[Any, Any]

MARGIN = 2
"""Pixels added on each side: what a rasteriser may round, twice over."""
ROUNDING = 4e-6
"""Relative error of a projected coordinate, some sixty times float32's epsilon."""
NEAREST = 0.02
"""Least w of a point, in units of the focal distance; nearer ones have no bound."""
STROKE_UNIT = 0.01
"""Length of a stroke width of 1; STROKE_WIDTH_CONVERSION in the shaders."""


class View:
    """A camera, and how a mobject asks to be seen by it, as the shaders have them."""

    def __init__(
        self,
        uniforms: Mapping[str, Any],
        camera: Mapping[str, Any],
        size: tuple[int, int],
        *,
        bounds_strokes: bool,
    ) -> None:
        fixed = float(uniforms.get("is_fixed_in_frame", 0.0))
        view = np.asarray(camera["view"], dtype=np.float64).reshape(4, 4).T
        mixed = view + fixed * (np.eye(4) - view)
        scales = np.asarray(camera["frame_rescale_factors"], dtype=np.float64)
        self.size = size
        self.eye = np.asarray(camera["camera_position"], dtype=np.float64)
        self._linear = mixed[:3, :3] * scales[:, None]
        self._shift = mixed[:3, 3] * scales
        self._spread = np.linalg.norm(self._linear, axis=1)
        self._bounds_strokes = bounds_strokes
        self._flat = bool(uniforms.get("flat_stroke", 0.0)) or bool(fixed)
        self._joints = uniforms.get("joint_type", 1)
        pixel, zoom = float(camera["pixel_size"]), float(camera["frame_scale"])
        self._antialias = max(abs(float(uniforms.get("anti_alias_width", 1.5))) * pixel, 1e-8)
        thin = float(uniforms.get("scale_stroke_with_zoom", 0.0))
        self._thickness = STROKE_UNIT * abs(zoom + thin * (1 - zoom))

    def stroke_reach(self, width: float, facing: float | None) -> float | None:
        """
        How far from its curve a stroke of this width can be drawn; None when there is no bound.

        `facing` is reach.longest_step's.
        """
        steps = longest_step(self._joints, 1.0 if self._flat else facing)
        if steps is None or not self._bounds_strokes:
            return None
        return 0.5 * (width * self._thickness + self._antialias) * steps

    def spans(self, low: Array, high: Array, reach: float) -> Array | None:
        """
        (4, n) x0, y0, x1, y1, in pixels from the lower left, of all within reach of some blocks.

        Blocks are given by two opposite corners, (n, 3) each. Spans that end far outside the
        picture are as good as cut off there. None when there is no bound.
        """
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        at = middle @ self._linear.T + self._shift
        size = np.abs(self._linear)
        slack = half @ size.T + reach * self._spread
        slack += ROUNDING * ((np.abs(middle) + half) @ size.T + np.abs(self._shift))
        near, far = 1.0 - at[:, 2] - slack[:, 2], 1.0 - at[:, 2] + slack[:, 2]
        # Written so that NaN fails it
        if not (near.min() > NEAREST and np.isfinite(far.max()) and np.isfinite(slack.max())):
            return None
        result = np.empty((4, len(at)))
        for axis, pixels in enumerate(self.size):
            first, last = at[:, axis] - slack[:, axis], at[:, axis] + slack[:, axis]
            first /= np.where(first < 0, near, far)
            last /= np.where(last > 0, near, far)
            result[axis] = (first + 1.0) * (pixels / 2) - MARGIN
            result[axis + 2] = (last + 1.0) * (pixels / 2) + MARGIN
        return result

    def box(self, low: Array, high: Array, reach: float) -> Box | None:
        """Around everything within reach of the block between two corners, (3,) each."""
        spans = self.spans(low[None], high[None], reach)
        return None if spans is None else Box(*map(int, whole_pixels(spans, self.size)[:, 0]))


def whole_pixels(spans: Array, size: tuple[int, int]) -> Array:
    """Spans as whole pixels inside the picture; those outside it come out empty."""
    limits = np.array([size[0], size[1], size[0], size[1]])[:, None]
    ends = np.concatenate([np.floor(spans[:2]), np.ceil(spans[2:])])
    pixels: Array = np.clip(ends, 0, limits).astype(np.int64)
    return pixels
