"""
Every frame of a video decoded and counted, and some of them kept small, in one go.

By ffmpeg, which is not the program that encoded them: what comes through here can be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import VerificationFailed
from pipeline.media.ffmpeg import run_ffmpeg

STILL_WIDTH = 320
"""Pixels."""
CORNER = 16
"""Pixels across of what is written of each frame to count it: the least that a frame has."""

Picture = NDArray[np.uint8]
"""Rows, columns, and red, green and blue."""


def still_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of a kept frame of a video of this size."""
    return STILL_WIDTH, max(1, round(STILL_WIDTH * height / width))


def decode(
    video: Path,
    *,
    frames: int,
    rate: Fraction,
    wanted: Sequence[int],
    size: tuple[int, int],
    log_path: Path,
) -> list[Picture]:
    """
    Decodes a video that starts at 0 and has a frame every 1/rate seconds.

    Args:
        frames: how many it has to have.
        wanted: frames to keep, in rising order.
        size: of what is kept, in pixels, as `still_size` says.

    Raises:
        VerificationFailed: other frames came out than were to.
        ToolFailed: some frame cannot be decoded.
    """
    counted, kept = video.with_suffix(".framecrc"), video.with_suffix(".rgb")
    try:
        arguments = decode_arguments(video, wanted, size, counted=counted, kept=kept)
        run_ffmpeg(arguments, output=Path(arguments[-1]), log_path=log_path)
        _require_all(video, counted.read_text(encoding="utf-8"), frames, rate)
        width, height = size
        if not wanted:
            return []
        pictures = np.fromfile(kept, np.uint8).reshape(-1, height, width, 3)
    finally:
        counted.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
    if len(pictures) != len(wanted):
        raise VerificationFailed(
            path=video, what="frames kept", expected=len(wanted), found=len(pictures)
        )
    return list(pictures)


def decode_arguments(
    video: Path, wanted: Sequence[int], size: tuple[int, int], *, counted: Path, kept: Path
) -> list[str]:
    """What ffmpeg is asked: a line for each frame it decodes, and those that are wanted, small."""
    # Without it, -xerror let 5 of 40 damaged videos pass: the decoder's threads tell it too late
    picture = ffmpeg.input(str(video), err_detect="explode").video
    pictures = picture.split() if wanted else [picture]
    corner = pictures[0].filter("crop", CORNER, CORNER, 0, 0)
    outputs = [ffmpeg.output(corner, str(counted), format="framecrc")]
    if wanted:
        small = (
            pictures[1]
            .filter("select", _any_of([f"eq(n,{frame})" for frame in wanted]))
            .filter("scale", *size, flags="area+accurate_rnd")
            .filter("format", "rgb24")
        )
        outputs.append(ffmpeg.output(small, str(kept), format="rawvideo", fps_mode="passthrough"))
    arguments: list[str] = ffmpeg.merge_outputs(*outputs).get_args()
    return arguments


def _any_of(conditions: Sequence[str]) -> str:
    """Their sum, in pairs of pairs: ffmpeg gives up on an expression nested a hundred deep."""
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    return f"({_any_of(conditions[:half])}+{_any_of(conditions[half:])})"


def _require_all(video: Path, listed: str, frames: int, rate: Fraction) -> None:
    """Holds what was decoded, a line a frame with its time, to what there is to be."""
    tick = Fraction(1)
    times = []
    for line in listed.splitlines():
        if line.startswith("#tb 0:"):
            tick = Fraction(line.partition(":")[2].strip())
        elif not line.startswith("#"):
            times.append(int(line.split(",")[2]))
    if len(times) != frames:
        raise VerificationFailed(
            path=video, what="frames decoded", expected=frames, found=len(times)
        )
    for number, time in enumerate(times):
        if time * tick * rate != number:
            raise VerificationFailed(
                path=video,
                what=f"time of frame {number}",
                expected=number / rate,
                found=time * tick,
            )
