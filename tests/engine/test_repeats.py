"""That a picture that stands is decoded again bit for bit, however x264 was told to code it."""

import itertools
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.engine.encode import ChunkWriter
from pipeline.engine.h264 import BitReader, BitWriter, escaped, read_headers, unescaped
from pipeline.engine.job import Encoding
from pipeline.manifest.asked_presets import X264_PRESETS
from pipeline.media.stitch import Chunk, stitch

RATE = Fraction(5)
WHOLE_EVERY = 20
"""Frames from one place to seek to to the next, at that rate."""
SIZE = (96, 64)

Shown = Sequence[tuple[int, int]]
"""Pictures by number, each with how many frames it is shown."""

MIXED = [
    *((0, 9), (1, 1), (2, 1), (3, 1), (4, 2), (5, 1), (6, 1), (7, 1)),
    *((8, 31), (9, 2), (10, 2), (11, 1), (12, 40), (13, 1), (14, 1), (15, 1), (16, 3)),
]
"""Holds at the start, the end, of one frame, and over the places to seek to."""


def encoding(crf: int | None, preset: str = "veryfast") -> Encoding:
    lossless = crf is None
    return Encoding(lossless=lossless, crf=crf or 0, preset=preset, saturation=1.0, gamma=1.0)


def picture(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A disc on its way over a pattern, which another replaces now and then."""
    across, down = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    pattern = np.random.default_rng(number // 7).integers(0, 40, (size[1], size[0]), np.uint8)
    at = size[0] / 2 * (1 + np.sin(number / 3)), size[1] / 2 * (1 + np.cos(number / 4))
    disc = 215 * (np.hypot(across - at[0], down - at[1]) < size[1] / 4)
    layers = (pattern + disc, pattern, 6 * pattern, np.full_like(pattern, 255))
    return np.stack(layers, axis=2).astype(np.uint8)


def write(
    path: Path,
    shown: Shown,
    how: Encoding,
    size: tuple[int, int] = SIZE,
    *,
    repeats: bool = True,
) -> Path:
    writer = ChunkWriter(
        path, width=size[0], height=size[1], rate=RATE, encoding=how, repeats=repeats
    )
    for number, frames in shown:
        writer.write(picture(number, size)[::-1])
        for _ in range(frames - 1):
            writer.hold()
    writer.close()
    return path


def decode(path: Path, how: Encoding) -> list[np.ndarray]:
    """Every frame, by a decoder that ends at the first thing that is not as the standard has it."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode"}
        pix_fmt = "rgb24" if how.lossless else "yuv420p"
        return [frame.to_ndarray(format=pix_fmt) for frame in file.decode(stream)]


