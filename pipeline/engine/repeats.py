"""
Standing pictures, put between those that x264 coded.

x264 is given each picture once. Behind it come P pictures in which every macroblock is skipped, so
that a decoder shows it again, bit for bit. Each takes the place of the picture it repeats as a
reference, one frame later, and every slice that follows is counted on: what x264 meant by
"the picture before" is then the last repetition, which is the same picture, at the distance in
time that x264 assumed. That holds as long as P pictures refer to one picture and B pictures to
nothing but their two neighbours, see encode.py.
"""

from __future__ import annotations

from typing import Protocol

from pipeline.engine.h264 import (
    IDR_SLICE,
    SLICE,
    START_CODE,
    Headers,
    Still,
    frame_num_of,
    is_reference,
    kind,
    nal_units,
    read_headers,
    recounted,
)


class Mux(Protocol):
    """Takes packets in the order they are decoded in."""

    def __call__(self, data: bytes, *, shown: int, decoded: int, is_whole: bool) -> None: ...


class Repeater:
    """One stream's. Frames are counted in the order they are shown in."""

    def __init__(self, mux: Mux) -> None:
        self._mux = mux
        self._repeats: dict[int, int] = {}
        """How often each picture stands again, of those still to be written."""
        self._current = 0
        self._headers: Headers | None = None
        self._still: Still | None = None
        self._decoded = 0
        self._referred = -1
        """The last reference: what repetitions repeat."""
        self._whole = 0
        """The last one that needs no other."""
        self._added = 0
        """Repetitions since."""
        self._frame_num = 0
        """Of the last reference."""

    def begin(self, number: int) -> None:
        """This picture is given to x264."""
        self._current = number

    def repeat(self) -> None:
        """The picture last begun stands one frame longer. It must not be coded as B."""
        self._repeats[self._current] = self._repeats.get(self._current, 0) + 1

    def packet(self, data: bytes, shown: int, extradata: bytes) -> None:
        """What x264 made of a picture, in its order."""
        if self._headers is None:
            self._headers = read_headers(extradata)
            self._still = Still(self._headers)
        if shown > self._referred:
            self._write_repeats()
        units = list(nal_units(data))
        is_whole = any(kind(unit) == IDR_SLICE for unit in units)
        if is_whole:
            self._whole, self._added = shown, 0
        for index, unit in enumerate(units):
            if kind(unit) in (SLICE, IDR_SLICE):
                units[index] = self._counted(unit, shown)
        self._write(b"".join(START_CODE + unit for unit in units), shown, is_whole=is_whole)

    def _counted(self, unit: bytes, shown: int) -> bytes:
        assert self._headers is not None
        order = 2 * (shown - self._whole)
        counted = recounted(unit, self._headers, frame_num=self._added, order=order)
        if is_reference(counted):
            self._referred = shown
            self._frame_num = frame_num_of(counted, self._headers)
        elif shown in self._repeats:
            raise ValueError(f"picture {shown} stands, and was coded as one that nothing refers to")
        return counted

    def close(self) -> None:
        """After the last packet."""
        self._write_repeats()

    def _write_repeats(self) -> None:
        first = self._referred
        count = self._repeats.pop(first, 0)
        for shown in range(first + 1, first + 1 + count):
            assert self._still is not None
            self._added += 1
            self._frame_num += 1
            unit = self._still.picture(frame_num=self._frame_num, order=2 * (shown - self._whole))
            self._write(START_CODE + unit, shown, is_whole=False)

    def _write(self, data: bytes, shown: int, *, is_whole: bool) -> None:
        assert self._headers is not None
        # With B pictures, one is shown before what is decoded before it
        delay = 0 if self._headers.order_bits is None else 1
        self._mux(data, shown=shown, decoded=self._decoded - delay, is_whole=is_whole)
        self._decoded += 1
