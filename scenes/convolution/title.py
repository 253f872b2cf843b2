"""The card that opens the chapter: a window sweeps a picture and leaves a smaller one behind."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import TitleCard
from scenes.components.pixels import KernelWindow, PixelGrid
from scenes.components.style import MUTED
from scenes.convolution.conv2d_model import convolve, draw_case, places

CELL = 0.44


class Emblem(VGroup):
    """A picture, a window, an arrow, and what comes out. `show(share)` is a share of the sweep."""

    def __init__(self) -> None:
        case = draw_case((1, 1, 6, 6), (1, 1, 3, 3), padding=0)
        self.places = [(place.row, place.column) for place in places(case)]
        self.picture = PixelGrid(case.image[0, 0], CELL, None)
        self.result = PixelGrid(convolve(case)[0, 0], CELL, None)
        arrow = Arrow(ORIGIN, 1.1 * RIGHT, buff=0).set_color(MUTED)
        super().__init__(self.picture, arrow, self.result)
        self.arrange(RIGHT, buff=0.5)
        self.outline = KernelWindow(self.picture)
        self.cell = KernelWindow(self.result, 1, 1)
        self.add(self.outline, self.cell)
        self.show(0)

    def show(self, share: float) -> None:
        n = min(share * len(self.places), len(self.places) - 1e-6)
        index = int(n)
        at, before = self.places[index], self.places[max(index - 1, 0)]
        moved = smooth(min((n - index) / 0.5, 1))
        self.outline.between(before, at, moved)
        self.cell.between(before, at, moved)
        for i, pixel in enumerate(self.result):
            written = i < index or (i == index and n - index > 0.5)
            pixel.label.set_opacity(1 if written else 0)


class Sweep(Animation):
    """The emblem comes in, then its window goes over the whole picture."""

    ENTRANCE = 0.15
    """The share of the time in which it only fades in."""

    def __init__(self, emblem: Emblem, run_time: float = 3.6, **options):
        super().__init__(emblem, run_time=run_time, rate_func=linear, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        emblem, start = self.mobject, self.starting_mobject
        entered = min(alpha / self.ENTRANCE, 1)
        for part, original in zip(emblem.get_family(), start.get_family(), strict=True):
            for key in ("fill_rgba", "stroke_rgba"):
                if len(part.data):
                    part.data[key][:, 3] = entered * original.data[key][:, 3]
        emblem.show(max(alpha - self.ENTRANCE, 0) / (1 - self.ENTRANCE))


class ConvolutionTitle(TitleCard):
    title = "Convolution, cell by cell"
    subtitle = "a few weights, used everywhere"
    spoken = (
        "A small window of weights slides over a picture.",
        "Wherever it stops, it writes one number.",
    )

    def emblem(self) -> Emblem:
        return Emblem()

    def show_emblem(self, emblem: Emblem) -> Animation:
        return Sweep(emblem)
