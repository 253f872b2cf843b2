"""`gif`: a small moving preview, a few moments from all over the chapter, for where no video plays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PIL import Image

from pipeline.media.packages.encodes import BARE, EXACTLY, Encodes
from pipeline.media.packages.source import Source
from pipeline.media.record import Check

MOST_WIDTH = 320
"""Pixels."""
PICTURES_A_SECOND = 10
"""GIF counts hundredths of a second, of which this is a whole number."""
MOMENTS = 4
MOMENT_SECONDS = Fraction(3, 2)
COLOURS = 128


def gif_name(source: Source) -> str:
    return f"{source.chapter}.gif"


def gif_frames(frames: int, rate: Fraction) -> list[int]:
    """
    Which frames are shown: the whole of a short chapter, otherwise moments from its equal parts.

    >>> gif_frames(30, Fraction(30))[:4], len(gif_frames(9000, Fraction(30)))
    ([0, 3, 6, 9], 60)
    """
    step = rate / PICTURES_A_SECOND
    each = int(MOMENT_SECONDS * PICTURES_A_SECOND)
    if frames <= MOMENTS * each * step:
        starts, each = [Fraction(0)], max(1, int(frames / step))
    else:
        part = Fraction(frames, MOMENTS)
        starts = [part * n + (part - each * step) / 2 for n in range(MOMENTS)]
    return [int(start + n * step) for start in starts for n in range(each)]


def make_gif(source: Source, encodes: Encodes) -> Path:
    """The preview, from the store or made."""
    width, height = _size(source)
    # A few thousand frames would be too long an expression; these are sixty at most
    wanted = "+".join(f"eq(n,{frame})" for frame in gif_frames(source.frames, source.rate))
    graph = (
        f"[0:v:0]select='{wanted}',setpts=N/{PICTURES_A_SECOND}/TB,"
        f"scale={width}:{height}:flags=lanczos+accurate_rnd+bitexact,format=rgb24,split[a][b];"
        f"[a]palettegen=max_colors={COLOURS}:stats_mode=diff[palette];"
        "[b][palette]paletteuse=dither=none:diff_mode=rectangle"
    )
    arguments = ["-filter_complex", graph, "-an", *BARE, "-r", str(PICTURES_A_SECOND)]
    arguments += ["-loop", "0", *EXACTLY]
    return encodes.encode("preview.gif", source, arguments, of={"pictures": source.pictures})


def gif_checks(source: Source, path: Path) -> list[Check]:
    planned = len(gif_frames(source.frames, source.rate))
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
