"""That any sound file is read to the sample, or refused with what is wrong with it."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import UnusableFile
from pipeline.media.waves import read_wave, wave_seconds

pytestmark = pytest.mark.needs_ffmpeg

Write = Callable[..., Path]


def spike(rate: int, channels: int = 1) -> Any:
    """A second with one sample a quarter of the way."""
    samples = np.zeros((rate, channels))
    samples[rate // 4] = 0.9
    return samples[:, 0] if channels == 1 else samples


def place_of(samples: Any) -> int:
    return int(np.abs(samples[:, 0]).argmax())


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_every_rate_comes_out_at_48_khz_in_its_place(rate: int, write_wav: Write) -> None:
    path = write_wav("a.wav", spike(rate), rate)

    samples = read_wave(path, asked_by="a test")

    assert samples.shape == (48_000, 2)
    assert abs(place_of(samples) - 12_000) <= 1
    assert wave_seconds(path, asked_by="a test") == 1


def test_one_channel_is_heard_at_its_level_from_both_sides(write_wav: Write) -> None:
    samples = read_wave(write_wav("a.wav", spike(48_000)), asked_by="a test")

    assert samples[12_000] == pytest.approx([0.9, 0.9], abs=1e-4)


def test_two_channels_stay_two(write_wav: Write) -> None:
    both = np.stack([spike(48_000), 0.5 * spike(48_000)], axis=1)

    samples = read_wave(write_wav("a.wav", both), asked_by="a test")

    assert samples[12_000] == pytest.approx([0.9, 0.45], abs=1e-4)


def convert(path: Path, suffix: str) -> Path:
    out = path.with_suffix(suffix)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, out], check=True)
    return out


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".m4a", ".ogg"])
def test_coded_files_are_read_in_place(suffix: str, write_wav: Write) -> None:
    path = convert(write_wav("a.wav", spike(48_000)), suffix)

    assert abs(place_of(read_wave(path, asked_by="a test")) - 12_000) <= 2
    assert abs(wave_seconds(path, asked_by="a test") - 1) < Fraction(1, 20)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".ogg"])
@pytest.mark.parametrize("read", [read_wave, wave_seconds], ids=lambda read: read.__name__)
def test_half_a_file_is_refused(read: Callable[..., Any], suffix: str, write_wav: Write) -> None:
    path = convert(write_wav("whole.wav", spike(48_000)), f".x{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(UnusableFile) as found:
        read(path, asked_by="scene layer, layer.py:12")

    assert "for   scene layer, layer.py:12" in str(found.value)


def test_how_much_of_a_wav_is_there_is_said(write_wav: Write) -> None:
    path = write_wav("a.wav", spike(48_000))
    path.write_bytes(path.read_bytes()[: 44 + 24_000])

    with pytest.raises(UnusableFile, match=r"breaks off after 0\.250 s of 1\.000 s"):
        read_wave(path, asked_by="a test")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "there is no such file"),
        (b"hello " * 100, "no sound that can be read"),
        (b"", "no sound that can be read"),
    ],
    ids=["missing", "text", "empty"],
)
def test_what_is_no_sound_is_refused(data: bytes | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(UnusableFile, match=reason):
        read_wave(path, asked_by="a test")


def test_a_recording_of_nothing_is_refused(write_wav: Write) -> None:
    with pytest.raises(UnusableFile, match="is empty"):
        read_wave(write_wav("a.wav", np.zeros(0)), asked_by="a test")
