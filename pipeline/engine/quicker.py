"""
Functions of manimlib that give way to faster ones with the same results, bit for bit.

A shader wrapper's id is a hash of its uniforms as text, made anew whenever a style is set: four
times for each digit of a number that counts. Writing arrays out as text is half of all the time
such a scene takes to step. The text follows from the bytes, so ids are remembered by those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper

MOST_REMEMBERED = 10_000
"""Uniforms that are animated are new on every frame."""


def step_quicker() -> None:
    """For the rest of the process."""
    ShaderWrapper.refresh_id = _remembering(ShaderWrapper.refresh_id, _state)
    VShaderWrapper.refresh_id = _remembering(VShaderWrapper.refresh_id, _curves_state)


def _remembering(
    refresh_id: Callable[[Any], None], state_of: Callable[[Any], tuple[Any, ...]]
) -> Callable[[Any], None]:
    ids: dict[tuple[Any, ...], int] = {}

    def remembering(wrapper: Any) -> None:
        state = state_of(wrapper)
        known = ids.get(state)
        if known is not None:
            wrapper.id = known
            return
        refresh_id(wrapper)
        if len(ids) >= MOST_REMEMBERED:
            ids.clear()
        ids[state] = wrapper.id

    return remembering


def _state(wrapper: Any) -> tuple[Any, ...]:
    """Whatever goes into the id, each in a form that is equal only where its text is."""
    uniforms = wrapper.mobject_uniforms
    return (
        *wrapper.program_code.values(),
        *uniforms,
        *map(_exactly, uniforms.values()),
        str(wrapper.depth_test),
        str(wrapper.render_primitive),
        str(wrapper.texture_paths),
    )


def _curves_state(wrapper: Any) -> tuple[Any, ...]:
    return (*_state(wrapper), str(wrapper.stroke_behind))


def _exactly(value: Any) -> Any:
    kind = type(value)
    if kind is np.ndarray and not value.dtype.hasobject:
        return (value.dtype.str, value.shape, value.tobytes())
    # 1.0 is equal to 1 and to True, and 0.0 to -0.0
    return value if kind is float and value else repr(value)
