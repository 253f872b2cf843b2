"""
Many directions from one point: a triad, a bouquet, a crowd that is moved along baked paths; their
colours; and the cloud that stands for the space they are in.

Each is told its numbers and keeps no others: `values` reads them back from what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from manimlib import *

from scenes.components.style import (
    BOUNDARY,
    DATA,
    FAINT,
    GRAD,
    INK,
    MODEL,
    MUTED,
    NEG,
    POS,
    UNIT_1,
    UNIT_2,
    UNIT_3,
)
from scenes.components.vectors import SpaceArrow


class Triad(VGroup):
    """Three arrows from one point, with a square corner between every two."""

    def __init__(
        self,
        rows: np.ndarray,
        length: float = 2.0,
        colors: tuple[str, str, str] = (UNIT_1, UNIT_3, UNIT_2),
        center: np.ndarray = ORIGIN,
        corner: float = 0.16,
    ):
        """`rows` are three unit vectors; `corner` is the side of a right-angle mark in lengths."""
        super().__init__()
        self.length, self.corner = length, corner
        self.center_point = np.array(center, dtype=float)
        self.add(VGroup(*(VMobject().set_stroke(INK, 2.5) for _ in range(3))))
        self.add(VGroup(*(SpaceArrow(color=color, width=6) for color in colors)))
        self.set_rows(rows)

    @property
    def corners(self) -> VGroup:
        return self[0]

    @property
    def arrows(self) -> VGroup:
        return self[1]

    @property
    def values(self) -> np.ndarray:
        """The arrows as drawn, one a row, in lengths of the triad."""
        return np.array([arrow.vector for arrow in self.arrows]) / self.length

    def set_rows(self, rows: np.ndarray) -> Triad:
        origin, side = self.center_point, self.corner * self.length
        for arrow, row in zip(self.arrows, rows, strict=True):
            arrow.aim(origin, origin + self.length * row)
        for mark, (i, j) in zip(self.corners, ((0, 1), (0, 2), (1, 2)), strict=True):
            bend = [rows[i], rows[i] + rows[j], rows[j]]
            mark.set_points_as_corners(origin + side * np.array(bend))
        return self


class Bouquet(VGroup):
    """Arrows from one point, seen along the z axis, the far ones behind the near ones."""

    def __init__(
        self, rows: np.ndarray, colors: list[str], length: float = 2.0, center: np.ndarray = ORIGIN,
        width: float = 5.0,
    ):  # fmt: skip
        super().__init__(*(SpaceArrow(color=color, width=width) for color in colors))
        self.length, self.hues = length, list(colors)
        self.center_point = np.array(center, dtype=float)
        self.set_rows(rows)

    @property
    def values(self) -> np.ndarray:
        """The arrows as drawn, back to front, one a row, in lengths of the bouquet."""
        return np.array([arrow.vector for arrow in self]) / self.length

    def set_rows(self, rows: np.ndarray) -> Bouquet:
        """The arrow drawn k-th takes the vector that is k-th from the back, and its colour."""
        for arrow, index in zip(self, np.argsort(rows[:, 2], kind="stable"), strict=True):
            arrow.aim(self.center_point, self.center_point + self.length * rows[index])
            arrow.set_stroke(self.hues[index])
        return self


class PackedVectors(VGroup):
    """
    A crowd of directions from the origin: arrows, each with a faint line out of its back, since
    an arrow and its opposite count as one direction. `reach` is the length of a unit vector.
    """

    def __init__(
        self, rows: np.ndarray, colors: list[str], reach: float = 1.0, width: float = 6.0
    ):  # fmt: skip
        super().__init__()
        self.reach, self.width = reach, width
        for row, color in zip(rows, colors, strict=True):
            self.add_direction(row, color)

    @property
    def arrows(self) -> VGroup:
        return VGroup(*(arrow for _, arrow in self))

    @property
    def values(self) -> np.ndarray:
        """The vectors as drawn, one a row."""
        return np.array([arrow.vector for _, arrow in self]) / self.reach

    def set_rows(self, rows: np.ndarray) -> PackedVectors:
        for (back, arrow), row in zip(self, self.reach * rows, strict=True):
            back.set_points_as_corners([ORIGIN, -row])
            arrow.aim(ORIGIN, row)
        return self

    def add_direction(self, row: np.ndarray, color: str) -> VGroup:
        """The line and the arrow of a newcomer, already where it belongs."""
        back = VMobject(joint_type="no_joint").set_stroke(color, 0.4 * self.width, opacity=0.35)
        back.set_points_as_corners([ORIGIN, -self.reach * np.asarray(row)])
        arrow = SpaceArrow(self.reach * np.asarray(row), color=color, width=self.width)
        self.add(VGroup(back, arrow.set_stroke(opacity=0.9)))
        return self[-1]


class Replay(Animation):
    """
    Moves PackedVectors along `path`, shape (steps + 1, k, 3), at an even pace.

    Between two steps the arrows are between their places: no frame rate is built in.
    """

    def __init__(self, crowd: PackedVectors, path: np.ndarray, **options):
        self.path = path
        super().__init__(crowd, rate_func=linear, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.set_rows(path_at(self.path, self.time_spanned_alpha(alpha)))


def path_at(path: np.ndarray, alpha: float) -> np.ndarray:
    """The rows a share `alpha` of the way along `path`."""
    place = np.clip(alpha, 0, 1) * (len(path) - 1)
    index = min(int(place), len(path) - 2)
    return (1 - (place - index)) * path[index] + (place - index) * path[index + 1]


def bright_hues(count: int, rng: np.random.Generator) -> list[str]:
    """The palette's own colours, shuffled; from the start again where more are wanted."""
    palette = [UNIT_1, NEG, GRAD, UNIT_3, POS, UNIT_2, DATA, BOUNDARY, MODEL]
    order = rng.permutation(len(palette))
    return [palette[order[index % len(palette)]] for index in range(count)]


