"""
From drawn frames to one closed-GOP H.264 chunk, in a thread of the drawing process.

PyAV carries its own x264, pinned by the lock: the same frames give the same bytes on every worker.
x264 is shown each picture once; that it stands is then written without asking x264, see
repeats.py, and costs a few dozen bytes and microseconds a frame.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.video.frame import PictureType

from pipeline.engine.convert import Converter, Rows
from pipeline.engine.job import Encoding
from pipeline.engine.repeats import Repeater

if TYPE_CHECKING:
    from pipeline.engine.draw import Pixels  # and with it manimlib, which encoding does without

BT709 = 1
"""In all three of H.264's colour fields: ITU-T H.264, Annex E."""
TV_RANGE = 1
WAITING_FRAMES = 4
"""Drawn frames that may wait for the encoder; 8 MB each at 1080p."""
GOP_SECONDS = 4
"""Longest way between two places a player can seek to."""
VERYFAST = ("rc-lookahead=20", "subme=6")
"""
The search is that of fast. At crf 23 four scenes at 1080p took 16 % fewer bytes than at crf 22 with
veryfast's search, a look-ahead of 40 and trellis, for as good a picture and a third more of x264's
time. A picture looked ahead at takes 9 MB: twice as many were worth 2 % and 190 MB a worker.
"""


class ChunkWriter:
    """
    One chunk being written. `close` it for the file to be whole.

    `repeats=False` leaves pictures that stand to x264, at milliseconds each: to measure against,
    and to find out whether a player's trouble is with them. The bytes are others then.
    """

    def __init__(
        self,
        path: Path,
        *,
        width: int,
        height: int,
        rate: Fraction,
        encoding: Encoding,
        repeats: bool = True,
    ) -> None:
        self.frames = 0
        """Handed over so far."""
        self._encoder = _Encoder(path, (width, height), rate, encoding, repeats=repeats)
        self._queue: queue.Queue[Pixels | Sequence[Rows] | type[_End] | None] = queue.Queue(
            WAITING_FRAMES
        )
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    def write(self, pixels: Pixels) -> None:
        """Takes a frame, and the buffer it is in: the caller must not write to it again."""
        self._put(pixels)

    def change(self, changes: Sequence[Rows]) -> None:
        """Takes what of a frame is not as in the last one, if anything. The first must be whole."""
        self._put(changes)

    def hold(self) -> None:
        """The last frame once more."""
        self._put(None)

    def close(self) -> None:
        """Waits for the encoder, and ends the file."""
        self._put(_End)
        self.frames -= 1
        self._thread.join()
        self._raise()

    def _put(self, item: Pixels | Sequence[Rows] | type[_End] | None) -> None:
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
                self._encoder.take(item)  # type: ignore[arg-type]
            self._encoder.close()
        except BaseException as error:  # noqa: BLE001 - raised again in the drawing thread
            self._error = error


class _End:
    """No more frames."""


class _Encoder:
    """The thread's side: a frame is given to x264 when it is known whether it will stand."""

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: Fraction,
        encoding: Encoding,
        *,
        repeats: bool,
    ) -> None:
        self._rate = rate
        self._repeats = repeats
        self._interval = max(1, round(GOP_SECONDS * rate))
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
        self._stream = _open_stream(self._file, size, rate, encoding)
        self._converter = Converter(*size, encoding)
        self._repeater = Repeater(self._mux)
        self._taken = 0
        self._waiting: int | None = None
        """Number of the frame that is converted and not yet given to x264."""

    def take(self, item: Pixels | Sequence[Rows] | None) -> None:
        """A picture, its changes, or None for the same again."""
        number = self._taken
        self._taken += 1
        if item is None:
            self._submit(stands=self._repeats)
            if self._repeats and number % self._interval:
                self._repeater.repeat()
            else:
                self._waiting = number
            return
        self._submit(stands=False)
        if isinstance(item, Sequence):
            self._converter.change(item)
        else:
            self._converter.picture(item[::-1])
        self._waiting = number

    def close(self) -> None:
        self._submit(stands=False)
        self._send(None)
        self._repeater.close()
        self._file.close()
        # x264 keeps 60 pictures, and a ring of references would keep x264: 200 MB a chunk at 1080p
        del self._repeater, self._stream, self._file

    def _submit(self, *, stands: bool) -> None:
        if self._waiting is None:
            return
        number, self._waiting = self._waiting, None
        frame = self._converter.frame
        frame.pts, frame.time_base = number, 1 / self._rate
        kind = PictureType.NONE
        if number % self._interval == 0:
            kind = PictureType.I
        elif stands:
            # Not a B picture, which nothing can repeat
            kind = PictureType.P
        frame.pict_type = kind
        self._repeater.begin(number)
        self._send(frame)

    def _send(self, frame: Any) -> None:
        for packet in self._stream.encode(frame):
            self._repeater.packet(
                bytes(packet), int(packet.pts), bytes(self._stream.codec_context.extradata)
            )

    def _mux(self, data: bytes, *, shown: int, decoded: int, is_whole: bool) -> None:
        packet = av.Packet(data)
        packet.stream = self._stream
        packet.time_base = 1 / self._rate
        packet.pts, packet.dts, packet.duration = shown, decoded, 1
        packet.is_keyframe = is_whole
        self._file.mux(packet)


def _open_stream(file: Any, size: tuple[int, int], rate: Fraction, encoding: Encoding) -> Any:
    stream = file.add_stream("libx264rgb" if encoding.lossless else "libx264", rate=rate)
    stream.width, stream.height = size
    stream.pix_fmt = "bgr24" if encoding.lossless else "yuv420p"
    stream.time_base = 1 / rate
    context = stream.codec_context
    context.thread_count = 1  # with two, the same frames gave two sets of bytes
    context.color_primaries = context.color_trc = BT709
    context.colorspace = 0 if encoding.lossless else BT709  # 0: RGB as it is
    context.color_range = 2 if encoding.lossless else TV_RANGE
    stream.options = {
        "preset": encoding.preset,
        **({"qp": "0"} if encoding.lossless else {"crf": str(encoding.crf)}),
        "forced-idr": "1",
        "x264-params": ":".join(
            (
                # Whole pictures where asked for, at even distances
                "keyint=infinite",
                "open-gop=0",
                # A repeated picture pushes the one before it out of the references
                "ref=1",
                "b-pyramid=none",
                # Paid by how long it stands, a picture took a third more bytes for the same SSIM
                "force-cfr=1",
                *(VERYFAST if encoding.preset == "veryfast" else ()),
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
