"""That a still shows the very frame it is called after, in its own colours."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ToolFailed, UsageError
from pipeline.media.pictures import Still, contact_sheet, draw_poster, frame_at, frame_png
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


def test_the_sheet_shows_every_still_and_counts_every_frame(
    video: Path, number_on: Numbers, tmp_path: Path
) -> None:
    frames = [5, 30, 31, 33, 60, 99]
    stills = [Still(scene="intro", play=play, frame=frame) for play, frame in enumerate(frames)]

    looked = contact_sheet(
        video, stills, rate=Fraction(30), output=tmp_path / "sheet.jpg", log_path=tmp_path / "log"
    )

    assert looked.decoded == 100
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (3 * 328 + 8, 2 * (192 + 20 + 8) + 8)
        cells = [
            np.asarray(sheet.crop((8 + 328 * x, 8 + 220 * y, 328 + 328 * x, 200 + 220 * y)))
            for y in range(2)
            for x in range(3)
        ]
    assert [number_on(cell) for cell in cells] == frames
    assert np.abs(cells[0][60, 10].astype(int) - (16, 24, 48)).max() <= 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.mp4",
        "chunks",
        "log",
        "sheet.jpg",
    ]


def test_hundreds_of_plays_make_a_page_that_can_be_opened(video: Path, tmp_path: Path) -> None:
    stills = [Still(scene="a_scene_with_a_long_name", play=n, frame=n) for n in range(100)]

    contact_sheet(
        video, stills, rate=Fraction(30), output=tmp_path / "sheet.jpg", log_path=tmp_path / "log"
    )

    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.width <= 3840
        assert sheet.height <= 3840


def test_a_damaged_frame_stops_the_sheet(video: Path, tmp_path: Path) -> None:
    with av.open(str(video)) as container:
        packet = next(p for n, p in enumerate(container.demux(video=0)) if n == 40)
        middle = packet.pos + packet.size // 2
    with video.open("r+b") as file:
        file.seek(middle)
        file.write(b"\xff" * (packet.size // 3))

    with pytest.raises(ToolFailed):
        contact_sheet(
            video,
            [Still(scene="intro", play=0, frame=99)],
            rate=Fraction(30),
            output=tmp_path / "sheet.jpg",
            log_path=tmp_path / "log",
        )

    assert not (tmp_path / "sheet.jpg").exists()


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
    video = blank_but_for(20, 48, tmp_path / "a.mp4")
    stills = [
        Still(scene="intro", play=play, frame=frame) for play, frame in enumerate((5, 20, 47))
    ]

    looked = contact_sheet(
        video, stills, rate=Fraction(30), output=tmp_path / "sheet.jpg", log_path=tmp_path / "log"
    )

    assert looked.richest == stills[1]
    assert draw_poster(video, looked.richest, frames=48, output=tmp_path / "poster.jpg") == 20
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == (160, 96)
        assert np.asarray(poster).max() > 200


def test_a_poster_is_found_where_every_play_ends_on_nothing(tmp_path: Path) -> None:
    video = blank_but_for(20, 48, tmp_path / "a.mp4")

    frame = draw_poster(
        video, Still(scene="intro", play=0, frame=47), frames=48, output=tmp_path / "poster.jpg"
    )

    assert frame == 20
