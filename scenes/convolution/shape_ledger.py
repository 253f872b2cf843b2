"""Seven indices, seven loops: what a convolution costs, read off its shapes."""

from __future__ import annotations

import re

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.style import (
    BODY_SIZE,
    BOUNDARY,
    DATA,
    INK,
    LABEL_SIZE,
    MUTED,
    POS,
)
from scenes.components.tiles import numeral
from scenes.convolution.conv2d_model import Case
from scenes.convolution.loop_board import INDEX_COLORS, LEFT_EDGE

COLORS = {"b": BOUNDARY, "c": DATA, "y": INDEX_COLORS["y"], "x": INDEX_COLORS["x"], "h": POS}
COLORS |= {name: INDEX_COLORS[name] for name in "ij"}
MEANINGS = {
    "b": "picture",
    "c": "output sheet",
    "y": "row",
    "x": "column",
    "h": "input sheet",
    "i": "row of weights",
    "j": "column of weights",
}
TOP, LINE, INDENT = 3.2, 0.56, 0.3


def sizes(case: Case) -> dict[str, int]:
    """How far each index runs, in the order of the loops."""
    return dict(zip("bcyxhij", (*case.output_shape, *case.weights.shape[1:]), strict=True))


class ShapeLedger(VGroup):
    """
    One loop a line, coloured by index; under them the formula and the number of products.

    `lines` come one by one; `formula` and `product` follow.
    """

    def __init__(self, case: Case):
        self.lines = VGroup()
        for depth, (name, size) in enumerate(sizes(case).items()):
            color = {re.compile(rf"\b{name}\b"): COLORS[name], str(size): COLORS[name]}
            code = figures(f"for {name} in range({size}):", LABEL_SIZE, MUTED, t2c=color)
            note = words(MEANINGS[name], LABEL_SIZE, COLORS[name])
            y = TOP - LINE * depth
            code.move_to([LEFT_EDGE + INDENT * depth, y, 0], LEFT)
            self.lines.add(VGroup(code, note.move_to([-0.9, y, 0], LEFT)))
        self.formula = Tex(
            R"o_{b,c,y,x} \mathrel{+}= w_{c,h,i,j}\;\tilde x_{b,h,\,Sy+i,\,Sx+j}",
            font_size=1.15 * BODY_SIZE,
            fill_color=INK,
        )
        self.formula.move_to(
            [LEFT_EDGE + INDENT * len(COLORS), TOP - LINE * len(COLORS) - 0.1, 0], LEFT
        )
        self.counts = VGroup(
            words("products", LABEL_SIZE, MUTED),
            count_line(sizes(case), case.product_count),
            words("weights", LABEL_SIZE, MUTED),
            count_line({name: sizes(case)[name] for name in "chij"}, case.weights.size),
        )
        for part, y in zip(self.counts, (2.3, 1.75, 0.5, -0.05), strict=True):
            part.move_to([4.4, y, 0])
        super().__init__(self.lines, self.formula, self.counts)


def count_line(factors: dict[str, int], result: int) -> VGroup:
    """2 · 5 · 3 · 3 = 90, each factor in the colour of its index."""
    parts = VGroup()
    for name, count in factors.items():
        if parts:
            parts.add(numeral("·", BODY_SIZE, MUTED).shift(0.02 * DOWN))
        parts.add(numeral(str(count), BODY_SIZE, COLORS[name]))
    parts.add(numeral("=", BODY_SIZE, MUTED), numeral(str(result), BODY_SIZE, INK))
    return parts.arrange(RIGHT, buff=0.13)


def shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


class CostTable(VGroup):
    """A name, input, output and products of several cases, one row each."""

    def __init__(self, cases: dict[str, Case]):
        titles = ("input", "output", "products")
        xs = (-5.0, -1.7, 2.0, 5.2)
        head = VGroup(
            *(
                words(title, LABEL_SIZE, MUTED).move_to([x, 2.2, 0])
                for title, x in zip(titles, xs[1:], strict=True)
            )
        )
        rule = Line([-6.4, 1.8, 0], [6.4, 1.8, 0]).set_stroke(MUTED, 1.5)
        self.rows = VGroup()
        for n, (name, case) in enumerate(cases.items()):
            texts = (
                name,
                shape_text(case.image.shape),
                shape_text(case.output_shape),
                str(case.product_count),
            )
            row = VGroup(*(words(text, BODY_SIZE) for text in texts))
            for part, x in zip(row, xs, strict=True):
                part.move_to([x, 1.2 - 0.9 * n, 0])
            row[0].set_fill(MUTED)
            self.rows.add(row)
        super().__init__(head, rule, self.rows)
