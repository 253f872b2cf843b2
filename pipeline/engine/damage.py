"""
What part of the picture can differ from the last one drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from pipeline.engine.boxes import Box, merged
from pipeline.engine.display import DrawCall, Frame
from pipeline.engine.extents import Extents, Parts

MOST_COMPARED = 400
"""Calls beyond which only what is the same at both ends counts as the same."""

Pair = tuple[DrawCall | None, DrawCall | None]
"""A call as it was and as it is; None where it was not, or is no more."""


class Damage:
    """Compares each frame with the one before it, call by call."""

    def __init__(self, whole: Box) -> None:
        self._whole = whole
        self._calls: Sequence[DrawCall] = ()
        self._setting: object = None

    def forget(self) -> None:
        """The next frame counts as changed everywhere."""
        self._setting = None

    def since_last(self, frame: Frame, extents: Extents) -> tuple[Box, ...]:
        """
        Boxes outside of which `frame` looks like the one before.

        A pixel outside the boxes of all calls that came, went or changed is painted by the same
        calls in the same order. So it is within a group, whose curves are drawn one by one: where
        calls differ in some vertices alone, the boxes are around the curves that have them.
        """
        setting = (frame.background, frame.camera_key)
        same_setting = setting == self._setting
        before, self._calls, self._setting = self._calls, frame.calls, setting
        if not same_setting:
            return (self._whole,)
        boxes: list[Box] = []
        for old, new in _unmatched(before, frame.calls):
            parts = _parts(old, new, extents)
            if parts is None:
                return (self._whole,)
            boxes += parts
        return tuple(merged(boxes))


def _parts(old: DrawCall | None, new: DrawCall | None, extents: Extents) -> Parts:
    if old is not None and new is not None and old.setting == new.setting:
        return extents.parts_apart(old, new)
    parts: list[Box] = []
    for call in (old, new):
        if call is None:
            continue
        found = extents.parts(call)
        if found is None:
            return None
        parts += found
    return tuple(parts)


def _unmatched(before: Sequence[DrawCall], now: Sequence[DrawCall]) -> Iterator[Pair]:
    """What is not part of one common subsequence of the two."""
    if len(before) == len(now):
        for old, new in zip(before, now, strict=True):
            if old.digest != new.digest:
                yield old, new
        return
    start, stop = _same_ends([c.digest for c in before], [c.digest for c in now])
    before, now = before[start : len(before) - stop], now[start : len(now) - stop]
    if len(before) + len(now) > MOST_COMPARED:
        yield from zip_longest(before, now)
        return
    matcher = SequenceMatcher(
        None, [c.digest for c in before], [c.digest for c in now], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from zip_longest(before[a:b], now[c:d])


def _same_ends(one: Sequence[bytes], other: Sequence[bytes]) -> tuple[int, int]:
    """How many are the same at the start, and how many of the rest at the end."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    stop = 0
    while stop < shorter - start and one[-1 - stop] == other[-1 - stop]:
        stop += 1
    return start, stop
