"""That a chunk holds every frame it was handed, as it was, and is the same file every time."""

import gc
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.engine.convert import look_tables
from pipeline.engine.encode import ChunkWriter
from pipeline.engine.job import Encoding

SIZE = (320, 180)
LOSSY = Encoding(lossless=False, crf=21, preset="veryfast", saturation=1.0, gamma=1.0)
LOSSLESS = Encoding(lossless=True, crf=0, preset="veryfast", saturation=1.0, gamma=1.0)
HOLD = None


def flat(color: tuple[int, int, int]) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 4), (*color, 255), np.uint8)


def moving(count: int, size: tuple[int, int] = SIZE) -> list[np.ndarray]:
    """Smooth shapes going about, as lectures have them."""
    across, down = np.meshgrid(np.linspace(-2, 2, size[0]), np.linspace(-1, 1, size[1]))
    frames = []
    for index in range(count):
        at = np.sin(index / 9), np.cos(index / 7) / 2
        glow = np.exp(-6 * ((across - at[0]) ** 2 + (down - at[1]) ** 2))
        ring = np.abs(np.hypot(across + at[1], down) - 0.6) < 0.05
        layers = (200 * glow, 255 * ring, 80 + 60 * across / 2, np.full_like(across, 255))
        frames.append(np.stack(layers, axis=2).astype(np.uint8))
    return frames


@pytest.fixture
def chunk(tmp_path: Path) -> Callable[..., Path]:
    """Writes pictures, bottom row first, into a chunk; None is the last one once more."""

    def write(
        pictures: Iterable[np.ndarray | None],
        encoding: Encoding = LOSSY,
        rate: Fraction = Fraction(30),
        size: tuple[int, int] = SIZE,
        name: str = "chunk.mp4",
    ) -> Path:
        path = tmp_path / name
        writer = ChunkWriter(path, width=size[0], height=size[1], rate=rate, encoding=encoding)
        for picture in pictures:
            if picture is None:
                writer.hold()
            else:
                writer.write(picture)
        writer.close()
        return path

    return write


def decoded(path: Path, pix_fmt: str = "rgb24") -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format=pix_fmt) for frame in file.decode(video=0)]


@pytest.mark.parametrize("encoding", [LOSSY, LOSSLESS], ids=["lossy", "lossless"])
@pytest.mark.parametrize("rate", [Fraction(15), Fraction(30000, 1001), Fraction(60)], ids=str)
def test_frames_are_counted_and_evenly_spaced(
    encoding: Encoding, rate: Fraction, chunk: Callable
) -> None:
    path = chunk([*moving(7), HOLD, HOLD, *moving(3)], encoding, rate)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        shown = sorted(p.pts * p.time_base for p in file.demux(stream) if p.size)
        assert stream.average_rate == rate
        assert (stream.width, stream.height) == SIZE
    assert shown == [n / rate for n in range(12)]


def test_lossless_is_what_was_drawn_turned_over(chunk: Callable) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (5, SIZE[1], SIZE[0], 4), np.uint8)
    found = decoded(chunk(noise, LOSSLESS))
    assert np.array_equal(found, noise[:, ::-1, :, :3])


@pytest.mark.parametrize("encoding", [LOSSY, LOSSLESS], ids=["lossy", "lossless"])
def test_a_held_picture_is_the_one_before(encoding: Encoding, chunk: Callable) -> None:
    first, second = moving(2)[1], moving(40)[39]
    found = decoded(chunk([first, *[HOLD] * 9, second, *[HOLD] * 9], encoding))
    assert len(found) == 20
    for index, frame in enumerate(found):
        right, wrong = (first, second) if index < 10 else (second, first)
        off, far_off = (np.abs(frame - p[::-1, :, :3].astype(int)).mean() for p in (right, wrong))
        assert off <= (0 if encoding.lossless else far_off / 5)


def test_a_held_picture_costs_next_to_nothing(chunk: Callable) -> None:
    picture = moving(1)[0]
    once = chunk([picture], name="once.mp4").stat().st_size
    held = chunk([picture, *[HOLD] * 100]).stat().st_size
    assert held < once + 100 * 60


COLORS = {
    # RGB, then Y, Cb and Cr by ITU-R BT.709 in 8 bits, limited range
    "black": ((0, 0, 0), (16, 128, 128)),
    "white": ((255, 255, 255), (235, 128, 128)),
    "grey": ((128, 128, 128), (126, 128, 128)),
    "red": ((255, 0, 0), (63, 102, 240)),
    "green": ((0, 255, 0), (173, 42, 26)),
    "blue": ((0, 0, 255), (32, 240, 118)),
    "blackboard": ((28, 39, 51), (48, 134, 123)),
}


