"""That a chapter is as loud as was asked once it is encoded, and never too loud."""

import math
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.media.loudness import HIGHEST_PEAK_DBTP, Level, encode, measure, measure_track

pytestmark = pytest.mark.needs_ffmpeg

Tone = Callable[..., Any]


def speech(tone: Tone) -> Any:
    """Bursts and pauses, some three times as loud as others, and a click that peaks above all."""
    levels = [0.05, 0.15, 0.05, 0.1, 0.15, 0.05]
    bursts = [np.concatenate([tone(1.2, level, 300), np.zeros(19_200)]) for level in levels]
    samples = np.concatenate(bursts).astype(np.float32)
    samples[24_000:24_010] = 0.95
    return samples


def write(samples: Any, folder: Path) -> Path:
    path = folder / "mixed.f32"
    path.write_bytes(np.repeat(samples[:, None], 2, axis=1).astype(np.float32).tobytes())
    return path


def by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak, as another ffmpeg than the lock's measures them."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128=peak=true"]
    said = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True)
    words = said.stderr.rsplit("Summary:", 1)[1].split()
    return float(words[words.index("I:") + 1]), float(words[words.index("Peak:") + 1])


def test_a_tone_measures_what_the_standard_says(tone: Tone) -> None:
    # ITU-R BS.1770: a 997 Hz sine at full scale on one channel is -3.01 LUFS, on two 3.01 more
    samples = np.repeat(tone(5, 0.1)[:, None], 2, axis=1)

    level = measure([samples[:70_000], samples[70_000:]])

    assert level.lufs == pytest.approx(-20.0, abs=0.05)
    assert level.peak_dbtp == pytest.approx(-20.0, abs=0.1)


def test_silence_is_told_from_sound() -> None:
    level = measure([np.zeros((48_000, 2), np.float32)])

    assert level.is_silent
    assert level.peak_dbtp == -math.inf


@pytest.mark.parametrize("wanted", [-14, -16, -23])
def test_every_profile_is_met_on_the_encoded_track(wanted: int, tone: Tone, tmp_path: Path) -> None:
    track = tmp_path / "sound.m4a"

    level = encode(write(speech(tone), tmp_path), track, lufs=wanted)

    lufs, peak = by_ffmpeg(track)
    assert abs(lufs - wanted) <= 0.5
    assert peak <= HIGHEST_PEAK_DBTP
    assert level == measure_track(track)
    assert level.lufs == pytest.approx(lufs, abs=0.1)


def test_what_is_left_alone_is_only_kept_from_peaking(tone: Tone, tmp_path: Path) -> None:
    samples = 1.5 * tone(3, 0.9)

    level = encode(write(samples, tmp_path), tmp_path / "a.m4a", lufs=None)
    quiet = encode(write(tone(3, 0.1), tmp_path), tmp_path / "b.m4a", lufs=None)

    assert level.peak_dbtp <= HIGHEST_PEAK_DBTP
    assert quiet.lufs == pytest.approx(-20.0, abs=0.2)


def test_clicks_alone_come_out_as_loud_as_they_can(tmp_path: Path) -> None:
    samples = np.zeros(10 * 48_000, np.float32)
    samples[::24_000] = 0.5

    level = encode(write(samples, tmp_path), tmp_path / "a.m4a", lufs=-14)

    assert not level.meets(-14)
    assert level.peak_dbtp <= HIGHEST_PEAK_DBTP


def test_silence_stays_silence(tmp_path: Path) -> None:
    level = encode(write(np.zeros(48_000), tmp_path), tmp_path / "a.m4a", lufs=-16)

    assert level.is_silent


def test_the_same_mix_gives_the_same_bytes(tone: Tone, tmp_path: Path) -> None:
    mixed = write(speech(tone), tmp_path)

    for name in ("a.m4a", "b.m4a"):
        encode(mixed, tmp_path / name, lufs=-16)

    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()


def test_a_level_knows_what_it_meets() -> None:
    assert Level(lufs=-15.6, peak_dbtp=-2).meets(-16)
    assert not Level(lufs=-15.4, peak_dbtp=-2).meets(-16)
