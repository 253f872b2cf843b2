"""What follows once the window has slid: the library's sum, the kernel turned, the loops."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.pixels import PixelGrid, decimal
from scenes.components.style import BODY_SIZE, GRAD, HEADING_SIZE, LABEL_SIZE, MUTED, UNIT_2
from scenes.components.tiles import numeral
from scenes.convolution.conv2d_model import Place, by_torch, convolve, flipped, places
from scenes.convolution.loop_board import LoopBoard

WIDE = (1.02, 0.74)
"""Width and height of a number where a matrix has the frame to itself."""


def heading(text: str, above: Mobject, color: str = MUTED) -> VMobject:
    name = words(text, LABEL_SIZE, color)
    return name.move_to(above).set_y(above.get_top()[1] + 0.5, UP)


def sum_of(place: Place, size: float) -> VGroup:
    """The word and the number, each a part."""
    parts = VGroup(words("sum", size, MUTED), numeral(decimal(place.total, 3), size))
    return parts.arrange(RIGHT, buff=0.2, aligned_edge=DOWN)


class AfterSliding:
    """
    The second half of SlidingWindow, mixed into it.

    Needs its `case`, `size`, `places`, limits and what it leaves on the screen.
    """

    def compare(self) -> None:
        ours = convolve(self.case)[0, 0]
        theirs = by_torch(self.case, single_precision=True)[0, 0]
        limit = float(np.abs(ours).max())
        left = PixelGrid(ours, WIDE, 3, limit, LABEL_SIZE).move_to([-3.4, 0.6, 0])
        right = PixelGrid(theirs, WIDE, 3, limit, LABEL_SIZE).move_to([3.4, 0.6, 0])
        names = VGroup(
            heading("our sums", left), figures("torch.nn.functional.conv2d", LABEL_SIZE, MUTED)
        )
        names[1].move_to(right).match_y(names[0])
        parts = (self.picture, self.padded_name, self.outline, self.kernel, self.kernel_name)
        parts += (self.products, self.product_name, self.total, self.cell, self.formula)
        with self.say("The library does the same sum."):
            self.remove(*self.products)
            self.add(self.products)
            self.play(
                *(FadeOut(part) for part in parts),
                ReplacementTransform(self.output, left),
                ReplacementTransform(self.output_name, names[0]),
                run_time=1.2,
            )
            self.play(FadeIn(right, 0.3 * LEFT), FadeIn(names[1], 0.3 * LEFT))
        difference = PixelGrid(ours - theirs, WIDE, 3, limit, LABEL_SIZE)
        name = heading("ours minus PyTorch", difference.move_to([0, 0.6, 0]))
        # the last digits of single precision differ from processor to processor, this does not
        power = int(np.ceil(np.log10(np.abs(ours - theirs).max())))
        note = VGroup(
            words("all smaller than", LABEL_SIZE, MUTED),
            Tex(f"10^{{{power}}}", font_size=BODY_SIZE),
        )
        note.arrange(RIGHT, buff=0.2, aligned_edge=DOWN).next_to(difference, DOWN, buff=0.45)
        with self.say("Subtract one from the other: nothing is left but rounding."):
            self.play(
                *(FadeOut(grid, -grid.get_x() * RIGHT, time_span=(0, 1)) for grid in (left, right)),
                *(FadeOut(old, time_span=(0, 0.6)) for old in names),
                FadeIn(VGroup(difference, name), time_span=(0.8, 1.5)),
                run_time=1.5,
            )
            self.play(FadeIn(note))
        self.play(*(FadeOut(part) for part in (difference, name, note)), run_time=0.6)

    def flip(self) -> None:
        place = self.places[0, 0]
        turned = next(places(flipped(self.case)))
        empty = ~self.is_image[:3, :3]
        pixels = PixelGrid(place.pixels[0], WIDE, 3, self.picture_limit, LABEL_SIZE, empty)
        kernel, turned_kernel = (
            PixelGrid(which.weights[0], WIDE, 3, self.kernel_limit, LABEL_SIZE)
            for which in (place, turned)
        )
        products, turned_products = (
            PixelGrid(
                which.products[0],
                WIDE,
                3,
                self.picture_limit * self.kernel_limit,
                LABEL_SIZE,
                np.isclose(which.products[0], 0),
            )
            for which in (place, turned)
        )
        pixels.move_to([-4.6, 0.5, 0])
        VGroup(kernel, turned_kernel).center().shift(0.5 * UP)
        for grid in (kernel, turned_kernel):
            grid.move_to([0, 0.5, 0])
        for grid in (products, turned_products):
            grid.move_to([4.6, 0.5, 0])
        signs = VGroup(Tex(R"\times").set_x(-2.3), Tex("=").set_x(2.3)).set_y(0.5)
        names = VGroup(
            heading("first window", pixels),
            heading("kernel", kernel, UNIT_2),
            heading("products", products, GRAD),
        )
        totals = [
            sum_of(which, HEADING_SIZE).next_to(products, DOWN, buff=0.35)
            for which in (place, turned)
        ]
        titles = [
            words(text, HEADING_SIZE).set_y(3.2)
            for text in ("cross-correlation", "convolution: the kernel turned by half a turn")
        ]
        everything = (pixels, kernel, products, signs, names, totals[0], titles[0])
        with self.say("Strictly speaking, what we did is called cross-correlation."):
            self.play(*(FadeIn(part) for part in everything))
        with self.say("Convolution turns the kernel over first, and gets another number."):
            self.play(
                *(
                    pixel.animate(path_arc=PI).move_to(kernel[8 - index].get_center())
                    for index, pixel in enumerate(kernel)
                ),
                FadeOut(titles[0], 0.2 * UP, time_span=(0, 0.6)),
                FadeIn(titles[1], 0.2 * UP, time_span=(0.7, 1.3)),
                run_time=1.5,
            )
            self.play(
                FadeOut(products),
                FadeIn(turned_products),
                FadeOut(totals[0], 0.2 * UP, time_span=(0, 0.4)),
                FadeIn(totals[1], 0.2 * UP, time_span=(0.5, 1)),
            )
        with self.say("The weights are learned either way, so nobody turns them."):
            self.wait(0.5)
        rest = (pixels, *kernel, kernel, turned_products, signs, names, totals[1], titles[1])
        self.play(*(FadeOut(part) for part in rest), run_time=0.6)

    def count(self) -> None:
        board = LoopBoard(self.case)
        n = ValueTracker(0)
        with self.say("As a program, it is four loops, one inside the other."):
            self.play(FadeIn(board))
        board.add_updater(lambda board: board.show(int(n.get_value() + 1e-6)))
        with self.say("They meet every pixel of every window: 216 products."):
            self.play(n.animate.set_value(len(board.steps)), run_time=6, rate_func=lambda t: t**2)
            board.clear_updaters()
            self.play(FadeIn(board.product), FadeOut(board.unit), run_time=0.6)
            self.wait(1)
