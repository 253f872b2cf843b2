"""
One convolution layer in whole numbers: its arithmetic visit by visit, and where its tiles lie.

The layer has 3 input channels of 4 x 4, 3 output channels, kernels of 3 x 3, stride 1 and no
padding. As in every deep-learning library the kernel is not flipped: this is cross-correlation.
Imports no manim.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FIXTURE = Path(__file__).with_name("layer_fixture.json")
"""Drawn once from `default_rng(12)` (x, then k, then b), and kept so that no later generator
can change what the film says."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Inputs, weights and biases of a layer, as integers."""

    x: np.ndarray
    """(channel, row, column)"""
    k: np.ndarray
    """(output channel, input channel, row, column)"""
    b: np.ndarray
    """(output channel,)"""

    @property
    def output_shape(self) -> tuple[int, int, int]:
        size, kernel = self.x.shape[1:], self.k.shape[2:]
        return len(self.b), size[0] - kernel[0] + 1, size[1] - kernel[1] + 1

    @property
    def weight_count(self) -> int:
        return int(self.k.size)

    @property
    def bias_count(self) -> int:
        return int(self.b.size)

    @property
    def visit_count(self) -> int:
        """How often a kernel is laid on a channel."""
        outputs, inputs = self.k.shape[:2]
        return outputs * inputs * int(np.prod(self.output_shape[1:]))

    @property
    def product_count(self) -> int:
        return self.visit_count * int(np.prod(self.k.shape[2:]))


@dataclass(frozen=True, slots=True)
class Visit:
    """One kernel laid on one place of one channel, and what it adds to a running sum."""

    output: int
    channel: int
    row: int
    column: int
    products: np.ndarray
    """(kernel row, kernel column)"""
    before: int
    """The running sum, the bias included, that the products are added to."""

    @property
    def after(self) -> int:
        return self.before + int(self.products.sum())


def load_layer(path: Path = FIXTURE) -> Layer:
    fields = json.loads(path.read_text())
    return Layer(*(np.array(fields[name]) for name in ("x", "k", "b")))


def visits(layer: Layer) -> Iterator[Visit]:
    """Every visit in the order of the film: by output, by input channel, in reading order."""
    outputs, rows, columns = layer.output_shape
    height, width = layer.k.shape[2:]
    for g in range(outputs):
        sums = np.full((rows, columns), layer.b[g])
        for h in range(layer.x.shape[0]):
            for j in range(rows):
                for i in range(columns):
                    window = layer.x[h, j : j + height, i : i + width]
                    visit = Visit(g, h, j, i, window * layer.k[g, h], int(sums[j, i]))
                    sums[j, i] = visit.after
                    yield visit


def layer_output(layer: Layer) -> np.ndarray:
    """(output channel, row, column), by the last visit of every cell."""
    z = np.zeros(layer.output_shape, dtype=int)
    for visit in visits(layer):
        z[visit.output, visit.row, visit.column] = visit.after
    return z


def largest_output(layer: Layer, digit: int = 9, bias: int = 99) -> int:
    """The largest number a cell can come to hold, for digits up to `digit`."""
    return int(np.prod(layer.k.shape[1:])) * digit * digit + bias


@dataclass(frozen=True, slots=True)
class ConvLayout:
    """
    Where the centre of each sheet's upper left tile lies, in scene units.

    Channels stand one behind the other, channel 0 in front and lowest, each further one to the
    right and up, so that the row and a half that shows tells them apart.
    """

    pitch: float = 0.82
    """From one tile to the next, in scene units."""
    origin: tuple[float, float] = (-0.35, 0.37)
    """Scene position of what is (0, 0) in tiles."""
    kernel_park: tuple[float, float] = (-7.0, -0.95)
    output_home: tuple[float, float] = (5.9, -2.15)
    bias_home: tuple[float, float] = (5.9, 3.35)
    off_frame: float = 4.5
    """How far right of home an output waits for its turn, in tiles."""

    def point(self, x: float, y: float) -> np.ndarray:
        """Tiles to scene units."""
        return np.array([self.origin[0] + self.pitch * x, self.origin[1] + self.pitch * y, 0.0])

    def input(self, h: int) -> np.ndarray:
        return self.point(-1.5 + 0.5 * h, 1.5 * h)

    def kernel_parked(self, g: int, h: int) -> np.ndarray:
        x, y = self.kernel_park
        return self.point(x + 0.5 * h + 0.16 * g, y + 1.5 * h + 0.16 * g)

    def kernel_laid(self, h: int, j: int, i: int) -> np.ndarray:
        """On channel `h` with its upper left tile over row `j`, column `i`."""
        return self.input(h) + self.pitch * np.array([i, -j, 0.0])

    def output(self, g: int) -> np.ndarray:
        x, y = self.output_home
        return self.point(x + 0.4 * g, y + 2.2 * g)

    def output_waiting(self, g: int) -> np.ndarray:
        return self.output(g) + self.pitch * self.off_frame * np.array([1.0, 0.0, 0.0])

    def bias(self, g: int) -> np.ndarray:
        x, y = self.bias_home
        return self.point(x + g, y)
