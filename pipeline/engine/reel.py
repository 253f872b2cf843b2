"""
A scene's display lists on disk: what its trace saw of every frame, to draw without the scene.

Drawing needs nothing but display lists, see display.py. Coming to them takes loading the scene,
setting its formulas and stepping it from the start, once for each process that draws some of it.
A trace comes by all of them anyway, and winds them onto a reel (winding.py); whoever draws takes
the frames it wants from there. Where there is no reel the scene is stepped, to the same bytes.

A folder of two files: `data` is vertices and textures end to end, `index` the rest, as JSON after a
line with its digest.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from blake3 import blake3
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper

from pipeline.engine.display import (
    DIGEST_BYTES,
    DrawCall,
    DrawItem,
    Frame,
    uniform_bytes,
)
from pipeline.engine.failures import NotWritten
from pipeline.engine.nullgl import NullTexture

REEL_VERSION = 1
INDEX, DATA = "index", "data"
DAMAGED = "what the trace kept for drawing is damaged"
WRAPPERS = {"curves": VShaderWrapper, "plain": ShaderWrapper}


class Reel:
    """A reel, frame by frame. Its calls and vertices live as long as frames in a row use them."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            NotWritten: it cannot be read.
        """
        try:
            self._data = (folder / DATA).open("rb")
            digest, text = (folder / INDEX).read_bytes().split(b"\n", 1)
            if digest.decode() != data_digest(text):
                raise NotWritten(DAMAGED)
            index = json.loads(text)
            version = index["version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotWritten(f"{DAMAGED}: {error}") from error
        if version != REEL_VERSION:
            raise NotWritten(f"{DAMAGED}: it is of version {version}")
        self.samples = int(index["samples"])
        self._frames, self._calls = index["frames"], index["calls"]
        self._items, self._kinds = index["items"], index["kinds"]
        self._uniforms = [
            {name: tuple(v) if isinstance(v, list) else v for name, v in uniforms.items()}
            for uniforms in index["uniforms"]
        ]
        self._keys: dict[int, bytes] = {}
        self._texture_entries = index["textures"]
        self._textures: dict[int, NullTexture] = {}
        self._now: dict[int, DrawCall] = {}
        self._wrappers: dict[int, tuple[int, Any]] = {}
        """By number: kind, and what stands for it."""

    @property
    def fingerprints(self) -> list[str]:
        """In order, hex digits."""
        return [frame[0] for frame in self._frames]

    def frame(self, number: int) -> Frame:
        """
        A frame that differs from the one before, counted from 0.

        Raises:
            NotWritten: its bytes are not what was written.
        """
        fingerprint, background, camera, numbers = self._frames[number]
        used = {self._calls[call][0] for call in numbers}
        free = {n: kept for n, kept in self._wrappers.items() if n not in used}
        before, self._now = self._now, {}
        for call in numbers:
            known = before.get(call)
            self._now[call] = self._call(call, free) if known is None else known
            self._set(call)
        self._wrappers = {n: kept for n, kept in self._wrappers.items() if n in used}
        return Frame(
            tuple(background),
            self._uniforms[camera],
            self._key(camera),
            [self._now[call] for call in numbers],
            bytes.fromhex(fingerprint),
        )

    def _call(self, number: int, free: dict[int, tuple[int, Any]]) -> DrawCall:
        wrapper, kind, item, uniforms, clip, *_, setting, digest = self._calls[number]
        stub = self._wrapper(wrapper, kind, free)
        return DrawCall(
            self._item(item, stub, kind),
            self._uniforms[uniforms],
            clip,
            self._key(uniforms),
            bytes.fromhex(setting),
            bytes.fromhex(digest),
        )

    def _wrapper(self, number: int, kind: int, free: dict[int, tuple[int, Any]]) -> Any:
        known = self._wrappers.get(number)
        if known is not None and known[0] == kind:
            return known[1]
        # One that nothing shows any more has its GL buffers already
        spare = next((n for n, (other, _) in free.items() if other == kind), None)
        stub = self._new_wrapper(kind) if spare is None else free.pop(spare)[1]
        if spare is not None:
            del self._wrappers[spare]
        self._wrappers[number] = (kind, stub)
        return stub

    def _new_wrapper(self, kind: int) -> Any:
        told = self._kinds[kind]
        cls = WRAPPERS[told["wrapper"]]
        stub = object.__new__(cls)
        stub.shader_folder = told["folder"]
        stub.program_code = told["code"]
        stub.texture_paths = dict.fromkeys(told["textures"], "")
        stub.texture_names_to_ids = {name: at for at, name in enumerate(told["textures"])}
        stub.textures = [self._texture(number) for number in told["textures"].values()]
        return stub

    def _set(self, call: int) -> None:
        """A wrapper's state is the one it has in the frame that is drawn."""
        *_, depth_test, primitive, behind, _, _ = self._calls[call]
        wrapper = self._now[call].item.wrapper
        wrapper.depth_test, wrapper.render_primitive = depth_test, primitive
        if isinstance(wrapper, VShaderWrapper):
            wrapper.stroke_behind = behind

    def _item(self, number: int, stub: Any, kind: int) -> DrawItem:
        digest, start, size = self._items[number]
        data = self._read(start, size, digest)
        dtype = np.dtype(_tuples(self._kinds[kind]["dtype"]))
        return DrawItem(stub, data.view(dtype), bytes.fromhex(digest))

    def _texture(self, number: int) -> NullTexture:
        if number not in self._textures:
            size, components, start, length, digest = self._texture_entries[number]
            data = self._read(start, length, digest).tobytes()
            self._textures[number] = NullTexture(tuple(size), components, data)
        return self._textures[number]

    def _read(self, start: int, size: int, digest: str) -> Any:
        self._data.seek(start)
        data = np.frombuffer(self._data.read(size), np.uint8)
        if len(data) != size or data_digest(data) != digest:
            raise NotWritten(DAMAGED)
        return data

    def _key(self, uniforms: int) -> bytes:
        if uniforms not in self._keys:
            self._keys[uniforms] = uniform_bytes(self._uniforms[uniforms])
        return self._keys[uniforms]


def _tuples(descr: Any) -> Any:
    """What JSON made lists of, as numpy wants it."""
    return [tuple(tuple(p) if isinstance(p, list) else p for p in field) for field in descr]


def data_digest(data: Any) -> str:
    """Of vertices, or of a texture's pixels, in hex digits."""
    return blake3(data).digest(DIGEST_BYTES).hex()
