"""That a still shows the very frame it is called after, in its own colours."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import UsageError
from pipeline.media.pictures import Still, draw_poster, frame_at, frame_in, frame_png
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


def blank_but_for(frame: int, count: int, path: Path) -> Path:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(count):
            picture = np.full((96, 160, 3), 20, np.uint8)
            if number == frame:
                picture[20:70:4, 20:140] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_the_poster_is_the_still_with_most_on_it(tmp_path: Path) -> None:
    chunk = Chunk(path=blank_but_for(20, 48, tmp_path / "a.mp4"), frames=48)
    chunks = [replace(chunk), replace(chunk)]
    best = Still(scene="intro", play=1, frame=48 + 20)

    shown = draw_poster(chunks, best, frame_in(chunks, 68), output=tmp_path / "poster.jpg")

    assert shown == 68
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == (160, 96)
        assert np.asarray(poster).max() > 200


def test_a_poster_is_found_where_every_play_ends_on_nothing(tmp_path: Path) -> None:
    chunks = [Chunk(path=blank_but_for(20, 48, tmp_path / "a.mp4"), frames=48)]
    best = Still(scene="intro", play=0, frame=47)

    shown = draw_poster(chunks, best, frame_in(chunks, 47), output=tmp_path / "poster.jpg")

    assert shown == 20
