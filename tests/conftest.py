"""
What the tests stand on.

No media is committed: clips are drawn when a test asks, small, every frame carrying its own
number, so that none can go missing or change places unseen. A test says which programs it needs
with a mark, and is skipped by name where they are missing.
"""

import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import hypothesis
import numpy as np
import pytest

from pipeline.media.stitch import Chunk

PROGRAMS = {"needs_ffmpeg": "ffmpeg", "needs_browser": "chromium-headless-shell"}
BITS = 10
"""Frames are numbered 0 to 1023."""


# How long an example takes says how busy the machine is
hypothesis.settings.register_profile(
    "farm", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("farm")


def pytest_configure(config: pytest.Config) -> None:
    for mark, program in PROGRAMS.items():
        config.addinivalue_line("markers", f"{mark}: runs {program}, skipped where there is none")
    config.addinivalue_line("markers", "logs_errors: means to log an error, which fails all others")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Files are shared out over the cores, not tests: what a file renders for its tests is made once.

    What builds networks on this machine is one group, so that there is one cluster at a time.
    """
    for item in items:
        path = Path(item.path)
        group = "cluster" if "cluster" in path.parts else str(path)
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark, program in PROGRAMS.items():
        if item.get_closest_marker(mark) and not shutil.which(program):
            pytest.skip(f"no {program} on the path")


@pytest.fixture(autouse=True)
def no_error_unseen(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """A test that passed while something logged an error has not passed."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    errors = [record.getMessage() for record in records if record.levelno >= logging.ERROR]
    assert not errors, f"logged at ERROR: {errors}"


@pytest.fixture(scope="session")
def draw_chunks_in() -> Callable[..., tuple[Chunk, ...]]:
    """Draws one chunk in a folder for each count, the frames numbered through from `first`."""

    def draw(
        folder: Path,
        *counts: int,
        rate: Fraction = Fraction(30),
        size: tuple[int, int] = (160, 96),
        lossless: bool = False,
        first: int = 0,
        crf: int = 20,
    ) -> tuple[Chunk, ...]:
        folder.mkdir(exist_ok=True, parents=True)
        chunks = []
        for index, count in enumerate(counts):
            path = folder / f"{first:04d}-{index:03d}.mp4"
            numbers = range(first, first + count)
            draw_clip(path, [numbered(n, size) for n in numbers], rate, lossless=lossless, crf=crf)
            chunks.append(Chunk(path=path, frames=count))
            first += count
        return tuple(chunks)

    return draw


@pytest.fixture
def draw_chunks(
    draw_chunks_in: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> Callable[..., tuple[Chunk, ...]]:
    """Draws chunks in a folder of the test's own."""

    def draw(*counts: int, folder: str = "chunks", **how: Any) -> tuple[Chunk, ...]:
        return draw_chunks_in(tmp_path / folder, *counts, **how)

    return draw


@pytest.fixture
def numbers_in() -> Callable[[Path], list[int]]:
    """Gives the number of every frame of a file, in the order they are shown."""

    def read(path: Path) -> list[int]:
        with av.open(str(path)) as container:
            frames = container.decode(container.streams.video[0])
            return [number_of(frame.to_ndarray(format="rgb24")) for frame in frames]

    return read


@pytest.fixture
def draw_number() -> Callable[[int, tuple[int, int]], np.ndarray]:
    """Gives a picture of a size with a number on it."""
    return numbered


@pytest.fixture
def number_on() -> Callable[[np.ndarray], int]:
    """Gives the number a picture carries, also after it was coded."""
    return number_of


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 kB, for which one has to be root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and below, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def numbered(number: int, size: tuple[int, int]) -> np.ndarray:
    """A picture with its number across the top, a white block for each bit that is set."""
    width, height = size
    picture = np.full((height, width, 3), (16, 24, 48), np.uint8)
    block = width // BITS
    for bit in range(BITS):
        if number >> bit & 1:
            picture[: height // 4, bit * block : (bit + 1) * block] = 255
    left = number * 3 % (width - 12)
    picture[height // 2 : height // 2 + 12, left : left + 12] = (230, 140, 40)
    return picture


def number_of(picture: np.ndarray) -> int:
    """Which picture of `numbered` this was, before it was coded and decoded."""
    height, width = picture.shape[:2]
    block = width // BITS
    middles = [picture[height // 8, bit * block + block // 2].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(middles) if level > 128)


def draw_clip(
    path: Path, pictures: list[np.ndarray], rate: Fraction, *, lossless: bool, crf: int = 20
) -> None:
    """Encodes as the drawing process does: one thread, closed GOPs, no date and no version."""
    options = {"fflags": "+bitexact", "video_track_timescale": str(rate.numerator)}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264rgb" if lossless else "libx264", rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "bgr24" if lossless else "yuv420p"
        stream.time_base = 1 / rate
        context = stream.codec_context
        context.thread_count = 1
        context.color_primaries = context.color_trc = 1
        context.colorspace, context.color_range = (0, 2) if lossless else (1, 1)
        stream.options = {
            "preset": "veryfast",
            "x264-params": "keyint=120:open-gop=0:cpu-independent=1",
            **({"qp": "0"} if lossless else {"crf": str(crf)}),
        }
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if not lossless:
                frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
