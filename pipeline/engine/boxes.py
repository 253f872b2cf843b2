"""
Rectangles of pixels, and how to cover scattered marks with few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

CELLS = (32, 64, 128)
"""Sides of the squares that marks are gathered in, in pixels: the first that gives few Boxes."""
PART_PIXELS = 6_000
"""What each further part costs, in pixels composited: some 60 µs of calls, at 10 ns a pixel."""
MOST_RECTANGLES = 40
"""As many can be compared with each other in well under a millisecond."""
DENSE = 0.8
"""Share of a Box from which on its gaps are not worth looking for."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from (x0, y0) up to (x1, y1), bottom row first. May be empty."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def scissor(self) -> tuple[int, int, int, int]:
        """As GL has it: corner and size."""
        return (self.x0, self.y0, self.width, self.height)

    def join(self, other: Box) -> Box:
        """The smallest Box around both; an empty one adds nothing."""
        if not self.area:
            return other
        if not other.area:
            return self
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def meet(self, other: Box) -> Box:
        """What lies in both."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Box(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def grown(self, pixels: int) -> Box:
        return Box(self.x0 - pixels, self.y0 - pixels, self.x1 + pixels, self.y1 + pixels)


NOTHING = Box(0, 0, 0, 0)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest Box around all."""
    result = NOTHING
    for box in boxes:
        result = result.join(box)
    return result


def cover(spans: Array, size: tuple[int, int]) -> tuple[Box, ...]:
    """
    A few disjoint Boxes in which all of many small ones lie.

    `spans` is (4, n) whole pixels, x0, y0, x1, y1 of each, inside a picture of `size`.
    """
    spans = spans[:, (spans[2] > spans[0]) & (spans[3] > spans[1])]
    if not spans.size:
        return ()
    whole = Box(*(int(v) for v in (*spans[:2].min(axis=1), *spans[2:].max(axis=1))))
    for cell in CELLS:
        cells = _cells(spans, size, cell)
        if np.count_nonzero(cells) * cell**2 >= DENSE * whole.area:
            break
        found = _rectangles(cells, cell)
        if len(found) <= MOST_RECTANGLES:
            boxes = merged([box.meet(whole) for box in found])
            return tuple(boxes) if _cost(boxes) < _cost([whole]) else (whole,)
    return (whole,)


def merged(boxes: Sequence[Box]) -> list[Box]:
    """The same marks in fewer Boxes, as long as that is cheaper. Disjoint."""
    boxes = [box for box in boxes if box.area]
    if len(boxes) > 2 * MOST_RECTANGLES:
        return [around(boxes)]
    while len(boxes) > 1:
        gains = _gains(np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes]))
        first, second = np.unravel_index(int(gains.argmax()), gains.shape)
        if gains[first, second] <= 0:
            break
        joined = boxes[first].join(boxes[second])
        boxes = [box for index, box in enumerate(boxes) if index not in (first, second)]
        boxes.append(joined)
    return boxes


def _gains(ends: Array) -> Array:
    """(n, n) pixels saved by joining two Boxes; those that overlap must be joined."""
    low, high = ends[:, :2], ends[:, 2:]
    union = (np.maximum(high[:, None], high) - np.minimum(low[:, None], low)).prod(axis=2)
    area = (high - low).prod(axis=1)
    gains: Array = area[:, None] + area + PART_PIXELS - union
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    gains[(shared > 0).all(axis=2)] += union.max() + 1
    np.fill_diagonal(gains, 0)
    return gains


def _cost(boxes: Sequence[Box]) -> int:
    return sum(box.area + PART_PIXELS for box in boxes)


def _cells(spans: Array, size: tuple[int, int], cell: int) -> Array:
    """(rows, columns) of squares, True where a span touches."""
    columns, rows = (-(-pixels // cell) for pixels in size)
    left, bottom = spans[0] // cell, spans[1] // cell
    right, top = (spans[2] - 1) // cell + 1, (spans[3] - 1) // cell + 1
    across = columns + 1
    # A hundred times as fast as numpy.add.at
    up, down = (
        np.bincount(np.concatenate(places), minlength=(rows + 1) * across)
        for places in (
            (bottom * across + left, top * across + right),
            (bottom * across + right, top * across + left),
        )
    )
    steps = (up - down).reshape(rows + 1, across)
    marked: Array = steps.cumsum(axis=0).cumsum(axis=1)[:rows, :columns] > 0
    return marked


def _rectangles(cells: Array, cell: int) -> list[Box]:
    """Of the True squares, each in exactly one rectangle: runs along rows, joined downwards."""
    boxes: list[Box] = []
    open_runs: dict[tuple[int, int], int] = {}
    edges = np.diff(np.pad(cells.astype(np.int8), ((0, 1), (1, 1))), axis=1)
    for y, row in enumerate(edges):
        starts, stops = np.flatnonzero(row == 1), np.flatnonzero(row == -1)
        runs = {(int(a), int(b)) for a, b in zip(starts, stops, strict=True)}
        for run in open_runs.keys() - runs:
            boxes.append(_cell_box(run, open_runs.pop(run), y, cell))
        for run in runs - open_runs.keys():
            open_runs[run] = y
    return sorted(boxes, key=lambda box: (box.y0, box.x0))


def _cell_box(run: tuple[int, int], bottom: int, top: int, cell: int) -> Box:
    return Box(run[0] * cell, bottom * cell, run[1] * cell, top * cell)
