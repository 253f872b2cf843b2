"""Four nested loops as running counters, beside the picture they walk over."""

from __future__ import annotations

import re

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.pixels import KernelWindow, PixelGrid
from scenes.components.style import (
    BODY_SIZE,
    FONT,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MODEL,
    MUTED,
    UNIT_1,
    UNIT_2,
    UNIT_3,
)
from scenes.convolution.conv2d_model import Case, convolve, loop_steps

INDEX_COLORS = {"y": UNIT_1, "x": UNIT_2, "i": UNIT_3, "j": MODEL}
LEFT_EDGE, TOP, INDENT, LINE = -6.5, 2.7, 0.55, 0.72


def counter(color: str) -> Integer:
    number = Integer(0, font_size=HEADING_SIZE, text_config={"font": FONT}, edge_to_fix=RIGHT)
    return number.set_fill(color)


class LoopBoard(VGroup):
    """`show(n)` puts every counter and mark where the loops stand at product `n`, from 0."""

    def __init__(self, case: Case):
        self.steps = loop_steps(case)
        sizes = dict(zip("yxij", (*case.output_shape[2:], *case.weights.shape[2:]), strict=True))
        self.code, self.counters = VGroup(), VGroup()
        for depth, (name, size) in enumerate(sizes.items()):
            color = {re.compile(rf"\b{name}\b"): INDEX_COLORS[name]}
            line = figures(f"for {name} in range({size}):", BODY_SIZE, MUTED, t2c=color)
            place = np.array([LEFT_EDGE + INDENT * depth, TOP - LINE * depth, 0])
            self.code.add(line.move_to(place, LEFT))
            self.counters.add(counter(INDEX_COLORS[name]).move_to([0.2, place[1], 0], RIGHT))
        body = Tex(
            R"o_{y,x} \mathrel{+}= w_{i,j}\;\tilde x_{y+i,\,x+j}",
            font_size=HEADING_SIZE,
            fill_color=INK,
        )
        place = [LEFT_EDGE + INDENT * len(sizes), TOP - LINE * len(sizes) - 0.1, 0]
        self.code.add(body.move_to(place, LEFT))
        self.done = counter(GRAD).move_to([-5.2, -1.7, 0], RIGHT)
        self.product = Tex(
            "= " + R" \cdot ".join(str(size) for size in sizes.values()), font_size=HEADING_SIZE
        )
        self.product.next_to(self.done, RIGHT, buff=0.2)
        self.unit = words("products", LABEL_SIZE, MUTED).next_to(self.done, RIGHT, buff=0.2)
        self.unit.align_to(self.done, DOWN)
        picture = case.padded[0, 0]
        self.picture = PixelGrid(picture, 0.5, None, empty=picture == 0).move_to([4.5, 1.8, 0])
        self.output = PixelGrid(convolve(case)[0, 0], 0.5, None).move_to([4.5, -1.35, 0])
        self.window = KernelWindow(self.picture, *case.weights.shape[2:])
        self.pixel = KernelWindow(self.picture, 1, 1, INK)
        self.cell = KernelWindow(self.output, 1, 1)
        self.frames = VGroup(self.window, self.pixel, self.cell)
        super().__init__(self.code, self.counters, self.done, self.unit, self.picture, self.output)
        self.add(self.frames)
        self.show(0)

    def show(self, n: int) -> None:
        """Products before `n` are done, product `n` is being added."""
        step = self.steps[min(n, len(self.steps) - 1)]
        for number, index in zip(
            self.counters, (step.row, step.column, step.i, step.j), strict=True
        ):
            if number.get_value() != index:
                number.set_value(index)
        if self.done.get_value() != n:
            self.done.set_value(n)
        self.window.over(step.row, step.column)
        self.pixel.over(step.row + step.i, step.column + step.j)
        self.cell.over(step.row, step.column)
        written = n // (len(self.steps) // len(self.output))
        for index, pixel in enumerate(self.output):
            pixel.label.set_opacity(1 if index < written else 0)
