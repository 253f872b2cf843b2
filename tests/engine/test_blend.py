"""That the pictures of a transition are mixed exactly, and written like any other chunk's."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.engine.blend import write_transition
from pipeline.engine.encode import ChunkWriter
from pipeline.engine.job import Mix
from tests.engine.varied import LOSSLESS

SIZE = (64, 48)
RATE = Fraction(30)


def window(path: Path, seed: int, frames: int) -> np.ndarray:
    pictures = np.random.default_rng(seed).integers(0, 256, (frames, 48, 64, 4), np.uint8)
    writer = ChunkWriter(path, width=64, height=48, rate=RATE, encoding=LOSSLESS)
    for picture in pictures:
        writer.write(picture[::-1])
    writer.close()
    return pictures[..., :3]


def pictures_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


@pytest.fixture
def windows(tmp_path: Path) -> tuple[Path, Path, np.ndarray, np.ndarray]:
    before, after = tmp_path / "before.mp4", tmp_path / "after.mp4"
    return before, after, window(before, 1, 4), window(after, 2, 3)


def test_is_whole_numbers_rounded_to_nearest(windows, tmp_path: Path) -> None:
    before, after, one, other = windows
    parts = [(0, None, 0, 1), (1, 0, 1, 4), (2, 1, 2, 4), (3, None, 1, 2), (None, 2, 1, 1)]
    for _ in write_transition(
        tmp_path / "mixed.mp4",
        mixes=[Mix(before=b, after=a, part=p, whole=w) for b, a, p, w in parts],
        before=before,
        after=after,
        color="#0a8040",
        size=SIZE,
        rate=RATE,
        encoding=LOSSLESS,
    ):
        pass
    color = np.broadcast_to(np.array([0x0A, 0x80, 0x40], np.uint8), one[0].shape)
    expected = []
    for b, a, part, whole in parts:
        left = (color if b is None else one[b]).astype(int)
        right = (color if a is None else other[a]).astype(int)
        exact = [Fraction(part, whole), 1 - Fraction(part, whole)]
        both = right * float(exact[0]) + left * float(exact[1])
        expected.append(np.floor(both + 0.5).astype(np.uint8))

    assert (pictures_of(tmp_path / "mixed.mp4") == np.stack(expected)).all()


@pytest.mark.parametrize("lossless", [True, False], ids=["lossless", "lossy"])
def test_gives_the_same_bytes_every_time(windows, tmp_path: Path, lossless: bool) -> None:
    before, after, _, _ = windows
    encoding = LOSSLESS if lossless else replace(LOSSLESS, lossless=False, crf=21)
    for name in ("one.mp4", "two.mp4"):
        for _ in write_transition(
            tmp_path / name,
            mixes=[Mix(before=n, after=n, part=n + 1, whole=4) for n in range(3)],
            before=before,
            after=after,
            color="#000000",
            size=SIZE,
            rate=RATE,
            encoding=encoding,
        ):
            pass

    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
