"""
How loud something is, by EBU R 128, and bringing it to where a platform wants it.

Measured with ffmpeg's ebur128 through PyAV: integrated loudness in LUFS (ITU-R BS.1770-4), peaks
between the samples in dBTP. What counts is the encoded track, which peaks higher than what was
encoded, so that is what is measured in the end, and if need be brought down and encoded again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.errors import VerificationFailed
from pipeline.media.heard import SAMPLE_RATE
from pipeline.media.publish import beside
from pipeline.media.waves import CHANNELS, Samples, raw_blocks

TOLERANCE_LU = 0.5
HIGHEST_PEAK_DBTP = -1.0
"""EBU R 128 and every platform's advice for what is coded with loss."""
HEADROOM_DB = 1.0
"""By how much AAC was seen to raise peaks, and a bit: what the limiter keeps free at first."""
SILENCE_LUFS = -69.0
"""ebur128 says -70 where nothing passes its gate."""
NEAR_LU = 0.1
ROUNDS = 6
MOST_AT_ONCE_DB = 6.0
"""What is limited hard hardly gets louder, and no gain would ever do."""
BLOCK_SECONDS = 1
BIT_RATE = 192_000
STEP_SAMPLES = SAMPLE_RATE // 10
"""ebur128 tells its figures that often, and not what comes after the last step."""
OVERSAMPLED_RATE = 4 * SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How loud, and how high the highest peak."""

    lufs: float
    """Integrated over all; -70 for silence."""
    peak_dbtp: float
    """-inf for digital silence."""

    @property
    def is_silent(self) -> bool:
        return self.lufs < SILENCE_LUFS

    def meets(self, lufs: int) -> bool:
        return abs(self.lufs - lufs) <= TOLERANCE_LU


def measure(blocks: Iterable[Samples]) -> Level:
    """The level of samples at 48 kHz, two channels."""
    last: dict[str, str] = {}
    ended = chain(blocks, [np.zeros((STEP_SAMPLES, CHANNELS), np.float32)])
    for frame in _filtered(ended, [("ebur128", "metadata=1:peak=true:framelog=quiet")]):
        last = frame.metadata or last
    peak = float(last.get("lavfi.r128.true_peak", "0"))
    return Level(
        lufs=float(last.get("lavfi.r128.I", "-70")),
        peak_dbtp=20 * math.log10(peak) if peak > 0 else -math.inf,
    )


def measure_track(path: Path) -> Level:
    """The level of a file's sound track, decoded as a player does."""
    return measure(decoded(path))


