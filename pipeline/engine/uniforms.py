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
        self._known: dict[int, _Program] = {}

    def set(self, wrapper: Any, call: DrawCall, frame: Frame) -> None:
        """What ShaderWrapper.update_program_uniforms does."""
        textures = wrapper.texture_names_to_ids
        state = (call.uniforms_key, frame.camera_key, tuple(textures))
        for program in wrapper.programs:
            known = self._known.get(id(program))
            if known is None:
                known = self._known[id(program)] = _Program(program)
            if known.state != state:
                known.set((call.uniforms, frame.camera_uniforms, textures))
                known.state = state


class _Program:
    def __init__(self, program: Any) -> None:
        members = ((name, program[name]) for name in program)
        self._program = program  # kept, or its id could become another's
        self._uniforms = {name: m for name, m in members if isinstance(m, moderngl.Uniform)}
        self._values: dict[str, Any] = {}
        self.state: tuple[Any, ...] = ()

    def set(self, layers: tuple[Mapping[str, Any], ...]) -> None:
        for name, uniform in self._uniforms.items():
            # Of what is said twice, the last counts
            for layer in reversed(layers):
                if name in layer:
                    break
            else:
                continue
            value = layer[name]
            if type(value) is np.ndarray and value.ndim > 0:
                value = tuple(value.flatten())
            if name not in self._values or self._values[name] != value:
                uniform.value = value
                self._values[name] = value