@pytest.mark.parametrize(("color", "expected"), COLORS.values(), ids=COLORS)
def test_colours_are_those_of_bt709(
    color: tuple[int, int, int], expected: tuple[int, int, int], chunk: Callable
) -> None:
    (planes,) = decoded(chunk([flat(color)]), "yuv420p")
    luma, chroma = planes[: SIZE[1]], planes[SIZE[1] :].reshape(2, -1)
    found = np.array([luma.mean(), *chroma.mean(axis=1)])
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("encoding", [LOSSY, LOSSLESS], ids=["lossy", "lossless"])
def test_colours_are_labelled(encoding: Encoding, chunk: Callable) -> None:
    with av.open(str(chunk(moving(2), encoding))) as file:
        context = file.streams.video[0].codec_context
        labels = (context.color_primaries, context.color_trc, context.colorspace)
        assert labels == ((1, 1, 0) if encoding.lossless else (1, 1, 1))
        assert context.color_range == (2 if encoding.lossless else 1)
        assert context.pix_fmt == ("gbrp" if encoding.lossless else "yuv420p")


LOOKS = [(0.0, 1.0), (0.6, 1.0), (1.3, 1.0), (1.0, 0.7), (1.0, 2.0), (1.5, 1.2), (3.0, 0.3)]


def look(saturation: float, gamma: float) -> Encoding:
    return replace(LOSSY, crf=1, saturation=saturation, gamma=gamma)


@pytest.mark.needs_ffmpeg
@pytest.mark.parametrize(("saturation", "gamma"), LOOKS)
def test_the_projects_look_is_the_one_ffmpeg_gives_it(saturation: float, gamma: float) -> None:
    ramp = bytes(range(256))
    filtered = subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-f", "rawvideo", "-s", "16x16", "-pix_fmt", "yuv444p"),
            *("-i", "-", "-vf", f"eq=saturation={saturation}:gamma={gamma}"),
            *("-f", "rawvideo", "-pix_fmt", "yuv444p", "-"),
        ],
        input=ramp * 3,
        capture_output=True,
        check=True,
    ).stdout
    luma, chroma = look_tables(look(saturation, gamma))
    assert list(filtered[:256]) == list(luma)
    assert list(filtered[256:512]) == list(filtered[512:]) == list(chroma)


def test_the_projects_look_is_applied(chunk: Callable) -> None:
    (plain,) = decoded(chunk([flat((90, 50, 30))], look(1.0, 1.0)), "yuv420p")
    (seen,) = decoded(chunk([flat((90, 50, 30))], look(1.6, 1.4)), "yuv420p")
    luma, chroma = look_tables(look(1.6, 1.4))
    middle = plain[SIZE[1] // 2, 0], plain[-1, 0]
    expected = luma[middle[0]], chroma[middle[1]]
    assert (seen[SIZE[1] // 2, 0], seen[-1, 0]) == pytest.approx(expected, abs=1)
    assert expected != middle


def test_a_project_without_a_look_is_left_alone() -> None:
    assert look_tables(LOSSY) is None
    assert look_tables(replace(LOSSLESS, saturation=2.0)) is None


def test_it_starts_with_a_whole_picture_and_has_one_every_four_seconds(chunk: Callable) -> None:
    path = chunk([moving(1)[0], *[HOLD] * 179], rate=Fraction(15))
    with av.open(str(path)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    assert [n for n, packet in enumerate(packets) if packet.is_keyframe] == [0, 60, 120]
    # Closed: what is decoded after one is shown after it
    for place in (60, 120):
        assert min(p.pts for p in packets[place:]) == packets[place].pts


@pytest.mark.parametrize(
    ("encoding", "size"),
    [(LOSSY, (320, 180)), (LOSSY, (854, 480)), (LOSSLESS, (320, 180))],
    ids=["180", "480", "lossless"],
)
def test_bytes_do_not_hang_on_memory_or_processor(
    encoding: Encoding, size: tuple[int, int], chunk: Callable
) -> None:
    # Some of x264's faster code reads what memory held before: two or three files of twelve
    pictures = moving(30, size)
    stir = np.random.default_rng(5)
    found = set()
    for _ in range(12):
        file = chunk(pictures, encoding, size=size).read_bytes()
        found.add(hashlib.sha256(file).hexdigest())
        _stirred = [np.empty(stir.integers(1000, 400_000), np.uint8) for _ in range(20)]
    assert len(found) == 1


def test_what_was_handed_over_is_counted(tmp_path: Path) -> None:
    writer = ChunkWriter(
        tmp_path / "a.mp4", width=SIZE[0], height=SIZE[1], rate=Fraction(15), encoding=LOSSY
    )
    for picture in moving(9):
        writer.write(picture)
    writer.hold()
    writer.close()
    assert writer.frames == 10


def test_a_chunk_that_is_closed_leaves_no_memory_behind(tmp_path: Path) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def write(index: int) -> None:
        writer = ChunkWriter(
            tmp_path / f"{index}.mp4", width=640, height=360, rate=Fraction(30), encoding=LOSSY
        )
        for shade in range(50):
            writer.write(np.full((360, 640, 4), shade, np.uint8))
        writer.close()

    gc.disable()
    try:
        # By then every encoder's thread has a heap that the next one takes over
        for index in range(8):
            write(index)
        before = resident()
        for index in range(8, 16):
            write(index)
        # x264 alone keeps 15 MB or more of each, were it kept
        assert resident() - before < 60 << 20
    finally:
        gc.enable()
