"""Two weights taken out of the network: their entries, their edges, sliders over their symbols."""

from __future__ import annotations

from manimlib import *

from scenes.components.figures import Figure
from scenes.components.numbers import WeightMatrix
from scenes.components.plots import CostReadout, SliderLine
from scenes.components.style import ERR, GRAD, HEADING_SIZE, MODEL, MUTED
from scenes.gradient.importance_model import INSENSITIVE, SENSITIVE, costs


class SliderOver(VGroup):
    """A number line from -1 to 1 above `mobject`, and a brace that says that it is meant."""

    def __init__(self, mobject: VMobject, length: float, color: str, **style):
        super().__init__(**style)
        brace = Brace(mobject, UP, buff=0.1).set_fill(MUTED)
        line = SliderLine(0, length=length, color=color).next_to(brace, UP, buff=0.15)
        line.shift((mobject.get_x() - line.rail.get_x()) * RIGHT)
        self.add(line, brace)

    @property
    def line(self) -> SliderLine:
        return self[0]


class TunedWeight:
    """
    What belongs to a weight that is to be wiggled.

    `entry` is the gradient's, drawn as `figure`; `symbol` stands for the weight in the cost; `line`
    is its edge in the network, and `arrow` leads there from the figure.
    """

    def __init__(self, entry: float, color: str, figure: Figure, symbol: VMobject, line: Line):
        self.entry, self.color, self.figure, self.symbol = entry, color, figure, symbol
        self.line = line.set_stroke(color, 4, 1)
        self.arrow = Arrow(
            figure.get_right() + 0.3 * RIGHT,
            line.get_center(),
            buff=0.15,
            thickness=3.5,
            fill_color=color,
        )

    def add_slider(self) -> SliderOver:
        self.slider = SliderOver(self.symbol, 1.7, self.color)
        return self.slider


def two_entry_column() -> WeightMatrix:
    """A gradient of which two entries are shown, each in its own colour."""
    gap = np.nan
    column = np.array([gap, SENSITIVE, gap, INSENSITIVE, gap])[:, None]
    two = WeightMatrix(column, dots_row=None, dots_col=None, size=HEADING_SIZE, row_gap=0.32)
    for entry, color in zip(two.entries, (GRAD, MODEL), strict=True):
        entry.set_fill(color)
    return two


def two_weight_readout() -> CostReadout:
    """The cost after all rounds, as a function of the two weights among dots."""
    colors = {"w_n": GRAD, "w_k": MODEL, "(": ERR, ")": ERR}
    expression = R"C(\dots,\quad w_n,\quad \dots,\quad w_k,\quad \dots)"
    readout = CostReadout(costs()[-1], expression, isolate=tuple(colors))
    for symbol, color in colors.items():
        readout.expression[symbol].set_fill(color)
    return readout
