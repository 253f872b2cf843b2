"""Still pictures of a chapter: one frame exactly, and its poster."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.errors import UsageError
from pipeline.media.decoding import STILL_WIDTH
from pipeline.media.probe import open_media, packets
from pipeline.media.publish import beside
from pipeline.media.stitch import Chunk

JPEG: dict[str, Any] = {"quality": 88, "subsampling": 0, "optimize": True}
"""Full colour resolution: thin coloured lines are what these pictures are made of."""
BLANK_DETAIL = 0.25
"""Mean step from pixel to pixel, of 255, under which a picture has nothing on it."""
POSTER_CANDIDATES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A frame worth showing."""

    scene: str
    play: int
    """Index of the play in its scene."""
    frame: int
    """Counted from the start of the chapter."""


def draw_poster(chunks: Sequence[Chunk], best: Still, image: Image.Image, *, output: Path) -> int:
    """
    Draws the richest still, or where that is blank the richest of frames from all over the chapter.

    Args:
        image: the still, small.

    Returns:
        The frame it shows.
    """
    frame = best.frame
    if detail(image) < BLANK_DETAIL:
        frames = sum(chunk.frames for chunk in chunks)
        spread = range(0, frames, math.ceil(frames / POSTER_CANDIDATES))
        frame = max(spread, key=lambda frame: detail(frame_in(chunks, frame)))
    with beside(output) as part:
        frame_in(chunks, frame).save(part, **JPEG)
    return frame


def frame_in(chunks: Sequence[Chunk], frame: int) -> Image.Image:
    """One frame of a chapter, from its chunks."""
    starts = list(accumulate((chunk.frames for chunk in chunks), initial=0))
    index = bisect_right(starts, frame) - 1
    return frame_at(chunks[index].path, frame - starts[index])


def frame_png(path: Path, frame: int, output: Path) -> None:
    """
    Writes one frame, counted from 0, as it is decoded.

    Raises:
        UsageError: there is no such frame.
    """
    picture = frame_at(path, frame)
    with beside(output) as part:
        picture.save(part)


def frame_at(path: Path, frame: int) -> Image.Image:
    """One frame as RGB."""
    with open_media(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        step = 1 / stream.average_rate / stream.time_base
        if frame >= 0:
            container.seek(int(frame * step), stream=stream, backward=True)
            for picture in container.decode(stream):
                if picture.pts == frame * step:
                    image: Image.Image = picture.to_image()
                    return image
    with open_media(path) as container:
        count = sum(1 for _ in packets(container, container.streams.video[0]))
    raise UsageError(f"{path} has frames 0 to {count - 1}: there is no frame {frame}")


def detail(picture: Image.Image) -> float:
    """How much there is to see: the mean step from one pixel to the next."""
    small = picture.convert("L")
    small.thumbnail((STILL_WIDTH, STILL_WIDTH))
    grey = np.asarray(small, dtype=np.float32)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