def require_whole(path: Path, frames: int) -> None:
    """That each frame has its time, none is due before it is decoded, and one can seek."""
    with av.open(str(path)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    assert sorted(p.pts * p.time_base for p in packets) == [n / RATE for n in range(frames)]
    assert all(p.dts <= p.pts for p in packets)
    assert all(one.dts < other.dts for one, other in itertools.pairwise(packets))
    whole = {p.pts * p.time_base * RATE for p in packets if p.is_keyframe}
    assert whole >= set(range(0, frames, WHOLE_EVERY))


def require_standing(found: Sequence[np.ndarray], shown: Shown) -> None:
    """A new place to seek to shows the picture anew, and so perhaps a little otherwise."""
    assert len(found) == sum(frames for _, frames in shown)
    first = 0
    for _, frames in shown:
        for index in range(first + 1, first + frames):
            if index % WHOLE_EVERY:
                assert np.array_equal(found[index], found[index - 1]), index
        first += frames


@pytest.mark.parametrize("crf", [23, None], ids=["lossy", "lossless"])
@pytest.mark.parametrize("preset", X264_PRESETS)
def test_with_every_preset(preset: str, crf: int | None, tmp_path: Path) -> None:
    how = encoding(crf, preset)
    path = write(tmp_path / "chunk.mp4", MIXED, how)
    found = decode(path, how)
    require_standing(found, MIXED)
    require_whole(path, len(found))
    expected = np.array([picture(n)[..., :3] for n, frames in MIXED for _ in range(frames)])
    if how.lossless:
        assert np.array_equal(found, expected)
    else:
        luma = 16 + expected @ (0.2126, 0.7152, 0.0722) * 219 / 255
        off = np.abs(np.array(found)[:, : SIZE[1]] - luma).mean(axis=(1, 2))
        assert off.max() < 6


@pytest.mark.parametrize("crf", [1, 12, 30, 51])
def test_at_every_quality(crf: int, tmp_path: Path) -> None:
    how = encoding(crf)
    path = write(tmp_path / "chunk.mp4", MIXED, how)
    require_standing(decode(path, how), MIXED)


@pytest.mark.parametrize("seed", range(12))
def test_however_pictures_and_holds_follow_each_other(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    size = (16 * int(rng.integers(1, 12)) + 2, 16 * int(rng.integers(1, 8)) + 2)
    lengths = rng.choice([1, 1, 1, 2, 3, 6, 25], rng.integers(1, 40))
    shown = [(number, int(frames)) for number, frames in enumerate(lengths)]
    preset = str(rng.choice(X264_PRESETS[:7]))
    how = encoding(None if seed % 4 == 0 else int(rng.integers(1, 52)), preset)
    path = write(tmp_path / "chunk.mp4", shown, how, size)
    found = decode(path, how)
    require_standing(found, shown)
    require_whole(path, len(found))


@pytest.mark.needs_ffmpeg
@pytest.mark.parametrize("crf", [23, None], ids=["lossy", "lossless"])
@pytest.mark.parametrize("preset", ["ultrafast", "veryfast", "medium"])
def test_ffmpeg_finds_nothing_wrong_and_the_same_frames(
    preset: str, crf: int | None, tmp_path: Path
) -> None:
    how = encoding(crf, preset)
    path = write(tmp_path / "chunk.mp4", MIXED, how)
    pix_fmt = "rgb24" if how.lossless else "yuv420p"
    found = subprocess.run(
        [
            *("ffmpeg", "-v", "warning", "-xerror", "-err_detect", "explode", "-i", str(path)),
            *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", pix_fmt, "-"),
        ],
        capture_output=True,
        check=True,
    )
    assert found.stderr == b""
    assert found.stdout == np.array(decode(path, how)).tobytes()


def test_a_still_of_ten_minutes(tmp_path: Path) -> None:
    frames = int(600 * RATE)
    how = encoding(21)
    path = write(tmp_path / "chunk.mp4", [(0, frames)], how)
    require_whole(path, frames)
    found = decode(path, how)
    assert len(found) == frames
    assert path.stat().st_size < write(tmp_path / "once.mp4", [(0, 1)], how).stat().st_size * 300


def test_chunks_of_two_qualities_are_joined_without_encoding_them_again(tmp_path: Path) -> None:
    hows = [encoding(18), encoding(30), encoding(18)]
    frames = sum(count for _, count in MIXED)
    chunks = [
        Chunk(path=write(tmp_path / f"{number}.mp4", MIXED, how), frames=frames)
        for number, how in enumerate(hows)
    ]
    joined = tmp_path / "joined.mp4"
    stitch(chunks, rate=RATE, output=joined, log_path=tmp_path / "log")
    apart = [frame for chunk in chunks for frame in decode(chunk.path, hows[0])]
    assert np.array_equal(decode(joined, hows[0]), apart)


def test_numbers_are_read_as_they_were_written() -> None:
    unsigned, signed = (0, 1, 2, 7, 8, 254, 255, 8159), (0, 1, -1, 2, -2, 25, -26)
    out = BitWriter()
    for value in unsigned:
        out.ue(value)
    for value in signed:
        out.se(value)
    reader = BitReader(out.payload())
    assert tuple(reader.ue() for _ in unsigned) == unsigned
    assert tuple(reader.se() for _ in signed) == signed


def test_nothing_in_a_unit_looks_like_a_start_code() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        plain = rng.choice([0, 0, 0, 1, 2, 3, 4], 40).astype(np.uint8).tobytes() + b"\x80"
        kept = escaped(plain)
        assert unescaped(kept) == plain
        assert not any(bytes((0, 0, last)) in kept for last in (0, 1, 2))


def test_a_stream_it_could_not_repeat_in_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "fields.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=5, options={"x264-params": "interlaced=1"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(picture(0), format="rgba")
        file.mux(stream.encode(frame) + stream.encode(None))
        extradata = bytes(stream.codec_context.extradata)
    with pytest.raises(ValueError, match="interlaced"):
        read_headers(extradata)


def test_for_the_same_bytes_it_is_about_as_good_as_left_to_x264(tmp_path: Path) -> None:
    size = (320, 180)
    shown = [(number, 1 if number % 5 else 12) for number in range(30)]
    expected = np.array([picture(n, size)[..., :3] for n, count in shown for _ in range(count)])
    luma = 16 + expected @ (0.2126, 0.7152, 0.0722) * 219 / 255
    off, sizes = [], []
    for repeats, crf in ((True, 19), (False, 22)):
        how = encoding(crf)
        path = write(tmp_path / f"{crf}.mp4", shown, how, size, repeats=repeats)
        require_whole(path, len(expected))
        found = np.array(decode(path, how))[:, : size[1]]
        off.append(((found - luma) ** 2).mean())
        sizes.append(path.stat().st_size)
    assert sizes[0] < 1.05 * sizes[1]
    assert off[0] < 1.2 * off[1]
