"""
Whether a package's sound comes when the chapter's does.

Both are decoded by ffmpeg as a player would play them, from the first picture on, and where they are
loudest one is slid along the other until they fit.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.source import Source
from pipeline.media.record import Check

SAMPLES = 16000
"""A second, to compare: a sixteenth of a millisecond apart."""
WINDOW_SECONDS = 4
WINDOWS = 5
REACH_SECONDS = 0.25
"""How far out of step sound is looked for."""
MOST_MS = 1.0
QUIET = 1e-4
"""Of full scale, as the root of the mean square: below it there is nothing to find."""


def played(encodes: Encodes, source: Source) -> Path:
    """The chapter's own sound, decoded, kept with its encodings."""
    assert source.sound is not None
    return encodes.encode("played.f32", source, PLAY, of={"sound": source.sound.digest})


PLAY = (
    *("-map", "0:a:0", "-vn", "-af", f"aresample={SAMPLES}:async=1:first_pts=0"),
    *("-ac", "1", "-c:a", "pcm_f32le", "-f", "f32le"),
)


def sound_checks(path: Path, original: Path, *, work: Path, log_path: Path) -> list[Check]:
    """Decodes the sound of `path` and holds it to `original`, a file of `played`."""
    output = work / f"{path.stem}.f32"
    # Otherwise ffmpeg begins a stream at its first packet, and not at the first picture
    run_ffmpeg(["-copyts", "-i", str(path), *PLAY, str(output)], output=output, log_path=log_path)
    found, planned = np.fromfile(output, "<f4"), np.fromfile(original, "<f4")
    output.unlink()
    seconds = abs(len(found) - len(planned)) / SAMPLES
    late = [_late_ms(found, planned, start) for start in _loudest(planned)]
    worst = max(late, key=abs, default=0.0)
    return [
        Check(
            name="sound as long as in the chapter",
            ok=seconds <= REACH_SECONDS,
            expected=f"{len(planned) / SAMPLES:.2f} s",
            found=f"{len(found) / SAMPLES:.2f} s",
        ),
        Check(
            name="sound in step",
            ok=abs(worst) <= MOST_MS,
            expected=f"within {MOST_MS:g} ms",
            found=f"{worst:+.2f} ms" if late else "silent throughout",
        ),
    ]


def _loudest(sound: NDArray[np.float32]) -> list[int]:
    """Where the loudest windows start."""
    size = WINDOW_SECONDS * SAMPLES
    starts = range(0, max(1, len(sound) - size // 2), size)
    power = {start: float(np.square(sound[start : start + size]).mean()) for start in starts}
    loud = [start for start in starts if power[start] > QUIET**2]
    return sorted(loud, key=lambda start: -power[start])[:WINDOWS]


def _late_ms(found: NDArray[np.float32], planned: NDArray[np.float32], start: int) -> float:
    reach = int(REACH_SECONDS * SAMPLES)
    window = planned[start : start + WINDOW_SECONDS * SAMPLES]
    first = start - reach
    around = np.zeros(len(window) + 2 * reach, np.float32)
    inside = found[max(0, first) : start + len(window) + reach]
    around[max(0, -first) : max(0, -first) + len(inside)] = inside
    fits = correlate(around, window, mode="valid", method="fft")
    return float((int(np.argmax(fits)) - reach) / SAMPLES * 1000)
