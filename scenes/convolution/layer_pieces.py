"""What moves in the film of one layer: sheets, tiles and numbers, each made in its place."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.style import (
    BODY_SIZE,
    BOUNDARY,
    GRAD,
    INK,
    MUTED,
    POS,
    SMALL_SIZE,
    UNIT_1,
    UNIT_2,
    UNIT_3,
)
from scenes.components.tiles import Tile, TileSheet, at_depth, numeral, tile_body
from scenes.convolution.layer_model import ConvLayout, Layer, Visit

INPUT, KERNEL, BIAS, OUTPUT = UNIT_3, UNIT_2, BOUNDARY, UNIT_1
SUM_COLORS = [interpolate_color(POS, INK, share) for share in (0.1, 0.4, 0.7, 1.0)]
"""Of a running sum, by how many channels are in it."""
FRONT = 40
"""The layer of what covers every sheet."""


class LayerPieces:
    """All of it, lying where the film starts: kernels parked, outputs waiting off frame."""

    def __init__(self, layer: Layer, layout: ConvLayout):
        self.layer, self.layout = layer, layout
        channels, outputs = len(layer.x), len(layer.b)
        self.inputs = [
            at_depth(self.input_sheet(h), (outputs + 1) * (channels - 1 - h))
            for h in range(channels)
        ]
        self.kernels = [
            [
                at_depth(self.kernel_sheet(g, h), self.inputs[h].z_index + outputs - g)
                for h in range(channels)
            ]
            for g in range(outputs)
        ]
        self.parked = [[kernel.copy() for kernel in stack] for stack in self.kernels]
        body = tile_body(0.92 * layout.pitch, BIAS)
        self.biases = [
            Tile(f"+{b}", body.copy()).move_to(layout.bias(g)) for g, b in enumerate(layer.b)
        ]
        self.outputs = [self.output_sheet(g) for g in range(outputs)]
        self.sums: dict[tuple[int, int, int], VMobject] = {}
        """The number now in each output cell, by channel, row and column."""
        self.headings = self.make_headings()
        self.outline = at_depth(Square(3 * layout.pitch).set_stroke(GRAD, 5), FRONT + 2)
        """Around the window that is read."""
        self.cell = at_depth(Square(layout.pitch).set_stroke(GRAD, 5), FRONT + 2)
        """Around the cell that is written."""

    def input_sheet(self, h: int) -> TileSheet:
        sheet = TileSheet(self.layer.x[h], self.layout.pitch, INPUT, BODY_SIZE)
        for label in sheet.labels:  # leaves the upper left corner to the weights
            label.shift(self.layout.pitch * np.array([0.06, -0.1, 0]))
        return sheet.put(self.layout.input(h))

    def kernel_sheet(self, g: int, h: int) -> TileSheet:
        sheet = TileSheet(self.layer.k[g, h], self.layout.pitch, KERNEL, text="{}×".format)
        return sheet.put(self.layout.kernel_parked(g, h))

    def output_sheet(self, g: int) -> TileSheet:
        blank = np.zeros(self.layer.output_shape[1:])
        sheet = TileSheet(blank, self.layout.pitch, OUTPUT, text=lambda _: "")
        return sheet.put(self.layout.output_waiting(g))

    def make_headings(self) -> dict[str, VMobject]:
        """What each part is and how many numbers it holds, in a line under the sheets."""

        def heading(name: str, shape: tuple[int, ...], color: str, x: float) -> VMobject:
            size = " × ".join(map(str, shape))
            text = words(f"{name}  {size}", SMALL_SIZE, MUTED, t2c={name: color})
            return text.move_to([x, -2.9, 0])

        layer, layout = self.layer, self.layout
        middle_output = layout.output(1)[0] + layout.pitch / 2
        biases = words(f"{layer.bias_count} biases", SMALL_SIZE, BIAS)
        return {
            "input": heading("input", layer.x.shape, INPUT, layout.point(0.5, 0)[0]),
            "kernels": heading("kernels", layer.k.shape, KERNEL, -4.7),
            "output": heading("output", layer.output_shape, OUTPUT, middle_output),
            "bias": biases.next_to(self.biases[0], LEFT, buff=0.25),
        }

    def laid(self, kernel: TileSheet, place: np.ndarray) -> TileSheet:
        """How a kernel looks on a channel: clear, its weights in the tiles' corners."""
        sheet = kernel.copy().put(place)
        sheet.card.set_fill(opacity=0)
        for tile in sheet.tiles:
            tile.body.set_fill(opacity=0.1)
            tile.label.scale(0.8).shift(self.layout.pitch * np.array([-0.2, 0.25, 0]))
        return sheet

    def products(self, visit: Visit) -> tuple[VGroup, VGroup]:
        """The tiles and the numbers of the nine products, over the window they come from."""
        patch = TileSheet(visit.products, self.layout.pitch, KERNEL, BODY_SIZE, share=0.45)
        patch.put(self.layout.kernel_laid(visit.channel, visit.row, visit.column))
        bodies, labels = VGroup(*patch.bodies), VGroup(*patch.labels).set_fill(GRAD)
        return at_depth(bodies, FRONT), at_depth(labels, FRONT)

    def cell_body(self, visit: Visit) -> VMobject:
        return self.outputs[visit.output].tile(visit.row, visit.column).body

    def sum_after(self, visit: Visit) -> VMobject:
        label = numeral(str(visit.after), BODY_SIZE, SUM_COLORS[visit.channel + 1])
        return at_depth(label.move_to(self.cell_body(visit)), FRONT + 1)

    def place_biases(self, g: int) -> list[VMobject]:
        """The first running sums of output `g`: its bias, in every cell of its home."""
        to_home = self.layout.output(g) - self.layout.output_waiting(g)
        _, rows, columns = self.layer.output_shape
        for r in range(rows):
            for c in range(columns):
                label = numeral(str(self.layer.b[g]), BODY_SIZE, SUM_COLORS[0])
                label.move_to(self.outputs[g].tile(r, c).body.get_center() + to_home)
                self.sums[g, r, c] = at_depth(label, FRONT + 1)
        return [self.sums[g, r, c] for r in range(rows) for c in range(columns)]
