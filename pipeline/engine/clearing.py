"""
Parts of a picture wiped before they are drawn anew.

llvmpipe wipes a part by drawing a rectangle, at 2.2 ns a pixel and another 1.8 with depth, and a
whole framebuffer at 0.3 to 1.2. To fill a part of the texture under it takes 0.1, but has to wait
for what is being drawn into that texture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from OpenGL import GL

from pipeline.engine.boxes import Box

Color = tuple[float, ...]
"""Red, green, blue and opacity, each from 0 to 1."""
CLEARED = 0.1
"""Share of a framebuffer from which on wiping all of it costs less than wiping parts."""
KINDS = {"f1": GL.GL_UNSIGNED_BYTE, "f2": GL.GL_HALF_FLOAT}
"""By moderngl's word for what a texture is made of."""
FARTHEST = np.float32(1).tobytes()
"""What GL wipes depth with."""


class Clearing:
    """Wipes framebuffers of one context, of one colour texture each."""

    def __init__(self, ctx: Any, *, quick: bool) -> None:
        self._ctx = ctx
        self._quick = quick
        """Whether depth is left alone where nobody asks for it."""
        self.fills = (
            quick
            and "llvmpipe" in str(ctx.info["GL_RENDERER"])
            and "GL_ARB_clear_texture" in ctx.extensions
        )
        """Whether textures are filled. It was not measured on a GPU, which may have to wait."""
        self._texels: dict[tuple[str, Color], bytes] = {}

    def parts(self, target: Any, boxes: Sequence[Box], color: Color, *, depth: bool) -> None:
        """
        Wipes parts of a framebuffer, and nothing else.

        Args:
            boxes: in its pixels.
            depth: whether what is drawn next is tested for it. Without, the depth may stay.
        """
        target.depth_mask = depth or not self._quick
        if self.fills:
            texture = target.color_attachments[0]
            texel = self._texel(texture.dtype, color)
            _fill(texture, boxes, GL.GL_RGBA, KINDS[texture.dtype], texel)
            if depth:
                _fill(target.depth_attachment, boxes, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, FARTHEST)
            return
        for box in boxes:
            whole = (box.width, box.height) == target.size
            target.clear(*color, viewport=None if whole else box.scissor)

    def at_least(self, target: Any, boxes: Sequence[Box], color: Color) -> None:
        """Wipes parts, and others too if that is quicker. Not for what is tested for depth."""
        whole = Box(0, 0, *target.size)
        if not self.fills and sum(box.area for box in boxes) > CLEARED * whole.area:
            boxes = [whole]
        self.parts(target, boxes, color, depth=False)

    def _texel(self, dtype: str, color: Color) -> bytes:
        """What a wiped pixel holds, rounded as GL itself rounds when it wipes."""
        if (dtype, color) not in self._texels:
            texture = self._ctx.texture((1, 1), components=4, dtype=dtype)
            target = self._ctx.framebuffer(color_attachments=texture)
            target.clear(*color)
            self._texels[dtype, color] = texture.read()
            target.release()
            texture.release()
        return self._texels[dtype, color]


def _fill(texture: Any, boxes: Sequence[Box], form: Any, kind: Any, texel: bytes) -> None:
    for box in boxes:
        corner, size = (box.x0, box.y0, 0), (box.width, box.height, 1)
        GL.glClearTexSubImage(texture.glo, 0, *corner, *size, form, kind, texel)
