"""The boxes of an mp4, as they lie: ISO/IEC 14496-12, 4.2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HEADER_BYTES = 8
INSIDE = frozenset({"moov", "trak", "edts", "mdia", "minf", "stbl", "moof", "traf", "mvex"})
"""Boxes that hold boxes."""


def boxes_in(path: Path) -> Iterator[tuple[str, int]]:
    """Kind of each box and the byte it starts at, those inside after the one they are in."""
    end = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + HEADER_BYTES <= end:
            file.seek(at)
            header = file.read(2 * HEADER_BYTES)
            size, kind = int.from_bytes(header[:4], "big"), header[4:8].decode("latin-1")
            length = HEADER_BYTES
            if size == 1:  # too long for four bytes
                size, length = int.from_bytes(header[8:], "big"), 2 * HEADER_BYTES
            elif size == 0:  # to the end of the file
                size = end - at
            if size < length:
                return
            yield kind, at
            at += length if kind in INSIDE else size
