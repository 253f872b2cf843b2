"""What `conv2d` computes, cell by cell: a 3 x 3 kernel slides over a 4 x 6 picture."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.narration import Narrated
from scenes.components.pixels import KernelWindow, PixelGrid, decimal
from scenes.components.style import (
    BODY_SIZE,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
    UNIT_2,
)
from scenes.components.tiles import at_depth, numeral, staggered
from scenes.convolution.conv2d_model import (
    Place,
    by_torch,
    convolve,
    flipped,
    output_size,
    places,
    sliding_case,
)
from scenes.convolution.loop_board import LoopBoard

PIXEL = 0.78
"""Side of a pixel of the picture."""
CELL = (0.84, 0.62)
"""Width and height of a number at the right."""
WIDE = (1.02, 0.74)
"""The same where a matrix has the frame to itself."""
PICTURE_AT = np.array([-3.5, 0.7, 0])
OUTPUT_AT = np.array([3.9, -1.0, 0])


def sum_of(place: Place, size: float) -> VGroup:
    """The word and the number, each a part."""
    parts = VGroup(words("sum", size, MUTED), numeral(decimal(place.total, 3), size))
    return parts.arrange(RIGHT, buff=0.2, aligned_edge=DOWN)


class SlidingWindow(Narrated, InteractiveScene):
    def construct(self) -> None:
        self.case = sliding_case()
        self.size = self.case.weights.shape[2:]
        self.places = {(place.row, place.column): place for place in places(self.case)}
        self.lay_out()
        self.show_picture()
        self.first_place()
        self.slide()
        self.compare()
        self.flip()
        self.count()

    def lay_out(self) -> None:
        case, values = self.case, convolve(self.case)[0, 0]
        self.is_image = np.pad(np.ones(case.image.shape[2:], bool), case.padding)
        self.picture_limit = float(np.abs(case.image).max())
        self.kernel_limit = float(np.abs(case.weights).max())
        self.picture = PixelGrid(
            case.padded[0, 0], PIXEL, 2, self.picture_limit, empty=~self.is_image
        ).move_to(PICTURE_AT)
        self.output = PixelGrid(values, CELL, 3).move_to(OUTPUT_AT)
        self.blank = PixelGrid(0 * values, CELL, None, empty=np.ones_like(values, bool))
        self.blank.move_to(OUTPUT_AT)
        self.kernel = PixelGrid(case.weights[0, 0], (0.78, CELL[1]), 2, self.kernel_limit)
        self.kernel.align_to(self.output, LEFT).align_to(self.picture, UP)
        self.outline = at_depth(KernelWindow(self.picture, *self.size), 3)
        self.cell = at_depth(KernelWindow(self.output, 1, 1), 3)
        rows, columns = case.image.shape[2:]
        name = f"picture {rows} × {columns}"
        self.picture_name = self.heading(name, self.picture)
        self.padded_name = self.heading(f"{name}, padding {case.padding}", self.picture)
        self.kernel_name = self.heading("kernel", self.kernel, UNIT_2)
        self.output_name = self.heading("output", self.output).align_to(self.output, LEFT)
        self.formula = Tex(
            R"o_{yx} = \sum_{i,j} w_{ij}\,\tilde x_{y+i,\,x+j}", font_size=BODY_SIZE, fill_color=INK
        )
        self.formula.next_to(self.picture, DOWN, buff=0.3)
        self.products = self.product_grid(self.places[0, 0])
        self.product_name = self.heading("products", self.products, GRAD)
        self.total = self.total_line(self.places[0, 0])

    def heading(self, text: str, above: Mobject, color: str = MUTED) -> VMobject:
        name = words(text, LABEL_SIZE, color)
        return name.move_to(above).set_y(above.get_top()[1] + 0.5, UP)

    def product_grid(self, place: Place) -> PixelGrid:
        grid = PixelGrid(place.products[0], CELL, 3, self.kernel_limit * self.picture_limit)
        return grid.match_y(self.kernel).align_to(self.output, RIGHT)

    def total_line(self, place: Place) -> VMobject:
        line = sum_of(place, BODY_SIZE)
        return line.align_to(self.output, RIGHT).align_to(self.output_name, UP)

    # The picture and its border of zeros

    def show_picture(self) -> None:
        flat = self.is_image.ravel()
        image = [pixel for pixel, inside in zip(self.picture, flat, strict=True) if inside]
        ring = [pixel for pixel, inside in zip(self.picture, flat, strict=True) if not inside]
        with self.say("A picture is a grid of numbers: teal above zero, orange below."):
            self.play(
                *staggered((FadeIn(pixel, scale=0.7) for pixel in image), 0.5, 0.07),
                FadeIn(self.picture_name, time_span=(0, 1)),
            )
        with self.say("A border of zeros lets the window reach the edges."):
            self.play(
                *staggered((FadeIn(pixel, scale=0.7) for pixel in ring), 0.4, 0.05),
                FadeTransform(self.picture_name, self.padded_name, time_span=(0.2, 1)),
            )
        self.remove(*image, *ring)
        self.add(self.picture)

    # One place, slowly

    def first_place(self) -> None:
        with self.say("Lay nine weights over nine pixels."):
            self.play(
                FadeIn(self.kernel, scale=0.8),
                FadeIn(self.kernel_name),
                ShowCreation(self.outline, time_span=(0.6, 1.4)),
            )
            laid = self.lay_weights(0, 0)
        with self.say("Multiply each pair, add the nine products, write one number."):
            self.play(FadeIn(self.product_name), *self.multiply(0, 0), run_time=2)
            self.play(FadeIn(self.total, 0.15 * DOWN), FadeIn(self.formula), run_time=0.6)
            self.play(FadeIn(self.blank), FadeIn(self.output_name), ShowCreation(self.cell))
            self.write(self.places[0, 0])
            self.take_weights_off(laid, 0, 0)

    def lay_weights(self, row: int, column: int) -> VGroup:
        """The weights fly from the kernel to the pixels they meet, under their numbers."""
        block = self.picture.block(row, column, *self.size)
        laid = at_depth(VGroup(*(pixel.label.copy() for pixel in self.kernel)), 2)
        for weight, pixel in zip(laid, block, strict=True):
            weight.generate_target().set_fill(GRAD)
            weight.target.move_to(pixel.body.get_center() + 0.16 * DOWN)
        self.play(
            *staggered((MoveToTarget(weight) for weight in laid), 0.6, 0.08),
            *(pixel.label.animate(time_span=(0, 0.5)).shift(0.14 * UP) for pixel in block),
        )
        return laid

    def multiply(self, row: int, column: int) -> list[Animation]:
        """Every pixel of the window sends a copy of itself to its product."""
        self.products = self.product_grid(self.places[row, column])
        pairs = zip(self.picture.block(row, column, *self.size), self.products, strict=True)
        flights = (ReplacementTransform(pixel.copy(), product) for pixel, product in pairs)
        return staggered(flights, 0.8, 0.15)

    def write(self, place: Place) -> None:
        """The sum goes to its cell."""
        pixel = self.output.pixel(place.row, place.column)
        number = at_depth(self.total[1].copy(), 4)
        self.play(
            FadeIn(pixel.body, time_span=(0.3, 0.9)),
            ReplacementTransform(number, pixel.label),
            run_time=0.9,
        )
        self.remove(pixel.body, pixel.label)
        self.add(pixel)

    def take_weights_off(self, laid: VGroup, row: int, column: int) -> None:
        block = self.picture.block(row, column, *self.size)
        self.play(
            FadeOut(laid),
            *(pixel.label.animate.shift(0.14 * DOWN) for pixel in block),
            run_time=0.4,
        )

    # All places

    def size_line(self) -> VMobject:
        """The size of the output, by formula."""
        height, kernel, padding = self.case.image.shape[2], self.size[0], self.case.padding
        places_down = output_size(height, kernel, self.case.stride, padding)
        line = Tex(
            R"H_\mathrm{out} = H + 2P - K + 1"
            f" = {height} + {2 * padding} - {kernel} + 1 = {places_down}",
            font_size=BODY_SIZE,
            fill_color=INK,
        )
        return line.move_to(self.formula)

    def slide(self) -> None:
        order = list(self.places)
        with self.say("One step to the right, and the same nine weights again."):
            for at in order[1:6]:
                self.step(self.places[at], 0.8)
        with self.say("Here no zeros take part: nine real products."):
            self.step(self.places[order[6]], 0.6)
            self.step_slowly(self.places[order[7]])
        with self.say("Every number of the output comes about in this way."):
            for at in order[8:]:
                self.step(self.places[at], 0.4)
        size_line = self.size_line()
        with self.say("With this border the output is as large as the picture."):
            self.play(FadeOut(self.formula), FadeIn(size_line), run_time=0.8)
        self.formula = size_line
        self.remove(self.blank, *self.output)
        self.add(self.output)

    def step(self, place: Place, seconds: float) -> None:
        old, self.products = self.products, self.product_grid(place)
        old_total, self.total = self.total, self.total_line(place)
        first, last = (0, 0.5 * seconds), (0.5 * seconds, seconds)
        self.remove(*old)
        self.add(old)
        self.play(
            self.outline.animate(time_span=first).over(place.row, place.column),
            self.cell.animate(time_span=first).over(place.row, place.column),
            FadeOut(old, time_span=first),
            FadeOut(old_total, time_span=first),
            FadeIn(self.products, time_span=first),
            FadeIn(self.total, time_span=first),
            FadeIn(self.output.pixel(place.row, place.column), time_span=last),
            run_time=seconds,
        )

    def step_slowly(self, place: Place) -> None:
        self.play(
            self.outline.animate.over(place.row, place.column),
            self.cell.animate.over(place.row, place.column),
            FadeOut(self.products),
            FadeOut(self.total),
            run_time=0.5,
        )
        laid = self.lay_weights(place.row, place.column)
        self.total = self.total_line(place)
        self.play(
            *self.multiply(place.row, place.column),
            FadeIn(self.total, time_span=(1.4, 2)),
            run_time=2,
        )
        self.write(place)
        self.take_weights_off(laid, place.row, place.column)

    # Against the library

    def compare(self) -> None:
        ours = convolve(self.case)[0, 0]
        theirs = by_torch(self.case, single_precision=True)[0, 0]
        limit = float(np.abs(ours).max())
        left = PixelGrid(ours, WIDE, 3, limit, LABEL_SIZE).move_to([-3.4, 0.6, 0])
        right = PixelGrid(theirs, WIDE, 3, limit, LABEL_SIZE).move_to([3.4, 0.6, 0])
        names = VGroup(
            self.heading("our sums", left), figures("torch.nn.functional.conv2d", LABEL_SIZE, MUTED)
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
        name = self.heading("ours minus PyTorch", difference.move_to([0, 0.6, 0]))
        largest = f"{np.abs(ours - theirs).max():.1e}".split("e")
        note = VGroup(
            words("largest", LABEL_SIZE, MUTED),
            Tex(Rf"{largest[0]} \times 10^{{{int(largest[1])}}}", font_size=BODY_SIZE),
        )
        note.arrange(RIGHT, buff=0.2, aligned_edge=DOWN).next_to(difference, DOWN, buff=0.45)
        with self.say("Subtract one from the other: nothing is left but rounding."):
            self.play(
                ReplacementTransform(left, difference),
                Transform(right, difference.copy(), remover=True),
                FadeTransform(names[0], name),
                FadeOut(names[1]),
                run_time=1.5,
            )
            self.play(FadeIn(note))
        self.play(*(FadeOut(part) for part in (difference, name, note)), run_time=0.6)

    # The kernel turned over

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
            self.heading("first window", pixels),
            self.heading("kernel", kernel, UNIT_2),
            self.heading("products", products, GRAD),
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
                FadeOut(titles[0], 0.2 * UP),
                FadeIn(titles[1], 0.2 * UP),
                run_time=1.5,
            )
            self.play(
                FadeOut(products),
                FadeIn(turned_products),
                FadeOut(totals[0], 0.2 * UP),
                FadeIn(totals[1], 0.2 * UP),
            )
        with self.say("The weights are learned either way, so nobody turns them."):
            self.wait(0.5)
        rest = (pixels, *kernel, kernel, turned_products, signs, names, totals[1], titles[1])
        self.play(*(FadeOut(part) for part in rest), run_time=0.6)

    # Every multiplication

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
