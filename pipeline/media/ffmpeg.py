"""
How ffmpeg is run: nothing asked, its progress watched, its output beside until it is whole.

An exit code of 0 proves nothing with ffmpeg, so whoever calls this counts what came out: see
media/probe.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from pipeline.errors import StoreFailed, ToolFailed
from pipeline.media.publish import ROOM_ADVICE, beside
from pipeline.tools import GRACE_SECONDS, Ran, run

FLAGS = (
    "-hide_banner",
    "-nostdin",
    "-nostats",
    *("-loglevel", "repeat+level+warning"),
    *("-stats_period", "0.5"),
    *("-progress", "pipe:1"),
    "-xerror",
    "-y",
)
STALL_SECONDS = 60.0
"""Without a frame, a byte or a millisecond more. A full 4K decode moves several times a second."""
TIMEOUT_SECONDS = 6 * 3600.0
FULL_DISK = "No space left on device"


def run_ffmpeg(
    args: Sequence[str],
    *,
    output: Path,
    log_path: Path,
    timeout_seconds: float = TIMEOUT_SECONDS,
    stall_seconds: float = STALL_SECONDS,
    grace_seconds: float = GRACE_SECONDS,
) -> Ran:
    """
    Runs ffmpeg with these arguments, the last of which is `output`.

    Raises:
        StoreFailed: the disk is full.
        ToolFailed: it failed, was stopped, or stood still. Nothing is left at `output` then but
            what was there before.
    """
    assert args[-1] == str(output), "what ffmpeg writes is its last argument"
    try:
        with beside(output) as part:
            return run(
                ["ffmpeg", *FLAGS, *args[:-1], str(part)],
                log_path=log_path,
                timeout_seconds=timeout_seconds,
                stall_seconds=stall_seconds,
                grace_seconds=grace_seconds,
                heartbeat=Progress(),
            )
    except ToolFailed as error:
        if FULL_DISK in error.tail:
            raise StoreFailed(path=output, reason="the disk is full", advice=ROOM_ADVICE) from error
        raise


@cache
def ffmpeg_version(log_path: Path) -> str:
    """The first line ffmpeg says of itself: another one may give other bytes."""
    lines: list[str] = []

    def hear(line: str) -> bool:
        lines.append(line)
        return True

    run(["ffmpeg", "-version"], log_path=log_path, timeout_seconds=60, heartbeat=hear)
    return lines[0].split(" Copyright")[0]


class Progress:
    """
    Reads what `-progress` writes, and tells whether ffmpeg got any further.

    It goes on writing reports while it stands still, so the figures are what counts.
    """

    FIGURES = ("frame", "total_size", "out_time_us")

    def __init__(self) -> None:
        self.figures: dict[str, int] = {}

    def __call__(self, line: str) -> bool:
        name, _, value = line.partition("=")
        if name not in self.FIGURES:
            return False
        before = self.figures.get(name)
        with suppress(ValueError):  # N/A before the first packet
            self.figures[name] = int(value)
        return self.figures.get(name) != before
