"""
The display list: everything that decides a frame's pixels, taken before anything is drawn.

`DisplayList.capture` does the half of manimgl's Camera.capture that prepares data (and changes
mobjects in doing so, which is why it runs on every stepped frame) and none of the half that
draws. Its fingerprint is a hash of the list; engine/draw.py makes pixels from the list and from
nothing else, so equal fingerprints mean equal pixels by construction.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from blake3 import blake3
from manimlib.mobject.mobject import Mobject
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper
from manimlib.utils.iterables import batch_by_property

from pipeline.engine.failures import Unsupported
from pipeline.engine.nullgl import NullTexture

DIGEST_BYTES = 16


@dataclass(slots=True, eq=False)
class DrawItem:
    """One shader wrapper's turn in a frame. Lives until its mobject changes."""

    wrapper: ShaderWrapper
    """manimgl's own, made on the null context. Says which real one to draw with, no more."""
    vertices: np.ndarray[Any, Any]
    """(n,) structured array, a copy: what manimgl would upload."""
    vertices_digest: bytes
    state: tuple[Any, ...] = ()
    """Everything else of it that `call` was made from."""
    call: DrawCall | None = None
    """The last one made; holds until the state changes."""


@dataclass(slots=True, eq=False)
class DrawCall:
    """A DrawItem with the state it is drawn under in one frame."""

    item: DrawItem
    uniforms: Mapping[str, Any]
    """The mobject's, with what earlier mobjects left set in the same program."""
    clip: bool
    """GL_CLIP_DISTANCE0, which manimgl switches on and never off."""
    uniforms_key: bytes
    """Equal for equal uniforms."""
    setting: bytes
    """Equal for calls that differ in vertices alone."""
    digest: bytes


@dataclass(slots=True, eq=False)
class Frame:
    """One picture, not drawn yet."""

    background: tuple[float, ...]
    """RGBA, 0 to 1."""
    camera_uniforms: Mapping[str, Any]
    camera_key: bytes
    """Equal for equal camera uniforms."""
    calls: Sequence[DrawCall]
    fingerprint: bytes


class DisplayList:
    """Captures the frames of one scene, in order; one for each Camera."""

    def __init__(self, *, width: int, height: int, samples: int) -> None:
        self._static = _digest(struct.pack("<iii", width, height, samples))
        self._sticky: dict[bytes, Mapping[str, Any]] = {}
        self._clip = False
        self._codes: dict[tuple[str | None, ...], bytes] = {}
        self._textures: WeakKeyDictionary[NullTexture, bytes] = WeakKeyDictionary()

    def capture(self, camera: Any, mobjects: Sequence[Any]) -> Frame:
        """Prepares `mobjects` as Camera.capture would, and takes down what it would draw."""
        camera.refresh_uniforms()
        background = tuple(float(value) for value in camera.background_rgba)
        uniforms = dict(camera.uniforms)
        hasher = blake3(self._static)
        hasher.update(np.asarray(background).tobytes())
        camera_key = uniform_bytes(uniforms)
        hasher.update(camera_key)
        calls = []
        for mobject in mobjects:
            for wrapper in self._wrappers(mobject, camera.ctx):
                item = wrapper.item
                if len(item.vertices) == 0 or not _is_drawn(wrapper):
                    continue
                call = self._call(item)
                calls.append(call)
                hasher.update(call.digest)
        return Frame(background, uniforms, camera_key, calls, hasher.digest(DIGEST_BYTES))

    def _wrappers(self, mobject: Any, ctx: Any) -> Sequence[Any]:
        if type(mobject).render is not Mobject.render:
            raise Unsupported(
                f"{type(mobject).__name__} overrides Mobject.render",
                "draw through a shader_folder of its own instead of a render method",
            )
        if mobject._data_has_changed:
            mobject.shader_wrappers = _prepare(mobject, ctx)
            mobject._data_has_changed = False
        return mobject.shader_wrappers  # type: ignore[no-any-return]

    def _call(self, item: DrawItem) -> DrawCall:
        wrapper = item.wrapper
        own = wrapper.mobject_uniforms
        code = self._code_digest(wrapper)
        self._clip = self._clip or bool(wrapper.use_clip_plane())
        before = self._sticky.get(code)
        complete = before is None or before.keys() <= own.keys()
        state = (
            complete,
            self._clip,
            bool(wrapper.depth_test),
            bool(getattr(wrapper, "stroke_behind", False)),
            int(wrapper.render_primitive),
            code,
            *own,
            *map(_frozen, own.values()),
        )
        if item.call is None or item.state != state or not complete:
            # A GL program keeps a uniform until it is set again, also across mobjects
            uniforms = {**(before or {}), **{name: _kept(value) for name, value in own.items()}}
            item.state, item.call = state, self._new_call(item, uniforms, code)
        self._sticky[code] = item.call.uniforms
        return item.call

    def _new_call(self, item: DrawItem, uniforms: dict[str, Any], code: bytes) -> DrawCall:
        wrapper = item.wrapper
        uniforms_key = uniform_bytes(uniforms)
        hasher = blake3(code)
        hasher.update(uniforms_key)
        hasher.update(
            struct.pack(
                "<q????",
                int(wrapper.render_primitive),
                isinstance(wrapper, VShaderWrapper),
                bool(wrapper.depth_test),
                bool(getattr(wrapper, "stroke_behind", False)),
                self._clip,
            )
        )
        for name, texture in sorted(textures_of(wrapper).items()):
            hasher.update(name.encode())
            hasher.update(self._texture_digest(texture))
        setting = hasher.digest(DIGEST_BYTES)
        digest = _digest(item.vertices_digest + setting)
        return DrawCall(item, uniforms, self._clip, uniforms_key, setting, digest)

    def _code_digest(self, wrapper: ShaderWrapper) -> bytes:
        code = tuple(wrapper.program_code.values())
        digest = self._codes.get(code)
        if digest is None:
            digest = self._codes[code] = _digest(repr(sorted(wrapper.program_code.items())))
        return digest

    def _texture_digest(self, texture: NullTexture) -> bytes:
        digest = self._textures.get(texture)
        if digest is None:
            size = struct.pack("<iii", *texture.size, texture.components)
            digest = self._textures[texture] = _digest(size + (texture.data or b""))
        return digest


