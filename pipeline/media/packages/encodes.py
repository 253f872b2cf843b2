"""
Encodings kept in the store by what they are made from, so that each is made once.

A package is put together from these in no time: a new caption or title encodes nothing again. They
are made by ffmpeg with one thread each, since with more the bytes differ from run to run; several
are made side by side instead.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.media.ffmpeg import ffmpeg_version, run_ffmpeg
from pipeline.media.packages.source import Source
from pipeline.media.publish import told_plainly
from pipeline.media.stitch import timescale
from pipeline.plan.key import Key
from pipeline.store.local import Store

ENCODES = "encode"
"""Kind of these results in the store."""
ENCODES_VERSION = 1
"""Counted up whenever the same settings would be put to ffmpeg in another way."""
EXACTLY = ("-threads", "1", "-filter_threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact")
BARE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")
"""Nothing but the stream that is asked for."""
BT709 = (
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv"),
)


class Encodes:
    """The encodings of one chapter. Safe to ask from several threads."""

    def __init__(self, store: Store, logs: Path) -> None:
        self.used: set[str] = set()
        """Digests of everything asked for."""
        self._store = store
        self._logs = logs
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, name: str, made_from: Mapping[str, Any], make: Callable[[Path], None]) -> Path:
        """
        The file `name`, from the store, or made by `make` and then from the store.

        Args:
            made_from: all that decides its bytes, beside the version of ffmpeg.
        """
        key = Key(
            ENCODES,
            {
                "name": name,
                "version": ENCODES_VERSION,
                "ffmpeg": ffmpeg_version(self._logs / "ffmpeg.log"),
                **made_from,
            },
        )
        with self._lock:
            self.used.add(key.digest)
            lock = self._locks.setdefault(key.digest, threading.Lock())
        with lock:
            if self._store.has(ENCODES, key.digest):
                if self._store.damage(ENCODES, key.digest) is None:
                    self._store.touch(ENCODES, key.digest)
                    return self._store.obtain(ENCODES, key.digest) / name
                self._store.drop(ENCODES, key.digest)
            work = self._store.workplace()
            try:
                with told_plainly(work):
                    make(work / name)
                return self._store.publish(key, work) / name
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def encode(
        self, name: str, source: Source, arguments: Sequence[str], *, of: Mapping[str, str]
    ) -> Path:
        """What ffmpeg makes of the chapter with these arguments. `of` are digests of what it reads."""

        def make(output: Path) -> None:
            run_ffmpeg(
                ["-i", str(source.video), *arguments, str(output)],
                output=output,
                log_path=self._logs / f"{output.stem}.log",
            )

        return self.get(name, {"arguments": list(arguments), "of": dict(of)}, make)


def x264_arguments(
    source: Source,
    *,
    size: tuple[int, int],
    crf: int,
    gop: int,
    preset: str,
    most_kbps: int | None = None,
    b_frames: int | None = None,
) -> list[str]:
    """
    H.264 for players: High profile, 4:2:0, closed groups of exactly `gop` frames.

    Args:
        most_kbps: kept below at all times, as a player with a buffer of two seconds sees it.
        b_frames: that many in a row, always; x264 chooses up to three otherwise.
    """
    pattern = () if b_frames is None else (f"bframes={b_frames}", "b-adapt=0", "b-pyramid=none")
    return [
        *("-map", "0:v:0", "-an", *BARE),
        *("-vf", pictures_filter(source, size)),
        *("-c:v", "libx264", "-profile:v", "high", "-preset", preset, "-crf", str(crf)),
        *(("-maxrate", f"{most_kbps}k", "-bufsize", f"{2 * most_kbps}k") if most_kbps else ()),
        "-x264-params",
        ":".join(
            (
                *(f"keyint={gop}", f"min-keyint={gop}", "scenecut=0", "open-gop=0"),
                *pattern,
                *("threads=1", "lookahead-threads=1", "cpu-independent=1"),
            )
        ),
        *BT709,
        *EXACTLY,
        *("-fps_mode", "passthrough"),
        *("-video_track_timescale", str(timescale(source.rate))),
        *("-movie_timescale", str(timescale(source.rate))),
    ]


def pictures_filter(source: Source, size: tuple[int, int]) -> str:
    """Brings the chapter's pictures to a size, as 4:2:0 in the colours of HD television."""
    width, height = size
    steps = [f"scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact"]
    if source.lossless:
        steps[0] += ":out_color_matrix=bt709:out_range=tv"
    return ",".join([*steps, "format=yuv420p", "setsar=1"])


def gop_frames(rate: Fraction, seconds: Fraction) -> int:
    """
    The whole number of frames nearest to so long.

    >>> gop_frames(Fraction(30000, 1001), Fraction(2))
    60
    """
    return max(1, round(rate * seconds))
