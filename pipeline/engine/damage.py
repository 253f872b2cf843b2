"""
What part of the picture can differ from the last one drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pipeline.engine.bounds import NOTHING, Box
from pipeline.engine.display import DrawCall, Frame
from pipeline.engine.extents import Extents

MOST_COMPARED = 400
"""Calls beyond which only what is the same at both ends counts as the same."""

Drawn = Sequence[tuple[bytes, Box | None]]
"""Digest and box of each call of a frame."""


class Damage:
    """Compares each frame with the one before it, call by call."""

    def __init__(self, whole: Box) -> None:
        self._whole = whole
        self._calls: Sequence[DrawCall] = ()
        self._boxes: dict[bytes, Box | None] = {}
        self._setting: object = None

    def forget(self) -> None:
        """The next frame counts as changed everywhere."""
        self._setting = None

    def since_last(self, frame: Frame, extents: Extents) -> Box:
        """
        A box outside of which `frame` looks like the one before.

        A pixel outside the boxes of all calls that came, went or changed place is painted by the
        same calls in the same order.
        """
        setting = (frame.background, frame.camera_key)
        same_setting = setting == self._setting
        before, boxes = self._calls, self._boxes
        self._setting, self._calls = setting, frame.calls
        self._boxes = {call.digest: extents.box(call) for call in frame.calls}
        if not same_setting:
            return self._whole
        box = NOTHING
        for call in _unmatched(before, frame.calls):
            found = self._boxes[call.digest] if call.digest in self._boxes else boxes[call.digest]
            if found is None:
                return self._whole
            box = box.join(found)
        return box


def _unmatched(before: Sequence[DrawCall], now: Sequence[DrawCall]) -> Iterator[DrawCall]:
    """Calls of either that are not part of one common subsequence."""
    if len(before) == len(now):
        for old, new in zip(before, now, strict=True):
            if old.digest != new.digest:
                yield old
                yield new
        return
    old_digests, new_digests = [c.digest for c in before], [c.digest for c in now]
    start, stop = _same_ends(old_digests, new_digests)
    old_middle, new_middle = before[start : len(before) - stop], now[start : len(now) - stop]
    if len(old_middle) + len(new_middle) > MOST_COMPARED:
        yield from (*old_middle, *new_middle)
        return
    matcher = SequenceMatcher(
        None, [c.digest for c in old_middle], [c.digest for c in new_middle], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from (*old_middle[a:b], *new_middle[c:d])


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
