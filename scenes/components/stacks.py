"""
Many things in a row: a roll of patterns that fills like a pianola's, and a histogram whose counts
may differ by millions.
"""

from __future__ import annotations

from manimlib import *

from scenes.components.style import DATA, FAINT, GRAD, MUTED, NEG, POS, SMALL_SIZE


class PatternRoll(VGroup):
    """
    Lanes that patterns are written into, column by column: they start at `left`, at the heights of
    `level_with`, so that a cell is level with the circle of the neuron that it stands for.

    `values` has a row for every lane and a column for every column so far, read from the cells.
    """

    def __init__(
        self,
        level_with: VGroup,
        capacity: int,
        left: float,
        step: float = 0.2,
        lane_color: str = FAINT,
        full: float = 1.0,
    ):
        """`full` is the size of an entry that is drawn at full opacity."""
        super().__init__()
        self.heights = np.array([mobject.get_y() for mobject in level_with])
        self.left, self.step, self.full = left, step, full
        self.side = 0.86 * min(step, float(np.abs(np.diff(self.heights)).min()))
        lanes = VGroup()
        for height in self.heights:
            lane = Line([left, height, 0], [left + capacity * step, height, 0])
            lanes.add(lane.set_stroke(lane_color, 1))
        self.add(lanes, VGroup())

    @property
    def lanes(self) -> VGroup:
        return self[0]

    @property
    def columns(self) -> VGroup:
        return self[1]

    @property
    def values(self) -> np.ndarray:
        return np.array([[self._value(cell) for cell in column] for column in self.columns]).T

    def next_column(self, pattern: np.ndarray, color: str | None = None) -> VGroup:
        """
        The cells of a pattern where they belong, not yet part of the roll.

        Opacity is size; the hue is the sign's, or `color` for a pattern without signs.
        """
        x = self.left + (len(self.columns) + 0.5) * self.step
        column = VGroup()
        for height, value in zip(self.heights, pattern, strict=True):
            cell = Square(self.side).set_stroke(width=0).move_to([x, height, 0])
            column.add(cell.set_fill(color or sign_color(value), opacity_of(value, self.full)))
        return column

    def keep(self, column: VGroup) -> PatternRoll:
        self.columns.add(column)
        return self

    def _value(self, cell: Square) -> float:
        size = float(cell.get_fill_opacity()) * self.full
        return -size if cell.get_fill_color().upper() == NEG else size


def sign_color(value: float) -> str:
    return POS if value >= 0 else NEG


def opacity_of(value: float, full: float) -> float:
    return float(np.clip(abs(value) / full, 0, 1))


def light(circle: Circle, value: float, full: float = 1.0, color: str | None = None) -> Circle:
    """Fills a neuron as a roll fills a cell; `circle` may be a `circle.animate`."""
    return circle.set_fill(color or sign_color(value), opacity_of(value, full))


def spotlight(circle: Circle) -> Circle:
    return light(circle, 1.0, color=GRAD)


class LogHistogram(VGroup):
    """
    Counts in bins against a logarithmic scale, drawn as one outline: a bin of one pair can be
    seen beside bins of millions. `counts` reads them back from the outline.
    """

    FLOOR = 0.5
    """Decades below a count of one that the axis starts; an empty bin has no height."""

    def __init__(
        self,
        edges: np.ndarray,
        counts: np.ndarray,
        width: float,
        height: float,
        decades: int,
        named_edges: tuple[float, ...],
        edge_unit: str = "",
        color: str = DATA,
    ):
        super().__init__()
        self.edges, self.span = np.asarray(edges, dtype=float), np.array([width, height])
        self.decades = decades
        axis = Line(ORIGIN, width * RIGHT).set_stroke(MUTED, 2.5)
        grid, names = VGroup(), VGroup()
        for decade in range(0, decades + 1, 2):
            y = self._height_of(10.0**decade)
            grid.add(Line([0, y, 0], [width, y, 0]).set_stroke(FAINT, 1.5))
            power = Tex("1" if decade == 0 else f"10^{{{decade}}}", font_size=1.2 * SMALL_SIZE)
            names.add(power.set_color(MUTED).next_to([0, y, 0], LEFT, buff=0.15))
        for edge in named_edges:
            label = Text(f"{edge:g}{edge_unit}", font_size=SMALL_SIZE, fill_color=MUTED)
            names.add(label.next_to([self._x_of(edge), 0, 0], DOWN, buff=0.15))
        outline = VMobject().set_stroke(color, 2).set_fill(color, 0.45)
        self.add(grid, outline, axis, names, self._invisible_corner())
        self.set_counts(counts)

    @property
    def grid(self) -> VGroup:
        return self[0]

    @property
    def outline(self) -> VMobject:
        return self[1]

    @property
    def origin(self) -> np.ndarray:
        return self[4].get_points()[0].copy()

    @property
    def counts(self) -> np.ndarray:
        """As drawn; 0 for an empty bin."""
        tops = self.outline.get_points()[2::4][: len(self.edges) - 1, 1] - self.origin[1]
        decades = tops / self.span[1] * (self.decades + self.FLOOR) - self.FLOOR
        return np.where(tops > 1e-6, 10.0**decades, 0.0)

    def set_counts(self, counts: np.ndarray) -> LogHistogram:
        heights = np.array([self._height_of(count) for count in counts])
        x = self._x_of(self.edges)
        corners = [[x[0], 0, 0]]
        for left, right, height in zip(x, x[1:], heights, strict=False):
            corners += [[left, height, 0], [right, height, 0]]
        corners += [[x[-1], 0, 0], [x[0], 0, 0]]
        self.outline.set_points_as_corners(self.origin + np.array(corners))
        return self

    def place(self, edge: float, share: float = 0.0) -> np.ndarray:
        """Where a value lies on the axis, `share` of the height above it."""
        return self.origin + np.array([self._x_of(edge), share * self.span[1], 0])

    def _x_of(self, edge):
        first, last = self.edges[0], self.edges[-1]
        return (np.asarray(edge) - first) / (last - first) * self.span[0]

    def _height_of(self, count: float) -> float:
        decades = np.log10(count) + self.FLOOR if count > 0 else 0.0
        return float(max(decades, 0.0) / (self.decades + self.FLOOR) * self.span[1])

    def _invisible_corner(self) -> VMobject:
        """A point that moves with the histogram and remembers where its axes meet."""
        return VMobject().set_points([ORIGIN]).set_stroke(width=0).set_fill(opacity=0)