def cool_hues(count: int, rng: np.random.Generator) -> list[str]:
    """Colours between the palette's cool ones: neighbours in the list are never alike."""
    stops = [POS, UNIT_2, BOUNDARY, MODEL, DATA]
    first = int(rng.integers(len(stops)))
    hues = []
    for index in range(count):
        here = (first + 2 * index) % len(stops)
        after = stops[(here + 1) % len(stops)]
        hues.append(interpolate_color(stops[here], after, float(rng.uniform(0, 0.5))))
    return [color_to_hex(hue) for hue in hues]


class BreathingCloud(VMobject):
    """
    An outline that undulates while time passes; `outline(seconds)` gives an even number of its
    points, in order, around the origin.
    """

    def __init__(
        self,
        outline: Callable[[float], np.ndarray],
        center: np.ndarray = ORIGIN,
        fill: str = FAINT,
        fill_opacity: float = 0.35,
        rim: str = MUTED,
        rim_width: float = 2.0,
    ):
        super().__init__()
        self.outline, self.seconds = outline, 0.0
        self.middle = np.array(center, dtype=float)
        self.set_seconds(0.0)
        self.set_fill(fill, fill_opacity).set_stroke(rim, rim_width)
        self.add_updater(BreathingCloud.breathe)

    def breathe(self, dt: float) -> None:
        if dt > 0:
            self.set_seconds(self.seconds + dt)

    def set_seconds(self, seconds: float) -> BreathingCloud:
        """Every second point is an anchor, and the curves pass through those between them."""
        self.seconds = seconds
        around = self.middle + self.outline(seconds)
        anchors = np.vstack([around[0::2], around[:1]])
        handles = 2 * around[1::2] - (anchors[:-1] + anchors[1:]) / 2
        self.set_anchors_and_handles(anchors, handles)
        return self
