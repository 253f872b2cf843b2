"""
Functions of manimlib that give way to faster ones with the same results, bit for bit.

A shader wrapper's id is a hash of its uniforms as text, made anew whenever a style is set: four
times for each digit of a number that counts. Writing arrays out as text is half of all the time
such a scene takes to step. The text follows from the bytes, so ids are remembered by those.

A transform interpolates every member of its families on every frame, most of which are groups
without a point of their own; there the arithmetic on arrays of nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manimlib.mobject.mobject import Mobject
from manimlib.shader_wrapper import ShaderWrapper, VShaderWrapper
from manimlib.utils.paths import straight_path

from pipeline.engine.changes import CHANGES
from pipeline.engine.counting import COUNTING

MOST_REMEMBERED = 10_000
"""Uniforms that are animated are new on every frame."""

_interpolate = Mobject.interpolate


def step_quicker() -> None:
    """For the rest of the process."""
    for owner, name, known, quicker in (
        (Mobject, "interpolate", _interpolate, _interpolated),
        *CHANGES,
        COUNTING,
    ):
        if getattr(owner, name) is known:  # and not a scene's own
            setattr(owner, name, quicker)
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


def _interpolated(
    self: Any, mobject1: Any, mobject2: Any, alpha: float, path_func: Any = straight_path
) -> Any:
    """Mobject.interpolate. Along a straight path, and where there are points, in fewer calls."""
    if path_func is not straight_path:
        return _interpolate(self, mobject1, mobject2, alpha, path_func)
    beta = 1 - alpha
    data, one, other = self.data, mobject1.data, mobject2.data
    locked = self.locked_data_keys
    keys = [key for key in data.dtype.names if key not in locked]
    if keys:
        self.note_changed_data()
        if len(data) or len(one) or len(other):
            constant = self.const_data_keys
            for key in keys:
                start, end = one[key], other[key]
                if key in constant:
                    start, end = start[0], end[0]
                data[key] = beta * start + alpha * end
    uniforms, first, second = self.uniforms, mobject1.uniforms, mobject2.uniforms
    locked = self.locked_uniform_keys
    for key in uniforms:
        if key not in locked and key in first and key in second:
            uniforms[key] = beta * first[key] + alpha * second[key]
    self.bounding_box[:] = beta * mobject1.bounding_box + alpha * mobject2.bounding_box
    return self
