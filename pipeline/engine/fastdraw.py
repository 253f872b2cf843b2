"""
The same pixels as draw.py's, sooner.

`FastDrawer` leaves out what cannot be seen: passes without vertices to draw, canvas outside the
box of the group that uses it, whatever did not change since the last frame. It draws with the same
shader wrappers, programs and buffers as Drawer does. Each economy is a switch of Accelerators, and
where one's conditions do not hold (clip planes, shaders that are not manimlib's) it steps back.
"""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from manimlib.shader_wrapper import VShaderWrapper
from OpenGL import GL

from pipeline.engine.accelerators import Accelerators
from pipeline.engine.boxes import Box
from pipeline.engine.clearing import Clearing
from pipeline.engine.convert import Rows
from pipeline.engine.damage import Damage
from pipeline.engine.display import DrawCall, Frame
from pipeline.engine.draw import Drawer, Pixels
from pipeline.engine.extents import Extents, Runs
from pipeline.engine.reach import drops_nonfinite
from pipeline.engine.reading import Reading

LARGE = 0.8
"""Share of the picture from which on a part costs as much as the whole."""
OVER = (moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA)
"""How manimgl blends strokes."""
WINDING = (*OVER, moderngl.ONE_MINUS_DST_ALPHA, moderngl.ONE)
"""How it adds up fill triangles in the canvas, so that opposite ones cancel."""
PREMULTIPLIED = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
EMPTY = (0.0, 0.0, 0.0, 0.0)


