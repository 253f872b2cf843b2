"""How close a video is to the pixels that were drawn, and how many bytes it takes for that."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 5
"""Frames from one that is compared to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of one video, or of several that follow each other."""

    video_bytes: int
    ssim: float
    """Mean over R, G and B against the drawn pixels; 1 is the same."""


def quality(videos: Sequence[Path], drawn: Path, *, matrix: str, folder: Path) -> Quality:
    """
    By ffmpeg's ssim filter, in RGB.

    `drawn` is the same frames without loss; `matrix` is the one the videos were made with. Stock
    manimgl leaves that to swscale, which takes bt601 and writes it nowhere.
    """
    listed = folder / "compared.txt"
    listed.write_text("".join(f"file '{path}'\n" for path in videos), encoding="utf-8")
    some = f"select='not(mod(n,{EVERY}))',setpts=N"
    graph = (
        f"[0:v]{some},scale=in_color_matrix={matrix}:in_range=tv:out_range=pc,format=gbrp[a];"
        f"[1:v]{some},format=gbrp[b];[a][b]ssim"
    )
    said = subprocess.run(
        [
            *("ffmpeg", "-hide_banner", "-nostats", "-f", "concat", "-safe", "0"),
            *("-i", str(listed), "-i", str(drawn), "-lavfi", graph, "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    found = re.search(r"SSIM .* All:([0-9.]+)", said)
    if found is None:
        raise SystemExit(f"ffmpeg says no SSIM:\n{said}")
    sizes = [_video_bytes(path) for path in videos]
    return Quality(video_bytes=sum(sizes), ssim=float(found.group(1)))


def _video_bytes(path: Path) -> int:
    import av

    with av.open(str(path)) as file:
        return sum(packet.size for packet in file.demux(video=0))
