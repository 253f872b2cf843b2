"""
Numbers that count: `DecimalNumber.set_value` for all digits at once, to the same state bit for bit.

manimlib makes every digit anew from a template, puts it next to the one before, and gives it its
style back: a few hundred calls a number, nearly all of them to shift some points or to tell the
groups above. Here a digit that was made once is copied, the places of all are worked out in floats,
and the points of all are shifted together, by the same sums in the same order: vertices are rounded
to 32 bits after each.

Whatever is not as usual, be it a unit, a class of a scene's own or a gradient, is left to manimlib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from manimlib.mobject.mobject import Mobject
from manimlib.mobject.numbers import DecimalNumber
from manimlib.mobject.svg.text_mobject import Text
from manimlib.mobject.types.vectorized_mobject import VMobject

from pipeline.engine.changes import CHANGES
from pipeline.engine.digits import Digit, Places, made_digit, source_of

_set_value = DecimalNumber.set_value
_PARTS = (
    *("set_submobjects_from_number", "arrange", "next_to", "center", "align_to", "shift", "scale"),
    *("move_to", "set_style", "get_style", "become", "set_data", "set_uniforms", "get_font_size"),
    *("apply_points_function", "get_bounding_box", "get_bounding_box_point", "get_edge_center"),
    *("compute_bounding_box", "refresh_bounding_box", "note_changed_data", "refresh_joint_angles"),
    *("refresh_unit_normal", "get_family", "family_members_with_points", "set_coord", "get_points"),
    *("resize_points", "refresh_shader_wrapper_id", "align_family", "get_height", "get_coord"),
    *("length_over_dim", "_handle_scale_side_effects", "__getitem__", "set_stroke", "set_shading"),
)
"""Of a number, a digit, and a digit's outline, what is not called here."""
_TELLS = ("note_changed_data", "refresh_bounding_box")
"""And of the groups above."""
_OURS = {name: ours for _, name, _, ours in CHANGES}
_STOCK = {
    like: {name: (getattr(like, name, None), _OURS.get(name)) for name in (*_PARTS, *_TELLS)}
    for like in (DecimalNumber, Text, VMobject, Mobject)
}
"""As they are before a scene is loaded, which may put its own in their place."""
MOST_REMEMBERED = 1000
"""Digits of every size there is; a number that grows is of a new one on every frame."""


class _Counting:
    """What is remembered of digits."""

    def __init__(self) -> None:
        self._digits: dict[tuple[Any, float], Digit] = {}
        self._ids: dict[tuple[Any, ...], int] = {}

    def set_value(self, number: Any, value: Any) -> Any:
        """DecimalNumber.set_value."""
        if not _is_plain(number):
            return _set_value(number, value)
        text = number.get_num_string(value)
        templates = [number.char_to_mob(char) for char in text]
        style = _plain_style(number)
        digits = style and self._matching(number, templates)
        if not digits or style is None:
            return _set_value(number, value)
        target = number.get_bounding_box_point(number.edge_to_fix)
        number.number, number.num_string = value, text
        places = Places(digits)
        places.arrange(number.digit_buff_per_font_unit * number.font_size)
        places.align(text)
        box = places.move(target, number.edge_to_fix)
        self._write(number, digits, places, style)
        number.bounding_box[:] = box
        _tell_all(number)
        return number

    def _matching(self, number: Any, templates: Sequence[Any]) -> list[Digit] | None:
        """The digits a number is to show, if those it shows are made as they are."""
        shown = number.submobjects
        if len(shown) != len(templates) or not shown:
            return None
        found = []
        for mob, template in zip(shown, templates, strict=True):
            if not (_is_digit(mob) and _is_digit(template)) or mob.parents != [number]:
                return None
            outline, wanted = mob.submobjects[0], template.submobjects[0]
            if (
                outline.parents != [mob]
                or not len(wanted.data)
                or outline.data.dtype != wanted.data.dtype
                or not _overwritten(outline, wanted, number)
                or not _overwritten(mob, template, number)
            ):
                return None
            digit = self._digit(template, number.font_size / template.font_size)
            if digit.has_names:
                return None
            found.append(digit)
        return found

    def _digit(self, template: Any, factor: float) -> Digit:
        known = self._digits.get((template, factor))
        source = source_of(template)
        if known is not None and known.source == source:
            return known
        digit = made_digit(template, factor, source)
        if len(self._digits) >= MOST_REMEMBERED:
            self._digits.clear()
        self._digits[template, factor] = digit
        return digit

    def _write(self, number: Any, digits: Sequence[Digit], places: Places, style: _Style) -> None:
        """All that `become`, `scale`, the shifts and `set_style` leave in each mobject."""
        _take_style(number, style)
        for mob, digit, points, boxes in zip(
            number.submobjects, digits, places.points_of_each(), places.boxes, strict=True
        ):
            outline = mob.submobjects[0]
            _become(mob, digit.template, boxes[0])
            _become(outline, digit.outline, boxes[1])
            data = outline.data
            if len(data) == len(digit.data):
                data[:] = digit.data
            else:
                outline.data = data = digit.data.copy()
            data["point"] = points
            data["fill_rgba"], data["stroke_rgba"] = style.fill, style.stroke
            data["stroke_width"] = style.width
            for one in (mob, outline):
                if one.shader_wrapper is not None:
                    self._set_id(one, digit, style)
                one.uniforms.update(number.uniforms)
                one.stroke_behind = style.behind
            _take_width(mob, style)

    def _set_id(self, mob: Any, digit: Digit, style: _Style) -> None:
        """The id `set_style` gives its wrapper, which is before it has the number's uniforms."""
        wrapper = mob.shader_wrapper
        wrapper.stroke_behind, wrapper.depth_test = style.behind, mob.depth_test
        key = (
            digit,
            mob.__class__,
            style.uniforms,
            style.behind,
            wrapper.render_primitive,
            *wrapper.program_code.values(),
            *mob.uniforms,
        )
        known = None if wrapper.texture_paths else self._ids.get(key)
        if known is not None:
            wrapper.id = known
            return
        uniforms = wrapper.mobject_uniforms
        template = digit.template if mob.submobjects else digit.outline
        wrapper.mobject_uniforms = uniforms | template.uniforms | style.named_uniforms
        wrapper.refresh_id()
        wrapper.mobject_uniforms = uniforms
        if len(self._ids) >= MOST_REMEMBERED:
            self._ids.clear()
        self._ids[key] = wrapper.id


