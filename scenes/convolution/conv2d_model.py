"""
Two-dimensional convolution as deep-learning libraries do it, written as the loops it is.

Arrays are (batch, channel, row, column), weights (output channel, input channel, row, column).
`torch` is called only by `by_torch`, for comparison. Imports no manim.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SEED = 1
"""Of every case: a fresh stream, image first, then weights."""


@dataclass(frozen=True, slots=True)
class Case:
    """An image, weights, and how the weights are moved over it."""

    image: np.ndarray
    weights: np.ndarray
    stride: int = 1
    padding: int = 1

    @property
    def padded(self) -> np.ndarray:
        """The image in its ring of zeros."""
        ring = (self.padding, self.padding)
        return np.pad(self.image, ((0, 0), (0, 0), ring, ring))

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        (batch, _, height, width), (channels, _, rows, columns) = (
            self.image.shape,
            self.weights.shape,
        )
        return (
            batch,
            channels,
            output_size(height, rows, self.stride, self.padding),
            output_size(width, columns, self.stride, self.padding),
        )

    @property
    def product_count(self) -> int:
        """How many multiplications the output takes, those with padding included."""
        return int(np.prod(self.output_shape) * np.prod(self.weights.shape[1:]))


def draw_case(
    image: tuple[int, ...], weights: tuple[int, ...], stride: int = 1, padding: int = 1
) -> Case:
    """Standard normal numbers; the legacy generator, whose stream is fixed for good."""
    rng = np.random.RandomState(SEED)
    return Case(rng.normal(size=image), rng.normal(size=weights), stride, padding)


def sliding_case() -> Case:
    """One 4 x 6 image, one 3 x 3 kernel."""
    return draw_case((1, 1, 4, 6), (1, 1, 3, 3))


def stride_case() -> Case:
    """A 12 x 10 image in steps of two."""
    return draw_case((1, 1, 12, 10), (1, 1, 3, 3), stride=2)


def channels_case() -> Case:
    """Five sheets in, two sheets out."""
    return draw_case((1, 5, 4, 6), (2, 5, 3, 3))


def batch_case() -> Case:
    """Two images of five sheets."""
    return draw_case((2, 5, 4, 6), (2, 5, 3, 3))


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """How many places a kernel has along one side."""
    return (size + 2 * padding - kernel) // stride + 1


@dataclass(frozen=True, slots=True)
class Place:
    """One output number and the block of pixels behind it."""

    batch: int
    channel: int
    row: int
    column: int
    pixels: np.ndarray
    """(input channel, row, column)"""
    weights: np.ndarray

    @property
    def products(self) -> np.ndarray:
        return self.pixels * self.weights

    @property
    def total(self) -> float:
        return float(self.products.sum())


def places(case: Case) -> Iterator[Place]:
    """Every output number in reading order."""
    padded = case.padded
    rows, columns = case.weights.shape[2:]
    for b, c, y, x in itertools.product(*map(range, case.output_shape)):
        top, left = case.stride * y, case.stride * x
        block = padded[b, :, top : top + rows, left : left + columns]
        yield Place(b, c, y, x, block, case.weights[c])


def convolve(case: Case) -> np.ndarray:
    """The whole output, by one loop for each index: one multiplication at a time."""
    output = np.zeros(case.output_shape)
    padded = case.padded
    for b, c, y, x in itertools.product(*map(range, case.output_shape)):
        for h, i, j in itertools.product(*map(range, case.weights.shape[1:])):
            pixel = padded[b, h, case.stride * y + i, case.stride * x + j]
            output[b, c, y, x] += case.weights[c, h, i, j] * pixel
    return output


def flipped(case: Case) -> Case:
    """The case with its kernels turned by half a turn: what mathematics calls convolution."""
    return Case(case.image, case.weights[:, :, ::-1, ::-1], case.stride, case.padding)


def by_torch(case: Case, single_precision: bool = False) -> np.ndarray:
    """The same output from PyTorch, as float64."""
    import torch

    kind = torch.float32 if single_precision else torch.float64
    image, weights = (torch.tensor(part.copy(), dtype=kind) for part in (case.image, case.weights))
    output = torch.nn.functional.conv2d(image, weights, stride=case.stride, padding=case.padding)
    return output.double().numpy()


@dataclass(frozen=True, slots=True)
class LoopStep:
    """Where the four loops of a one-channel case stand at one multiplication."""

    row: int
    column: int
    i: int
    j: int


def loop_steps(case: Case) -> list[LoopStep]:
    """One for each product, in the order of the loops y, x, i, j."""
    sizes = (*case.output_shape[2:], *case.weights.shape[2:])
    return [LoopStep(*at) for at in itertools.product(*map(range, sizes))]