class FastDrawer(Drawer):
    """Draws the frames of one scene, in order. Lives as long as the process that made it."""

    def __init__(
        self, *, width: int, height: int, samples: int, accelerators: Accelerators
    ) -> None:
        super().__init__(width=width, height=height, samples=samples)
        self._use = accelerators
        self._samples = samples
        self._whole = Box(0, 0, width, height)
        self._large = LARGE * self._whole.area
        self._extents = Extents((width, height), bounds_strokes=drops_nonfinite(self.ctx))
        self._damage = Damage(self._whole)
        self._changed: tuple[Box, ...] = ()
        """What draw() changed since the last read()."""
        self._reading = Reading(self.ctx, self.size)
        self._clearing = Clearing(self.ctx, quick=accelerators.clearing)

    def draw(self, frame: Frame) -> None:
        plain = any(call.clip for call in frame.calls)
        changed = self._find_changed(frame, plain=plain)
        self._changed += changed
        if self._samples and changed:
            # At a scissor's edge llvmpipe takes in samples of the pixels beside it
            changed = (self._whole,)
        self.fbo.scissor = None
        self.fbo.use()
        depth = any(call.item.wrapper.depth_test for call in frame.calls)
        self._clearing.parts(self.fbo, changed, frame.background, depth=depth)
        for part in changed:
            self._draw_part(frame, part, plain=plain)
        self.fbo.scissor = None

    def _find_changed(self, frame: Frame, *, plain: bool) -> tuple[Box, ...]:
        if plain or not self._use.damage:
            self._damage.forget()
            self._extents.look(frame)
            return (self._whole,)
        parts = self._damage.since_last(frame, self._extents)
        return (self._whole,) if sum(part.area for part in parts) > self._large else parts

    def _draw_part(self, frame: Frame, part: Box, *, plain: bool) -> None:
        whole = part is self._whole
        self.fbo.scissor = None if whole else part.scissor
        self.fbo.use()
        for call in frame.calls:
            if not whole:
                box = self._extents.box(call)
                if box is not None and not box.meet(part).area:
                    continue
            self._draw_call(call, frame, part, plain=plain)

    def _draw_call(self, call: DrawCall, frame: Frame, part: Box, *, plain: bool) -> None:
        real = self._upload(call)
        real.mobject_uniforms = call.uniforms
        real.update_program_uniforms(frame.camera_uniforms)
        self._clip_by(call)
        real.pre_render()
        if isinstance(real, VShaderWrapper) and not plain:
            self._draw_curves(real, call, part)
        else:
            real.render()

    def _draw_curves(self, real: Any, call: DrawCall, part: Box) -> None:
        outline = self._extents.outline(call) if self._use.passes else None
        strokes = outline is None or outline.has_stroke
        fills = outline is None or outline.has_fill
        runs: Runs = None
        if self._use.culling and part is not self._whole:
            runs = self._extents.runs(call, part)
        if strokes and real.stroke_behind:
            _render(real.stroke_vao, runs)
        if fills:
            self._fill(real, call, part, runs)
        if strokes and not real.stroke_behind:
            _render(real.stroke_vao, runs)

    def _fill(self, real: Any, call: DrawCall, part: Box, runs: Runs) -> None:
        boxes = self._fill_parts(call, part) if self._use.boxes else [part]
        if boxes == [self._whole] and not self._use.passes:
            real.render_fill()
        elif boxes:
            self._fill_boxes(real, call, boxes, part, runs)

    def _fill_parts(self, call: DrawCall, part: Box) -> list[Box]:
        """Where in a part the canvas is needed."""
        box = self._extents.fill_box(call)
        if box is None:
            return [part]
        inside = box.meet(part)
        if self._samples:
            return [inside] if inside.area else []
        # A small part of a scattered group is not worth looking into the group
        found = self._extents.fill_parts(call) if 2 * inside.area > box.area else (inside,)
        boxes = [part] if found is None else [box.meet(part) for box in found]
        return [box for box in boxes if box.area]

    def _fill_boxes(
        self, real: Any, call: DrawCall, boxes: list[Box], part: Box, runs: Runs
    ) -> None:
        """VShaderWrapper.render_fill inside some boxes."""
        ctx = self.ctx
        canvas, composite, _ = real.fill_canvas
        canvas.use()
        # A row more than is composited: filtering may touch it, if with a weight of nothing
        wiped = [_doubled(box.grown(1).meet(self._whole)) for box in boxes]
        self._clearing.at_least(canvas, wiped, EMPTY)
        if real.depth_test:
            ctx.disable(moderngl.DEPTH_TEST)
        ctx.blend_func = WINDING
        _render(real.fill_vao, runs)
        outline = self._extents.outline(call)
        if real.depth_test:
            # With a depth test the border goes into the canvas for depth, which nothing reads
            ctx.enable(moderngl.DEPTH_TEST)
        elif not self._use.passes or outline is None or outline.has_border:
            ctx.blend_func = (moderngl.ONE, moderngl.ONE)
            ctx.blend_equation = moderngl.MAX
            _render(real.fill_border_vao, runs)
            ctx.blend_equation = moderngl.FUNC_ADD
        ctx.blend_func = PREMULTIPLIED
        self.fbo.use()
        for box in boxes:
            self.fbo.scissor = None if box is self._whole else box.scissor
            composite.render()
        ctx.blend_func = OVER
        self.fbo.scissor = None if part is self._whole else part.scissor

    def _depth(self, samples: int) -> Any:
        # Of as many bits as a renderbuffer, and Clearing can fill it
        return self.ctx.depth_texture(self.size, samples=samples)

    def read(self) -> Pixels:
        if self._samples or not self._use.blit:
            return super().read()
        data = self.fbo.read(components=4)
        return np.frombuffer(data, np.uint8).reshape(self.size[1], self.size[0], 4)

    def changes(self, *, whole: bool) -> list[Rows]:
        boxes, self._changed = self._changed, ()
        if not self._use.readback:
            return super().changes(whole=whole)
        return self._reading.rows(self._source(boxes), (self._whole,) if whole else boxes)

    def _source(self, boxes: tuple[Box, ...]) -> Any:
        """A framebuffer with the picture in it, copied there as far as it has to be."""
        if not self._samples and self._use.blit:
            return self.fbo
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.fbo.glo)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, self.file_fbo.glo)
        for box in boxes if self._use.blit else (self._whole,):
            corners = (box.x0, box.y0, box.x1, box.y1)
            GL.glBlitFramebuffer(*corners, *corners, GL.GL_COLOR_BUFFER_BIT, GL.GL_LINEAR)
        return self.file_fbo


def _render(array: Any, runs: Runs) -> None:
    if runs is None:
        array.render()
        return
    for first, count in runs:
        array.render(vertices=count, first=first)


def _doubled(box: Box) -> Box:
    """In pixels of the canvas for fills."""
    return Box(2 * box.x0, 2 * box.y0, 2 * box.x1, 2 * box.y1)
