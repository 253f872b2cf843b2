"""
Reading rows of a framebuffer back, top row first, into buffers that are used again.
"""

from __future__ import annotations

from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from OpenGL import GL

from pipeline.engine.boxes import Box
from pipeline.engine.convert import WINDOW_ROWS, Rows, with_edges

Array = np.ndarray[Any, np.dtype[np.uint8]]

PACK_INVERT = 0x8758
"""GL_PACK_INVERT_MESA: rows come from the top down. From the extension MESA_pack_invert."""
MOST = 0.7
"""Share of the rows from which on all are read."""


class Reading:
    """One context's. Its buffers come back when their Rows are released, in any thread."""

    def __init__(self, ctx: Any, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._inverts = "GL_MESA_pack_invert" in ctx.extensions
        self._free: SimpleQueue[Array] = SimpleQueue()

    def rows(self, source: Any, boxes: Iterable[Box]) -> list[Rows]:
        """What lies in the boxes, in full rows."""
        bands = _bands([(self._height - b.y1, self._height - b.y0) for b in boxes if b.area])
        if sum(stop - start for start, stop in bands) > MOST * self._height:
            bands = [(0, self._height)]
        if not bands:
            return []
        buffer = self._buffer()
        found = []
        for index, (start, stop) in enumerate(bands):
            low, high = with_edges(start, stop, self._height)
            self._read(source, buffer, low, high)
            last = index + 1 == len(bands)
            release = (lambda: self._free.put(buffer)) if last else _nothing
            found.append(Rows(buffer[low:high], low, start, stop, release))
        return found

    def _read(self, source: Any, buffer: Array, low: int, high: int) -> None:
        part = (0, self._height - high, self._width, high - low)
        if not self._inverts:
            data = np.frombuffer(source.read(viewport=part, components=4), np.uint8)
            buffer[low:high] = data.reshape(high - low, self._width, 4)[::-1]
            return
        GL.glPixelStorei(PACK_INVERT, 1)
        source.read_into(buffer[low:high], viewport=part, components=4)
        GL.glPixelStorei(PACK_INVERT, 0)

    def _buffer(self) -> Array:
        try:
            return self._free.get_nowait()
        except Empty:
            return np.empty((self._height, self._width, 4), np.uint8)


def _bands(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Rows from and up to, joined where a window of one would reach into the next."""
    bands: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if bands and start - bands[-1][1] < WINDOW_ROWS:
            bands[-1] = (bands[-1][0], max(bands[-1][1], stop))
        else:
            bands.append((start, stop))
    return bands


def _nothing() -> None:
    """Another band is in the same buffer."""
