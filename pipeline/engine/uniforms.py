"""
Setting uniforms without asking.

manimlib sets every uniform in every program of a wrapper for every call, and finds by an exception
which ones the program has. `Programs` asks each program once, and remembers what it was last given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import moderngl
import numpy as np

from pipeline.engine.display import DrawCall, Frame


class Programs:
    """All programs of a context. Nothing else may set their uniforms."""

    def __init__(self) -> None:
        self._uniforms: dict[int, dict[str, Any]] = {}
        self._values: dict[int, dict[str, Any]] = {}
        self._last: dict[int, tuple[bytes, bytes, tuple[str, ...]]] = {}

    def set(self, wrapper: Any, call: DrawCall, frame: Frame) -> None:
        """What ShaderWrapper.update_program_uniforms does."""
        textures = wrapper.texture_names_to_ids
        state = (call.uniforms_key, frame.camera_key, tuple(textures))
        for program in wrapper.programs:
            key = program.glo
            if self._last.get(key) != state:
                self._set(program, key, (call.uniforms, frame.camera_uniforms, textures))
                self._last[key] = state

    def _set(self, program: Any, key: int, layers: tuple[Mapping[str, Any], ...]) -> None:
        uniforms = self._uniforms.get(key)
        if uniforms is None:
            members = ((name, program[name]) for name in program)
            uniforms = {name: m for name, m in members if isinstance(m, moderngl.Uniform)}
            self._uniforms[key] = uniforms
            self._values[key] = {}
        values = self._values[key]
        for name, uniform in uniforms.items():
            # Of what is said twice, the last counts
            for layer in reversed(layers):
                if name in layer:
                    break
            else:
                continue
            value = layer[name]
            if type(value) is np.ndarray and value.ndim > 0:
                value = tuple(value.flatten())
            if name not in values or values[name] != value:
                uniform.value = value
                values[name] = value
