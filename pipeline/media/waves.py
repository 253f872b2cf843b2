"""
Any sound file as samples: two channels at 48 kHz, counted and not believed.

Reads through PyAV, whose decoders are those of the lock. Where a file holds less than its header
says, or nothing, that is said with whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableFile
from pipeline.media.heard import SAMPLE_RATE

CHANNELS = 2
FULL_SECONDS = 0.1
"""By how much a length told by a compressed file may be off: mp3 estimates it."""

Samples = NDArray[np.float32]
"""Shape (samples, 2), full scale at 1."""


def read_wave(path: Path, *, asked_by: str) -> Samples:
    """
    All of a file, at 48 kHz. One channel is heard from both sides at its full level.

    Args:
        asked_by: what placed it, for the error: a scene and line, a cue, the manifest.

    Raises:
        UnusableFile: it is not there, is no sound, or breaks off.
    """
    with _opened(path, asked_by) as container:
        stream = container.streams.audio[0]
        said = _said_seconds(container, stream)
        one = stream.channels == 1
        resampler = av.AudioResampler(
            format="fltp", layout="mono" if one else "stereo", rate=SAMPLE_RATE
        )
        parts = []
        heard = 0
        try:
            for frame in container.decode(stream):
                heard += frame.samples
                parts += [part.to_ndarray() for part in resampler.resample(frame)]
            parts += [part.to_ndarray() for part in resampler.resample(None)]
        except av.FFmpegError as error:
            raise _broken_off(path, asked_by, heard / stream.rate, said) from error
        _require_whole(path, asked_by, Fraction(heard, stream.rate), said)
    samples: Samples = np.concatenate(parts, axis=1).T.astype(np.float32, copy=False)
    return np.ascontiguousarray(np.broadcast_to(samples, (len(samples), CHANNELS)))


def wave_seconds(path: Path, *, asked_by: str) -> Fraction:
    """
    How long a file plays, counted packet by packet without decoding.

    Raises:
        UnusableFile: as read_wave.
    """
    with _opened(path, asked_by) as container:
        stream = container.streams.audio[0]
        try:
            ticks = sum(packet.duration or 0 for packet in container.demux(stream))
        except av.FFmpegError as error:
            raise _broken_off(path, asked_by, 0, None) from error
        found = Fraction(ticks * stream.time_base)
        _require_whole(path, asked_by, found, _said_seconds(container, stream))
        return found


def raw_blocks(path: Path, seconds: int) -> Iterator[Samples]:
    """The samples of a file of ours, so many seconds at a time: float32, two channels, no header."""
    size = seconds * SAMPLE_RATE * CHANNELS * 4
    with path.open("rb") as file:
        while data := file.read(size):
            yield np.frombuffer(data, np.float32).reshape(-1, CHANNELS)


def _opened(path: Path, asked_by: str) -> Any:
    if not path.is_file():
        raise UnusableFile(
            path=path,
            reason="there is no such file",
            asked_by=asked_by,
            advice="put it there, or take the line out",
        )
    try:
        container = av.open(str(path))
    except av.FFmpegError as error:
        raise UnusableFile(
            path=path,
            reason="is no sound that can be read: its beginning is missing or damaged",
            asked_by=asked_by,
            advice="save it again, as WAV, FLAC, MP3, M4A or Ogg",
        ) from error
    if not container.streams.audio:
        container.close()
        raise UnusableFile(
            path=path,
            reason="has no sound in it",
            asked_by=asked_by,
            advice="name a file with a sound track",
        )
    return container


def _said_seconds(container: Any, stream: Any) -> Fraction | None:
    """How long it is by its own account; None where it has none."""
    if container.format.name == "wav":
        return _riff_seconds(Path(container.name), stream)
    if stream.duration:
        return Fraction(stream.duration * stream.time_base)
    return Fraction(container.duration, av.time_base) if container.duration else None


def _riff_seconds(path: Path, stream: Any) -> Fraction | None:
    """ffmpeg shortens what a WAV says to what the file holds, so the chunk's size is read here."""
    with path.open("rb") as file:
        if file.read(12)[:4] != b"RIFF":
            return None
        block_bytes = 0
        while len(header := file.read(8)) == 8:
            size = int.from_bytes(header[4:], "little")
            if header[:4] == b"data":
                endless = size >= 0xFFFFFFFF - 1024 or not block_bytes
                return None if endless else Fraction(size // block_bytes, stream.rate)
            body = file.read(size + size % 2)
            if header[:4] == b"fmt " and body[:2] in (b"\1\0", b"\3\0", b"\xfe\xff"):
                block_bytes = int.from_bytes(body[12:14], "little")
    return None


def _require_whole(path: Path, asked_by: str, found: Fraction, said: Fraction | None) -> None:
    if not found:
        raise UnusableFile(
            path=path, reason="is empty", asked_by=asked_by, advice="record or save it again"
        )
    exact = path.suffix.lower() == ".wav"
    allowed = Fraction(1, SAMPLE_RATE) if exact else Fraction(FULL_SECONDS)
    if said is not None and found + allowed < said:
        raise _broken_off(path, asked_by, found, said)


def _broken_off(
    path: Path, asked_by: str, found: Fraction | float, said: Fraction | None
) -> UnusableFile:
    of = f" of {float(said):.3f} s" if said else ""
    return UnusableFile(
        path=path,
        reason=f"breaks off after {float(found):.3f} s{of}",
        asked_by=asked_by,
        advice="copy or save it again",
    )
