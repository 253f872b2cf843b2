"""
Arrows, and pairs of them that show the angle between; `crowds` has more than two at a time.

All arrows are strokes, which turn themselves to the camera: nothing has to be redrawn when it
moves. `vector` and `degrees` are read back from the points that are drawn.
"""

from __future__ import annotations

from manimlib import *

from scenes.components.numbers import Figure
from scenes.components.style import INK, LABEL_SIZE, UNIT_1, UNIT_3


class SpaceArrow(VMobject):
    """
    An arrow in the plane or in space, of two strokes: a shaft, and a tip that narrows to a point.

    A tip takes at most `largest_tip_share` of the arrow, so that a growing arrow grows it too.
    """

    def __init__(
        self,
        vector: np.ndarray = RIGHT,
        start: np.ndarray = ORIGIN,
        color: str = INK,
        width: float = 5.0,
        tip_length: float = 0.28,
        tip_width: float = 20.0,
        largest_tip_share: float = 0.4,
        **style,
    ):
        self.shaft_width, self.tip_width = width, tip_width
        self.tip_length, self.largest_tip_share = tip_length, largest_tip_share
        super().__init__(stroke_color=color, joint_type="no_joint", **style)
        self.set_points(np.zeros((7, 3)))
        self.set_stroke(color)
        self.set_fill(opacity=0)
        self.aim(start, np.asarray(start) + np.asarray(vector))

    def aim(self, start: np.ndarray, end: np.ndarray) -> SpaceArrow:
        """Draws it from `start` to `end`, wherever it was."""
        start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        length = float(np.linalg.norm(end - start))
        share = min(self.largest_tip_share, self.tip_length / length) if length > 0 else 0.0
        base = end + share * (start - end)
        points = [start, (start + base) / 2, base, base, base, (base + end) / 2, end]
        self.set_points(np.array(points))
        shrink = share * length / self.tip_length
        tip = self.tip_width * shrink * np.array([1.0, 0.5, 0.0])
        shaft = min(self.shaft_width, self.shaft_width * 2 * shrink)
        self.data["stroke_width"][:, 0] = [shaft] * 4 + list(tip)
        self.note_changed_data()
        return self

    @property
    def start(self) -> np.ndarray:
        return self.get_points()[0].copy()

    @property
    def end(self) -> np.ndarray:
        return self.get_points()[-1].copy()

    @property
    def vector(self) -> np.ndarray:
        return self.end - self.start


class GrowSpaceArrow(Animation):
    """Lengthens an arrow from its start to where it points now."""

    def begin(self) -> None:
        self.ends = self.mobject.start, self.mobject.end
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        start, end = self.ends
        grown = self.rate_func(self.time_spanned_alpha(alpha))
        self.mobject.aim(start, start + grown * (end - start))


class Readout(Figure):
    """A figure that keeps its colour whatever glyphs it gains or loses."""

    def set_value(self, number: float) -> Readout:
        glyph = self.family_members_with_points()[0]
        color, opacity = glyph.get_fill_color(), float(glyph.get_fill_opacity())
        super().set_value(number)
        return self.set_fill(color, opacity)


class AnglePair(VGroup):
    """
    Two arrows from one point, the arc between them and its degrees: the first lies along
    `heading`, the second is turned from it by `degrees`, 0 to 180. A right angle has a corner.
    """

    def __init__(
        self,
        degrees: float = 90.0,
        length: float = 1.0,
        colors: tuple[str, str] = (UNIT_1, UNIT_3),
        arc_radius: float = 0.2,
        heading: float = 0.0,
        decimals: int = 0,
        label_size: float = LABEL_SIZE,
        label_gap: float = 0.12,
        **arrow_options,
    ):
        super().__init__()
        self.length, self.arc_radius, self.heading = length, arc_radius, heading
        self.label_gap = label_gap
        arrows = VGroup(*(SpaceArrow(color=color, **arrow_options) for color in colors))
        arc = VMobject().set_stroke(INK, 3)
        label = VGroup(
            Readout(degrees, label_size, decimals=decimals),
            Text("°", font_size=label_size, fill_color=INK),
        )
        self.add(arrows, arc, label)
        self.vertex = ORIGIN
        self.set_degrees(degrees)

    @property
    def arrows(self) -> VGroup:
        return self[0]

    @property
    def arc(self) -> VMobject:
        return self[1]

    @property
    def label(self) -> VGroup:
        return self[2]

    @property
    def degrees(self) -> float:
        """Of the arrows as they are drawn."""
        return float(np.degrees(angle_between_vectors(*(arrow.vector for arrow in self.arrows))))

    @property
    def shown(self) -> float:
        """The number the label says."""
        return self.label[0].value

    def put_at(self, vertex: np.ndarray) -> AnglePair:
        """Moves all of it, so that the arrows start at `vertex`."""
        self.shift(np.asarray(vertex) - self.arrows[0].start)
        self.vertex = self.arrows[0].start
        return self

    def set_degrees(self, degrees: float) -> AnglePair:
        first, turn = np.radians(self.heading), np.radians(degrees)
        vertex = self.vertex = self.arrows[0].start
        for arrow, angle in zip(self.arrows, (first, first + turn), strict=True):
            arrow.aim(vertex, vertex + self.length * rotate_vector(RIGHT, angle))
        self._draw_arc(first, turn, is_right=abs(degrees - 90) < 1e-6)
        self._place_label(degrees, first, turn)
        return self

    def _draw_arc(self, first: float, turn: float, *, is_right: bool) -> None:
        if is_right:
            corner = 0.75 * self.arc_radius * np.array([RIGHT, RIGHT + UP, UP])
            self.arc.set_points_as_corners(corner)
        else:
            self.arc.set_points(quadratic_bezier_points_for_arc(turn) * self.arc_radius)
        self.arc.rotate(first, about_point=ORIGIN).shift(self.vertex)

    def _place_label(self, degrees: float, first: float, turn: float) -> None:
        """On the bisector: as near as the arc allows, further out while the angle is narrow."""
        number, sign = self.label
        number.set_value(degrees)
        sign.next_to(number, RIGHT, buff=0.04).align_to(number, UP)
        direction = rotate_vector(RIGHT, first + turn / 2)
        across, along = np.abs(direction[:2])
        half_width, half_height = self.label.get_width() / 2, self.label.get_height() / 2
        reach = across * half_width + along * half_height
        breadth = along * half_width + across * half_height + self.label_gap
        nearest = self.arc_radius + self.label_gap
        between = breadth / max(np.sin(turn / 2), 1e-3)
        distance = reach + np.clip(between, nearest, self.length + self.label_gap)
        self.label.move_to(self.vertex + distance * direction)


class TurnTo(Animation):
    """Opens or closes an AnglePair to `degrees`, all that follows from them included."""

    def __init__(self, pair: AnglePair, degrees: float, **options):
        self.target = degrees
        super().__init__(pair, **options)

    def begin(self) -> None:
        self.first = self.mobject.degrees
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        done = self.rate_func(self.time_spanned_alpha(alpha))
        exact = self.target if done == 1 else interpolate(self.first, self.target, done)
        self.mobject.set_degrees(exact)
