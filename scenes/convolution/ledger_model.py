"""How many numbers the two networks on signals are made of, layer by layer. Imports no manim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer: what it is and how many weights and biases it has."""

    name: str
    count: int


def convolution_entry(before: int, after: int, kernel: int = 3) -> Entry:
    return Entry(f"{before} → {after} channels", after * (before * kernel + 1))


def linear_entry(before: int, after: int) -> Entry:
    return Entry(f"{before} → {after} numbers", after * (before + 1))


CONVOLUTIONAL = (
    convolution_entry(1, 15),
    convolution_entry(15, 15),
    convolution_entry(15, 15),
    linear_entry(60, 10),
)
FULLY_CONNECTED = (linear_entry(40, 100), linear_entry(100, 100), linear_entry(100, 10))


def total(entries: tuple[Entry, ...]) -> int:
    return sum(entry.count for entry in entries)


def lengths(first: int = 40, layers: int = 3, kernel: int = 3, stride: int = 2) -> list[int]:
    """Of the signal and of every layer."""
    found = [first]
    for _ in range(layers):
        found.append((found[-1] - kernel) // stride + 1)
    return found


def receptive_fields(layers: int = 3, kernel: int = 3, stride: int = 2) -> list[int]:
    """How many samples one unit of each layer sees: each layer adds k - 1 steps of those below."""
    field, step, found = 1, 1, []
    for _ in range(layers):
        field, step = field + (kernel - 1) * step, step * stride
        found.append(field)
    return found
