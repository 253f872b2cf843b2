"""
Whether a video still shows the chapter, picture for picture, after it was encoded again.

Both are decoded in full and shrunk to a few hundred pixels. Counting frames finds one that is
missing, comparing each with its original finds one that is another, and comparing the whole with
itself one frame earlier and later finds what came out of step.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.source import Source
from pipeline.media.record import Check

Pictures = NDArray[np.uint8]
SHAPE = (18, 32)
"""Rows and columns of a shrunken picture."""
MOST_APART = 8.0
"""Mean difference of two such pictures, of 255, that coding at any of our rates stays under."""
CLEARLY = 0.8
"""A video that fits better than this one frame off is off: at low rates small steps come late."""
SHRINK = (
    f"scale={SHAPE[1]}:{SHAPE[0]}:flags=area+accurate_rnd+bitexact"
    ":out_color_matrix=bt709:out_range=tv,format=yuv420p,extractplanes=y"
)


def shrunken(encodes: Encodes, source: Source) -> Path:
    """The chapter's own pictures, shrunken, kept with its encodings."""
    return encodes.encode(
        "shrunken.gray", source, shrink_arguments(), of={"pictures": source.pictures}
    )


def shrink_arguments() -> list[str]:
    """What ffmpeg is asked: one byte a pixel, one picture after the other."""
    return [
        *("-map", "0:v:0", "-vf", SHRINK),
        *("-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo"),
    ]


def step_checks(video: Path, original: Path, *, work: Path, log_path: Path) -> list[Check]:
    """Decodes `video` and holds it to `original`, a file of `shrunken`."""
    output = work / f"{video.parent.name}-{video.stem}.gray"
    run_ffmpeg(
        ["-i", str(video), *shrink_arguments(), str(output)], output=output, log_path=log_path
    )
    found, planned = _read(output), _read(original)
    output.unlink()
    checks = [Check.of("frames decoded", len(planned), len(found))]
    if len(planned) != len(found):
        return checks
    apart = _apart(found, planned)
    worst = int(np.argmax(apart))
    checks.append(
        Check(
            name="pictures as in the chapter",
            ok=bool(apart[worst] <= MOST_APART),
            expected=f"no further apart than {MOST_APART:g} of 255",
            found=f"{apart[worst]:.1f} at frame {worst}",
        )
    )
    checks.append(Check.of("frames out of step", 0, _shift(found, planned)))
    return checks


def _read(path: Path) -> Pictures:
    return np.fromfile(path, np.uint8).reshape(-1, *SHAPE)


def _apart(one: Pictures, other: Pictures) -> NDArray[np.float64]:
    """Mean absolute difference of each pair of pictures."""
    total = np.zeros(len(one))
    for start in range(0, len(one), 4096):
        stop = start + 4096
        steps = one[start:stop].astype(np.int16) - other[start:stop]
        total[start:stop] = np.abs(steps).mean(axis=(1, 2))
    return total


def _shift(found: Pictures, planned: Pictures) -> int:
    """By how many frames the video fits clearly better than by none."""
    best, shift = CLEARLY, 0
    for step in (-2, -1, 1, 2):
        if len(found) <= abs(step):
            continue
        # The same frames each time: leaving out one that came out badly would look like a fit
        frames = slice(step, None) if step > 0 else slice(None, step)
        moved = slice(None, -step) if step > 0 else slice(-step, None)
        still = float(_apart(found[frames], planned[frames]).mean())
        apart = float(_apart(found[frames], planned[moved]).mean())
        if apart < best * still:
            best, shift = apart / still, step
    return shift