class _Style(NamedTuple):
    """Of a number's first digit, the same for all its vertices."""

    fill: Any
    stroke: Any
    width: Any
    behind: bool
    flat: float
    shading: Any

    @property
    def uniforms(self) -> tuple[float, bytes]:
        return self.flat, self.shading.tobytes()

    @property
    def named_uniforms(self) -> dict[str, Any]:
        return {"flat_stroke": self.flat, "shading": self.shading}


def _is_plain(number: Any) -> bool:
    """Whether a number is nothing but its digits, and manimlib's in all it does."""
    return (
        number.unit is None
        and not number.show_ellipsis
        and not number.include_background_rectangle
        and not len(number.data)
        and _is_stock(number.__class__, DecimalNumber)
        and all(_is_stock(above.__class__, Mobject, _TELLS) for above in _all_above(number))
    )


def _is_digit(mob: Any) -> bool:
    """Whether it is a text of one outline."""
    if mob.__class__ is not Text or len(mob.submobjects) != 1 or len(mob.data):
        return False
    if not _is_stock(Text, Text):
        return False
    outline = mob.submobjects[0]
    return not outline.submobjects and _is_stock(outline.__class__, VMobject)


def _overwritten(mob: Any, template: Any, number: Any) -> bool:
    """Whether the number's uniforms take the place of all that `become` would set."""
    names = number.uniforms.keys()
    return (
        template.uniforms.keys() <= names
        and mob.uniforms.keys() == names
        and (mob.shader_wrapper is None or mob.shader_wrapper.mobject_uniforms is mob.uniforms)
    )


@cache
def _is_stock(kind: type, like: type, names: tuple[str, ...] = _PARTS) -> bool:
    """Whether a class does all this as manimlib's own does, or as the engine in its place."""
    return all(getattr(kind, name, None) in _STOCK[like][name] for name in names)


def _all_above(mob: Any) -> list[Any]:
    found = list(mob.parents)
    for above in found:
        found += above.parents
    return found


def _tell_all(number: Any) -> None:
    """That it and all in it are changed, to all above."""
    for mob in number.get_family():
        mob._data_has_changed = True
    for above in _all_above(number):
        above._data_has_changed = above._needs_new_bounding_box = True


def _plain_style(number: Any) -> _Style | None:
    """None where the vertices of the first digit differ."""
    first = next((mob for mob in number.get_family() if len(mob.data)), None)
    if first is None:
        return None
    columns = [first.data[name] for name in ("fill_rgba", "stroke_rgba", "stroke_width")]
    if any(column.tobytes() != column[0].tobytes() * len(column) for column in columns):
        return None
    fill, stroke, width = (column[0].copy() for column in columns)
    uniforms = first.uniforms
    flat = float(uniforms["flat_stroke"] == 1.0)
    return _Style(fill, stroke, width, first.stroke_behind, flat, uniforms["shading"].copy())


def _become(mob: Any, template: Any, box: Any) -> None:
    """Mobject.become and VMobject.set_data of one member, but for data and uniforms."""
    mob.bounding_box[:] = box
    mob.shader_folder = template.shader_folder
    mob.texture_paths = template.texture_paths
    mob.depth_test = template.depth_test
    mob.render_primitive = template.render_primitive
    mob._needs_new_bounding_box = False
    mob.subpath_end_indices = None
    mob.needs_new_joint_angles = mob.needs_new_unit_normal = True


def _take_style(number: Any, style: _Style) -> None:
    """VMobject.set_style of the number itself, which has no points."""
    _take_width(number, style)
    number.stroke_behind = style.behind
    number.uniforms["flat_stroke"] = style.flat
    number.uniforms["shading"][:] = style.shading


def _take_width(mob: Any, style: _Style) -> None:
    mob._data_defaults["stroke_width"] = style.width


_counting = _Counting()
COUNTING: tuple[type, str, Callable[..., Any], Callable[..., Any]] = (
    DecimalNumber,
    "set_value",
    _set_value,
    lambda number, value: _counting.set_value(number, value),
)