def decoded(path: Path) -> Iterator[Samples]:
    """The samples of a sound track, from time 0 on: what comes before it is not played."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE)
        for frame in container.decode(stream):
            for part in resampler.resample(frame):
                samples = part.to_ndarray().reshape(-1, CHANNELS)
                early = -round((part.time or 0) * SAMPLE_RATE)
                yield samples[early:] if early > 0 else samples


def encode(mixed: Path, output: Path, *, lufs: int | None) -> Level:
    """
    Brings a mix to `lufs` with its peaks in bounds, as one AAC track in an mp4; gives its level.

    Silence stays silence. What cannot be made so loud without crushing it comes out softer: the
    caller says so. The same mix gives the same bytes.

    Raises:
        VerificationFailed: the peaks stay too high.
    """
    before = measure(raw_blocks(mixed, BLOCK_SECONDS))
    aim = None if lufs is None or before.is_silent else float(lufs)
    ceiling = HIGHEST_PEAK_DBTP - HEADROOM_DB
    best: Level | None = None
    for _ in range(ROUNDS):
        filters = _filters(mixed, before, aim, ceiling)
        with beside(output) as part:
            _write_aac(_levelled(mixed, filters), part)
        after = measure_track(output)
        too_high = after.peak_dbtp > HIGHEST_PEAK_DBTP
        off = 0.0 if aim is None or lufs is None else lufs - after.lufs
        stuck = best is not None and abs(off) > abs(best.lufs - (lufs or 0)) - NEAR_LU
        if not too_high and (abs(off) <= NEAR_LU or stuck):
            return after
        if too_high:
            ceiling -= after.peak_dbtp - HIGHEST_PEAK_DBTP + NEAR_LU
        else:
            best = after
        if aim is not None:
            # Noise above what AAC keeps is heard by the meter: encoded, it is up to 1 LU softer
            aim += off
    if too_high:
        raise VerificationFailed(
            path=output,
            what="true peak",
            expected=f"{HIGHEST_PEAK_DBTP} dBTP at most",
            found=f"{after.peak_dbtp:.1f} dBTP",
        )
    return after


_Filters = list[tuple[str, str]]


def _filters(mixed: Path, before: Level, lufs: float | None, ceiling: float) -> _Filters:
    """What to send the mix through: as little as will do."""
    gain = 0.0 if lufs is None or before.is_silent else lufs - before.lufs
    if before.peak_dbtp + gain <= ceiling:
        return _gained(gain)
    if lufs is None or before.is_silent:
        return [*_gained(gain), *_limited(ceiling)]
    # What is limited gets softer, so more is asked for, by how much the last step brought
    tried: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        filters = [*_gained(gain), *_limited(ceiling)]
        found = measure(_levelled(mixed, filters)).lufs
        if abs(lufs - found) < NEAR_LU:
            return filters
        step = lufs - found
        if tried and abs(found - tried[-1][1]) > NEAR_LU / 10:
            step *= (gain - tried[-1][0]) / (found - tried[-1][1])
        tried.append((gain, found))
        gain += min(step, MOST_AT_ONCE_DB)
    gain, _ = min(tried, key=lambda one: abs(lufs - one[1]))
    return [*_gained(gain), *_limited(ceiling)]


def _gained(gain: float) -> _Filters:
    return [("volume", f"{gain:.3f}dB:precision=float")] if gain else []


def _limited(ceiling: float) -> _Filters:
    # At four times the rate its peaks are the true ones; it would level up by itself unless told
    limit = 10 ** (ceiling / 20)
    return [
        ("aresample", str(OVERSAMPLED_RATE)),
        ("alimiter", f"limit={limit:.6f}:attack=5:release=50:level=0:latency=1"),
        ("aresample", str(SAMPLE_RATE)),
    ]


def _levelled(mixed: Path, filters: _Filters) -> Iterator[Samples]:
    blocks = raw_blocks(mixed, BLOCK_SECONDS)
    if not filters:
        return blocks
    flat = [*filters, ("aformat", "sample_fmts=flt:channel_layouts=stereo")]
    return (frame.to_ndarray().reshape(-1, CHANNELS) for frame in _filtered(blocks, flat))


def _filtered(blocks: Iterable[Samples], filters: _Filters) -> Iterator[Any]:
    """What comes out of a chain of ffmpeg's filters, frame by frame."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        format="flt",
        layout="stereo",
        sample_rate=SAMPLE_RATE,
        time_base=Fraction(1, SAMPLE_RATE),
    )
    stages = [
        source,
        *(graph.add(name, words) for name, words in filters),
        graph.add("abuffersink"),
    ]
    for one, other in pairwise(stages):
        one.link_to(other)
    graph.configure()
    for frame in _frames(blocks):
        source.push(frame)
        yield from _waiting(stages[-1])
    source.push(None)
    yield from _waiting(stages[-1])


def _waiting(sink: Any) -> Iterator[Any]:
    while True:
        try:
            yield sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return


def _frames(blocks: Iterable[Samples]) -> Iterator[av.AudioFrame]:
    count = 0
    for block in blocks:
        if not len(block):
            continue
        data = np.ascontiguousarray(block, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(data, format="flt", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = Fraction(1, SAMPLE_RATE)
        frame.pts = count
        count += len(block)
        yield frame


def _write_aac(blocks: Iterable[Samples], output: Path) -> None:
    with av.open(str(output), "w", format="mp4", options={"fflags": "+bitexact"}) as target:
        track: Any = target.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        track.bit_rate = BIT_RATE
        track.codec_context.thread_count = 1
        track.options = {"flags": "+bitexact"}
        for frame in _frames(blocks):
            target.mux(track.encode(frame))
        target.mux(track.encode(None))
