"""The sum behind one window, written out: nine pairs, nine products, their sum, the new total."""

from __future__ import annotations

from manimlib import *

from scenes.components.style import (
    BOUNDARY,
    GRAD,
    INK,
    LABEL_SIZE,
    MUTED,
    SMALL_SIZE,
    UNIT_1,
    UNIT_2,
    UNIT_3,
)
from scenes.components.tiles import at_depth, numeral
from scenes.convolution.layer_model import Layer, Visit

STEP = np.array([1.3, -0.5, 0.0])
"""From one term to the next: right along a row, down a column."""


class SumBoard:
    """
    The parts of the sum, each in its place. None is on screen until the scene plays it.

    `middle` is the centre of the first line, the layer's formula.
    """

    def __init__(self, layer: Layer, visit: Visit, middle: np.ndarray, z: int):
        window = layer.x[visit.channel][
            visit.row : visit.row + visit.products.shape[0],
            visit.column : visit.column + visit.products.shape[1],
        ]
        kernel = layer.k[visit.output, visit.channel]
        rows, columns = visit.products.shape
        self.formula = Tex(
            R"z_{gji} = b_g + \sum_{h,p,q} k_{ghpq}\, x_{h,\,j+p,\,i+q}",
            font_size=1.2 * SMALL_SIZE,
            t2c={
                "z_{gji}": UNIT_1,
                "b_g": BOUNDARY,
                "k_{ghpq}": UNIT_2,
                R"x_{h,\,j+p,\,i+q}": UNIT_3,
            },
        ).move_to(middle)
        self.pairs: dict[tuple[int, int], VGroup] = {}
        self.products: dict[tuple[int, int], VGroup] = {}
        for p in range(rows):
            for q in range(columns):
                place = middle + 0.75 * DOWN + STEP * [q - (columns - 1) / 2, p, 0]
                plus = numeral("+", LABEL_SIZE, MUTED).move_to(place + STEP * [0.5, 0, 0])
                plus.set_opacity(0 if (p, q) == (rows - 1, columns - 1) else 1)
                pair = VGroup(
                    numeral(str(kernel[p, q]), LABEL_SIZE, UNIT_2),
                    numeral("×", LABEL_SIZE, MUTED),
                    numeral(str(window[p, q]), LABEL_SIZE, UNIT_3),
                ).arrange(RIGHT, buff=0.09)
                product = numeral(str(visit.products[p, q]), LABEL_SIZE, GRAD)
                self.pairs[p, q] = VGroup(*pair.move_to(place), plus)
                self.products[p, q] = VGroup(product.move_to(place), plus.copy())
        self.sum_line = numeral(f"= {visit.products.sum()}", LABEL_SIZE, GRAD)
        self.total_line = VGroup(
            numeral(str(visit.before), LABEL_SIZE, BOUNDARY),
            numeral("+", LABEL_SIZE, MUTED),
            numeral(str(visit.products.sum()), LABEL_SIZE, GRAD),
            numeral("=", LABEL_SIZE, MUTED),
            numeral(str(visit.after), LABEL_SIZE, INK),
        ).arrange(RIGHT, buff=0.14)
        below = middle + 0.75 * DOWN + STEP * [0, rows, 0]
        self.sum_line.move_to(below)
        self.total_line.move_to(below + 0.52 * DOWN)
        self.finished = VGroup(
            self.formula, *self.products.values(), self.sum_line, self.total_line
        )
        for part in (self.finished, *self.pairs.values()):
            at_depth(part, z)
