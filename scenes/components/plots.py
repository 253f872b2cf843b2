"""
Small instruments: a gradient as a column, a cost that can be read off, a number on a line.

Each of them says its `value` (or `values`) from what is drawn.
"""

from __future__ import annotations

from manimlib import *

from scenes.components.figures import Figure
from scenes.components.numbers import WeightMatrix
from scenes.components.style import (
    BODY_SIZE,
    ERR,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
)


class GradientColumn(WeightMatrix):
    """Signed decimals in one bracket, with dots in the middle for all those left out."""

    def __init__(self, entries: np.ndarray, limit: float = 2.0, decimals: int = 2, **options):
        entries = np.asarray(entries, dtype=float)
        self.middle = len(entries) // 2
        column = np.insert(entries, self.middle, np.nan)
        options = {"dots_row": None, "dots_col": None, "size": BODY_SIZE, "row_gap": 0.2, **options}
        super().__init__(column[:, None], limit=limit, decimals=decimals, **options)

    @property
    def numbers(self) -> np.ndarray:
        """The entries from top to bottom, without the dots."""
        values = self.values[:, 0]
        return values[~np.isnan(values)]

    def with_dots(self, numbers: np.ndarray) -> np.ndarray:
        """`numbers` in the shape that `set_values` and `ChangeEntries` take."""
        return np.insert(np.asarray(numbers, dtype=float), self.middle, np.nan)[:, None]

    def size_boxes(self, buff: float = 0.07, color: str = INK) -> VGroup:
        """A box round the figures of each entry, its sign left out."""
        boxes = VGroup(*(SurroundingRectangle(entry[1:], buff=buff) for entry in self.entries))
        return boxes.set_stroke(color, 2)

    @property
    def signs(self) -> VGroup:
        return VGroup(*(entry[0] for entry in self.entries))


class CostReadout(VGroup):
    """
    An expression in TeX and the number behind it: `C(w_0, w_1, …, w_last) = 3.48`.

    Parts of the expression that are to be picked out by a scene go into `isolate`.
    """

    def __init__(
        self,
        value: float,
        expression: str,
        size: float = HEADING_SIZE,
        decimals: int = 2,
        color: str = ERR,
        isolate: tuple[str, ...] = (),
        **style,
    ):
        super().__init__(**style)
        tex = Tex(expression + " =", font_size=size, isolate=list(isolate)).set_fill(INK)
        figure = Figure(value, size=size, color=color, decimals=decimals)
        figure.next_to(tex, RIGHT, buff=0.2)
        figure.shift((tex[-1].get_center() - figure[0].get_center())[1] * UP)
        self.add(tex, figure)

    @property
    def expression(self) -> Tex:
        return self[0]

    @property
    def figure(self) -> Figure:
        return self[1]

    @property
    def value(self) -> float:
        return self.figure.value

    def set_value(self, value: float) -> CostReadout:
        self.figure.set_value(value)
        return self


class SliderLine(VGroup):
    """A number line with a dot on it. `value` is where the dot is."""

    def __init__(
        self,
        value: float = 0.0,
        low: float = -1.0,
        high: float = 1.0,
        tick: float = 0.25,
        length: float = 2.4,
        color: str = GRAD,
        labels: tuple[float, ...] = (),
        decimals: int = 1,
        **style,
    ):
        super().__init__(**style)
        self.low, self.high = low, high
        rail = Line(LEFT, RIGHT).set_width(length).set_stroke(MUTED, 2.5)
        self.add(rail, VGroup(), VGroup(), Dot(radius=0.09, fill_color=color))
        for at in np.linspace(low, high, round((high - low) / tick) + 1):
            half = (0.12 if np.isclose(at, (low + high) / 2) else 0.07) * UP
            self.ticks.add(Line(-half, half).set_stroke(MUTED, 2).move_to(self.point(at)))
        for at in labels:
            label = Figure(at, size=LABEL_SIZE, color=MUTED, decimals=decimals)
            self.labels.add(label.next_to(self.point(at), DOWN, buff=0.18))
        self.set_value(value)

    @property
    def rail(self) -> Line:
        return self[0]

    @property
    def ticks(self) -> VGroup:
        return self[1]

    @property
    def labels(self) -> VGroup:
        return self[2]

    @property
    def dot(self) -> Dot:
        return self[3]

    @property
    def value(self) -> float:
        start, stop = self.rail.get_start(), self.rail.get_end()
        along = np.dot(self.dot.get_center() - start, stop - start) / get_norm(stop - start) ** 2
        return float(self.low + along * (self.high - self.low))

    def point(self, value: float) -> np.ndarray:
        """Where a value lies on the line, in scene coordinates."""
        along = (value - self.low) / (self.high - self.low)
        return interpolate(self.rail.get_start(), self.rail.get_end(), along)

    def set_value(self, value: float) -> SliderLine:
        self.dot.move_to(self.point(value))
        return self
