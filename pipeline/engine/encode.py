"""
From drawn frames to one closed-GOP H.264 chunk, in a thread of the drawing process.

PyAV carries its own x264, pinned by the lock: the same frames give the same bytes on every
worker. A held frame costs no drawing and no conversion, only x264's few dozen bytes.
"""

from __future__ import annotations

import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from pipeline.engine.job import Encoding

if TYPE_CHECKING:
    from pipeline.engine.draw import Pixels  # and with it manimlib, which encoding does without

BT709 = 1
"""In all three of H.264's colour fields: ITU-T H.264, Annex E."""
TV_RANGE = 1
WAITING_FRAMES = 4
"""Drawn frames that may wait for the encoder; 8 MB each at 1080p."""
GOP_SECONDS = 4
"""Longest way between two places a player can seek to."""
SCALING = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.BITEXACT
)


class ChunkWriter:
    """One chunk being written. `close` it for the file to be whole."""

    def __init__(
        self, path: Path, *, width: int, height: int, rate: Fraction, encoding: Encoding
    ) -> None:
        self.frames = 0
        """Handed over so far."""
        self._rate = rate
        self._encoding = encoding
        self._file = av.open(
            str(path),
            "w",
            format="mp4",
            options={
                "fflags": "+bitexact",
                "video_track_timescale": str(rate.numerator),
                "movie_timescale": str(rate.numerator),
            },
        )
        self._stream = self._open_stream(width, height)
        self._look = look_tables(encoding)
        self._queue: queue.Queue[Pixels | type[_End] | None] = queue.Queue(WAITING_FRAMES)
        self._error: BaseException | None = None
        self._last: Any = None
        self._encoded = 0
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    def write(self, pixels: Pixels) -> None:
        """Takes a frame, and the buffer it is in: the caller must not write to it again."""
        self._put(pixels)

    def hold(self) -> None:
        """The last frame once more."""
        self._put(None)

    def close(self) -> None:
        """Waits for the encoder, and ends the file."""
        self._put(_End)
        self.frames -= 1
        self._thread.join()
        self._raise()

    def _put(self, item: Pixels | type[_End] | None) -> None:
        self.frames += 1
        while True:
            self._raise()
            try:
                self._queue.put(item, timeout=1.0)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while (item := self._queue.get()) is not _End:
                if item is not None:
                    self._last = self._convert(item)  # type: ignore[arg-type]
                self._encode()
            for packet in self._stream.encode(None):
                self._file.mux(packet)
            self._file.close()
        except BaseException as error:  # noqa: BLE001 - raised again in the drawing thread
            self._error = error

    def _convert(self, pixels: Pixels) -> Any:
        if self._encoding.lossless:
            return av.VideoFrame.from_ndarray(
                np.ascontiguousarray(pixels[::-1, :, :3]), format="rgb24"
            ).reformat(format="bgr24")
        frame = av.VideoFrame.from_ndarray(pixels[::-1], format="rgba")
        frame = frame.reformat(
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

    def _encode(self) -> None:
        frame = self._last
        frame.pts = self._encoded
        frame.time_base = 1 / self._rate
        self._encoded += 1
        for packet in self._stream.encode(frame):
            self._file.mux(packet)

    def _open_stream(self, width: int, height: int) -> Any:
        encoding = self._encoding
        stream: Any = self._file.add_stream(
            "libx264rgb" if encoding.lossless else "libx264", rate=self._rate
        )
        stream.width, stream.height = width, height
        stream.pix_fmt = "bgr24" if encoding.lossless else "yuv420p"
        stream.time_base = 1 / self._rate
        context = stream.codec_context
        context.thread_count = 1  # more threads, other bytes
        context.color_primaries = context.color_trc = BT709
        context.colorspace = 0 if encoding.lossless else BT709  # 0: RGB as it is
        context.color_range = 2 if encoding.lossless else TV_RANGE
        keyint = max(1, round(GOP_SECONDS * self._rate))
        stream.options = {
            "preset": encoding.preset,
            **({"qp": "0"} if encoding.lossless else {"crf": str(encoding.crf)}),
            "x264-params": ":".join(
                (
                    f"keyint={keyint}",
                    "open-gop=0",
                    # One set of headers for every crf: a player that trusts the first chunk's
                    # decodes a scene of another crf wrongly otherwise
                    "stitchable=1",
                    # x264's AVX-512 code gave two sets of bytes for the same frames, in 12 runs
                    "cpu-independent=1",
                    "threads=1",
                    "lookahead-threads=1",
                )
            ),
        }
        return stream


class _End:
    """No more frames."""


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
