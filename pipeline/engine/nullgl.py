"""
A GL context that draws nothing, on which every scene is stepped.

manimgl asks for a context as soon as a Scene is made, and compiles shaders as soon as something
is added. None of that decides where a scene goes, only the drawing does, so the whole scene runs
on this and engine/draw.py alone ever opens a real context.
"""

from __future__ import annotations

from typing import Any


class NullObject:
    """Any GL object: takes every call and keeps nothing but its size."""

    def __init__(self, size: tuple[int, int] = (1, 1)) -> None:
        self.size = size
        self.viewport = (0, 0, *size)
        self.color_attachments: tuple[NullObject, ...] = ()

    def __getattr__(self, name: str) -> NullObject:
        if name.startswith("__"):
            raise AttributeError(name)
        return NullObject()

    def __call__(self, *_: Any, **__: Any) -> NullObject:
        return NullObject()

    def __getitem__(self, key: object) -> NullObject:
        return NullObject()

    def __setitem__(self, key: object, value: object) -> None:
        """Uniforms are set on the real program, when there is one."""


class NullTexture(NullObject):
    """
    A texture that keeps its pixels, to be made from them again where there is something to draw.

    A scene may change the file of a picture it shows, or throw it away: what it was when manimgl
    read it is what counts.
    """

    def __init__(self, size: tuple[int, int], components: int, data: bytes | None) -> None:
        super().__init__(size)
        self.components = components
        self.data = data
        """None for a framebuffer's."""


class NullContext(NullObject):
    """What moderngl.create_standalone_context gives back in the farm."""

    info: dict[str, int] = {"GL_MAX_TEXTURE_IMAGE_UNITS": 32}  # noqa: RUF012 - moderngl's own shape

    def texture(
        self,
        size: tuple[int, int],
        components: int = 4,
        data: bytes | None = None,
        **_: Any,
    ) -> NullObject:
        return NullTexture(size, components, data)

    def depth_renderbuffer(self, size: tuple[int, int], *_: Any, **__: Any) -> NullObject:
        return NullObject(size)

    def framebuffer(self, color_attachments: NullObject, *_: Any, **__: Any) -> NullObject:
        made = NullObject(color_attachments.size)
        made.color_attachments = (color_attachments,)
        return made


def null_context(*_: Any, **__: Any) -> NullContext:
    """Stands in for moderngl.create_standalone_context."""
    return NullContext()


def null_format(*_: Any, **__: Any) -> str:
    """Stands in for moderngl.detect_format, which reads a compiled program."""
    return "1f"
