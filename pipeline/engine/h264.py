"""
H.264 bit by bit, as far as a repeated picture needs it: parameter sets in, a P slice out in which
every macroblock is skipped, and the two numbers of a slice header that count pictures.

Numbers in brackets are sections of ITU-T H.264. What it writes is checked by decoding it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

START_CODE = b"\0\0\0\1"
SLICE, IDR_SLICE, SPS, PPS = 1, 5, 7, 8
"""NAL unit types (7.4.1)."""
HIGH_PROFILES = (100, 110, 122, 244)
"""Those whose SPS says how chroma is sampled (7.3.2.1.1)."""
P_SLICE = 5
"""All slices of the picture are P."""
STILL_QP = 51
"""Nothing is quantised; at 51 the skip flag's context starts out nearly certain (9.3.1.1)."""
STILL_STATE = ((23 * STILL_QP) >> 4) + 33 - 64
"""pStateIdx of ctxIdx 11 there, with cabac_init_idc 0; its likely value is 1, skipped."""
LAST_STATE = 62
RARE_RANGES = (
    (16, 20, 23, 27), (15, 19, 22, 25), (14, 18, 21, 24), (14, 17, 20, 23), (13, 16, 19, 22), (12, 15, 18, 21),
    (12, 14, 17, 20), (11, 14, 16, 19), (11, 13, 15, 18), (10, 12, 15, 17), (10, 12, 14, 16),
    (9, 11, 13, 15), (9, 11, 12, 14), (8, 10, 12, 14), (8, 9, 11, 13), (7, 9, 11, 12),
    (7, 9, 10, 12), (7, 8, 10, 11), (6, 8, 9, 11), (6, 7, 9, 10), (6, 7, 8, 9),
)  # fmt: skip
"""rangeTabLPS (table 9-44) of pStateIdx STILL_STATE to LAST_STATE."""


