"""That every frame is decoded and counted, and what is kept of them is the frames asked for."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.errors import ToolFailed, VerificationFailed
from pipeline.media.decoding import decode, still_size
from pipeline.media.stitch import Chunk, stitch

pytestmark = pytest.mark.needs_ffmpeg

RATE = Fraction(30)
SIZE = still_size(160, 96)


@pytest.fixture
def video(draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path) -> Path:
    chunks = draw_chunks(31, 2, 1, 40, 26)
    stitch(chunks, rate=RATE, output=tmp_path / "a.mp4", log_path=tmp_path / "log")
    return tmp_path / "a.mp4"


@pytest.mark.parametrize("wanted", [[], [0], [5, 30, 31, 33, 60, 99], list(range(100))], ids=len)
def test_what_is_kept_is_what_was_asked_for(
    wanted: list[int], video: Path, number_on: Callable[[np.ndarray], int], tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())

    seen = decode(video, frames=100, rate=RATE, wanted=wanted, size=SIZE, log_path=tmp_path / "log")

    assert [number_on(picture) for picture in seen] == wanted
    assert {picture.shape for picture in seen} <= {(192, 320, 3)}
    assert all(np.abs(p[60, 10].astype(int) - (16, 24, 48)).max() <= 4 for p in seen)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("planned", [99, 101])
def test_other_frames_than_planned_are_told(planned: int, video: Path, tmp_path: Path) -> None:
    with pytest.raises(VerificationFailed, match=f"decoded should be {planned}, and is 100"):
        decode(video, frames=planned, rate=RATE, wanted=[5], size=SIZE, log_path=tmp_path / "log")


def test_frames_at_other_times_are_told(video: Path, tmp_path: Path) -> None:
    with pytest.raises(VerificationFailed, match="time of frame 1 should be 1/25, and is 1/30"):
        decode(
            video, frames=100, rate=Fraction(25), wanted=[], size=SIZE, log_path=tmp_path / "log"
        )


@pytest.mark.parametrize("wanted", [[], [99]], ids=len)
def test_a_damaged_frame_is_not_passed_over(wanted: list[int], video: Path, tmp_path: Path) -> None:
    with av.open(str(video)) as container:
        packet = next(p for n, p in enumerate(container.demux(video=0)) if n == 40)
        middle = packet.pos + packet.size // 2
    with video.open("r+b") as file:
        file.seek(middle)
        file.write(b"\xff" * (packet.size // 3))
    before = sorted(tmp_path.iterdir())

    with pytest.raises(ToolFailed):
        decode(video, frames=100, rate=RATE, wanted=wanted, size=SIZE, log_path=tmp_path / "log")

    assert sorted(tmp_path.iterdir()) == before
