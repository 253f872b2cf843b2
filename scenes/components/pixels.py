"""Grids of signed numbers as pixels: with their figures, or with marks where figures would not fit."""

from __future__ import annotations

import numpy as np
from manimlib import *

from scenes.components.style import FAINT, GRAD, INK, MUTED, NEG, PANEL, POS, SMALL_SIZE
from scenes.components.tiles import at_depth, numeral


def decimal(value: float, places: int) -> str:
    """`value` rounded, with a true minus sign; no minus before a zero."""
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def shade(value: float, limit: float) -> str:
    """Teal above zero, orange below, the stronger the nearer `value` is to ±`limit`."""
    share = min(abs(value) / limit, 1.0) ** 0.8
    return interpolate_color(PANEL, POS if value > 0 else NEG, 0.62 * share)


def signed_mark(value: float, limit: float, room: float) -> VMobject:
    """A disc for a positive number, a square for a negative one, as large as the number."""
    size = room * np.sqrt(min(abs(value) / limit, 1.0))
    mark = Circle(radius=size / 2) if value > 0 else Square(0.9 * size)
    return mark.set_stroke(width=0).set_fill(POS if value > 0 else NEG, 1)


class Pixel(VGroup):
    """One number: a coloured `body` and, on it, a `label`."""

    @property
    def body(self) -> VMobject:
        return self[0]

    @property
    def label(self) -> VMobject:
        return self[1]


class PixelGrid(VGroup):
    """
    A matrix as pixels. `values` are the numbers drawn.

    With `places` each pixel shows its number to so many decimals, without it a disc or a square of
    the number's size. Pixels in `empty` (a mask) are outlines, such as a border of zeros.
    `limit` is the size that gets the full colour, by default the largest one there is.
    """

    def __init__(
        self,
        values: np.ndarray,
        cell: float | tuple[float, float] = 0.7,
        places: int | None = 2,
        limit: float | None = None,
        size: float = SMALL_SIZE,
        empty: np.ndarray | None = None,
    ):
        super().__init__()
        self.values = np.array(values, dtype=float)
        self.width_height = np.array([cell, cell] if np.isscalar(cell) else cell)
        limit = limit or float(np.abs(self.values).max()) or 1.0
        width, height = self.width_height
        blank = RoundedRectangle(0.95 * width, 0.95 * height, corner_radius=0.08 * height)
        blank.set_stroke(width=0).set_fill(PANEL, 1)
        rows, columns = self.values.shape
        for r in range(rows):
            for c in range(columns):
                value = self.values[r, c]
                body = blank.copy()
                if empty is not None and empty[r, c]:
                    body.set_fill(opacity=0).set_stroke(FAINT, 1.5)
                    mark = numeral("0", size, MUTED) if places is not None else VMobject()
                elif places is None:
                    mark = signed_mark(value, limit, 0.8 * height)
                else:
                    body.set_fill(shade(value, limit))
                    mark = numeral(decimal(value, places), size, INK)
                offset = self.width_height * [c - (columns - 1) / 2, (rows - 1) / 2 - r]
                self.add(Pixel(body, mark).move_to([*offset, 0]))

    def pixel(self, row: int, column: int) -> Pixel:
        return self[row * self.values.shape[1] + column]

    @property
    def bodies(self) -> list[VMobject]:
        return [pixel.body for pixel in self]

    @property
    def labels(self) -> list[VMobject]:
        return [pixel.label for pixel in self]

    def block(self, row: int, column: int, rows: int, columns: int) -> list[Pixel]:
        """The pixels of a block, in reading order, by its upper left one."""
        return [
            self.pixel(r, c)
            for r in range(row, row + rows)
            for c in range(column, column + columns)
        ]

    def center_of_block(self, row: int, column: int, rows: int, columns: int) -> np.ndarray:
        corners = [self.pixel(row, column), self.pixel(row + rows - 1, column + columns - 1)]
        return (corners[0].body.get_center() + corners[1].body.get_center()) / 2


class Marks(VMobject):
    """
    Many flat shapes in one path.

    Their normal is given: it is otherwise computed from the area of the whole path, to which the
    jumps between the shapes count too, and where that comes out negative everything is drawn white.
    """

    def get_unit_normal(self, refresh: bool = False) -> np.ndarray:  # noqa: ARG002 - given
        if self.has_points():
            self.data["base_normal"][1::2] = OUT
        return OUT


class MarkSheet(VGroup):
    """
    A matrix of discs and squares on an opaque card, in three parts however many numbers there are.

    For stacks of sheets nobody has to point into; PixelGrid has its pixels apart.
    """

    def __init__(self, values: np.ndarray, cell: float, limit: float):
        values = np.asarray(values)
        rows, columns = values.shape
        card = RoundedRectangle(columns * cell + 0.06, rows * cell + 0.06, corner_radius=0.05)
        discs, squares = Marks(), Marks()
        for r, c in np.argwhere(values):
            mark = signed_mark(values[r, c], limit, 0.85 * cell)
            mark.move_to([cell * (c - (columns - 1) / 2), cell * ((rows - 1) / 2 - r), 0])
            (discs if values[r, c] > 0 else squares).append_vectorized_mobject(mark)
        super().__init__(
            card.set_fill(PANEL, 1).set_stroke(FAINT, 1.5),
            discs.set_fill(POS, 1).set_stroke(width=0),
            squares.set_fill(NEG, 1).set_stroke(width=0),
        )
        self.cell, self.shape = cell, np.array([columns, rows])

    def place(self, row: float, column: float) -> np.ndarray:
        """The centre of a pixel; rows and columns may lie outside, or between pixels."""
        offset = self.cell * (np.array([column, row]) - (self.shape - 1) / 2)
        return self[0].get_center() + np.array([offset[0], -offset[1], 0])


class ChannelStack(VGroup):
    """Sheets one behind the other, the first in front; `step` is how far apart their centres are."""

    def __init__(
        self,
        values: np.ndarray,
        cell: float,
        step: np.ndarray,
        limit: float | None = None,
        z: int = 0,
    ):
        limit = limit or float(np.abs(values).max())
        sheets = [MarkSheet(sheet, cell, limit) for sheet in values]
        super().__init__(*(sheet.shift(n * step) for n, sheet in enumerate(sheets)))
        self.center()
        for n, sheet in enumerate(sheets):
            at_depth(sheet, z + len(sheets) - n)


class KernelWindow(Rectangle):
    """The frame around the pixels a kernel covers. `over` says where it belongs."""

    def __init__(self, grid: PixelGrid, rows: int = 3, columns: int = 3, color: str = GRAD):
        super().__init__(*(grid.width_height * [columns, rows]))
        self.set_stroke(color, 5).set_fill(opacity=0)
        self.grid, self.rows, self.columns = grid, rows, columns
        self.move_to(self.place(0, 0))

    def place(self, row: int, column: int) -> np.ndarray:
        """The centre of the window whose upper left pixel is this one."""
        return self.grid.center_of_block(row, column, self.rows, self.columns)

    def over(self, row: int, column: int) -> KernelWindow:
        return self.move_to(self.place(row, column))

    def between(self, start: tuple[int, int], stop: tuple[int, int], share: float) -> KernelWindow:
        """`share` of the way from one place to another."""
        return self.move_to(interpolate(self.place(*start), self.place(*stop), share))
