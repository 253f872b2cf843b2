"""
Where each draw call of a frame can leave a mark, remembered for as long as nothing moves.

Knows which shaders are manimlib's own; calls with others have no box, and no outline.
"""

from __future__ import annotations

from typing import Any

import moderngl
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper

from pipeline.engine.bounds import Box, Outline, View, solid_box
from pipeline.engine.display import DrawCall, Frame

SOLIDS = ("true_dot", "surface", "textured_surface", "image")
"""Shader folders of manimlib's that project each vertex as it is; true_dot adds a radius."""


class Extents:
    """Boxes of draw calls under the camera of the frame last looked at."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._frame: Frame | None = None
        # By digest. What a frame did not ask for is forgotten with the next
        self._outlines: dict[bytes, Outline | None] = {}
        self._boxes: dict[tuple[bytes, str], Box | None] = {}
        self._last_outlines = self._outlines
        self._last_boxes = self._boxes
        self._views: dict[bytes, View] = {}
        self._own_code: dict[str, dict[str, str | None]] = {}

    def look(self, frame: Frame) -> None:
        """From now on, boxes are those of this frame."""
        moved = self._frame is None or self._frame.camera_key != frame.camera_key
        self._last_outlines, self._outlines = self._outlines, {}
        self._last_boxes, self._boxes = ({} if moved else self._boxes), {}
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
        return None if outline is None else self._remember(call, "fill", outline.fill_box)

    def box(self, call: DrawCall) -> Box | None:
        """Around all the call draws; None when there is no telling."""
        outline = self.outline(call)
        if outline is not None:
            return self._remember(call, "all", outline.box)
        return self._remember(call, "all", lambda view: self._solid_box(call, view))

    def _remember(self, call: DrawCall, kind: str, find: Any) -> Box | None:
        key = (call.digest, kind)
        if key not in self._boxes:
            known = key in self._last_boxes
            self._boxes[key] = self._last_boxes[key] if known else find(self._view(call))
        return self._boxes[key]

    def _view(self, call: DrawCall) -> View:
        assert self._frame is not None
        view = self._views.get(call.uniforms_key)
        if view is None:
            view = View(call.uniforms, self._frame.camera_uniforms, self._size)
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
        if type(wrapper) is not ShaderWrapper or wrapper.shader_folder not in SOLIDS:
            return None
        if not self._has_own_code(wrapper, wrapper.shader_folder):
            return None
        radius = vertices["radius"] if wrapper.shader_folder == "true_dot" else None
        return solid_box(view, vertices["point"], radius)

    def _has_own_code(self, wrapper: Any, kind: str) -> bool:
        """Whether the shaders are as manimlib has them, without anything replaced."""
        own = self._own_code.get(kind)
        if own is None:
            bare = type(wrapper).__new__(type(wrapper))
            bare.shader_folder = wrapper.shader_folder
            bare.init_program_code()
            own = self._own_code[kind] = bare.program_code
        return bool(wrapper.program_code == own)
