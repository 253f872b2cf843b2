"""
Everything heard in a chapter, added up into one continuous track of samples.

Sounds start on their sample, voices too; a music bed plays under both and steps back while
somebody speaks. Worked out in blocks, so that an hour needs no more memory than its longest sound.
How loud the whole is in the end, is media/loudness.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.heard import SAMPLE_RATE, Soundtrack
from pipeline.media.publish import told_plainly
from pipeline.media.waves import CHANNELS, Samples, read_wave

BLOCK_SAMPLES = 10 * SAMPLE_RATE
STEP_BACK_SECONDS, COME_BACK_SECONDS = 0.3, 0.8
"""How long music takes to step back before a voice, and to come back after it."""
KEPT_WAVES = 8
"""Decoded files kept, since a scene plays the same click again and again."""


def mix(track: Soundtrack, output: Path) -> None:
    """
    Writes the sum as float32, two channels, without a header.

    Raises:
        UnusableFile: names the file and what placed it.
        StoreFailed: the disk is full.
    """
    waves = lru_cache(maxsize=KEPT_WAVES)(_wave)
    lengths = [len(waves(heard.path, heard.asked_by)) for heard in track.heard]
    music = _Bed(track, lengths)
    with told_plainly(output), output.open("wb") as file:
        for first in range(0, track.samples, BLOCK_SAMPLES):
            stop = min(first + BLOCK_SAMPLES, track.samples)
            block = music.block(first, stop)
            for heard, length in zip(track.heard, lengths, strict=True):
                begin = max(heard.first_sample, first)
                end = min(heard.first_sample + length, stop)
                if begin >= end:
                    continue
                wave = waves(heard.path, heard.asked_by)
                part = block[begin - first : end - first]
                part *= _factor(heard.background_gain)
                own = wave[begin - heard.first_sample : end - heard.first_sample]
                part += own * _factor(heard.gain)
            file.write(block.tobytes())


def _wave(path: Path, asked_by: str) -> Samples:
    return read_wave(path, asked_by=asked_by)


def _factor(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


class _Bed:
    """The music, block by block. Silence where there is none."""

    def __init__(self, track: Soundtrack, lengths: Sequence[int]) -> None:
        self._music = track.music
        self._samples = track.samples
        if track.music is None:
            return
        self._wave = read_wave(track.music.path, asked_by=track.music.asked_by)
        spoken = [
            (heard.first_sample, heard.first_sample + length)
            for heard, length in zip(track.heard, lengths, strict=True)
            if heard.is_voice
        ]
        self._times, self._levels = duck_points(spoken, track.music.duck)

    def block(self, first: int, stop: int) -> Samples:
        if self._music is None:
            return np.zeros((stop - first, CHANNELS), np.float32)
        at = np.arange(first, stop)
        decibels = np.interp(at, self._times, self._levels) + self._music.gain
        fade = max(1.0, self._music.fade_seconds * SAMPLE_RATE)
        shape = np.clip(np.minimum(at + 1, self._samples - at) / fade, 0, 1)
        factors = 10 ** (decibels / 20) * np.sin(shape * np.pi / 2) ** 2
        block: Samples = self._wave[at % len(self._wave)] * factors[:, None].astype(np.float32)
        return block


def duck_points(
    spoken: Sequence[tuple[int, int]], duck: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Samples and decibels between which the music's level goes in straight lines.

    A pause too short to come back in and step back again is spoken through.
    """
    back, forth = STEP_BACK_SECONDS * SAMPLE_RATE, COME_BACK_SECONDS * SAMPLE_RATE
    joined: list[list[float]] = []
    for start, stop in sorted((float(start), float(stop)) for start, stop in spoken):
        if joined and start - joined[-1][1] < back + forth:
            joined[-1][1] = max(joined[-1][1], stop)
        else:
            joined.append([start, stop])
    points = [(0.0, 0.0)] if not joined else []
    for start, stop in joined:
        points += [(start - back, 0.0), (start, duck), (stop, duck), (stop + forth, 0.0)]
    times, levels = zip(*points, strict=True)
    return np.array(times, np.float64), np.array(levels, np.float64)
