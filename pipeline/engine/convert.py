"""
From drawn RGBA to the frames x264 takes, row by row where only some rows changed.

A window of rows converts to the same bytes as it does within its picture, apart from the rows at
its edges that the chroma filter reaches over: so what changed is converted in windows of one
height, with some rows more on each side, and put into the frame that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from pipeline.engine.job import Encoding

Array = np.ndarray[Any, np.dtype[np.uint8]]

SCALING = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.BITEXACT
)
REACH_ROWS = 4
"""What the chroma filter reaches over: so far from a row that changed, others change too."""
EDGE_ROWS = 2 * REACH_ROWS
"""What has to be read beyond a row that changed: for each that changes with it, its reach."""
WINDOW_ROWS = 96
"""Converted in one go: each window has its edges converted for nothing."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Part of a picture: full rows of RGBA, top row first."""

    pixels: Array
    """(rows, width, 4). More than changed, see `with_edges`."""
    top: int
    """The picture's row that the first is."""
    start: int
    """First row that changed, counted in the picture."""
    stop: int
    """The row after the last that did."""
    release: Callable[[], None] = lambda: None
    """To be called when the pixels are not needed any more."""


def with_edges(start: int, stop: int, height: int) -> tuple[int, int]:
    """Which rows of a picture have to be read for some to be converted."""
    if height <= WINDOW_ROWS:
        return 0, height
    low, high = max(0, start - EDGE_ROWS) & ~1, min(height, stop + EDGE_ROWS + 1 & ~1)
    short = WINDOW_ROWS - (high - low)
    if short > 0:
        low = max(0, low - (short + 1 & ~1))
        high = min(height, max(high, low + WINDOW_ROWS))
    return low, high


class Converter:
    """One picture after the other, in one frame. Lives as long as its chunk."""

    def __init__(self, width: int, height: int, encoding: Encoding) -> None:
        self._size = (width, height)
        self._lossless = encoding.lossless
        self._look = look_tables(encoding)
        self._whole = VideoReformatter()
        self._window = VideoReformatter()
        self.frame: Any = None
        """As last changed; None before the first picture."""
        self._planes: list[Array] = []

    def picture(self, pixels: Array) -> None:
        """A whole picture, RGBA, top row first."""
        if self._lossless:
            if self.frame is None:
                self._take(av.VideoFrame(*self._size, "bgr24"))
            self._planes[0][:] = _as_bgr(pixels)
        else:
            self._take(self._converted(self._whole, np.ascontiguousarray(pixels)))

    def change(self, changes: Sequence[Rows]) -> None:
        """Some rows, the others being what they were."""
        for rows in changes:
            if len(rows.pixels) == self._size[1]:
                self.picture(rows.pixels)
            elif self._lossless:
                self._planes[0][rows.top : rows.top + len(rows.pixels)] = _as_bgr(rows.pixels)
            else:
                self._convert_rows(rows)
            rows.release()

    def _convert_rows(self, rows: Rows) -> None:
        for at, start, stop in _windows(rows, self._size[1]):
            pixels = rows.pixels[at - rows.top : at - rows.top + WINDOW_ROWS]
            planes = _planes(self._converted(self._window, pixels))
            for index, (target, source) in enumerate(zip(self._planes, planes, strict=True)):
                shrink = 1 if index == 0 else 2
                low, high = start // shrink, -(-stop // shrink)
                target[low:high] = source[low - at // shrink : high - at // shrink]

    def _converted(self, reformatter: VideoReformatter, pixels: Array) -> Any:
        frame = reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(pixels, format="rgba"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=SCALING,
            threads=1,
        )
        if self._look is not None:
            _look_at(frame, self._look)
        return frame

    def _take(self, frame: Any) -> None:
        self.frame, self._planes = frame, _planes(frame)


def _windows(rows: Rows, height: int) -> Iterator[tuple[int, int, int]]:
    """First row of each window, and from where to where it is converted as in its picture."""
    last = rows.top + len(rows.pixels) - WINDOW_ROWS
    start = max(0, rows.start - REACH_ROWS) & ~1
    end = min(height, rows.stop + REACH_ROWS)
    while start < end:
        at = min(max(rows.top, start - REACH_ROWS), last)
        bottom = at + WINDOW_ROWS
        stop = min(end, bottom if bottom == height else bottom - REACH_ROWS)
        yield at, start, stop
        start = stop


def _planes(frame: Any) -> list[Array]:
    """Each plane's rows, without what lines are padded with, to be written to."""
    channels = 3 if len(frame.planes) == 1 else 1
    return [
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[
            :, : channels * plane.width
        ]
        for plane in frame.planes
    ]


def _as_bgr(pixels: Array) -> Array:
    return pixels[..., 2::-1].reshape(len(pixels), -1)


def look_tables(encoding: Encoding) -> tuple[bytes, bytes] | None:
    """
    What manimgl's `eq` filter makes of each luma and each chroma value; None where of none.

    As in FFmpeg's vf_eq.c: gamma bends luma, saturation stretches chroma, both in whole numbers.
    PyAV comes without that filter.
    """
    if encoding.lossless or (encoding.saturation == 1.0 and encoding.gamma == 1.0):
        return None
    values = np.arange(256)
    luma = chroma = values
    if encoding.gamma != 1.0:
        luma = np.floor(256 * (values / 255) ** (1 / encoding.gamma))
    if encoding.saturation != 1.0:
        stretch = int(encoding.saturation * 4096)
        chroma = (values * stretch >> 12) + 127 - stretch // 32
    return tuple(table.clip(0, 255).astype(np.uint8).tobytes() for table in (luma, chroma))  # type: ignore[return-value]


def _look_at(frame: Any, tables: tuple[bytes, bytes]) -> None:
    luma, chroma = tables
    for plane, table in zip(frame.planes, (luma, chroma, chroma), strict=True):
        plane.update(bytes(plane).translate(table))
