"""The contact sheet: one page with the last frame of every play, labelled with scene, play and time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from pipeline.media.decoding import STILL_WIDTH
from pipeline.media.pictures import JPEG, Still, detail
from pipeline.media.publish import beside

SHEET_WIDTH = 3840
"""Pixels, at most."""
LEAST_WIDTH = 160
"""Pixels of one picture. It has no more than it was kept with."""
MOST_CELLS = 2400
"""More plays than these are thinned out: 24 columns by 100 rows."""
SHEET_SHAPE = 4 / 3
MARGIN = 8
LABEL_HEIGHT = 20
LABEL_SIZE = 12
PAPER = (44, 47, 54)
INK = (222, 225, 230)
FAINT_INK = (168, 174, 184)

Seen = tuple[Still, Image.Image]
"""A still, and what it shows, as media/decoding.py keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    columns: int
    rows: int
    width: int
    """Of a picture."""
    height: int
    """Of a picture; its label comes below."""

    @property
    def size(self) -> tuple[int, int]:
        """Of the page."""
        across, down = self.width + MARGIN, self.height + LABEL_HEIGHT + MARGIN
        return MARGIN + self.columns * across, MARGIN + self.rows * down

    def corner(self, index: int) -> tuple[int, int]:
        row, column = divmod(index, self.columns)
        return (
            MARGIN + column * (self.width + MARGIN),
            MARGIN + row * (self.height + LABEL_HEIGHT + MARGIN),
        )


def contact_sheet(seen: Sequence[Seen], *, rate: Fraction, output: Path) -> Seen:
    """Draws the stills in the order they are given; gives the one of them with the most on it."""
    seen = _thinned(seen)
    grid = _grid(len(seen), seen[0][1].height / seen[0][1].width)
    page = Image.new("RGB", grid.size, PAPER)
    for index, (_, image) in enumerate(seen):
        page.paste(_fitted(image, grid), grid.corner(index))
    _write_labels(page, [still for still, _ in seen], grid, rate)
    with beside(output) as part:
        page.save(part, **JPEG)
    return max(seen, key=lambda one: detail(one[1]))


def _thinned(seen: Sequence[Seen]) -> list[Seen]:
    kept = min(len(seen), MOST_CELLS)
    return [seen[index * len(seen) // kept] for index in range(kept)]


def _grid(count: int, shape: float) -> _Grid:
    """A page of much the shape of a screen, of pictures as large as fit on it."""
    across = math.ceil(math.sqrt(count * shape * SHEET_SHAPE))
    columns = max(1, min(across, count, (SHEET_WIDTH - MARGIN) // (LEAST_WIDTH + MARGIN)))
    width = min(STILL_WIDTH, (SHEET_WIDTH - MARGIN) // columns - MARGIN)
    return _Grid(
        columns=columns,
        rows=math.ceil(count / columns),
        width=width,
        height=max(1, round(width * shape)),
    )


def _fitted(image: Image.Image, grid: _Grid) -> Image.Image:
    size = (grid.width, grid.height)
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _write_labels(sheet: Image.Image, stills: Sequence[Still], grid: _Grid, rate: Fraction) -> None:
    draw = ImageDraw.Draw(sheet)
    font = _font()
    for index, still in enumerate(stills):
        left, top = grid.corner(index)
        middle = top + grid.height + LABEL_HEIGHT // 2
        time = _clock(still.frame / rate)
        room = grid.width - draw.textlength(f"  {still.play}  {time}", font)
        name = still.scene
        while draw.textlength(name, font) > room and len(name) > 1:
            name = f"{name.rstrip('…')[:-1]}…"
        draw.text((left, middle), f"{name} {still.play}", INK, font, anchor="lm")
        draw.text((left + grid.width, middle), time, FAINT_INK, font, anchor="rm")


def _clock(seconds: Fraction) -> str:
    tenths = int(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _font() -> Any:
    """DejaVu Sans, which comes with matplotlib and by that with every worker alike."""
    spec = find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.exists():
            return ImageFont.truetype(str(path), LABEL_SIZE)
    return ImageFont.load_default(LABEL_SIZE)
