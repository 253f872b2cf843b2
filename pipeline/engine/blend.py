"""
The pictures of a transition, mixed from the lossless windows of two scenes, as one chunk.

Whole numbers throughout, rounded to nearest, on the values that are stored: the same windows give
the same bytes everywhere. Imports nothing of manimlib, and needs no GL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.engine.encode import ChunkWriter
from pipeline.engine.job import Encoding, Mix

Picture = np.ndarray[Any, np.dtype[np.uint8]]
"""(height, width, 3) RGB, top row first."""


def write_transition(
    output: Path,
    *,
    mixes: Sequence[Mix],
    before: Path | None,
    after: Path | None,
    color: str,
    size: tuple[int, int],
    rate: Fraction,
    encoding: Encoding,
) -> Iterator[int]:
    """
    Mixes two windows, lossless chunks as a drawing leaves them, into one chunk.

    Gives the number of each picture that is written; with the last, the file is not whole yet.
    """
    width, height = size
    writer = ChunkWriter(output, width=width, height=height, rate=rate, encoding=encoding)
    flat = np.empty((height, width, 3), np.uint8)
    flat[:] = list(bytes.fromhex(color.removeprefix("#")))
    last: Picture | None = None
    for index, picture in enumerate(mixed(mixes, _Window(before, flat), _Window(after, flat))):
        if last is not None and np.array_equal(picture, last):
            writer.hold()
        else:
            writer.write(_as_drawn(picture))
        last = picture
        yield index
    writer.close()


class _Window:
    """The pictures of a lossless chunk, asked for in order; a colour where there is no such frame."""

    def __init__(self, path: Path | None, color: Picture) -> None:
        self._pictures = _decoded(path) if path else iter(())
        self._color = color
        self._index = -1
        self._picture = color

    def __getitem__(self, index: int | None) -> Picture:
        if index is None:
            return self._color
        while self._index < index:
            self._picture = next(self._pictures)
            self._index += 1
        return self._picture


def mixed(mixes: Sequence[Mix], before: _Window, after: _Window) -> Iterator[Picture]:
    """The pictures, one after the other."""
    for mix in mixes:
        one, other = before[mix.before], after[mix.after]
        if mix.part in (0, mix.whole):
            yield other if mix.part else one
            continue
        wide = one.astype(np.int64) * (mix.whole - mix.part) + other.astype(np.int64) * mix.part
        yield ((2 * wide + mix.whole) // (2 * mix.whole)).astype(np.uint8)


def _decoded(path: Path) -> Iterator[Picture]:
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield frame.to_ndarray(format="rgb24")


def _as_drawn(picture: Picture) -> Picture:
    """RGBA, bottom row first, as an encoder is given it."""
    drawn = np.full((*picture.shape[:2], 4), 255, np.uint8)
    drawn[..., :3] = picture[::-1]
    return drawn
