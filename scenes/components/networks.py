"""Networks drawn as columns of circles, every two neighbouring columns joined by `LayerEdges`."""

from __future__ import annotations

from itertools import pairwise

from manimlib import *

from scenes.components.edges import LayerEdges, signed_widths
from scenes.components.figures import three_dots
from scenes.components.style import INK, LABEL_SIZE, SMALL_SIZE


class DenseNetwork(VGroup):
    """
    Columns of circles, all joined. `weights[l]` is what column l + 1 multiplies column l by.

    Without weights they are standard normal from `rng`. `layers` and `edges` are in reading order;
    `middle_gaps` opens a column in its middle, where dots may stand for more circles.
    """

    def __init__(
        self,
        sizes: tuple[int, ...] = (6, 12, 6),
        weights: list[np.ndarray] | None = None,
        rng: np.random.Generator | None = None,
        radius: float = 0.1,
        node_gap: float = 0.1,
        layer_gap: float = 2.0,
        middle_gaps: tuple[float, ...] | None = None,
        widest: float = 3.0,
        power: float = 2.0,
        **style,
    ):
        super().__init__(**style)
        if weights is None:
            if rng is None:
                raise ValueError("a DenseNetwork needs weights, or an rng to draw them from")
            weights = [rng.standard_normal((n_out, n_in)) for n_in, n_out in pairwise(sizes)]
        layers = VGroup()
        for index, size in enumerate(sizes):
            column = VGroup(*(neuron(radius) for _ in range(size))).arrange(DOWN, buff=node_gap)
            gap = middle_gaps[index] if middle_gaps else 0.0
            column[: size // 2].shift(gap / 2 * UP)
            column[size // 2 :].shift(gap / 2 * DOWN)
            layers.add(column.move_to(index * (layer_gap + 2 * radius) * RIGHT))
        edges = VGroup(*(LayerEdges(before, after) for before, after in pairwise(layers)))
        for between, matrix in zip(edges, weights, strict=True):
            between.set_signed_widths(signed_widths(matrix, widest, power))
        self.add(edges, layers)
        self.center()

    @property
    def edges(self) -> VGroup:
        return self[0]

    @property
    def layers(self) -> VGroup:
        return self[1]

    def set_activations(self, layer: int, values: np.ndarray) -> DenseNetwork:
        """Fills circle after circle of a column with opacity equal to its value in [0, 1]."""
        for circle, value in zip(self.layers[layer], values, strict=True):
            circle.set_fill(INK, opacity=float(value))
        return self

    def activations(self, layer: int) -> np.ndarray:
        return np.array([circle.get_fill_opacity() for circle in self.layers[layer]])


def neuron(radius: float) -> Circle:
    """A circle whose filling will say how active it is."""
    return Circle(radius=radius).set_stroke(INK, 1.5).set_fill(INK, opacity=0)


class DigitNetwork(DenseNetwork):
    """
    A network that reads digits: big columns are cut short with dots, outputs carry their digits.

    `shown[l]` are the indices of the neurons that column l's circles stand for. `weights` and the
    arrays given to the methods are of the shown neurons only.
    """

    def __init__(
        self,
        shown: tuple[np.ndarray, ...],
        sizes: tuple[int, ...],
        weights: list[np.ndarray],
        radius: float = 0.13,
        node_gap: float = 0.09,
        layer_gap: float = 2.4,
        labels: bool = True,
        **options,
    ):
        drawn = tuple(len(indices) for indices in shown)
        is_cut = [count < size for count, size in zip(drawn, sizes, strict=True)]
        super().__init__(
            drawn,
            weights,
            radius=radius,
            node_gap=node_gap,
            layer_gap=layer_gap,
            middle_gaps=tuple(3.2 * radius * cut for cut in is_cut),
            **options,
        )
        dots, counts, digits = VGroup(), VGroup(), VGroup()
        for layer, size, cut in zip(self.layers, sizes, is_cut, strict=True):
            if cut:
                dots.add(three_dots(1.6 * radius, INK).move_to(layer))
                brace = Brace(layer, LEFT, buff=0.12).set_fill(INK)
                count = Text(f"{size}", font_size=LABEL_SIZE, fill_color=INK)
                counts.add(VGroup(brace, count.next_to(brace, LEFT, buff=0.1)))
        if labels:
            for digit, circle in enumerate(self.layers[-1]):
                label = Text(f"{digit}", font_size=SMALL_SIZE, fill_color=INK)
                digits.add(label.next_to(circle, RIGHT, buff=0.12))
        self.add(dots, counts, digits)

    @property
    def dots(self) -> VGroup:
        return self[2]

    @property
    def counts(self) -> VGroup:
        """Braces with the true size of the columns that are cut short."""
        return self[3]

    @property
    def digits(self) -> VGroup:
        return self[4]

    def edges_in(self, layer: int, neuron: int) -> VGroup:
        """Lines of their own for the edges into a neuron of column `layer` >= 1, top to bottom."""
        between = self.edges[layer - 1]
        return VGroup(*(between.line(neuron, source) for source in range(between.shape[1])))
