"""
What is wrong with a picture: things that leave it, texts on top of one another, texts too small.

    look_allows = (('"plan" leaves the frame', "the camera goes past it to the first stop"),)

in a scene's class says that this is meant, and why. The first is a fault's claim as reported, `*`
stands for anything. An allowance for what does not happen is a fault too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import combinations, groupby

import numpy as np

from scenes.checks.moment import Drawn, Moment, Words
from scenes.checks.outlines import Box

OUTSIDE_PIXELS = 1.0
"""By so much a thing may leave the picture: the soft edge of a stroke."""
OVERLAP_PIXELS = 1.5
"""Two texts overlap where they share more than this, across and down."""
SMALLEST_PIXELS = 7.0
"""Height of a digit or capital that can be read at 480p."""
SMALLEST_OF_UNKNOWN = 0.7
"""Of that, what is asked of a text whose characters are not known: it may be an x or an n."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, where it was first seen."""

    claim: str
    """What, without numbers that change: this is what `look_allows` names."""
    detail: str
    play: int
    """Counted from 0."""
    when: str
    """`middle` or `end`."""
    place: str
    """`file:line` of the play."""

    def __str__(self) -> str:
        return f"{self.place}: {self.when} of play {self.play}: {self.claim}, {self.detail}"


def leaving(moment: Moment) -> Iterator[tuple[str, str]]:
    """Claim and detail for everything that is not wholly in the picture."""
    names = {id(glyph.mobject): words.name for words in moment.words for glyph in words.glyphs}

    def name(drawn: Drawn) -> str:
        return names.get(id(drawn.mobject), drawn.name)

    outside = [one for one in moment.drawn if _furthest(one.box)[1] > OUTSIDE_PIXELS]
    for whose, group in groupby(sorted(outside, key=name), key=name):
        side, pixels = max((_furthest(one.box) for one in group), key=lambda found: found[1])
        yield f"{whose} leaves the frame", f"by {pixels:.0f} px at the {side}"


def overlapping(moment: Moment) -> Iterator[tuple[str, str]]:
    """Claim and detail for every two texts of which glyphs overlap and can both be seen."""
    boxes = [np.array([[*_edges(g.box)] for g in words.glyphs]) for words in moment.words]
    wholes = [Box(*b[:, :2].min(axis=0), *b[:, 2:].max(axis=0)) for b in boxes]
    for i, j in combinations(range(len(boxes)), 2):
        if min(wholes[i].shared(wholes[j])) <= OVERLAP_PIXELS or _is_same(boxes[i], boxes[j]):
            continue
        low = np.maximum(boxes[i][:, None, :2], boxes[j][None, :, :2])
        high = np.minimum(boxes[i][:, None, 2:], boxes[j][None, :, 2:])
        shared = (high - low).min(axis=2)
        one, other = moment.words[i], moment.words[j]
        pairs = [
            (float(shared[a, b]), one.glyphs[a], other.glyphs[b])
            for a, b in zip(*np.nonzero(shared > OVERLAP_PIXELS), strict=True)
        ]
        seen = [p for p, a, b in pairs if not (moment.is_hidden(a) or moment.is_hidden(b))]
        if seen:
            yield f"{one.name} overlaps {other.name}", f"by {max(seen):.0f} px"


def too_small(moment: Moment) -> Iterator[tuple[str, str]]:
    """Claim and detail for every text that cannot be read at 480p."""
    for words in moment.words:
        height, least = _height(words)
        if height < least:
            said = f", it says {words.written}" if words.written not in words.name else ""
            yield f"{words.name} is too small to read", f"{height:.1f} px high{said}"


def judge(faults: Iterable[Fault], allows: Iterable[tuple[str, str]]) -> list[Fault]:
    """Each claim once, less what is allowed with a reason; and what is allowed in vain."""
    first: dict[str, Fault] = {}
    for fault in faults:
        first.setdefault(fault.claim, fault)
    allowed: set[str] = set()
    idle = []
    for pattern, reason in allows:
        meant = {claim for claim in first if fnmatchcase(claim, pattern)}
        if not meant or not reason.strip():
            why = "without a reason" if meant else "which never happens"
            idle.append(Fault(f"look_allows {pattern!r}", why, 0, "end", "its class"))
        else:
            allowed |= meant
    return [fault for claim, fault in first.items() if claim not in allowed] + idle


def _furthest(box: Box) -> tuple[str, float]:
    return max(box.outside().items(), key=lambda item: item[1], default=("", 0.0))


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _is_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether it is one text drawn twice in one place, which nobody can see."""
    return one.shape == other.shape and bool(np.abs(one - other).max() < OUTSIDE_PIXELS)


def _height(words: Words) -> tuple[float, float]:
    """Of the lowest digit or capital, in pixels, and how high it has to be."""
    up = _up(words)
    sizes = [
        (float(np.ptp(g.outline @ up)), float(np.ptp(g.outline @ up[::-1]))) for g in words.glyphs
    ]
    known = [
        height
        for (height, _), character in zip(sizes, words.characters, strict=True)
        if character.isdecimal() or character.isupper()
    ]
    if known:
        return min(known), SMALLEST_PIXELS
    # Of characters not known, what is higher than wide is no dot, no minus and no plus
    tall = [
        height
        for (height, width), character in zip(sizes, words.characters, strict=True)
        if height > 1.2 * width and (not character or character.isalpha())
    ]
    return max(tall, default=SMALLEST_PIXELS), SMALLEST_OF_UNKNOWN * SMALLEST_PIXELS


def _up(words: Words) -> np.ndarray:
    """Across the line that the glyphs stand on, in pixels: a label may be turned."""
    first, last = (glyph.outline.mean(axis=0) for glyph in (words.glyphs[0], words.glyphs[-1]))
    along = last - first
    length = float(np.hypot(*along))
    turned = length > 0 and abs(along[1]) > abs(along[0]) and "\n" not in words.name
    return np.array([-along[1], along[0]]) / length if turned else np.array([0.0, 1.0])
