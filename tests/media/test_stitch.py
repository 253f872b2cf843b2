"""That a stitched chapter is its chunks, every frame once and on time, or is not made at all."""

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from pipeline.errors import EnvironmentMissing, StoreFailed, VerificationFailed
from pipeline.media.probe import RGB_COLOURS, VIDEO_COLOURS, probe
from pipeline.media.stitch import Chunk, prove, stitch

pytestmark = pytest.mark.needs_ffmpeg

RATES = [Fraction(n) for n in (15, 24, 25, 30, 60)] + [Fraction(30000, 1001), Fraction(24000, 1001)]
# Chunks of one and two frames have no B-frames, and so another first decoding time
COUNTS = (9, 1, 12, 2, 3, 1, 1, 30, 2, 5)


def stamps(path: Path) -> list[tuple[Fraction, Fraction]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        found = [packet for packet in container.demux(stream) if packet.pts is not None]
        return [(p.pts * stream.time_base, p.dts * stream.time_base) for p in found]


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_frame_is_there_once_and_on_time_at_any_rate(
    rate: Fraction,
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    numbers_in: Callable[[Path], list[int]],
    tmp_path: Path,
) -> None:
    frames = sum(COUNTS)

    stitch(
        draw_chunks(*COUNTS, rate=rate),
        rate=rate,
        output=tmp_path / "a.mp4",
        log_path=tmp_path / "log",
    )

    assert numbers_in(tmp_path / "a.mp4") == list(range(frames))
    times = stamps(tmp_path / "a.mp4")
    assert sorted(pts for pts, _ in times) == [number / rate for number in range(frames)]
    assert [dts for _, dts in times] == [times[0][1] + n / rate for n in range(frames)]
    clip = probe(tmp_path / "a.mp4")
    assert (clip.frames, clip.rate, clip.duration) == (frames, rate, frames / rate)
    assert clip.colours == VIDEO_COLOURS


def test_fifty_chunks_do_not_drift(
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    numbers_in: Callable[[Path], list[int]],
    tmp_path: Path,
) -> None:
    rate = Fraction(30000, 1001)
    chunks = draw_chunks(*(1 + 7 * n % 12 for n in range(50)), rate=rate)
    frames = sum(chunk.frames for chunk in chunks)

    stitch(chunks, rate=rate, output=tmp_path / "a.mp4", log_path=tmp_path / "log")

    assert numbers_in(tmp_path / "a.mp4") == list(range(frames))
    assert max(pts for pts, _ in stamps(tmp_path / "a.mp4")) == (frames - 1) / rate


def test_lossless_chunks_keep_every_value(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    chunks = draw_chunks(3, 4, lossless=True)

    stitch(chunks, rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log")

    assert probe(tmp_path / "a.mp4").colours == RGB_COLOURS
    drawn = [picture for chunk in chunks for picture in pictures(chunk.path)]
    assert pictures(tmp_path / "a.mp4") == drawn


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        frames = container.decode(container.streams.video[0])
        return [frame.to_ndarray(format="rgb24").tobytes() for frame in frames]


def test_the_same_chunks_give_the_same_bytes(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    chunks = draw_chunks(5, 6)
    for name in ("one/a.mp4", "two/b.mp4"):
        stitch(chunks, rate=Fraction(30), output=tmp_path / name, log_path=tmp_path / "log")

    assert (tmp_path / "one/a.mp4").read_bytes() == (tmp_path / "two/b.mp4").read_bytes()


def test_the_proof_sees_two_chunks_in_each_others_place(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    one, two, three = draw_chunks(6, 6, 6)
    stitch(
        [one, two, three], rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log"
    )

    prove([one, two, three], tmp_path / "a.mp4", log_path=tmp_path / "log")
    with pytest.raises(VerificationFailed, match="packet 6 should be"):
        prove([one, three, two], tmp_path / "a.mp4", log_path=tmp_path / "log")


def test_the_proof_sees_a_chunk_left_out(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    one, two = draw_chunks(6, 6)
    stitch([one], rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log")

    with pytest.raises(VerificationFailed, match="number of packets should be 12, and is 6"):
        prove([one, two], tmp_path / "a.mp4", log_path=tmp_path / "log")


def test_the_proof_sees_one_changed_bit(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    chunks = draw_chunks(6, 6)
    stitch(chunks, rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log")
    with av.open(str(tmp_path / "a.mp4")) as container:
        packet = next(p for n, p in enumerate(container.demux(video=0)) if n == 7)
        middle = packet.pos + packet.size // 2
    with (tmp_path / "a.mp4").open("r+b") as file:
        file.seek(middle)
        byte = file.read(1)[0]
        file.seek(middle)
        file.write(bytes([byte ^ 1]))

    with pytest.raises(VerificationFailed, match="packet 7 should be"):
        prove(chunks, tmp_path / "a.mp4", log_path=tmp_path / "log")


def shortened(chunk: Chunk) -> Chunk:
    os.truncate(chunk.path, chunk.path.stat().st_size - 400)
    return chunk


def promising_more(chunk: Chunk) -> Chunk:
    return replace(chunk, frames=chunk.frames + 1)


def missing(chunk: Chunk) -> Chunk:
    chunk.path.unlink()
    return chunk


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (shortened, "unreadable"),
        (promising_more, "frames should be 7, and is 6"),
        (missing, "missing"),
    ],
)
def test_a_chunk_that_is_not_whole_is_refused_by_name(
    spoil: Callable[[Chunk], Chunk],
    message: str,
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    tmp_path: Path,
) -> None:
    one, two = draw_chunks(6, 6)

    with pytest.raises(VerificationFailed, match=message) as caught:
        stitch(
            [one, spoil(two)],
            rate=Fraction(30),
            output=tmp_path / "a.mp4",
            log_path=tmp_path / "log",
        )

    assert caught.value.path == two.path
    assert not (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"size": (176, 96)}, "size"),
        ({"lossless": True}, "encoder settings"),
        ({"crf": 30}, "encoder settings"),
        ({"rate": Fraction(25)}, "rate"),
    ],
    ids=["size", "codec", "quality", "rate"],
)
def test_chunks_that_do_not_fit_together_are_refused(
    other: dict[str, object],
    what: str,
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    tmp_path: Path,
) -> None:
    (one,) = draw_chunks(6)
    (two,) = draw_chunks(6, first=6, **other)

    with pytest.raises(VerificationFailed) as caught:
        stitch([one, two], rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log")

    assert (caught.value.path, caught.value.what) == (two.path, what)


def test_folders_may_be_called_anything(
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    numbers_in: Callable[[Path], list[int]],
    tmp_path: Path,
) -> None:
    chunks = draw_chunks(3, 3, folder="it's 50% # naïve: [a] \\ file")
    output = tmp_path / "o'clock %03d" / "a b.mp4"

    stitch(chunks, rate=Fraction(30), output=output, log_path=tmp_path / "log")

    assert numbers_in(output) == list(range(6))
    assert [path.name for path in output.parent.iterdir()] == ["a b.mp4"]


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    draw_chunks: Callable[..., tuple[Chunk, ...]], small_disk: Path, tmp_path: Path
) -> None:
    chunks = draw_chunks(60, crf=0)

    with pytest.raises(StoreFailed, match="the disk is full") as caught:
        stitch(chunks, rate=Fraction(30), output=small_disk / "a.mp4", log_path=tmp_path / "log")

    assert "make room" in caught.value.advice
    assert list(small_disk.iterdir()) == []


def test_without_ffmpeg_nothing_is_called_proved(
    draw_chunks: Callable[..., tuple[Chunk, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentMissing, match="ffmpeg"):
        stitch(
            draw_chunks(3), rate=Fraction(30), output=tmp_path / "a.mp4", log_path=tmp_path / "log"
        )

    assert not (tmp_path / "a.mp4").exists()
