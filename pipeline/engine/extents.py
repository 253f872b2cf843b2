"""
Where each draw call of a frame can leave a mark, remembered for as long as nothing moves.

Knows which shaders are manimlib's own; calls with others have no box, and no outline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import moderngl
import numpy as np
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper

from pipeline.engine.bounds import View
from pipeline.engine.boxes import Box, around
from pipeline.engine.display import DrawCall, Frame
from pipeline.engine.outline import Outline, solid_box

Array = np.ndarray[Any, Any]
Parts = tuple[Box, ...] | None
"""Disjoint Boxes; None when there is no telling, and it may be everywhere."""
Runs = list[tuple[int, int]] | None
"""First vertex and number of vertices of each run to draw, in order; None for all."""
WORTH_CULLING = 300
"""Vertices from which on it is cheaper to find those in a part than to draw all."""
MOST_MOVED = 0.5
"""Share of a group's curves from which on all of it counts as moved: its boxes are known."""
GAP = 64
"""Curves not in a part that are drawn rather than left out, to have fewer runs."""

COLOR_FUNCTION = "///// INSERT COLOR FUNCTION HERE /////"
"""What Mobject.set_color_by_code replaces."""
AREAS = (moderngl.TRIANGLES, moderngl.TRIANGLE_STRIP)
SOLIDS = {
    "true_dot": (moderngl.POINTS,),
    "surface": AREAS,
    "textured_surface": AREAS,
    "image": AREAS,
}
"""
Shader folders of manimlib's that project each vertex as it is, with the primitives that leave
nothing outside their corners; true_dot makes each point a disc with a radius.
"""


class Extents:
    """Boxes of draw calls under the camera of the frame last looked at."""

    def __init__(self, size: tuple[int, int], *, bounds_strokes: bool) -> None:
        self._size = size
        self._bounds_strokes = bounds_strokes
        self._frame: Frame | None = None
        # By digest. What a frame did not ask for is forgotten with the next
        self._outlines: dict[bytes, Outline | None] = {}
        self._boxes: dict[tuple[bytes, str], Parts] = {}
        self._spans: dict[bytes, Array | None] = {}
        self._last_outlines = self._outlines
        self._last_boxes = self._boxes
        self._last_spans = self._spans
        self._views: dict[bytes, View] = {}
        self._own_code: dict[tuple[str, tuple[str | None, ...]], bool] = {}

    def look(self, frame: Frame) -> None:
        """From now on, boxes are those of this frame."""
        moved = self._frame is None or self._frame.camera_key != frame.camera_key
        self._last_outlines, self._outlines = self._outlines, {}
        self._last_boxes, self._boxes = ({} if moved else self._boxes), {}
        self._last_spans, self._spans = ({} if moved else self._spans), {}
        if moved:
            self._views.clear()
        self._frame = frame

    def outline(self, call: DrawCall) -> Outline | None:
        """None for what is not drawn as manimlib draws curves."""
        key = call.item.vertices_digest
        if key not in self._outlines:
            known = key in self._last_outlines
            self._outlines[key] = self._last_outlines[key] if known else self._new_outline(call)
        return self._outlines[key]

    def fill_box(self, call: DrawCall) -> Box | None:
        """Around what the call fills; None when there is no telling."""
        outline = self.outline(call)
        if outline is None:
            return None
        parts = self._remember(call, "fill_box", lambda view: _one(outline.fill_box(view)))
        return None if parts is None else around(parts)

    def fill_parts(self, call: DrawCall) -> Parts:
        """Like fill_box, in several Boxes if the group is scattered."""
        outline = self.outline(call)
        return None if outline is None else self._remember(call, "fill", outline.fill_parts)

    def box(self, call: DrawCall) -> Box | None:
        """Around all the call draws; None when there is no telling."""
        parts = self._remember(call, "box", lambda view: _one(self._box(call, view)))
        return None if parts is None else around(parts)

    def parts(self, call: DrawCall) -> Parts:
        """Like box, in several Boxes if what it draws is scattered."""
        outline = self.outline(call)
        if outline is None:
            return _one(self.box(call))
        return self._remember(call, "parts", outline.parts)

    def parts_apart(self, one: DrawCall, other: DrawCall) -> Parts:
        """Around what two calls draw differently that differ in nothing but some vertices."""
        before, after = one.item.vertices, other.item.vertices
        if self.outline(one) is None or self.outline(other) is None or len(before) != len(after):
            return _both(self.parts(one), self.parts(other))
        moved = _differ(before, after)
        if np.count_nonzero(moved) > MOST_MOVED * len(moved):
            return _both(self.parts(one), self.parts(other))
        view = self._view(other)
        return _both(
            *(
                Outline(vertices.reshape(-1, 3)[moved].reshape(-1)).parts(view)
                for vertices in (before, after)
            )
        )

    def runs(self, call: DrawCall, part: Box) -> Runs:
        """Which vertices can leave a mark in a part; None for all of them."""
        outline = self.outline(call)
        if outline is None or len(call.item.vertices) < WORTH_CULLING:
            return None
        if call.digest not in self._spans:
            known = call.digest in self._last_spans
            spans = self._last_spans[call.digest] if known else outline.spans(self._view(call))
            self._spans[call.digest] = spans
        spans = self._spans[call.digest]
        return None if spans is None else _runs_touching(spans, part)

    def _remember(self, call: DrawCall, kind: str, find: Callable[[View], Parts]) -> Parts:
        key = (call.digest, kind)
        if key not in self._boxes:
            known = key in self._last_boxes
            self._boxes[key] = self._last_boxes[key] if known else find(self._view(call))
        return self._boxes[key]

    def _box(self, call: DrawCall, view: View) -> Box | None:
        outline = self.outline(call)
        return self._solid_box(call, view) if outline is None else outline.box(view)

    def _view(self, call: DrawCall) -> View:
        assert self._frame is not None
        view = self._views.get(call.uniforms_key)
        if view is None:
            view = View(
                call.uniforms,
                self._frame.camera_uniforms,
                self._size,
                bounds_strokes=self._bounds_strokes,
            )
            self._views[call.uniforms_key] = view
        return view

    def _new_outline(self, call: DrawCall) -> Outline | None:
        wrapper, vertices = call.item.wrapper, call.item.vertices
        if (
            type(wrapper) is not VShaderWrapper
            or wrapper.render_primitive != moderngl.TRIANGLES
            or len(vertices) % 3
            or not self._has_own_code(wrapper, "curves")
        ):
            return None
        return Outline(vertices)

    def _solid_box(self, call: DrawCall, view: View) -> Box | None:
        wrapper, vertices = call.item.wrapper, call.item.vertices
        if type(wrapper) is not ShaderWrapper:
            return None
        if wrapper.render_primitive not in SOLIDS.get(wrapper.shader_folder, ()):
            return None
        if not self._has_own_code(wrapper, wrapper.shader_folder):
            return None
        radius = vertices["radius"] if wrapper.shader_folder == "true_dot" else None
        return solid_box(view, vertices["point"], radius)

    def _has_own_code(self, wrapper: Any, kind: str) -> bool:
        """Whether the shaders place things as manimlib's do, whatever color they give them."""
        code = tuple(wrapper.program_code.values())
        known = self._own_code.get((kind, code))
        if known is None:
            bare = object.__new__(type(wrapper))
            bare.shader_folder = wrapper.shader_folder
            bare.init_program_code()
            pairs = zip(bare.program_code.values(), code, strict=True)
            known = all(_differ_in_color(own, found) for own, found in pairs)
            self._own_code[(kind, code)] = known
        return known


