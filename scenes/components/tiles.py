"""Sheets of numbered tiles: whole numbers one can watch being multiplied and added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from manimlib import *

from scenes.components.cards import words
from scenes.components.style import BACKGROUND, INK, LABEL_SIZE


@lru_cache(maxsize=256)
def _glyph(character: str, size: float) -> tuple[VMobject, float]:
    """The outline of a character right of x = 0 and on the baseline, and how far the next one is."""
    zero, *middle, after = words(f"0{character}0", size)
    glyph = middle[0] if middle else VMobject()  # a space has no outline
    _, left, right = words("000", size)
    advance = right.get_left()[0] - left.get_left()[0]
    start = zero.get_left()[0] + advance
    width = after.get_left()[0] - zero.get_left()[0] - advance
    return glyph.copy().shift([-start, -zero.get_bottom()[1], 0]), width


def numeral(text: str, size: float = LABEL_SIZE, color: str = INK) -> VGroup:
    """
    A short label put together from single characters, each of which is outlined only once.

    Typesetting a new text takes some 40 ms, so a matrix of decimals would take seconds.
    """
    label, x = VGroup(), 0.0
    for character in text:
        glyph, width = _glyph(character, size)
        label.add(glyph.copy().shift([x, 0, 0]))
        x += width
    return label.set_fill(color).center()


def dimmed(color: str, share: float = 0.7) -> str:
    """`color` with `share` of the background mixed in: the body of a tile whose rim is `color`."""
    return interpolate_color(color, BACKGROUND, share)


def at_depth(mobject: Mobject, z: int) -> Mobject:
    """
    Puts `mobject` in layer `z`; what lies higher covers what lies lower.

    All parts get it, since a scene that takes one part away keeps the others on their own.
    Outlines of one layer are all drawn after its fillings: sheets that overlap need two layers.
    """
    for part in mobject.get_family():
        part.set_z_index(z)
    return mobject


def staggered(
    animations: Iterable[Animation], seconds: float, step: float, start: float = 0
) -> list[Animation]:
    """
    The animations, each `seconds` long and begun `step` after the one before, for one `play`.

    LaggedStart would gather what it moves into one group, and so into one layer.
    """
    animations = list(animations)
    for n, animation in enumerate(animations):
        animation.time_span = (start + n * step, start + n * step + seconds)
    return animations


class Gather(Transform):
    """The parts of a group fly to one point, smaller on the way, and vanish as they arrive."""

    def __init__(self, group: VGroup, point: np.ndarray, scale: float = 0.6, **options):
        gathered = group.copy()
        for part in gathered:
            part.scale(scale).move_to(point)
        super().__init__(group, gathered, remover=True, **options)

    def interpolate_submobject(self, submob, start, target_copy, alpha):
        super().interpolate_submobject(submob, start, target_copy, alpha)
        if submob.has_points():
            submob.data["fill_rgba"][:, 3] = 1 - smooth(clip((alpha - 0.7) / 0.3, 0, 1))
        return self


def tile_body(side: float, color: str, share: float = 0.7) -> VMobject:
    """The square under a label: `color` at its rim, `share` of it gone inside."""
    body = RoundedRectangle(side, side, corner_radius=0.1 * side)
    return body.set_fill(dimmed(color, share), 1).set_stroke(color, 2)


class Tile(VGroup):
    """A rounded square with a label in its middle."""

    def __init__(self, text: str, body: VMobject, size: float = LABEL_SIZE):
        super().__init__(body, (numeral(text, size) if text else VMobject()).move_to(body))

    @property
    def body(self) -> VMobject:
        return self[0]

    @property
    def label(self) -> VMobject:
        return self[1]


class TileSheet(VGroup):
    """
    A matrix of tiles on an opaque card, so that a sheet in front hides the one behind.

    `values` are the numbers drawn; `share` is how much darker a tile is than its rim.
    """

    def __init__(
        self,
        values: np.ndarray,
        pitch: float,
        color: str,
        size: float = LABEL_SIZE,
        text: Callable[[int], str] = str,
        share: float = 0.7,
    ):
        self.values = np.array(values)
        self.pitch = pitch
        rows, columns = self.values.shape
        card = RoundedRectangle(columns * pitch, rows * pitch, corner_radius=0.08)
        body = tile_body(0.92 * pitch, color, share)
        super().__init__(card.set_fill(BACKGROUND, 1).set_stroke(width=0))
        corner = card.get_corner(UL)
        for r in range(rows):
            for c in range(columns):
                place = corner + pitch * np.array([c + 0.5, -r - 0.5, 0])
                label = text(int(self.values[r, c]))
                self.add(Tile(label, body.copy().move_to(place), size))

    @property
    def card(self) -> VMobject:
        return self[0]

    @property
    def tiles(self) -> list[Tile]:
        """All tiles in reading order."""
        return self.submobjects[1:]

    def tile(self, row: int, column: int) -> Tile:
        return self[1 + row * self.values.shape[1] + column]

    @property
    def bodies(self) -> list[VMobject]:
        return [tile.body for tile in self.tiles]

    @property
    def labels(self) -> list[VMobject]:
        return [tile.label for tile in self.tiles]

    def put(self, first_tile: np.ndarray) -> TileSheet:
        """Moves the sheet so that its upper left tile is centred on `first_tile`."""
        return self.shift(first_tile - self.tile(0, 0).body.get_center())
