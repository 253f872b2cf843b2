"""That a still shows the very frame it is called after, in its own colours."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import UsageError
from pipeline.media.pictures import frame_at, frame_png
from pipeline.media.stitch import Chunk, stitch

pytestmark = pytest.mark.needs_ffmpeg

Numbers = Callable[[np.ndarray], int]


@pytest.fixture
def video(draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path) -> Path:
    stitch(
        draw_chunks(31, 2, 1, 40, 26),
        rate=Fraction(30),
        output=tmp_path / "a.mp4",
        log_path=tmp_path / "log",
    )
    return tmp_path / "a.mp4"


def test_a_png_is_exactly_the_frame_asked_for(
    video: Path, number_on: Numbers, tmp_path: Path
) -> None:
    for frame in (0, 1, 29, 30, 31, 32, 33, 34, 35, 73, 74, 99):
        frame_png(video, frame, tmp_path / "frame.png")

        with Image.open(tmp_path / "frame.png") as image:
            assert number_on(np.asarray(image)) == frame


def test_every_chunk_can_be_looked_into(
    draw_chunks: Callable[..., tuple[Chunk, ...]], number_on: Numbers
) -> None:
    (chunk,) = draw_chunks(130, first=500)

    assert number_on(np.asarray(frame_at(chunk.path, 125))) == 625


@pytest.mark.parametrize("frame", [-1, 100])
def test_a_frame_there_is_not_is_refused(frame: int, video: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"has frames 0 to 99: there is no frame {frame}"):
        frame_png(video, frame, tmp_path / "frame.png")

    assert not (tmp_path / "frame.png").exists()


def test_colours_are_those_that_were_drawn(video: Path) -> None:
    pixels = np.asarray(frame_at(video, 10))

    assert np.abs(pixels[30, 10].astype(int) - (16, 24, 48)).max() <= 3
    assert np.abs(pixels[53, 36].astype(int) - (230, 140, 40)).max() <= 12
