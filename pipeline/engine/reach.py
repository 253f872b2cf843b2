"""
How far from its curve a stroke's corners can be, in half widths.

manimgl's stroke shader steps from each sampled point to both sides, by one half width across the
tangent and, at a joint, by some more along it. This bounds that step for a whole group of curves,
or says that it has no bound. Written beside shaders/quadratic_bezier/stroke/geom.glsl, whose
names are given where they help.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

STRAIGHT_COSINE = 0.999
"""COS_THRESHOLD: joints with a larger cosine are not adjusted."""
AUTO_SHIFT = 6.5
"""
Most an `auto` joint moves along the tangent: it bevels down to a cosine of -0.9, where the shift is
4.4, miters from -0.95, and is at most 1.95 / sin in between.
"""
NO_JOINT, AUTO_JOINT = 0, 1
LEAST_SINE = 2e-3
"""Of a joint as seen; the shader takes it from 1 - cos², in float32."""
IN_PLANE = 0.005
"""Largest cosine between a tangent and the normal of a curve taken to be flat."""
LEAST_FACING = 0.05
"""Least cosine between a curve's normal and the direction to the camera."""
END_ON = 0.9995
"""Largest cosine between a straight stroke and the direction to the camera."""
CUSP = -0.9
"""Least cosine between a curve's end tangents: a tangent in between may vanish otherwise."""
SHORTEST = 2e-5
"""Least length of a tangent, as a share of its curve's coordinates, to have a direction in float32."""
LEAST_LENGTH = 1e-10
"""Least length of a tangent whose square float32 still has."""


class Curves:
    """Tangents, normals and joints of the curves of a group that the stroke shader draws."""

    def __init__(self, vertices: Array) -> None:
        points = vertices["point"].astype(np.float64)
        first, handle, last = points[0::3], points[1::3], points[2::3]
        # Curves are marked as ended by a handle on the first anchor
        drawn = (first != handle).any(axis=1)
        self.first, self.last = first[drawn], last[drawn]
        self._handle = handle[drawn]
        self.out, self.into = self._handle - self.first, self.last - self._handle
        self.normal = vertices["base_normal"][1::3][drawn].astype(np.float64)
        angles = vertices["joint_angle"][:, 0].astype(np.float64)
        joints = np.stack([angles[0::3][drawn], angles[2::3][drawn]])
        self.sines = np.where(
            np.abs(np.cos(joints)) > STRAIGHT_COSINE, np.inf, np.abs(np.sin(joints))
        )
        """(2, n) of the joints at both ends; infinite where the shader adjusts nothing."""
        self.out_length, self.into_length = _squares(self.out), _squares(self.into)
        self.is_sound = self._check(bool(np.isfinite(joints).all()))
        bend = _squares(np.cross(self.out, self.into))
        self.is_simple = (bend <= 1e-6 * self.out_length * self.into_length) & (joints == 0).all(
            axis=0
        )
        """Straight and without joints: such a stroke has no use for the normal."""

    def _check(self, finite: bool) -> bool:
        """Whether every tangent the shader can compute has a direction."""
        if not finite or len(self.first) == 0:
            return finite
        lengths = np.minimum(self.out_length, self.into_length)
        farthest = max(
            np.abs(self.first).max(), np.abs(self._handle).max(), np.abs(self.last).max()
        )
        if not lengths.min() >= max(SHORTEST * farthest, LEAST_LENGTH) ** 2:
            return False
        turn = (self.out * self.into).sum(axis=1)
        return bool((turn >= CUSP * np.sqrt(self.out_length * self.into_length)).all())


def stroke_reach(curves: Curves, eye: Array, *, flat: bool, joints: Any) -> float | None:
    """
    The longest step, in half widths (antialiasing included); None when there is no bound.

    `eye` is the camera's position; `flat` whether strokes lie in the curve's plane rather than
    facing the camera; `joints` the joint_type uniform.
    """
    if len(curves.first) == 0:
        return 1.0
    if not curves.is_sound:
        return None
    planar = _is_planar(curves)
    if flat:
        return _longest(curves.sines, joints) if planar.all() else None
    facing = _facing(curves, eye)
    simple = curves.is_simple & _is_aside(curves, eye)
    if not (simple | (planar & (facing >= LEAST_FACING))).all():
        return None
    # Seen at an angle, a joint's sine shrinks at most by the cosine of that angle
    return _longest(np.where(simple, np.inf, curves.sines * facing), joints)


def _longest(sines: Array, joints: Any) -> float | None:
    least = float(sines.min())
    if joints == NO_JOINT or least == np.inf:
        return 1.0
    if least < LEAST_SINE:
        return None
    if joints == AUTO_JOINT:
        return 1.0 + AUTO_SHIFT
    # (cos ± 1) / sin, and a quarter more: for a normal not quite one, a tangent not quite in plane
    return 1.0 + max(AUTO_SHIFT, 2.5 / least)


def _is_planar(curves: Curves) -> Array:
    """Whether both end tangents lie in the plane of a normal that is one."""
    size = _squares(curves.normal)
    result = (size > 0.9) & (size < 1.1)
    for tangent, length in ((curves.out, curves.out_length), (curves.into, curves.into_length)):
        along = (tangent * curves.normal).sum(axis=1)
        result &= along**2 <= IN_PLANE**2 * length * size
    return result


def _facing(curves: Curves, eye: Array) -> Array:
    """Least cosine, over each curve, between its normal and the direction to the camera."""
    heights, distances = [], []
    for point in (curves.first, curves.first + curves.out, curves.last):
        away = eye - point
        heights.append((away * curves.normal).sum(axis=1))
        distances.append(_squares(away))
    height = np.abs(np.array(heights)).min(axis=0)
    same_side = np.abs(np.sign(heights).sum(axis=0)) == 3
    size = np.sqrt(np.max(distances, axis=0) * _squares(curves.normal))
    return np.where(same_side, height / np.maximum(size, 1e-300), 0.0)


def _is_aside(curves: Curves, eye: Array) -> Array:
    """Whether a straight stroke is nowhere seen end on."""
    result = np.ones(len(curves.first), dtype=bool)
    for point in (curves.first, curves.last):
        away = eye - point
        along = (away * curves.out).sum(axis=1)
        result &= along**2 <= END_ON**2 * _squares(away) * curves.out_length
    return result


def _squares(vectors: Array) -> Array:
    return np.einsum("ij,ij->i", vectors, vectors)
