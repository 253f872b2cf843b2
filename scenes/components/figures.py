"""Single numbers that keep their place while they change, and the marks that go with numbers."""

from __future__ import annotations

from manimlib import *

from scenes.components.style import INK, LABEL_SIZE, MONO_FONT, MUTED

FIGURE_CELL = 1.16
"""Width of a figure's cell, in widths of the figure 0."""
POINT_CELL = 0.62
"""The same for a decimal point or comma."""


class Figure(DecimalNumber):
    """
    A number whose figures all have cells of one width: it does not shake while it changes.

    Its last figure stays where it is, so that a column of them stays aligned. It is rounded to
    nearest, also without decimals, where the library's own numbers are cut off.
    """

    def __init__(
        self,
        number: float = 0.0,
        size: float = LABEL_SIZE,
        color: str = INK,
        decimals: int = 2,
        signed: bool = False,
        signed_zero: bool = True,
        font: str = MONO_FONT,
        **style,
    ):
        self.signed_zero = signed_zero
        super().__init__(
            number,
            color=color,
            num_decimal_places=decimals,
            include_sign=signed,
            font_size=size,
            text_config={"font": font},
            **style,
        )

    @property
    def value(self) -> float:
        """The number as it is drawn, rounded."""
        return float(self.num_string.replace("–", "-").replace(",", ""))

    def get_num_string(self, number: float) -> str:
        drawn = super().get_num_string(round(float(number), self.num_decimal_places))
        is_zero = not drawn.strip("+–0.,")
        return drawn.lstrip("+–") if is_zero and not self.signed_zero else drawn

    def set_submobjects_from_number(self, number: float) -> None:
        super().set_submobjects_from_number(number)
        zero = self.char_to_mob("0")
        unit = zero.get_width() * self.get_font_size() / zero.font_size
        right = 0.0
        for glyph, character in zip(self, self.num_string, strict=True):
            cell = unit * (POINT_CELL if character in ".," else FIGURE_CELL)
            glyph.set_x(right + cell / 2)
            right += cell
        self.set_x(0)

    def set_value(self, number: float) -> Figure:
        if self.get_num_string(number) == self.num_string:
            self.number = number
            return self
        anchor = self[-1].get_bottom()
        style = self.family_members_with_points()[0].get_style()
        self.set_submobjects_from_number(number)
        self.shift(anchor - self[-1].get_bottom())
        self.set_style(
            **{
                **style,
                "fill_rgba": style["fill_rgba"][:1],
                "stroke_rgba": style["stroke_rgba"][:1],
            }
        )
        for glyph in self.get_family():
            glyph.uniforms.update(self.uniforms)
        return self


def bracket(height: float, side: np.ndarray, color: str = INK, width: float = 3.0) -> VMobject:
    """A square bracket of straight lines that opens away from `side`, LEFT or RIGHT."""
    serif = -min(0.16, 0.2 * height) * side
    half = height / 2 * UP
    shape = VMobject().set_points_as_corners([half + serif, half, -half, -half + serif])
    return shape.set_stroke(color, width).set_joint_type("miter")


def three_dots(length: float, color: str = MUTED) -> VGroup:
    """Three dots in a column, `length` units from the first centre to the last."""
    radius = min(0.03, 0.16 * length)
    dots = VGroup(*(Dot(radius=radius, fill_color=color) for _ in range(3)))
    for dot, height in zip(dots, (0.5, 0, -0.5), strict=True):
        dot.move_to(height * length * UP)
    return dots
