"""The poster: the frame of a chapter with the most on it, kept by the chunk it is from."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import av
import PIL
from PIL import Image

from pipeline.media.kept import is_kept, keep
from pipeline.media.pictures import JPEG, Still, detail, frame_at
from pipeline.media.publish import beside
from pipeline.media.streams import Chunk, wanted_of
from pipeline.plan.key import Key, exact
from pipeline.store.local import Store, file_digest

POSTERS = "poster"
"""Kind of these results in the store."""
POSTER = "poster.jpg"
BLANK_DETAIL = 0.25
"""Mean step from pixel to pixel, of 255, under which a picture has nothing on it."""
POSTER_CANDIDATES = 24


def draw_poster(
    chunks: Sequence[Chunk],
    best: Still,
    image: Image.Image,
    *,
    store: Store,
    output: Path,
    afresh: bool = False,
) -> int:
    """
    Draws the richest still, or where that is blank the richest of frames from all over the chapter.

    Args:
        image: the still, small.
        afresh: draw it, whatever is kept in the store.

    Returns:
        The frame it shows.
    """
    frame = best.frame
    if detail(image) < BLANK_DETAIL:
        frames = sum(chunk.frames for chunk in chunks)
        spread = range(0, frames, math.ceil(frames / POSTER_CANDIDATES))
        frame = max(spread, key=lambda frame: detail(frame_at(*_place(chunks, frame))))
    path, number = _place(chunks, frame)
    key = Key(
        POSTERS,
        {
            "chunk": file_digest(path),
            "frame": number,
            "jpeg": exact(JPEG),
            "av": av.__version__,
            "pillow": PIL.__version__,
        },
    )
    if not is_kept(store, key, afresh=afresh):
        keep(store, key, lambda folder: frame_at(path, number).save(folder / POSTER, **JPEG))
    with beside(output) as part:
        shutil.copyfile(store.obtain(POSTERS, key.digest) / POSTER, part)
    return frame


def _place(chunks: Sequence[Chunk], frame: int) -> tuple[Path, int]:
    """In which file a frame of the chapter is, and which of its frames it is."""
    return next(
        (wanted.chunk.path, wanted.stills[0])
        for wanted in wanted_of(chunks, [frame])
        if wanted.stills
    )
