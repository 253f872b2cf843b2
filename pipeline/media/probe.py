"""
What a finished file holds, as its packets say it and not its header.

Reads through PyAV, in this process: counting the packets of a chapter takes milliseconds, where
starting ffprobe takes a tenth of a second. Starts nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from pipeline.errors import VerificationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """How numbers become colours, in the words ffprobe has for it (ITU-T H.273)."""

    matrix: str
    primaries: str
    transfer: str
    span: str
    """`tv` for 16 to 235, `pc` for 0 to 255."""

    def __str__(self) -> str:
        return f"{self.matrix}/{self.primaries}/{self.transfer}/{self.span}"


VIDEO_COLOURS = Colours(matrix="bt709", primaries="bt709", transfer="bt709", span="tv")
RGB_COLOURS = Colours(matrix="gbr", primaries="bt709", transfer="bt709", span="pc")
"""Of a lossless chapter, whose pixels are never turned into another colour space."""

# Numbers of ITU-T H.273; the ones a file of ours can carry, all others are shown as they are
MATRICES = {0: "gbr", 1: "bt709", 2: "unknown", 5: "bt470bg", 6: "smpte170m"}
PRIMARIES = {1: "bt709", 2: "unknown", 5: "bt470bg", 6: "smpte170m"}
TRANSFERS = {1: "bt709", 2: "unknown", 6: "smpte170m", 13: "iec61966-2-1"}
SPANS = {0: "unknown", 1: "tv", 2: "pc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """The video stream of one file."""

    frames: int
    """Packets counted."""
    rate: Fraction
    """Frames a second."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    codec: str
    pixel_format: str
    colours: Colours
    start: Fraction
    """Seconds from the start of the file to its first frame."""
    duration: Fraction
    """Seconds a player shows it for."""
    uneven_at: int | None
    """The first frame that does not come a whole number of frames after the start, at `rate`."""


def probe(path: Path) -> Clip:
    """
    Raises:
        VerificationFailed: not a file with video in it that can be read.
    """
    with open_media(path) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        rate = Fraction(stream.average_rate or 0)
        stamps = sorted(packet.pts for packet in packets(container, stream))
        first = stamps[0] if stamps else 0
        # Whole numbers: a chapter has tens of thousands, and fractions take their time
        frame = stream.time_base * rate
        return Clip(
            frames=len(stamps),
            rate=rate,
            width=context.width,
            height=context.height,
            codec=context.name,
            pixel_format=context.pix_fmt,
            colours=Colours(
                matrix=MATRICES.get(context.colorspace, str(context.colorspace)),
                primaries=PRIMARIES.get(context.color_primaries, str(context.color_primaries)),
                transfer=TRANSFERS.get(context.color_trc, str(context.color_trc)),
                span=SPANS.get(context.color_range, str(context.color_range)),
            ),
            start=first * stream.time_base,
            duration=(stream.duration or 0) * stream.time_base,
            uneven_at=next(
                (
                    number
                    for number, stamp in enumerate(stamps)
                    if (stamp - first) * frame.numerator != number * frame.denominator
                ),
                None,
            ),
        )


def require(path: Path, **expected: object) -> Clip:
    """
    Holds a file to what was planned, before anything is built on it.

    Args:
        expected: values of fields of Clip, by their names.

    Raises:
        VerificationFailed: names the first field that differs.
    """
    clip = probe(path)
    for what, value in expected.items():
        if (found := getattr(clip, what)) != value:
            raise VerificationFailed(path=path, what=what, expected=value, found=found)
    if clip.uneven_at is not None:
        raise VerificationFailed(
            path=path,
            what="distance of its frames",
            expected=f"1/{clip.rate} s throughout",
            found=f"another at frame {clip.uneven_at}",
        )
    return clip


def decodes(path: Path) -> int:
    """
    Decodes every frame, and gives their number.

    Raises:
        VerificationFailed: some frame cannot be decoded; says which.
    """
    with open_media(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        # Otherwise damage found by one thread may be marked after another has given out the frame
        stream.codec_context.options = {"err_detect": "explode"}
        frames = 0
        try:
            for frame in container.decode(stream):
                # What the decoder cannot read it paints over, and goes on
                if frame.is_corrupt:
                    raise _not_decoded(path, frames, "damaged")
                frames += 1
        except av.FFmpegError as error:
            raise _not_decoded(path, frames, str(error)) from error
    return frames


@contextmanager
def open_media(path: Path) -> Iterator[Any]:
    """A file with at least one video stream, opened for reading."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise _no_video(path, "without a video stream")
            yield container
    except FileNotFoundError as error:
        if path.exists():
            raise
        raise _no_video(path, "missing") from error
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise _no_video(path, f"unreadable: {error}") from error


def packets(container: Any, stream: Any) -> Iterator[Any]:
    """The stream's packets, in the order they are stored and decoded."""
    # The last one demux gives is empty: it is there to flush a decoder
    return (packet for packet in container.demux(stream) if packet.pts is not None)


def _not_decoded(path: Path, frame: int, found: str) -> VerificationFailed:
    return VerificationFailed(path=path, what=f"frame {frame}", expected="decodable", found=found)


def _no_video(path: Path, found: str) -> VerificationFailed:
    return VerificationFailed(path=path, what="the file", expected="a video", found=found)
