"""
How mobjects change, in fewer calls than manimlib takes, to the same state bit for bit.

A change is told to every group above, a call for each; where there is one group above another the
flags are set in a loop. A number that counts copies vertices of the same length from a digit, and
then takes its style back member by member, where every member makes ids for all below it three
times over. Only the last id of each is ever looked at, so only that one is made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

import numpy as np
from manimlib.mobject.mobject import Mobject
from manimlib.mobject.types.vectorized_mobject import VMobject
from manimlib.utils.iterables import resize_with_interpolation

_set_data, _set_style = VMobject.set_data, VMobject.set_style
_PARTS = {
    _set_style: (
        "get_family",
        "set_stroke",
        "set_rgba_array_by_color",
        "set_flat_stroke",
        "set_shading",
        "set_uniform",
        "refresh_shader_wrapper_id",
        "get_ancestors",
        "get_num_points",
        "has_points",
        "get_points",
        "family_members_with_points",
    ),
    _set_data: ("resize_points", "get_num_points", "get_points"),
}
"""What they are made of, but for what is called here too."""
_STOCK = {
    whole: {name: getattr(VMobject, name) for name in parts} for whole, parts in _PARTS.items()
}
_AXES = np.arange(3)
_WHOLE_STYLE = {
    "fill_rgba",
    "fill_border_width",
    "stroke_rgba",
    "stroke_width",
    "stroke_behind",
    "flat_stroke",
    "shading",
}
"""What `get_style` gives."""


def _noted(self: Any, recurse_up: bool = True) -> Any:
    """Mobject.note_changed_data."""
    self._data_has_changed = True
    if recurse_up:
        _tell(self.parents, "note_changed_data", _noted, "_data_has_changed")
    return self


def _refreshed(self: Any, recurse_down: bool = False, recurse_up: bool = True) -> Any:
    """Mobject.refresh_bounding_box."""
    for mob in self.get_family() if recurse_down else (self,):
        mob._needs_new_bounding_box = True
    if recurse_up:
        _tell(self.parents, "refresh_bounding_box", _refreshed, "_needs_new_bounding_box")
    return self


def _tell(parents: Any, name: str, ours: Callable[..., Any], flag: str) -> None:
    """Calls a method of each, or sets its flag alone where that is all the method does here."""
    while len(parents) == 1 and getattr(type(parents[0]), name) is ours:
        setattr(parents[0], flag, True)
        parents = parents[0].parents
    for parent in parents:
        getattr(parent, name)()


def _with_data(self: Any, data: Any, refresh: bool = True) -> Any:
    """VMobject.set_data. Where the length stays, nothing has to be resized."""
    if len(data) != len(self.data) or not _is_stock(self.__class__, _set_data):
        return _set_data(self, data, refresh=refresh)
    assert data.dtype == self.data.dtype
    self.refresh_bounding_box()
    self.data[:] = data
    self.note_changed_data()
    if refresh:
        self.subpath_end_indices = None
        self.refresh_joint_angles()
        self.refresh_unit_normal()
    return self


def _styled(self: Any, *arguments: Any, **style: Any) -> Any:
    """VMobject.set_style, with all of what `get_style` gives. An id is made once for each."""
    family = self.get_family()
    if (
        arguments
        or style.keys() != _WHOLE_STYLE
        or not isinstance(style["stroke_width"], np.ndarray)
        or any(value is None for value in style.values())
        or not all(_is_stock(mob.__class__, _set_style) for mob in family)
    ):
        return _set_style(self, *arguments, **style)
    flat, behind, shading = float(style["flat_stroke"]), style["stroke_behind"], style["shading"]
    for mob in family:
        data = mob.data
        for name in ("fill_rgba", "stroke_rgba"):
            data[name][:] = resize_with_interpolation(style[name], len(data))
        data = data if len(data) else mob._data_defaults
        widths = resize_with_interpolation(style["stroke_width"], len(data))
        data["stroke_width"][:, 0] = widths.flatten()
        mob.stroke_behind = behind
        mob.uniforms["flat_stroke"] = flat
        mob.uniforms["shading"][:] = shading
    for mob in family:
        wrapper = mob.shader_wrapper
        if wrapper is not None:
            wrapper.stroke_behind, wrapper.depth_test = behind, mob.depth_test
            wrapper.refresh_id()
        if len(mob.data):
            mob.note_changed_data()
        else:
            _mark(mob)
    return self


def _mark(mob: Any) -> None:
    """As changed, with all above it, as `refresh_shader_wrapper_id` does."""
    mob._data_has_changed = True
    for parent in mob.parents:
        _mark(parent)


def edge_of(box: Any, direction: Any) -> Any:
    """A point of a box (3, 3): least, middle or most of each axis, by a direction's signs."""
    return box[(np.sign(direction[:3]) + 1).astype(int), _AXES]


def _edge_point(self: Any, direction: Any) -> Any:
    """Mobject.get_bounding_box_point."""
    return edge_of(self.get_bounding_box(), direction)


@cache
def _is_stock(kind: Hashable, whole: Callable[..., Any]) -> bool:
    """Whether a class does as manimlib's own what a function of VMobject is made of."""
    return all(getattr(kind, name) is function for name, function in _STOCK[whole].items())


CHANGES = (
    (Mobject, "note_changed_data", Mobject.note_changed_data, _noted),
    (Mobject, "refresh_bounding_box", Mobject.refresh_bounding_box, _refreshed),
    (Mobject, "get_bounding_box_point", Mobject.get_bounding_box_point, _edge_point),
    (VMobject, "set_data", _set_data, _with_data),
    (VMobject, "set_style", _set_style, _styled),
)
"""Class, name, manimlib's function, and the one here."""