class BitReader:
    """Reads the payload of a NAL unit."""

    def __init__(self, payload: bytes) -> None:
        self._bits = int.from_bytes(payload, "big")
        self._left = 8 * len(payload)
        self.position = 0

    def u(self, count: int) -> int:
        """An unsigned number of `count` bits."""
        self._left -= count
        self.position += count
        return self._bits >> self._left & ((1 << count) - 1)

    def ue(self) -> int:
        """An Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.u(1):
            zeros += 1
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """A signed one (9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


class BitWriter:
    """Writes the payload of a NAL unit."""

    def __init__(self) -> None:
        self.bits: list[int] = []

    def u(self, count: int, value: int) -> None:
        self.bits += [value >> shift & 1 for shift in range(count - 1, -1, -1)]

    def ue(self, value: int) -> None:
        length = (value + 1).bit_length()
        self.u(length - 1, 0)
        self.u(length, value + 1)

    def se(self, value: int) -> None:
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def payload(self) -> bytes:
        """With ones where a byte is not full: what alignment before CABAC is (7.3.4)."""
        bits = self.bits + [1] * (-len(self.bits) % 8)
        return int("".join(map(str, bits)), 2).to_bytes(len(bits) // 8, "big")


@dataclass(frozen=True, slots=True)
class Headers:
    """What the parameter sets of a stream say about its slices."""

    macroblocks: int
    frame_num_bits: int
    order_bits: int | None
    """Of pic_order_cnt_lsb; None when pictures are shown in the order they are coded."""
    cabac: bool
    weighted: bool
    start_qp: int
    deblocking: bool
    """Whether slices say how they are deblocked."""


def nal_units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream (annex B), without start codes."""
    for unit in re.split(rb"\x00?\x00\x00\x01", data):
        if unit:
            yield unit


def kind(unit: bytes) -> int:
    """nal_unit_type."""
    return unit[0] & 31


def unescaped(unit: bytes) -> bytes:
    """Without emulation prevention (7.4.1.1)."""
    return unit.replace(b"\0\0\3", b"\0\0")


def escaped(unit: bytes) -> bytes:
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\0\0\3", unit)


def read_headers(extradata: bytes) -> Headers:
    """
    From an SPS and a PPS as x264 writes them: frames, one slice group, one picture size.

    Raises:
        ValueError: they are of another kind.
    """
    found = {kind(unit): BitReader(unescaped(unit)[1:]) for unit in nal_units(extradata)}
    sps, pps = found[SPS], found[PPS]
    profile = sps.u(8)
    sps.u(16)  # constraints, level
    sps.ue()
    if profile in HIGH_PROFILES:
        chroma = sps.ue()
        separate = sps.u(1) if chroma == 3 else 0
        sps.ue(), sps.ue(), sps.u(1)  # bit depths, lossless transform bypass
        if separate or sps.u(1):
            raise ValueError("separate colour planes, or scaling matrices")
    frame_num_bits = sps.ue() + 4
    order_type = sps.ue()
    if order_type == 1:
        raise ValueError("picture order count of type 1")
    order_bits = sps.ue() + 4 if order_type == 0 else None
    sps.ue(), sps.u(1)  # reference frames, gaps in frame_num
    macroblocks = (sps.ue() + 1) * (sps.ue() + 1)
    if not sps.u(1):
        raise ValueError("interlaced")
    pps.ue(), pps.ue()
    cabac, bottom_order = bool(pps.u(1)), pps.u(1)
    if bottom_order or pps.ue():
        raise ValueError("field order, or slice groups")
    pps.ue(), pps.ue()  # reference indices
    weighted = bool(pps.u(1))
    pps.u(2)
    start_qp = 26 + pps.se()
    pps.se(), pps.se()
    deblocking, _, redundant = bool(pps.u(1)), pps.u(1), pps.u(1)
    if redundant:
        raise ValueError("redundant pictures")
    return Headers(macroblocks, frame_num_bits, order_bits, cabac, weighted, start_qp, deblocking)


def recounted(unit: bytes, headers: Headers, *, frame_num: int, order: int) -> bytes:
    """A slice with `frame_num` more than it says (7.4.3), and pic_order_cnt_lsb of `order`."""
    payload = unescaped(unit)
    reader = BitReader(payload[1:32])
    reader.ue(), reader.ue(), reader.ue()  # first macroblock, slice type, PPS
    patches = []
    bits = headers.frame_num_bits
    at, said = reader.position, reader.u(bits)
    patches.append((at, bits, (said + frame_num) % (1 << bits)))
    if kind(unit) == IDR_SLICE:
        reader.ue()
    if headers.order_bits is not None:
        patches.append((reader.position, headers.order_bits, order % (1 << headers.order_bits)))
    head = int.from_bytes(payload[:32], "big")
    width = 8 * len(payload[:32])
    for at, bits, value in patches:
        shift = width - 8 - at - bits
        head = head & ~(((1 << bits) - 1) << shift) | value << shift
    return escaped(head.to_bytes(width // 8, "big") + payload[32:])


def frame_num_of(unit: bytes, headers: Headers) -> int:
    reader = BitReader(unescaped(unit[:48])[1:])
    reader.ue(), reader.ue(), reader.ue()
    return reader.u(headers.frame_num_bits)


def is_reference(unit: bytes) -> bool:
    """Whether later pictures may be predicted from it (nal_ref_idc)."""
    return bool(unit[0] & 0x60)


class Still:
    """Writes pictures that are the one coded before, once more (7.3.3, 7.3.4)."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._all_skipped = _all_skipped(headers.macroblocks) if headers.cabac else b""

    def picture(self, *, frame_num: int, order: int) -> bytes:
        """A NAL unit. It is a reference itself, in place of the picture it repeats."""
        headers = self._headers
        out = BitWriter()
        out.u(8, 0x40 | SLICE)
        out.ue(0)
        out.ue(P_SLICE)
        out.ue(0)
        out.u(headers.frame_num_bits, frame_num % (1 << headers.frame_num_bits))
        if headers.order_bits is not None:
            out.u(headers.order_bits, order % (1 << headers.order_bits))
        out.u(1, 1)  # predicted from
        out.ue(0)  # one reference,
        out.u(1, 0)  # the last one coded,
        if headers.weighted:
            out.ue(0)
            out.ue(0)
            out.u(2, 0)  # not weighted
        out.u(1, 0)  # references go out first in, first out
        if headers.cabac:
            out.ue(0)
        out.se(STILL_QP - headers.start_qp)
        if headers.deblocking:
            out.ue(1)  # not deblocked again
        if not headers.cabac:
            out.ue(headers.macroblocks)
            out.u(1, 1)
            out.bits += [0] * (-len(out.bits) % 8)
        return escaped(out.payload() + self._all_skipped)


def _all_skipped(macroblocks: int) -> bytes:
    """CABAC of a skip flag and an end_of_slice for each macroblock (9.3.4)."""
    out = BitWriter()
    low, span, state, pending = 0, 510, STILL_STATE, 0
    first = True

    def put(bit: int) -> None:
        nonlocal first, pending
        if not first:
            out.bits.append(bit)
        first = False
        out.bits.extend([1 - bit] * pending)
        pending = 0

    def renormalise() -> None:
        nonlocal low, span, pending
        while span < 256:
            if low < 256:
                put(0)
            elif low >= 512:
                low -= 512
                put(1)
            else:
                low -= 256
                pending += 1
            low <<= 1
            span <<= 1

    for left in range(macroblocks - 1, -1, -1):
        span -= RARE_RANGES[state - STILL_STATE][span >> 6 & 3]
        state = min(state + 1, LAST_STATE)
        renormalise()
        span -= 2
        if left:
            renormalise()
    low += span
    span = 2
    renormalise()
    put(low >> 9 & 1)
    out.u(2, low >> 7 & 3 | 1)
    bits = out.bits + [0] * (-len(out.bits) % 8)
    return int("".join(map(str, bits)), 2).to_bytes(len(bits) // 8, "big")
