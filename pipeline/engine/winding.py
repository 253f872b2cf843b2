"""
Winding a reel: writing down what a trace sees of every frame, see reel.py.

What cannot be written down, or grows too large, is no reel.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from manimlib.shader_wrapper import VShaderWrapper

from pipeline.engine.display import DrawCall, DrawItem, Frame, textures_of
from pipeline.engine.nullgl import NullTexture
from pipeline.engine.reel import DATA, INDEX, REEL_VERSION, data_digest
from pipeline.engine.repeatable import seems_repeatable

MOST_BYTES = 1 << 30
"""Of one reel: four minutes in which 2,000 curves move on every frame at 30 frames a second."""
MOST_CALLS = 100_000
"""In its index, which is read whole."""
FREE_BYTES = 2 * MOST_BYTES
"""Left on the disk for others."""


class ReelWriter:
    """A reel being made in a folder. Gives up without a word: a reel is never needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: dict[str, list[Any]] = {
            name: [] for name in ("frames", "calls", "kinds", "items", "uniforms", "textures")
        }
        self._numbers: dict[tuple[str, Any], int] = {}
        self._wrappers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._known_wrappers = 0
        self._kept: list[NullTexture] = []
        """So that no other comes to have one's id."""
        self._size = 0
        self._data: Any = None
        try:
            folder.mkdir(parents=True)
            if shutil.disk_usage(folder).free > FREE_BYTES + MOST_BYTES:
                self._data = (folder / DATA).open("wb")
        except OSError:
            self._give_up()

    def add(self, frame: Frame) -> None:
        """Takes a frame that is not as the one before."""
        if self._data is None:
            return
        try:
            self._index["frames"].append(
                [
                    frame.fingerprint.hex(),
                    list(frame.background),
                    self._uniforms(frame.camera_uniforms, frame.camera_key),
                    [self._call(call) for call in frame.calls],
                ]
            )
        except (OSError, TypeError, ValueError):
            self._give_up()
        if self._size > MOST_BYTES or len(self._index["calls"]) > MOST_CALLS:
            self._give_up()

    def close(self, samples: int, sources: Iterable[Path]) -> None:
        """
        Ends the reel.

        Args:
            samples: how often a pixel is sampled.
            sources: all Python files of the project that had a part in it.
        """
        if self._data is None:
            return
        if not all(map(seems_repeatable, sources)):
            self._give_up()
            return
        try:
            self._data.close()
            index = {"version": REEL_VERSION, "samples": samples, **self._index}
            text = json.dumps(index).encode()
            (self._folder / INDEX).write_bytes(data_digest(text).encode() + b"\n" + text)
        except (OSError, TypeError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        if self._data is not None:
            self._data.close()
        self._data = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _numbered(self, name: str, key: Any, make: Any) -> int:
        """The number of something in its list, which it is added to where it is new."""
        number = self._numbers.get((name, key))
        if number is None:
            entry = make()
            number = self._numbers[name, key] = len(self._index[name])
            self._index[name].append(entry)
        return number

    def _call(self, call: DrawCall) -> int:
        wrapper = call.item.wrapper
        number = self._wrappers.get(wrapper)
        if number is None:
            number = self._wrappers[wrapper] = self._known_wrappers
            self._known_wrappers += 1
        return self._numbered("calls", (number, call.digest), lambda: self._new_call(call, number))

    def _new_call(self, call: DrawCall, number: int) -> list[Any]:
        wrapper, vertices = call.item.wrapper, call.item.vertices
        textures = {
            name: self._numbered("textures", id(texture), lambda t=texture: self._texture(t))
            for name, texture in textures_of(wrapper).items()
        }
        dtype = _described(vertices.dtype)
        kind = {
            "wrapper": "curves" if type(wrapper) is VShaderWrapper else "plain",
            "folder": wrapper.shader_folder,
            "code": dict(wrapper.program_code),
            "textures": textures,
            "dtype": dtype,
        }
        # Not by its text: shaders are long, and calls are new on every frame
        key = (
            type(wrapper),
            wrapper.shader_folder,
            *wrapper.program_code.items(),
            *textures.items(),
        )
        return [
            number,
            self._numbered("kinds", (*key, *dtype), lambda: kind),
            self._numbered("items", call.item.vertices_digest, lambda: self._item(call.item)),
            self._uniforms(call.uniforms, call.uniforms_key),
            call.clip,
            bool(wrapper.depth_test),
            int(wrapper.render_primitive),
            bool(getattr(wrapper, "stroke_behind", False)),
            call.setting.hex(),
            call.digest.hex(),
        ]

    def _item(self, item: DrawItem) -> list[Any]:
        return [item.vertices_digest.hex(), *self._put(item.vertices.view(np.uint8))]

    def _texture(self, texture: NullTexture) -> list[Any]:
        if texture.data is None:
            raise TypeError("a framebuffer's texture")
        data = np.frombuffer(texture.data, np.uint8)
        self._kept.append(texture)
        return [list(texture.size), texture.components, *self._put(data), data_digest(data)]

    def _put(self, data: Any) -> tuple[int, int]:
        """Where in the file it is, and how long."""
        start = self._size
        self._size += self._data.write(data)
        return start, self._size - start

    def _uniforms(self, uniforms: Mapping[str, Any], key: bytes) -> int:
        return self._numbered(
            "uniforms", key, lambda: {name: _plain(value) for name, value in uniforms.items()}
        )


def _described(dtype: np.dtype[Any]) -> list[Any]:
    """
    Raises:
        TypeError: it cannot be made again from its description.
    """
    if np.dtype(dtype.descr) != dtype:
        raise TypeError(f"vertices of {dtype}")
    return dtype.descr


def _plain(value: Any) -> Any:
    """
    As JSON has it, without losing a bit.

    Raises:
        TypeError: it is no number, nor numbers in a row.
    """
    if isinstance(value, np.ndarray):
        value = tuple(value.flatten()) if value.ndim else value.item()
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, bool | int | float):
        raise TypeError(f"a uniform that is {type(value).__name__}")
    return value
