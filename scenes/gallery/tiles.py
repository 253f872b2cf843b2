"""Sheets of tiles, and grids of pixels."""

from manimlib import *

from scenes.components.pixels import (
    ChannelStack,
    KernelWindow,
    Marks,
    MarkSheet,
    Pixel,
    PixelGrid,
    signed_mark,
)
from scenes.components.style import (
    BODY_SIZE,
    BOUNDARY,
    DATA,
    HEADING_SIZE,
    POS,
    UNIT_2,
    UNIT_3,
)
from scenes.components.tiles import Gather, Tile, TileSheet, tile_body
from scenes.gallery.exhibit import STAGE, Gallery


class Tiles(Gallery):
    def construct(self):
        with self.exhibit(tile_body):
            colors = (UNIT_2, UNIT_3, BOUNDARY, DATA)
            bodies = VGroup(*(tile_body(1.4, color) for color in colors))
            self.play(FadeIn(bodies.arrange(RIGHT, buff=0.5).move_to(STAGE), lag_ratio=0.2))
        with self.exhibit(Tile):
            tiles = [
                Tile(text, tile_body(1.4, UNIT_2), HEADING_SIZE) for text in ("3", "×", "4", "12")
            ]
            self.play(FadeIn(VGroup(*tiles).arrange(RIGHT, buff=0.5).move_to(STAGE), lag_ratio=0.2))
        numbers = np.arange(20).reshape(4, 5)
        with self.exhibit(TileSheet):
            sheets = [
                TileSheet(numbers + 20 * n, 0.85, color) for n, color in enumerate((UNIT_3, UNIT_2))
            ]
            for n, sheet in enumerate(sheets):
                # Sheets that overlap need layers of their own
                at = STAGE + (0.5 - n) * np.array([1.3, 0.7, 0])
                for part in sheet.move_to(at).get_family():
                    part.set_z_index(n)
                self.play(FadeIn(sheet, shift=0.3 * DOWN), run_time=0.7)
        with self.exhibit(Gather):
            sheet = TileSheet(numbers, 0.95, UNIT_2, BODY_SIZE).move_to(STAGE)
            self.play(FadeIn(sheet), run_time=0.5)
            self.remove(sheet)
            self.add(*sheet)
            self.play(Gather(VGroup(*sheet.tiles), STAGE + 3 * DOWN, lag_ratio=0.05), run_time=4)


class Pixels(Gallery):
    def construct(self):
        rng = np.random.default_rng(9)
        values = rng.normal(size=(6, 8)).round(2)
        with self.exhibit(signed_mark):
            sizes = (-1, -0.5, -0.2, 0.2, 0.5, 1)
            marks = VGroup(*(signed_mark(size, 1, 1.4) for size in sizes))
            self.play(FadeIn(marks.arrange(RIGHT, buff=0.4).move_to(STAGE), lag_ratio=0.2))
        with self.exhibit(Pixel):
            grid = PixelGrid(values[:1, :5], 1.5, places=1, size=HEADING_SIZE).move_to(STAGE)
            self.play(LaggedStartMap(FadeIn, VGroup(*grid), lag_ratio=0.3))
        with self.exhibit(PixelGrid):
            pair = VGroup(PixelGrid(values, 0.72, places=1), PixelGrid(values, 0.72, places=None))
            self.play(FadeIn(pair.arrange(RIGHT, buff=0.8).move_to(STAGE)))
        grid = PixelGrid(values, 0.8, places=1).move_to(STAGE)
        with self.exhibit(KernelWindow):
            window = KernelWindow(grid)
            self.play(FadeIn(grid), ShowCreation(window), run_time=0.7)
            for row, column in ((0, 1), (0, 2), (1, 2), (2, 2), (3, 5)):
                self.play(window.animate.over(row, column), run_time=0.4)
        with self.exhibit(Marks):
            discs = Marks()
            for x, y in rng.uniform(-2.2, 2.2, (150, 2)):
                disc = Circle(radius=0.06 + 0.05 * abs(x)).move_to([1.6 * x, y, 0])
                discs.append_vectorized_mobject(disc)
            self.play(FadeIn(discs.set_fill(POS, 0.9).set_stroke(width=0).move_to(STAGE)))
        with self.exhibit(MarkSheet):
            sheet = MarkSheet(rng.normal(size=(12, 18)), 0.36, 2.5).move_to(STAGE)
            self.play(FadeIn(sheet))
        with self.exhibit(ChannelStack):
            stack = ChannelStack(rng.normal(size=(5, 9, 9)), 0.33, np.array([0.7, 0.35, 0]))
            self.play(FadeIn(stack.move_to(STAGE), lag_ratio=0.2))
