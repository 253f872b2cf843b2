"""A signal of forty numbers and the layers of a network under it, each number over what it reads."""

from __future__ import annotations

from manimlib import *

from scenes.components.style import DATA, GRAD, PANEL, POS

STEP = 0.265
"""From one sample of the signal to the next."""
LEFT_X = -6.3
"""Where the first sample is."""


def sample_x(place: float) -> float:
    return LEFT_X + STEP * place


class SignalLine(VGroup):
    """Numbers joined by a line, a dot on each; zero lies at the height of `y`."""

    def __init__(self, values: np.ndarray, y: float, unit: float, color: str = DATA):
        self.y, self.unit = y, unit
        points = self.points_of(values)
        line = VMobject().set_points_as_corners(points).set_stroke(color, 2.5)
        dots = VGroup(*(Dot(point, radius=0.045, fill_color=color) for point in points))
        super().__init__(line, dots)

    def points_of(self, values: np.ndarray) -> list[np.ndarray]:
        return [
            np.array([sample_x(i), self.y + self.unit * value, 0]) for i, value in enumerate(values)
        ]

    @property
    def dots(self) -> VGroup:
        return self[1]


def reach(layers: int, index: int, kernel: int = 3, stride: int = 2) -> tuple[int, int]:
    """The first and the last sample that unit `index` of a layer sees, `layers` deep."""
    first = last = index
    for _ in range(layers):
        first, last = stride * first, stride * last + kernel - 1
    return first, last


class ChannelStrip(VGroup):
    """
    All channels of a layer, one row each, every column over the middle of what it reads.

    `columns[i]` is what the layer answers at place `i`.
    """

    def __init__(self, values: np.ndarray, depth: int, y: float, height: float):
        self.depth = depth
        rows, places = values.shape
        width = STEP * 2**depth
        largest = float(values.max()) or 1.0
        cell = Rectangle(0.92 * width, 0.9 * height / rows).set_stroke(width=0)
        super().__init__()
        for i in range(places):
            x = sample_x(np.mean(reach(depth, i)))
            column = VGroup()
            for r in range(rows):
                share = max(float(values[r, i]), 0) / largest
                color = interpolate_color(PANEL, POS, share**0.6)
                place = [x, y + height * (0.5 - (r + 0.5) / rows), 0]
                column.add(cell.copy().set_fill(color, 1).move_to(place))
            self.add(column)

    @property
    def columns(self) -> list[VGroup]:
        return self.submobjects

    def frame(self, first: int, last: int) -> VMobject:
        """A box around the columns from `first` to `last`."""
        around = VGroup(self[first], self[last]).get_bounding_box()
        (left, bottom, _), _, (right, top, _) = around
        box = Rectangle(right - left + 0.08, top - bottom + 0.08)
        box.move_to([(left + right) / 2, (bottom + top) / 2, 0])
        return box.set_stroke(GRAD, 4).set_fill(GRAD, 0.08)


def samples_frame(first: int, last: int, y: float, height: float) -> VMobject:
    """A box around the samples of a signal from `first` to `last`."""
    box = Rectangle(STEP * (last - first + 1), height)
    box.set_stroke(GRAD, 4).set_fill(GRAD, 0.08)
    return box.move_to([sample_x((first + last) / 2), y, 0])


def funnel(upper: VMobject, lower: VMobject) -> VMobject:
    """The shade between two boxes, the lower side of one and the upper side of the other."""
    shade = Polygon(
        upper.get_corner(DL), upper.get_corner(DR), lower.get_corner(UR), lower.get_corner(UL)
    )
    return shade.set_stroke(width=0).set_fill(GRAD, 0.22)
