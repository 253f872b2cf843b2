"""
How far from its curve a stroke's corners can be, in half widths.

manimgl's stroke shader, shaders/quadratic_bezier/stroke/geom.glsl, steps from each sampled point to
both sides, by a unit vector across the tangent and, at a joint, by a shift along it:
(cos ± 1) / sin of the joint's angle as seen, the sign going over from bevel to miter. Where a
tangent or a joint has no direction, the corner is not finite, and such triangles are not drawn at
all; that the GL does so is asked of it, by `drops_nonfinite`.
"""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np

Array = np.ndarray[Any, Any]

NO_JOINT, AUTO_JOINT = 0, 1
AUTO_SHIFT = 6.5
"""
Most an `auto` joint shifts, whatever its angle: it bevels down to a cosine of -0.9, where the shift
is 4.4, miters below -0.95, where it is 0.2, and is at most 1.95 / sin in between.
"""
LEAST_SINE = 0.0446
"""Of a joint the shader adjusts: it leaves those whose cosine is over COS_THRESHOLD, 0.999."""
LEAST_FACING = 0.2
"""Least cosine, between a plane's normal and the direction to the camera, to be reckoned with."""
SLACK = 1.05
"""For what float32 makes of a small sine."""


def longest_step(joints: Any, facing: float | None) -> float | None:
    """
    How far corners can be, for one joint_type; None when there is no bound.

    `facing` is the least cosine between the normal of the curves' plane and the direction to the
    camera: 1 for flat strokes, None for curves that do not share a plane. Seen at an angle, a
    joint's sine shrinks at most by that cosine.
    """
    if joints == NO_JOINT:
        return SLACK
    if joints == AUTO_JOINT:
        return SLACK * (1.0 + AUTO_SHIFT)
    if facing is None or facing < LEAST_FACING:
        return None
    return SLACK * (1.0 + 2.0 / (LEAST_SINE * facing))


def least_facing(low: Array, high: Array, eye: Array) -> float:
    """For points in a plane of constant z between two corners, with normals along z."""
    height = abs(eye[2] - low[2])
    across = np.maximum(np.abs(eye - low), np.abs(eye - high))
    return float(height / max(np.linalg.norm(across), 1e-12))


def drops_nonfinite(ctx: Any) -> bool:
    """Whether triangles with a corner that is infinite or not a number leave no mark here."""
    program = ctx.program(
        vertex_shader="""
            #version 330
            in vec4 corner;
            void main() { gl_Position = corner; }
        """,
        fragment_shader="""
            #version 330
            out vec4 color;
            void main() { color = vec4(1.0); }
        """,
    )
    target = ctx.framebuffer(ctx.texture((16, 16), 4))
    target.use()
    target.clear()
    buffer = ctx.buffer(np.array(_broken_triangles()).astype("f4").tobytes())
    array = ctx.vertex_array(program, [(buffer, "4f", "corner")])
    array.render(moderngl.TRIANGLES)
    marked = any(target.read(components=4))
    for made in (array, buffer, target, program):
        made.release()
    return not marked


def _broken_triangles() -> list[Array]:
    sound = np.array([[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1]])
    triangles = []
    for value in (np.nan, np.inf, -np.inf):
        for broken in ((0,), (1,), (2,), (0, 1), (0, 1, 2)):
            for parts in ((0, 1, 2, 3), (0,), (0, 1), (2, 3), (3,)):
                corners = sound.copy()
                corners[np.ix_(broken, parts)] = value
                triangles.append(corners)
    return triangles
