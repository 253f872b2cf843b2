"""What can be seen at one moment of a scene: everything drawn, in order, and the texts among it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from manimlib import Brace, DecimalNumber, Mobject, Scene, Text
from manimlib.mobject.svg.string_mobject import StringMobject
from manimlib.mobject.svg.svg_mobject import VMobjectFromSVGPath

from scenes.checks.outlines import Box, Lens, fill_opacity, visible_outlines

OPAQUE = 0.95


@dataclass(frozen=True, slots=True)
class Drawn:
    """One visible mobject, its parts not counted. `order` says what it covers: what has less."""

    mobject: Mobject
    above: tuple[Mobject, ...]
    """What it is part of, from the scene's list down."""
    order: int
    outline: np.ndarray
    box: Box

    @property
    def name(self) -> str:
        """`Circle of BulletPlan`: its class, and that of the nearest thing that is not of manimlib."""
        return type(self.mobject).__name__ + component_of(self.above)

    def covers(self, box: Box) -> bool:
        """Whether nothing of `box` can be seen through it."""
        if fill_opacity(self.mobject) < OPAQUE or min(self.box.shared(box)) <= 0:
            return False
        return all(_is_inside(corner, self.outline) for corner in box.corners)


@dataclass(slots=True)
class Words:
    """A text, a formula or a number: what is read as one."""

    name: str
    written: str
    """What it says now; empty where that is not known."""
    glyphs: list[Drawn] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)
    """One for each glyph, "" where it is not known which character it is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything visible at once."""

    drawn: list[Drawn]
    words: list[Words]

    @classmethod
    def of(cls, scene: Scene) -> Moment:
        above: dict[int, tuple[Mobject, ...]] = {}
        everything = []
        for mobject, wholes in _family(scene.mobjects):
            if id(mobject) not in above:
                everything.append(mobject)
                above[id(mobject)] = wholes
        drawn = [
            Drawn(found.mobject, above[id(found.mobject)], order, found.pixels, found.box)
            for order, found in enumerate(visible_outlines(everything, Lens.of(scene.camera)))
        ]
        return cls(drawn, list(_words(drawn)))

    def is_hidden(self, glyph: Drawn) -> bool:
        """Whether something drawn later lies over all of it."""
        return any(later.covers(glyph.box) for later in self.drawn[glyph.order + 1 :])


def component_of(above: tuple[Mobject, ...]) -> str:
    """` of BulletPlan`: the nearest whole that is no class of manimlib's; empty where none is."""
    ours = (type(m) for m in reversed(above) if not type(m).__module__.startswith("manimlib."))
    component = next(ours, None)
    return f" of {component.__name__}" if component else ""


def _family(
    mobjects: list[Mobject], above: tuple[Mobject, ...] = ()
) -> Iterator[tuple[Mobject, tuple[Mobject, ...]]]:
    """In the order they are drawn."""
    for mobject in mobjects:
        yield mobject, above
        yield from _family(mobject.submobjects, (*above, mobject))


def _words(drawn: list[Drawn]) -> Iterator[Words]:
    """
    Glyphs by what they are read as: the text or number they are part of, or where they were taken
    out of it, their neighbours in the group they are in.
    """
    glyphs = (one for one in drawn if isinstance(one.mobject, VMobjectFromSVGPath))
    for _, run in groupby(glyphs, key=_text_key):
        together = list(run)
        text = _text_of(together[0])
        if isinstance(text, Brace):
            continue
        known = _characters(text) if text else {}
        characters = [known.get(id(glyph.mobject), "") for glyph in together]
        yield Words(_name(text, together), _written(text) if text else "", together, characters)


def _name(text: Mobject | None, glyphs: list[Drawn]) -> str:
    """What does not change while a number counts: its class, and the component it is in."""
    if isinstance(text, StringMobject):
        return f'"{_written(text)}"'
    within = (m for m in glyphs[0].above if m is not text)
    component = component_of(tuple(within))
    if text is not None:
        return f"{type(text).__name__}{component}"
    return f"{'a glyph' if len(glyphs) == 1 else 'glyphs'}{component}"


def _text_of(glyph: Drawn) -> Mobject | None:
    """The outermost: a DecimalNumber is made of Texts."""
    return next((m for m in glyph.above if isinstance(m, StringMobject | DecimalNumber)), None)


def _text_key(glyph: Drawn) -> int:
    text = _text_of(glyph)
    if text is not None:
        return id(text)
    return id(glyph.above[-1]) if glyph.above else 0


def _written(text: Mobject) -> str:
    return text.num_string if isinstance(text, DecimalNumber) else " ".join(text.string.split())


def _characters(text: Mobject) -> dict[int, str]:
    """Which glyph is which character, by the glyph's id; empty for formulas and ligatures."""
    if isinstance(text, DecimalNumber):
        pairs = zip(text.submobjects, text.num_string, strict=False)
        return {id(part): sign for whole, sign in pairs for part in whole.get_family()}
    visible = "".join(text.string.split())
    known = isinstance(text, Text) and len(visible) == len(text.submobjects)
    return {id(g): c for g, c in zip(text.submobjects, visible, strict=True)} if known else {}


def _is_inside(point: np.ndarray, outline: np.ndarray) -> bool:
    """Even-odd rule: how often a line to the right of `point` crosses the closed outline."""
    x, y = point
    (x1, y1), (x2, y2) = outline.T, np.roll(outline, -1, axis=0).T
    crosses = (y1 > y) != (y2 > y)
    at = x1 + (y - y1) * (x2 - x1) / np.where(crosses, y2 - y1, 1.0)
    return bool((crosses & (at > x)).sum() % 2)
