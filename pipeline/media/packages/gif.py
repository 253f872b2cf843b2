"""`gif`: a small moving preview, a few moments from all over the chapter, for where no video plays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.media.packages.encodes import BARE, EXACTLY, Encodes
from pipeline.media.packages.source import Source
from pipeline.media.packages.step import shrunken
from pipeline.media.record import Check

MOST_WIDTH = 320
"""Pixels."""
PICTURES_A_SECOND = 10
"""GIF counts hundredths of a second, of which this is a whole number."""
MOMENTS = 4
MOMENT_SECONDS = Fraction(3, 2)
COLOURS = 128
MOST_MOVED = 2.0
"""Of 255, by which a picture counts as moved; a cut moves all of it and is no movement."""
BLOCK = 4096
"""Pictures compared at once."""


def gif_name(source: Source) -> str:
    return f"{source.chapter}.gif"


def gif_frames(moves: NDArray[np.float64], rate: Fraction) -> list[int]:
    """
    Which frames are shown: the whole of a short chapter, otherwise where most moves in its equal parts.

    Args:
        moves: by how much each frame differs from the one before.

    >>> gif_frames(np.zeros(30), Fraction(30))[:4], len(gif_frames(np.zeros(9000), Fraction(30)))
    ([0, 3, 6, 9], 60)
    >>> gif_frames(np.arange(9000) == 1000, Fraction(30))[:2]
    [978, 981]
    """
    frames, step = len(moves), rate / PICTURES_A_SECOND
    each = int(MOMENT_SECONDS * PICTURES_A_SECOND)
    if frames <= MOMENTS * each * step:
        starts, each = [0], max(1, int(frames / step))
    else:
        starts = [
            _liveliest(moves, frames * n // MOMENTS, frames * (n + 1) // MOMENTS, int(each * step))
            for n in range(MOMENTS)
        ]
    return [int(start + n * step) for start in starts for n in range(each)]


def _liveliest(moves: NDArray[np.float64], first: int, stop: int, length: int) -> int:
    """Where in a part to begin, for most to move; in the middle of the longest such stretch, or the first."""
    added = np.concatenate([[0.0], np.cumsum(moves[first:stop])])
    within = added[length:] - added[: len(added) - length]
    best = np.flatnonzero(within >= within.max() - 1e-9)
    run = best[: np.argmax(np.append(np.diff(best), 2) > 1) + 1]
    return first + int(run[len(run) // 2])


def _moves(source: Source, encodes: Encodes) -> NDArray[np.float64]:
    """By how much each picture differs from the one before; but not where another scene begins."""
    pictures = np.fromfile(shrunken(encodes, source), np.uint8).reshape(source.frames, -1)
    moves = np.zeros(source.frames)
    for start in range(1, source.frames, BLOCK):
        now = pictures[start : start + BLOCK].astype(np.int16)
        moves[start : start + BLOCK] = np.abs(
            now - pictures[start - 1 : start - 1 + len(now)]
        ).mean(axis=1)
    return np.minimum(moves, MOST_MOVED)


def make_gif(source: Source, encodes: Encodes) -> Path:
    """The preview, from the store or made."""
    width, height = _size(source)
    # A few thousand frames would be too long an expression; these are sixty at most
    frames = gif_frames(_moves(source, encodes), source.rate)
    wanted = "+".join(f"eq(n,{frame})" for frame in frames)
    graph = (
        f"[0:v:0]select='{wanted}',setpts=N/{PICTURES_A_SECOND}/TB,"
        f"scale={width}:{height}:flags=lanczos+accurate_rnd+bitexact,format=rgb24,split[a][b];"
        f"[a]palettegen=max_colors={COLOURS}:stats_mode=diff[palette];"
        "[b][palette]paletteuse=dither=none:diff_mode=rectangle"
    )
    arguments = ["-filter_complex", graph, "-an", *BARE, "-r", str(PICTURES_A_SECOND)]
    arguments += ["-loop", "0", *EXACTLY]
    return encodes.encode("preview.gif", source, arguments, of={"pictures": source.pictures})


def gif_checks(source: Source, encodes: Encodes, path: Path) -> list[Check]:
    planned = len(gif_frames(_moves(source, encodes), source.rate))
    with Image.open(path) as image:
        durations = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            durations.append(image.info.get("duration", 0))
        return [
            Check.of("format", "GIF", image.format),
            Check.of("size", _size(source), image.size),
            Check.of("seconds", planned / PICTURES_A_SECOND, sum(durations) / 1000),
            Check.of("plays again and again", 0, image.info.get("loop")),
        ]


def _size(source: Source) -> tuple[int, int]:
    width = min(MOST_WIDTH, source.width)
    return width, 2 * round(width * source.height / source.width / 2)