def _differ_in_color(own: str | None, code: str | None) -> bool:
    """
    Whether a shader is manimlib's but for what Mobject.set_color_by_code has put into it.

    That stands in a function that is given values and returns a color. Without braces it cannot
    end it, and without GL's own variables it cannot say where something is.
    """
    if own == code or own is None or code is None:
        return own == code
    pattern = r"([^{}#]*)".join(map(re.escape, own.split(COLOR_FUNCTION)))
    found = re.fullmatch(pattern, code)
    return found is not None and not any("gl_" in inserted for inserted in found.groups())


def _one(box: Box | None) -> Parts:
    return None if box is None else (box,)


def _both(one: Parts, other: Parts) -> Parts:
    return None if one is None or other is None else one + other


def _differ(before: Array, after: Array) -> Array:
    """Which curves of two groups are not the same, bit for bit."""
    one, other = (a.view(np.uint8).reshape(len(a) // 3, -1) for a in (before, after))
    result: Array = (one != other).any(axis=1)
    return result


def _runs_touching(spans: Array, part: Box) -> list[tuple[int, int]]:
    touching = np.flatnonzero(
        (spans[0] < part.x1) & (spans[2] > part.x0) & (spans[1] < part.y1) & (spans[3] > part.y0)
    )
    if not len(touching):
        return []
    breaks = np.flatnonzero(np.diff(touching) > GAP)
    starts = touching[np.concatenate([[0], breaks + 1])]
    stops = touching[np.concatenate([breaks, [-1]])] + 1
    return [(3 * int(a), 3 * int(b - a)) for a, b in zip(starts, stops, strict=True)]
