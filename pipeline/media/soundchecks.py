"""
Holding the sound track of a finished video to what was planned: its kind, length, level, peaks.

Measured on the encoded track, decoded as a player does it.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from pipeline.media.heard import SAMPLE_RATE, PlannedSound
from pipeline.media.loudness import HIGHEST_PEAK_DBTP, TOLERANCE_LU, Level, measure_track
from pipeline.media.probe import open_media, packets
from pipeline.media.record import Check

AAC_SAMPLES = 1024
"""Of a packet: a track ends within its last one."""
LOUDNESS, TRUE_PEAK = "loudness", "true peak"
KIND = f"aac stereo {SAMPLE_RATE} Hz"


def sound_checks(video: Path, planned: PlannedSound | None) -> list[Check]:
    """Whether the track is there, of its kind, from the first frame to the last."""
    with open_media(video) as container:
        tracks = container.streams.audio
        if planned is None:
            return [Check.of("sound tracks", 0, len(tracks))]
        if len(tracks) != 1:
            return [Check.of("sound tracks", 1, len(tracks))]
        track = tracks[0]
        kind = f"{track.codec.name} {track.layout.name} {track.sample_rate} Hz"
        heard = [(packet.pts, packet.duration) for packet in packets(container, track)]
    # What an encoder puts before the first sample has times before 0, and is not played
    start = min(time for time, _ in heard)
    even = all(a + b == c for (a, b), (c, _) in pairwise(heard))
    stop = Fraction(heard[-1][0] + heard[-1][1]) * track.time_base
    late = stop - planned.seconds
    ends = Check(
        name="end of the sound",
        ok=late + Fraction(1, SAMPLE_RATE) >= 0 and late < Fraction(AAC_SAMPLES, SAMPLE_RATE),
        expected=f"{float(planned.seconds):.3f} s",
        found=f"{float(stop):.3f} s",
    )
    return [
        Check.of("sound", KIND, kind),
        Check(
            name="start of the sound",
            ok=start <= 0 and even,
            expected="at 0, without a hole",
            found="at 0, without a hole" if start <= 0 and even else f"at {start}, even: {even}",
        ),
        ends,
    ]


def loudness_checks(
    video: Path, planned: PlannedSound | None, *, level: Level | None = None
) -> list[Check]:
    """
    Whether it is as loud as was asked, and nowhere too loud; of a track that is there.

    Args:
        level: of the track, where that is known; otherwise it is measured.
    """
    if planned is None:
        return []
    with open_media(video) as container:
        if not container.streams.audio:
            return []
    level = level or measure_track(video)
    checks = [
        Check(
            name=TRUE_PEAK,
            ok=level.peak_dbtp <= HIGHEST_PEAK_DBTP,
            expected=f"at most {HIGHEST_PEAK_DBTP:g} dBTP",
            found=f"{level.peak_dbtp:.1f} dBTP",
        )
    ]
    if planned.loudness is not None:
        checks.append(
            Check(
                name=LOUDNESS,
                ok=level.meets(planned.loudness),
                expected=f"{planned.loudness} LUFS, give or take {TOLERANCE_LU}",
                found="silence" if level.is_silent else f"{level.lufs:.1f} LUFS",
            )
        )
    return checks
