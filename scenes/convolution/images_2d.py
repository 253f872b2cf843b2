"""A network that reads handwritten digits: convolve, pool, and again; and how far to trust it."""

from __future__ import annotations

import itertools

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.pixels import KernelWindow, MarkSheet, PixelGrid
from scenes.components.style import BODY_SIZE, GRAD, INK, MUTED, SMALL_SIZE
from scenes.components.tiles import at_depth, staggered
from scenes.convolution.after_sliding import heading
from scenes.convolution.bakes import DIGITS, load_digit_runs
from scenes.convolution.digit_pieces import (
    HeatGrid,
    MapStack,
    array_image,
    digit_picture,
    signed,
)
from scenes.convolution.digit_wall import wall_pixels
from scenes.convolution.digits import load_digits, read_digits
from scenes.convolution.image_results import ImageResults


class Images2D(ImageResults, Narrated, InteractiveScene):
    def construct(self) -> None:
        self.baked = load_digit_runs()
        self.split = load_digits()
        self.wall()
        self.pipeline()
        self.pooling()
        self.maps()
        self.training()
        self.mistakes()
        self.rolling()

    def wall(self) -> None:
        wall = array_image(wall_pixels(), height=5.9).shift(0.35 * UP)
        count = len(read_digits()[1])
        with self.say(f"Real pictures now: {count} handwritten digits of eight by eight pixels."):
            self.play(FadeIn(wall, scale=1.05), run_time=1.5)
        with self.say(
            f"{len(self.split.train.labels)} of them are for learning, "
            f"{len(self.split.test.labels)} are kept aside."
        ):
            self.wait(0.5)
        self.play(FadeOut(wall), run_time=0.6)

    # From pixels to ten scores

    def pipeline(self) -> None:
        baked = self.baked
        stages = [
            (digit_picture(DIGITS.shown, 0.17), "1 × 8 × 8"),
            (MapStack(baked["maps"], 0.17, 0.05), "10 × 8 × 8"),
            (MapStack(baked["pooled"], 0.22, 0.05), "10 × 4 × 4"),
            (MapStack(baked["deep"], 0.22, 0.03), "20 × 4 × 4"),
            (MapStack(baked["last"], 0.28, 0.03), "20 × 2 × 2"),
            *((self.bar(n), str(n)) for n in (80, 50, 10)),
        ]
        steps = ("conv 3 × 3", "pool", "conv, dropout", "pool", "flatten", "linear", "linear")
        pictures = VGroup(*(picture for picture, _ in stages))
        pictures.arrange(RIGHT, buff=0.72).set_y(0.6)
        pictures.set_x(0)
        names, arrows = VGroup(), VGroup()
        for picture, name in stages:
            names.add(words(name, SMALL_SIZE, MUTED).move_to([picture.get_x(), -0.95, 0]))
        for (left, right), step in zip(itertools.pairwise(pictures), steps, strict=True):
            arrow = Arrow(left.get_right(), right.get_left(), buff=0.1).set_color(MUTED)
            label = words(step, SMALL_SIZE, GRAD)
            label.move_to([arrow.get_x(), 2.3, 0])
            arrows.add(VGroup(arrow, label))
        answer = int(baked["log_probabilities"][DIGITS.shown].argmax())
        verdict = words(f"“{answer}”", 1.3 * BODY_SIZE, INK).next_to(names[-1], DOWN, buff=0.5)
        spoken = (
            "Find small patterns, keep the strongest in each neighbourhood, repeat.",
            "The sheets get smaller and more numerous; in the end they are eighty numbers.",
            "Two ordinary layers turn those into ten scores.",
        )
        groups = ((0, 1, 2), (3, 4, 5), (6, 7))
        for sentence, group in zip(spoken, groups, strict=True):
            with self.say(sentence):
                for n in group:
                    came = [FadeIn(pictures[n], 0.2 * RIGHT), FadeIn(names[n])]
                    if n:
                        came += [GrowArrow(arrows[n - 1][0]), FadeIn(arrows[n - 1][1])]
                    self.play(*came, run_time=0.8)
                if group is groups[-1]:
                    self.play(FadeIn(verdict))
        self.play(*(FadeOut(part) for part in (*pictures, names, *arrows, verdict)), run_time=0.6)

    def bar(self, count: int) -> VMobject:
        """A layer of `count` numbers, seen from afar."""
        return Rectangle(0.16, 0.4 + 0.022 * count).set_fill(MUTED, 0.8).set_stroke(width=0)

    # The strongest of four

    def pooling(self) -> None:
        maps = self.baked["maps"]
        channel = int(maps.var(axis=(1, 2)).argmax())
        block = maps[channel, 2:6, 2:6]
        largest = block.reshape(2, 2, 2, 2).max(axis=(1, 3))
        limit = float(np.abs(maps).max())
        source = PixelGrid(block, 1.05, 2, limit, BODY_SIZE).move_to([-3.2, 0.4, 0])
        result = PixelGrid(largest, 1.05, 2, limit, BODY_SIZE).move_to([3.2, 0.4, 0])
        names = VGroup(heading("part of a feature map", source), heading("after pooling", result))
        outline = at_depth(KernelWindow(source, 2, 2), 3)
        arrow = Arrow([-0.6, 0.4, 0], [1.6, 0.4, 0]).set_color(MUTED)
        with self.say("Pooling looks at four numbers and keeps the largest."):
            self.play(FadeIn(source), FadeIn(names[0]))
            self.play(ShowCreation(outline), FadeIn(arrow), FadeIn(names[1]), run_time=0.8)
        with self.say("The pattern was somewhere here: that is all that is remembered."):
            for r, c in itertools.product(range(2), range(2)):
                places = source.block(2 * r, 2 * c, 2, 2)
                winner = places[int(block[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].argmax())]
                if (r, c) != (0, 0):
                    self.play(outline.animate.over(2 * r, 2 * c), run_time=0.4)
                copy = at_depth(winner.copy(), 2)
                self.play(
                    *(
                        other.label.animate.set_opacity(0.25)
                        for other in places
                        if other is not winner
                    ),
                    ReplacementTransform(copy, result.pixel(r, c)),
                    run_time=0.8,
                )
        parts = (source, names, outline, arrow, *result)
        self.play(*(FadeOut(part) for part in parts), run_time=0.6)

    # What the first layer looks for

    def maps(self) -> None:
        baked = self.baked
        picture = digit_picture(DIGITS.shown, 0.34).move_to([-5.05, 0.4, 0])
        kernel_limit, map_limit = (float(np.abs(baked[name]).max()) for name in ("kernels", "maps"))
        kernels, maps = VGroup(), VGroup()
        for n, (kernel, answer) in enumerate(zip(baked["kernels"], baked["maps"], strict=True)):
            row, column = divmod(n, 5)
            place = np.array([-2.3 + 2.05 * column, 2.95 - 3.05 * row, 0])
            kernels.add(MarkSheet(kernel, 0.24, kernel_limit).move_to(place))
            grid = HeatGrid(answer, 0.19, signed(map_limit))
            maps.add(grid.next_to(kernels[-1], DOWN, buff=0.12))
        name = heading("the picture", picture)
        with self.say("These are the ten kernels the network has found for itself."):
            self.play(FadeIn(picture), FadeIn(name))
            self.play(*staggered((FadeIn(kernel, scale=0.7) for kernel in kernels), 0.5, 0.1))
        with self.say(
            "Each one answers to strokes of its own kind, and draws a map of where they are."
        ):
            self.play(*staggered((FadeIn(grid, 0.15 * DOWN) for grid in maps), 0.6, 0.2))
            self.wait(1)
        self.play(*(FadeOut(part) for part in (picture, name, *kernels, *maps)), run_time=0.6)