def textures_of(wrapper: ShaderWrapper) -> dict[str, NullTexture]:
    """By the name they have in the shader: those read from files, not the canvas for fills."""
    ids = wrapper.texture_names_to_ids
    return {name: wrapper.textures[ids[name]] for name in wrapper.texture_paths}


def _prepare(mobject: Any, ctx: Any) -> list[Any]:
    """Mobject.get_shader_wrapper_list without the upload."""
    family = mobject.family_members_with_points()
    wrappers = []
    for submobjects, _ in batch_by_property(family, lambda m: m.get_shader_wrapper(ctx).get_id()):
        wrapper = submobjects[0].shader_wrapper
        arrays = [m.get_shader_data() for m in submobjects]
        # concatenate copies, also a single array: get_shader_data may give the mobject's own,
        # which the next animation step overwrites before this frame is drawn. As bytes: numpy
        # compares every field of every array otherwise
        raw = np.concatenate([np.ascontiguousarray(array).view(np.uint8) for array in arrays])
        vertices = raw.view(arrays[0].dtype)
        # On the wrapper, as its buffer is: of two groups that share one, both draw what the
        # second put there, until the first changes again
        wrapper.item = DrawItem(wrapper, vertices, _digest(raw))
        wrappers.append(wrapper)
    return wrappers


def _is_drawn(wrapper: ShaderWrapper) -> bool:
    if type(wrapper) is VShaderWrapper:
        return True
    if type(wrapper) is ShaderWrapper:
        return bool(wrapper.shader_folder)
    raise Unsupported(
        f"{type(wrapper).__name__} is a shader wrapper of the scene's own",
        "use manimlib's ShaderWrapper or VShaderWrapper with a shader_folder",
    )


def _frozen(value: Any) -> Any:
    """Something to compare later; tells 0.0 from -0.0, and costs less than `uniform_bytes`."""
    if type(value) is np.ndarray:
        return value.tobytes()
    return value if isinstance(value, float | int) and value else repr(value)


def _kept(value: Any) -> Any:
    """A copy where updaters change the value in place; as set_program_uniform takes it."""
    return tuple(value.flatten()) if type(value) is np.ndarray and value.ndim else value


def uniform_bytes(uniforms: Mapping[str, Any]) -> bytes:
    parts = []
    for name in sorted(uniforms):
        parts.append(name.encode())
        parts.append(np.asarray(uniforms[name], dtype=np.float64).tobytes())
    return b"\0".join(parts)


def _digest(data: Any) -> bytes:
    if isinstance(data, str):
        data = data.encode()
    return blake3(data).digest(DIGEST_BYTES)
