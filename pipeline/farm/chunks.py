"""What a chunk in the store is called, and what is looked at before it gets there."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import VerificationFailed

CHUNK = "chunk.mp4"
"""The one file of a segment's result."""


def require_frames(path: Path, expected: int) -> None:
    """
    Counts the packets: an encoder can end early and say nothing.

    Raises:
        VerificationFailed: there are more or fewer.
    """
    import av

    with av.open(str(path)) as file:
        found = sum(1 for packet in file.demux(video=0) if packet.size)
    if found != expected:
        raise VerificationFailed(path=path, what="frames", expected=expected, found=found)
