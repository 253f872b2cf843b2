"""
From chunks to one video, packet for packet, and the proof that nothing else happened.

The packets are copied by PyAV with timestamps counted in whole frames, and not by ffmpeg's concat
demuxer, for three reasons measured on 120 chunks. The demuxer adds up durations, which drift unless
every chunk is written just so. A chunk of one or two frames has no room for B-frames, so its first
decoding time is later than its neighbours' and the demuxer's file goes back in time there. And the
writer is then the one in the lock, so a chapter has the same bytes on every machine.
ffmpeg, another program with another reader, is what the proof asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av

from pipeline.errors import VerificationFailed
from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.probe import open_media, packets, require
from pipeline.media.publish import beside, told_plainly
from pipeline.media.streams import Chunk, Stream, order_of, read_chunk

__all__ = ["Chunk", "join", "mp4_options", "prove", "require_packets", "stitch", "timescale"]

FINE_ENOUGH = 10_000
"""Ticks a second below which a file's clock is made finer. What ffmpeg's own mp4 writer does."""
SLICES_ONLY = "h264_mp4toannexb,filter_units=remove_types=6-9,setts=ts=N"
"""
Of each packet only what is drawn from it. Parameter sets (types 7 and 8) are kept once in a
stitched file and once in each chunk, which is why they are compared apart.
"""


def stitch(chunks: Sequence[Chunk], *, rate: Fraction, output: Path, log_path: Path) -> None:
    """
    Joins the chunks in their order into one mp4 that starts at 0 and runs at exactly `rate`.

    The same chunks give the same bytes.

    Raises:
        VerificationFailed: a chunk does not hold what was planned, was not encoded as the first
            one was, or is not in the result as it should be.
    """
    frames = sum(chunk.frames for chunk in chunks)
    with beside(output) as part:
        join(chunks, [read_chunk(chunk, rate) for chunk in chunks], rate=rate, output=part)
        require(part, frames=frames, rate=rate, start=0, duration=frames / rate)
        prove(chunks, part, log_path=log_path)


def join(
    chunks: Sequence[Chunk], streams: Sequence[Stream], *, rate: Fraction, output: Path
) -> None:
    """
    Joins chunks of which is known what is in them. Whoever calls it holds the result to them.

    Raises:
        VerificationFailed: a chunk was not encoded as the first one was.
    """
    if not chunks:
        raise ValueError("there is nothing to stitch")
    for chunk, stream in zip(chunks, streams, strict=True):
        _require_alike(chunk.path, streams[0], stream)
    _copy(chunks, streams, rate=rate, output=output)


def prove(chunks: Sequence[Chunk], stitched: Path, *, log_path: Path) -> list[str]:
    """
    Has ffmpeg hash every packet of the chunks and of the result, and compares.

    Returns:
        `size, md5` of each packet, in the order they are stored.

    Raises:
        VerificationFailed: names the first packet that differs.
    """
    listed = stitched.with_suffix(".chunks.txt")
    listed.write_text("".join(map(_concat_line, chunks)), encoding="utf-8")
    try:
        planned = _hashes(["-f", "concat", "-safe", "0"], listed, log_path)
    finally:
        listed.unlink()
    require_packets(stitched, planned, log_path=log_path)
    return planned


def require_packets(stitched: Path, planned: Sequence[str], *, log_path: Path) -> None:
    """
    Has ffmpeg hash every packet, and compares with what `prove` gave for the chunks.

    Raises:
        VerificationFailed: names the first packet that differs.
    """
    found = _hashes([], stitched, log_path)
    if len(planned) != len(found):
        raise VerificationFailed(
            path=stitched, what="number of packets", expected=len(planned), found=len(found)
        )
    for number, (one, other) in enumerate(zip(planned, found, strict=True)):
        if one != other:
            raise VerificationFailed(
                path=stitched, what=f"packet {number}", expected=one, found=other
            )


def timescale(rate: Fraction) -> int:
    """
    Ticks a second, of which a frame lasts a whole number.

    >>> timescale(Fraction(30)), timescale(Fraction(30000, 1001))
    (15360, 30000)
    """
    ticks = rate.numerator
    while ticks < FINE_ENOUGH:
        ticks *= 2
    return ticks


def mp4_options(rate: Fraction) -> dict[str, str]:
    """How every mp4 here is written: no clock of its own, no date, no version of a writer."""
    return {
        "fflags": "+bitexact",
        "video_track_timescale": str(timescale(rate)),
        "movie_timescale": str(timescale(rate)),
    }


def _require_alike(path: Path, first: Stream, other: Stream) -> None:
    """ffmpeg joins what does not fit together with exit code 0, into what no player can play."""
    for what, one, two in (
        ("size", first.size, other.size),
        ("encoder settings", first.settings, other.settings),
    ):
        if one != two:
            raise VerificationFailed(path=path, what=what, expected=one, found=two)


def _copy(
    chunks: Sequence[Chunk], streams: Sequence[Stream], *, rate: Fraction, output: Path
) -> None:
    ticks = timescale(rate)
    per_frame = ticks // rate.numerator * rate.denominator
    shown_as = order_of(streams)
    # A packet is decoded one frame after the one before it, and none later than it is shown
    delay = max(decoded - shown for decoded, shown in enumerate(shown_as))
    with (
        told_plainly(output),
        open_media(chunks[0].path) as first,
        av.open(str(output), "w", format="mp4", options=mp4_options(rate)) as target,
    ):
        track = target.add_stream_from_template(first.streams.video[0])
        track.time_base = Fraction(1, ticks)
        copied = chain.from_iterable(map(_packets_of, chunks, streams))
        for decoded, packet in enumerate(copied):
            packet.stream = track
            packet.time_base = Fraction(1, ticks)
            packet.pts = shown_as[decoded] * per_frame
            packet.dts = (decoded - delay) * per_frame
            packet.duration = per_frame
            target.mux(packet)


def _packets_of(chunk: Chunk, stream: Stream) -> Iterator[Any]:
    if not stream.places:
        with open_media(chunk.path) as source:
            yield from packets(source, source.streams.video[0])
        return
    data = memoryview(chunk.path.read_bytes())
    keyframes = set(stream.keyframes)
    for number, (start, size) in enumerate(stream.places):
        packet = av.Packet(data[start : start + size])
        packet.is_keyframe = number in keyframes
        yield packet


def _hashes(options: Sequence[str], source: Path, log_path: Path) -> list[str]:
    """`size, md5` of each packet, in the order they are stored."""
    output = source.with_suffix(".framemd5")
    arguments = [*options, "-i", str(source), "-map", "0:v", "-c", "copy", "-bsf:v", SLICES_ONLY]
    try:
        run_ffmpeg([*arguments, "-f", "framemd5", str(output)], output=output, log_path=log_path)
        rows = output.read_text(encoding="utf-8").splitlines()
    finally:
        output.unlink(missing_ok=True)
    return [",".join(row.split(",")[-2:]).strip() for row in rows if not row.startswith("#")]


def _concat_line(chunk: Chunk) -> str:
    quoted = str(chunk.path.resolve()).replace("'", "'\\''")
    return f"file '{quoted}'\n"
