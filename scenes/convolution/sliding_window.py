"""What `conv2d` computes, cell by cell: a 3 x 3 kernel slides over a 4 x 6 picture."""

from __future__ import annotations

from manimlib import *

from scenes.components.narration import Narrated
from scenes.components.pixels import KernelWindow, PixelGrid
from scenes.components.style import (
    BODY_SIZE,
    GRAD,
    INK,
    UNIT_2,
)
from scenes.components.tiles import at_depth, staggered
from scenes.convolution.after_sliding import AfterSliding, heading, sum_of
from scenes.convolution.conv2d_model import (
    Place,
    convolve,
    output_size,
    places,
    sliding_case,
)

PIXEL = 0.78
"""Side of a pixel of the picture."""
CELL = (0.84, 0.62)
"""Width and height of a number at the right."""
PICTURE_AT = np.array([-3.5, 0.7, 0])
OUTPUT_AT = np.array([3.9, -1.0, 0])


class SlidingWindow(AfterSliding, Narrated, InteractiveScene):
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
        self.picture_name = heading(name, self.picture)
        self.padded_name = heading(f"{name}, padding {case.padding}", self.picture)
        self.kernel_name = heading("kernel", self.kernel, UNIT_2)
        self.output_name = heading("output", self.output).align_to(self.output, LEFT)
        self.formula = Tex(
            R"o_{yx} = \sum_{i,j} w_{ij}\,\tilde x_{y+i,\,x+j}", font_size=BODY_SIZE, fill_color=INK
        )
        self.formula.next_to(self.picture, DOWN, buff=0.3)
        self.products = self.product_grid(self.places[0, 0])
        self.product_name = heading("products", self.products, GRAD)
        self.total = self.total_line(self.places[0, 0])

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
