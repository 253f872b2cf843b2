"""That a file is taken at its packets rather than at its word."""

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.errors import VerificationFailed
from pipeline.media.probe import RGB_COLOURS, VIDEO_COLOURS, Clip, decodes, probe, require
from pipeline.media.stitch import Chunk

NTSC = Fraction(30000, 1001)
Draw = Callable[..., tuple[Chunk, ...]]


def test_everything_is_exact(draw_chunks: Draw) -> None:
    (chunk,) = draw_chunks(17, rate=NTSC)

    assert probe(chunk.path) == Clip(
        frames=17,
        rate=NTSC,
        width=160,
        height=96,
        codec="h264",
        pixel_format="yuv420p",
        colours=VIDEO_COLOURS,
        start=Fraction(0),
        duration=17 / NTSC,
        uneven_at=None,
    )


def test_lossless_is_told_from_lossy(draw_chunks: Draw) -> None:
    (chunk,) = draw_chunks(3, lossless=True)

    clip = probe(chunk.path)

    assert (clip.pixel_format, clip.colours) == ("gbrp", RGB_COLOURS)
    assert str(clip.colours) == "gbr/bt709/bt709/pc"


def test_what_differs_is_named(draw_chunks: Draw) -> None:
    (chunk,) = draw_chunks(17)

    assert require(chunk.path, frames=17, width=160).height == 96
    with pytest.raises(VerificationFailed, match="frames should be 18, and is 17"):
        require(chunk.path, frames=18, width=160)


def test_untagged_colours_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    draw_at(path, range(5))

    with pytest.raises(VerificationFailed, match="colours should be bt709/bt709/bt709/tv"):
        require(path, colours=VIDEO_COLOURS)


def test_a_frame_at_the_wrong_time_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    draw_at(path, [0, 1, 2, 4, 5])

    with pytest.raises(VerificationFailed, match="distance of its frames"):
        require(path, frames=5)


def draw_at(path: Path, times: range | list[int]) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for time in times:
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def no_file(path: Path) -> None:
    path.unlink()


def no_media(path: Path) -> None:
    path.write_text("<html>")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def sound_only(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (no_file, "missing"),
        (no_media, "unreadable"),
        (empty, "unreadable"),
        (cut, "unreadable"),
        (sound_only, "without a video stream"),
    ],
)
def test_what_is_no_video_is_told(
    spoil: Callable[[Path], None], found: str, draw_chunks: Draw
) -> None:
    (chunk,) = draw_chunks(6)
    spoil(chunk.path)

    with pytest.raises(VerificationFailed, match=f"should be a video, and is {found}"):
        probe(chunk.path)


def test_every_frame_is_decoded(draw_chunks: Draw) -> None:
    (chunk,) = draw_chunks(33)

    assert decodes(chunk.path) == 33


def test_a_frame_that_cannot_be_decoded_is_told(draw_chunks: Draw) -> None:
    (chunk,) = draw_chunks(33)
    with av.open(str(chunk.path)) as container:
        packet = next(p for n, p in enumerate(container.demux(video=0)) if n == 12)
        middle = packet.pos + packet.size // 2
    with chunk.path.open("r+b") as file:
        file.seek(middle)
        file.write(b"\xff" * (packet.size // 3))

    assert probe(chunk.path).frames == 33
    with pytest.raises(VerificationFailed, match=r"frame \d+ should be decodable"):
        decodes(chunk.path)
