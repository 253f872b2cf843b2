"""Every picture of a video by its hash, as ffmpeg decodes it: the lists by which pictures are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.media.ffmpeg import run_ffmpeg


def write_framemd5(video: Path, output: Path, *, log_path: Path) -> list[str]:
    """Writes the list in ffmpeg's own format, and gives the hashes."""
    run_ffmpeg(
        [
            *("-i", str(video), "-map", "0:v:0", "-fps_mode", "passthrough"),
            *("-fflags", "+bitexact", "-f", "framemd5", str(output)),
        ],
        output=output,
        log_path=log_path,
    )
    return read_framemd5(output)


def frame_hashes(video: Path, *, work: Path, log_path: Path) -> list[str]:
    """The hashes alone."""
    output = work / "frames.framemd5"
    try:
        return write_framemd5(video, output, log_path=log_path)
    finally:
        output.unlink(missing_ok=True)


def read_framemd5(path: Path) -> list[str]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return [row.rsplit(",", 1)[1].strip() for row in rows if row and not row.startswith("#")]


def in_runs(hashes: Iterable[str]) -> list[list[object]]:
    """
    Hash and count of each run of equal pictures, which is how held ones are written down.

    >>> in_runs(["a", "a", "b"])
    [['a', 2], ['b', 1]]
    """
    return [[one, sum(1 for _ in run)] for one, run in groupby(hashes)]


def from_runs(runs: Iterable[Sequence[object]]) -> list[str]:
    """
    >>> from_runs([["a", 2], ["b", 1]])
    ['a', 'a', 'b']
    """
    return [str(one) for one, count in runs for _ in range(int(str(count)))]
