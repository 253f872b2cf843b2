"""Five sheets side by side, a block of weights under them, and the sheets they add up to."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.pixels import ChannelStack, MarkSheet, PixelGrid, decimal
from scenes.components.style import BODY_SIZE, GRAD, LABEL_SIZE, MUTED
from scenes.components.tiles import at_depth, numeral
from scenes.convolution.conv2d_model import Case, convolve, places

CELL, OUTPUT_CELL = 0.3, 0.42
"""Side of a pixel of a sheet or a block of weights, and of an output."""
SHEETS_Y, BLOCK_Y, SUMS_Y, OUTPUTS_Y = 2.3, 0.6, -0.4, -1.85
BETWEEN_SHEETS = 2.62
OUTPUTS_X = (-1.7, 1.7)


class ChannelBoard:
    """
    The parts of the film of a case with one picture; the scene decides what is on screen.

    `show(output, n)` puts windows, sums and marks where they belong `n` places into an output,
    the windows moving during the first part of each place.
    """

    def __init__(self, case: Case):
        self.case = case
        self.order = list(places(case))
        self.per_output = len(self.order) // len(case.weights)
        channels = case.weights.shape[1]
        self.columns = [BETWEEN_SHEETS * (n - (channels - 1) / 2) * RIGHT for n in range(channels)]
        self.stack = ChannelStack(case.padded[0], CELL, np.array([0.55, 0.42, 0]))
        limit = float(np.abs(case.weights).max())
        self.blocks = [
            VGroup(
                *(
                    MarkSheet(sheet, CELL, limit).move_to(column + BLOCK_Y * UP)
                    for sheet, column in zip(block, self.columns, strict=True)
                )
            )
            for block in case.weights
        ]
        results = convolve(case)[0]
        self.outputs = [
            PixelGrid(sheet, OUTPUT_CELL, None, float(np.abs(results).max())).move_to(
                [x, OUTPUTS_Y, 0]
            )
            for sheet, x in zip(results, OUTPUTS_X, strict=True)
        ]
        for output in self.outputs:
            VGroup(*output.labels).set_opacity(0)
        frame = Square(3 * CELL).set_stroke(GRAD, 4).set_fill(opacity=0)
        self.windows = at_depth(frame.replicate(channels), 20)
        self.cell = at_depth(Square(OUTPUT_CELL).set_stroke(GRAD, 4), 20)
        self.sums = VGroup()
        self.sum_word = words("sum", LABEL_SIZE, MUTED)

    def spread_place(self, n: int) -> np.ndarray:
        """Where sheet `n` lies once the stack is spread out."""
        return self.columns[n] + SHEETS_Y * UP

    def window_place(self, sheet: MarkSheet, n: int) -> np.ndarray:
        """The centre of the window of place `n` on a sheet."""
        place = self.order[n]
        return sheet.place(place.row + 1, place.column + 1)

    def partial_sums(self, n: int) -> list[VMobject]:
        """What each sheet adds to place `n`."""
        shares = self.order[n].products.sum(axis=(1, 2))
        return [
            numeral(decimal(share, 2), BODY_SIZE).move_to(column + SUMS_Y * UP)
            for share, column in zip(shares, self.columns, strict=True)
        ]

    def plus_signs(self) -> list[VMobject]:
        return [
            numeral("+", BODY_SIZE, MUTED).move_to((left + right) / 2 + SUMS_Y * UP)
            for left, right in zip(self.columns, self.columns[1:], strict=False)
        ]

    def total(self, n: int) -> VGroup:
        """The word and the output number of place `n`, beside the sheet it belongs to."""
        place = self.order[n]
        parts = VGroup(
            self.sum_word.copy(), numeral(decimal(place.total, 2), BODY_SIZE, GRAD)
        ).arrange(RIGHT, buff=0.18, aligned_edge=DOWN)
        side = LEFT if place.channel == 0 else RIGHT
        return parts.next_to(self.outputs[place.channel], side, buff=0.5)

    def show(self, output: int, n: float) -> None:
        index = min(int(n), self.per_output - 1)
        share = smooth(min((n - index) / 0.5, 1))
        now, before = (self.per_output * output + i for i in (index, max(index - 1, 0)))
        for sheet, window in zip(self.stack, self.windows, strict=True):
            start, stop = (self.window_place(sheet, i) for i in (before, now))
            window.move_to(interpolate(start, stop, share))
        cells = self.outputs[output]
        self.cell.move_to(
            interpolate(cells[max(index - 1, 0)].get_center(), cells[index].get_center(), share)
        )
        for i, pixel in enumerate(cells):
            pixel.label.set_opacity(1 if i < index or (i == index and share == 1) else 0)
        if share == 1:
            parts = [*self.partial_sums(now), *self.plus_signs(), *self.total(now)]
            self.sums.set_submobjects(parts)
