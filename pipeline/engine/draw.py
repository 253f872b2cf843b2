"""
From a display list to pixels, in a real GL context, by manimgl's own drawing code.

`Drawer` keeps a real shader wrapper beside each of the
null ones it is shown and does with them, call for call, what Camera.capture and
Camera.get_raw_fbo_data do. A faster Drawer is checked against this one, pixel for pixel.
"""

from __future__ import annotations

from typing import Any, Protocol
from weakref import WeakKeyDictionary

import moderngl
import numpy as np
from manimlib.shader_wrapper import VShaderWrapper
from OpenGL import GL

from pipeline.engine.convert import Rows
from pipeline.engine.display import DrawCall, Frame, textures_of
from pipeline.engine.gl import open_context
from pipeline.engine.nullgl import NullTexture

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
"""(height, width, 4) RGBA, bottom row first, as GL reads it back."""


class Draws(Protocol):
    """A way to make a Frame's pixels."""

    renderer: str

    def draw(self, frame: Frame) -> None: ...

    def read(self) -> Pixels: ...

    def changes(self, *, whole: bool) -> list[Rows]:
        """What is not as in the last changes, or the whole picture."""


class Drawer:
    """Draws the frames of one scene. Lives as long as the process that made it."""

    def __init__(self, *, width: int, height: int, samples: int) -> None:
        self.size = (width, height)
        self.ctx = open_context()
        self.renderer = str(self.ctx.info["GL_RENDERER"])
        self.ctx.enable(moderngl.PROGRAM_POINT_SIZE)
        self.ctx.enable(moderngl.BLEND)
        self.fbo = self._framebuffer(samples)
        self.file_fbo = self._framebuffer(0)
        self._real: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._textures: WeakKeyDictionary[NullTexture, Any] = WeakKeyDictionary()
        self._clip = False

    def draw(self, frame: Frame) -> None:
        self.fbo.clear(*frame.background)
        self.fbo.use()
        for call in frame.calls:
            real = self._upload(call)
            real.mobject_uniforms = call.uniforms
            real.update_program_uniforms(frame.camera_uniforms)
            self._clip_by(call)
            real.pre_render()
            real.render()

    def read(self) -> Pixels:
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.fbo.glo)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self.file_fbo.glo)
        GL.glBlitFramebuffer(
            *self.fbo.viewport, *self.file_fbo.viewport, GL.GL_COLOR_BUFFER_BIT, GL.GL_LINEAR
        )
        data = self.file_fbo.read(viewport=self.file_fbo.viewport, components=4, dtype="f1")
        return np.frombuffer(data, np.uint8).reshape(self.size[1], self.size[0], 4)

    def changes(self, *, whole: bool) -> list[Rows]:  # noqa: ARG002 - always is
        return [Rows(np.ascontiguousarray(self.read()[::-1]), 0, 0, self.size[1])]

    def _clip_by(self, call: DrawCall) -> None:
        if call.clip and not self._clip:
            GL.glEnable(GL.GL_CLIP_DISTANCE0)
            self._clip = True

    def _upload(self, call: DrawCall) -> Any:
        item = call.item
        real = self._real.get(item.wrapper)
        if real is None:
            real = self._real[item.wrapper] = self._make(call)
        real.depth_test = item.wrapper.depth_test
        real.render_primitive = item.wrapper.render_primitive
        if isinstance(real, VShaderWrapper):
            real.stroke_behind = item.wrapper.stroke_behind
        # One wrapper can serve two groups in a frame, each with its own data
        if real.uploaded != item.vertices_digest:
            real.vert_data = np.empty(0, item.vertices.dtype)
            real.read_in([item.vertices])
            real.uploaded = item.vertices_digest
        return real

    def _make(self, call: DrawCall) -> Any:
        null = call.item.wrapper
        arguments: dict[str, Any] = {
            "ctx": self.ctx,
            "vert_data": call.item.vertices,
            "shader_folder": null.shader_folder,
            "mobject_uniforms": call.uniforms,
            "depth_test": null.depth_test,
            "render_primitive": null.render_primitive,
        }
        if isinstance(null, VShaderWrapper):
            arguments["stroke_behind"] = null.stroke_behind
        real = type(null)(**arguments)
        if real.program_code != null.program_code:
            real.program_code = dict(null.program_code)
            real.init_program()
        for name, texture in textures_of(null).items():
            real.add_texture(name, self._texture(texture))
        real.uploaded = None
        return real

    def _texture(self, null: NullTexture) -> Any:
        if null not in self._textures:
            self._textures[null] = self.ctx.texture(null.size, null.components, null.data)
        return self._textures[null]

    def _framebuffer(self, samples: int) -> Any:
        return self.ctx.framebuffer(
            color_attachments=self.ctx.texture(self.size, components=4, samples=samples),
            depth_attachment=self._depth(samples),
        )

    def _depth(self, samples: int) -> Any:
        return self.ctx.depth_renderbuffer(self.size, samples=samples)
