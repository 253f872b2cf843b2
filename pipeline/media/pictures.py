"""Still pictures of a chapter: one frame exactly, and how much there is to see on one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.errors import UsageError
from pipeline.media.decoding import STILL_WIDTH
from pipeline.media.probe import open_media, packets
from pipeline.media.publish import beside

JPEG: dict[str, Any] = {"quality": 88, "subsampling": 0, "optimize": True}
"""Full colour resolution: thin coloured lines are what these pictures are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A frame worth showing."""

    scene: str
    play: int
    """Index of the play in its scene."""
    frame: int
    """Counted from the start of the chapter."""


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
