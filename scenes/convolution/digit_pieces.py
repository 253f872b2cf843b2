"""Pictures, feature maps and stacks of them, as small squares."""

from __future__ import annotations

import tempfile
from collections.abc import Callable

from manimlib import *
from PIL import Image

from scenes.components.pixels import shade
from scenes.components.style import FAINT, INK, PANEL
from scenes.components.tiles import at_depth
from scenes.convolution.digits import brightness, load_digits


def grey(value: float) -> str:
    """Brightness from 0 to 1."""
    return interpolate_color(PANEL, INK, min(max(value, 0.0), 1.0))


def signed(limit: float) -> Callable[[float], str]:
    """Teal above zero, orange below, at full strength from ±`limit` on."""
    return lambda value: interpolate_color(PANEL, shade(value, limit), 1.0)


class HeatGrid(VGroup):
    """A card, and on it one square for each number. No figures: for pictures and feature maps."""

    def __init__(self, values: np.ndarray, cell: float, color: Callable[[float], str]):
        self.values, self.cell = np.array(values, dtype=float), cell
        rows, columns = self.values.shape
        card = Rectangle(columns * cell + 0.06, rows * cell + 0.06)
        super().__init__(card.set_fill(PANEL, 1).set_stroke(FAINT, 1.5))
        square = Square(cell).set_stroke(width=0)
        for r in range(rows):
            for c in range(columns):
                place = [cell * (c - (columns - 1) / 2), cell * ((rows - 1) / 2 - r), 0]
                self.add(square.copy().set_fill(color(self.values[r, c]), 1).move_to(place))

    def square(self, row: int, column: int) -> VMobject:
        return self[1 + row * self.values.shape[1] + column]


def digit_picture(index: int, cell: float) -> HeatGrid:
    """A picture of the test set as it was written."""
    split = load_digits()
    return HeatGrid(brightness(split.test.images[index], split), cell, grey)


class MapStack(VGroup):
    """Many maps of one layer: the first is drawn, of the others only the edges of their cards."""

    def __init__(self, maps: np.ndarray, cell: float, step: float, z: int = 0):
        front = HeatGrid(maps[0], cell, signed(float(np.abs(maps).max())))
        cards = [front[0].copy().shift(n * step * UR) for n in range(len(maps) - 1, 0, -1)]
        for n, card in enumerate(cards):
            at_depth(card, z + n)
        super().__init__(*cards, at_depth(front, z + len(cards)))
        self.center()


def array_image(pixels: np.ndarray, height: float) -> ImageMobject:
    """RGB or RGBA bytes, (row, column, channel), as one image."""
    with tempfile.NamedTemporaryFile(suffix=".png", delete=False) as file:
        Image.fromarray(pixels).save(file)
    return ImageMobject(file.name, height=height)
