"""That every sound is on its sample at its level, and music steps back for a voice."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import StoreFailed
from pipeline.media.heard import Heard, Music, Soundtrack
from pipeline.media.soundtrack import BLOCK_SAMPLES, duck_points, mix

Write = Callable[..., Path]
Tone = Callable[..., Any]


def track(*heard: Heard, seconds: Fraction = Fraction(2), music: Music | None = None) -> Soundtrack:
    return Soundtrack(heard=heard, music=music, seconds=seconds, loudness=None)


def heard(path: Path, start: Any, **more: Any) -> Heard:
    return Heard(path=path, name=path.name, start=Fraction(start), asked_by="a test", **more)


def mixed(what: Soundtrack, folder: Path) -> Any:
    mix(what, folder / "mixed.f32")
    return np.fromfile(folder / "mixed.f32", np.float32).reshape(-1, 2)


def decibels(samples: Any) -> float:
    return float(20 * np.log10(np.sqrt((samples**2).mean()) + 1e-9))


def test_a_sound_starts_on_its_sample_also_across_blocks(
    write_wav: Write, tone: Tone, tmp_path: Path
) -> None:
    path = write_wav("a.wav", np.full(4800, 0.5))
    late = Fraction(BLOCK_SAMPLES - 100, 48_000)
    samples = mixed(track(heard(path, "1/3"), heard(path, late), seconds=Fraction(11)), tmp_path)

    assert len(samples) == 11 * 48_000
    on = np.flatnonzero(samples[:, 0])
    first = range(16_000, 20_800)
    second = range(BLOCK_SAMPLES - 100, BLOCK_SAMPLES + 4700)
    assert on.tolist() == [*first, *second]


def test_what_overlaps_is_added_with_its_gain(write_wav: Write, tmp_path: Path) -> None:
    path = write_wav("a.wav", np.full(48_000, 0.25))

    samples = mixed(track(heard(path, 0), heard(path, "1/2", gain=6.0206)), tmp_path)

    levels = samples[[12_000, 36_000, 60_000, 80_000], 0]
    assert levels == pytest.approx([0.25, 0.75, 0.5, 0.0], abs=1e-3)


def test_the_background_steps_back_by_what_was_asked(write_wav: Write, tmp_path: Path) -> None:
    path = write_wav("a.wav", np.full(48_000, 0.5))
    over = write_wav("b.wav", np.zeros(24_000))

    samples = mixed(track(heard(path, 0), heard(over, "1/4", background_gain=-20.0)), tmp_path)

    assert samples[[6_000, 24_000, 42_000], 0] == pytest.approx([0.5, 0.05, 0.5], abs=1e-3)


def test_what_sticks_out_at_either_end_is_cut(write_wav: Write, tmp_path: Path) -> None:
    path = write_wav("a.wav", np.linspace(0.1, 0.9, 48_000))

    samples = mixed(track(heard(path, "-1/2"), heard(path, "3/2")), tmp_path)

    assert len(samples) == 96_000
    assert samples[[0, 95_999], 0] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_music_steps_back_while_somebody_speaks(
    write_wav: Write, tone: Tone, tmp_path: Path
) -> None:
    bed = Music(
        path=write_wav("bed.wav", tone(3, 0.5)),
        name="bed.wav",
        gain=-6.0,
        duck=-12.0,
        fade_seconds=0.5,
        asked_by="a test",
    )
    said = heard(write_wav("said.wav", np.zeros(96_000)), 5, is_voice=True)

    samples = mixed(track(said, seconds=Fraction(12), music=bed), tmp_path)

    loud = decibels(tone(1, 0.5)) - 6
    assert decibels(samples[2 * 48_000 : 4 * 48_000]) == pytest.approx(loud, abs=0.05)
    assert decibels(samples[5 * 48_000 : 7 * 48_000]) == pytest.approx(loud - 12, abs=0.05)
    assert decibels(samples[9 * 48_000 : 11 * 48_000]) == pytest.approx(loud, abs=0.05)
    assert np.abs(samples[:100]).max() < 0.01
    assert np.abs(samples[-100:]).max() < 0.01


def test_music_stays_back_through_a_short_pause() -> None:
    second = 48_000

    times, levels = duck_points([(second, 2 * second), (int(2.5 * second), 3 * second)], -10)

    assert np.interp([2.2 * second, 2.9 * second, 5 * second], times, levels).tolist() == [
        -10,
        -10,
        0,
    ]


def test_a_full_disk_is_told(write_wav: Write, small_disk: Path) -> None:
    path = write_wav("a.wav", np.full(48_000, 0.5))

    with pytest.raises(StoreFailed, match="the disk is full"):
        mix(track(heard(path, 0)), small_disk / "mixed.f32")


def test_files_are_listed_once_by_name(tmp_path: Path) -> None:
    one = heard(tmp_path / "a.wav", 0)

    assert track(one, replace(one, start=Fraction(1))).files == {"a.wav": tmp_path / "a.wav"}
