"""One convolution layer, three channels to three, every multiplication shown."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.style import SMALL_SIZE
from scenes.components.tiles import Gather, at_depth, staggered
from scenes.convolution.layer_model import ConvLayout, Visit, load_layer, visits
from scenes.convolution.layer_pieces import FRONT, KERNEL, LayerPieces
from scenes.convolution.sum_board import SumBoard

SECONDS = {0: (0.5, 0.4), 1: (0.3, 0.3), 2: (0.3, 0.2)}
"""By output channel: to lay a kernel and multiply, to add."""


class ConvLayerThreeToThree(Narrated, InteractiveScene):
    """The clip loops: every tile ends where it began, only the outputs are filled."""

    look_allows = (
        ("RoundedRectangle of Tile leaves the frame", "outputs slide in from the right"),
        ("glyphs of Tile leaves the frame", "spent kernels leave by the left"),
    )

    def construct(self) -> None:
        self.layer = load_layer()
        self.layout = ConvLayout()
        self.pieces = LayerPieces(self.layer, self.layout)
        todo = list(visits(self.layer))
        share = len(todo) // self.layer.output_shape[0]
        self.introduce()
        self.first_output(todo[:share])
        with self.say("The next output: other kernels, another bias, the same input."):
            self.output_at_speed(todo[share : 2 * share])
        with self.say("The last one, the same way."):
            self.output_at_speed(todo[2 * share :])
        self.take_stock()

    def introduce(self) -> None:
        pieces = self.pieces
        with self.say("Three green sheets go in: think of red, green and blue."):
            self.play(
                *staggered((FadeIn(sheet, 0.4 * DOWN) for sheet in pieces.inputs[::-1]), 0.8, 0.4),
                FadeIn(pieces.headings["input"], time_span=(1, 1.8)),
            )
        with self.say("Each output has its own stack of three kernels, and one bias."):
            for stack, bias in zip(pieces.kernels, pieces.biases, strict=True):
                self.play(
                    *staggered((FadeIn(sheet, 0.4 * RIGHT) for sheet in stack[::-1]), 0.5, 0.2),
                    FadeIn(bias, 0.3 * DOWN, time_span=(0.4, 0.9)),
                )
            self.play(
                *(FadeIn(pieces.headings[name]) for name in ("kernels", "bias")), run_time=0.5
            )

    def first_output(self, todo: list[Visit]) -> None:
        with self.say("The first stack lies down on the input; its bias starts every cell."):
            self.bring_output(0, run_time=1.5)
            self.play(FadeIn(self.pieces.headings["output"]), run_time=0.5)
        with self.say("Multiply nine pairs, add them to the running total."):
            self.visit_spelled_out(todo[0])
        with self.say("Step to the right, step down: one sum for each place."):
            for visit in todo[1:4]:
                self.visit(visit, 0.6, 0.6)
            self.leave_channel(todo[3])
        with self.say("The second channel adds to what is there."):
            for visit in todo[4:8]:
                self.visit(visit, *SECONDS[0])
            self.leave_channel(todo[7])
        with self.say("Only after the third channel is a cell finished."):
            for visit in todo[8:]:
                self.visit(visit, *SECONDS[0])
            self.leave_channel(todo[11])

    def output_at_speed(self, todo: list[Visit]) -> None:
        self.bring_output(todo[0].output)
        for visit in todo:
            self.visit(visit, *SECONDS[visit.output])
            if (visit.row + 1, visit.column + 1) == self.layer.output_shape[1:]:
                self.leave_channel(visit)

    def visit_spelled_out(self, visit: Visit) -> None:
        """The first window, slowly: every pair, every product, the sum, the new total."""
        pieces = self.pieces
        kernel, sheet = pieces.kernels[visit.output][visit.channel], pieces.inputs[visit.channel]
        pieces.outline.move_to(kernel.card)
        pieces.cell.move_to(pieces.cell_body(visit))
        board = SumBoard(self.layer, visit, self.layout.point(6.15, 2.2), FRONT)
        self.play(ShowCreation(pieces.outline), FadeIn(board.formula), run_time=1)
        for p in range(visit.products.shape[0]):
            flights = []
            for q in range(visit.products.shape[1]):
                tile = sheet.tile(visit.row + p, visit.column + q)
                weight, times, pixel, plus = board.pairs[p, q]
                span = (0.35 * q, 0.35 * q + 0.6)
                for source, target in ((kernel.tile(p, q).label[0], weight), (tile.label, pixel)):
                    copy = at_depth(source.copy(), FRONT)
                    flights.append(ReplacementTransform(copy, target, time_span=span))
                flights += [FadeIn(sign, time_span=span) for sign in (times, plus)]
            self.play(*flights)
        bodies, labels = pieces.products(visit)
        self.play(
            FadeIn(bodies),
            FadeIn(labels),
            *(ReplacementTransform(pair, board.products[at]) for at, pair in board.pairs.items()),
            run_time=1,
        )
        self.play(FadeIn(board.sum_line, 0.2 * DOWN), run_time=0.6)
        self.play(FadeIn(board.total_line, 0.2 * DOWN), ShowCreation(pieces.cell), run_time=0.8)
        self.wait(0.4)
        self.add_up(visit, bodies, labels, 1.0)
        self.wait(0.4)
        self.play(FadeOut(board.finished), run_time=0.5)

    def visit(self, visit: Visit, multiply_seconds: float, add_seconds: float) -> None:
        """Goes to the visit's window, multiplies, adds."""
        pieces, half = self.pieces, multiply_seconds / 2
        kernel = pieces.kernels[visit.output][visit.channel]
        place = self.layout.kernel_laid(visit.channel, visit.row, visit.column)
        moves = [
            kernel.animate(time_span=(0, half)).put(place),
            pieces.outline.animate(time_span=(0, half)).move_to(place + self.layout.pitch * DR),
            pieces.cell.animate(time_span=(0, half)).move_to(pieces.cell_body(visit)),
        ]
        if np.allclose(pieces.outline.get_center(), place + self.layout.pitch * DR):
            moves = []
        bodies, labels = pieces.products(visit)
        span = (half if moves else 0, multiply_seconds)
        self.play(
            *moves,
            FadeIn(bodies, time_span=span),
            FadeIn(labels, time_span=span),
            run_time=multiply_seconds,
        )
        self.add_up(visit, bodies, labels, add_seconds)

    def add_up(self, visit: Visit, bodies: VGroup, labels: VGroup, seconds: float) -> None:
        """Nine products fly into their cell, which then holds the next sum."""
        key = (visit.output, visit.row, visit.column)
        old, new = self.pieces.sums[key], self.pieces.sum_after(visit)
        self.play(
            FadeOut(bodies),
            Gather(labels, self.pieces.cell_body(visit).get_center()),
            FadeOut(old, time_span=(0.4 * seconds, 0.8 * seconds)),
            FadeIn(new, time_span=(0.6 * seconds, seconds)),
            run_time=seconds,
        )
        self.pieces.sums[key] = new

    def bring_output(self, g: int, run_time: float = 0.7) -> None:
        """The output sheet comes in, the bias fills it, the kernels go to their channels."""
        pieces, layout = self.pieces, self.layout
        bias = pieces.biases[g]
        frames = []
        if g > 0:
            pieces.outline.move_to(layout.kernel_laid(0, 0, 0) + layout.pitch * DR)
            pieces.cell.move_to(layout.output(g))
            frames = [FadeIn(pieces.outline), FadeIn(pieces.cell)]
        self.play(
            pieces.outputs[g].animate.put(layout.output(g)),
            *(
                Transform(kernel, pieces.laid(kernel, layout.kernel_laid(h, 0, 0)))
                for h, kernel in enumerate(pieces.kernels[g])
            ),
            *(
                FadeIn(label, label.get_center() - bias.get_center())
                for label in pieces.place_biases(g)
            ),
            bias.animate.set_opacity(0.35),
            *frames,
            run_time=run_time,
        )

    def leave_channel(self, visit: Visit) -> None:
        """The spent kernel goes; the channel used goes too, or all come back after the last."""
        pieces, layout = self.pieces, self.layout
        kernel = pieces.kernels[visit.output][visit.channel]
        away = kernel.copy().set_x(-FRAME_WIDTH / 2 - 1.5).set_opacity(1)
        if visit.channel == len(pieces.inputs) - 1:
            moves = [Restore(sheet) for sheet in pieces.inputs[:-1]]
            moves += [FadeOut(pieces.outline), FadeOut(pieces.cell)]
        else:
            sheet = pieces.inputs[visit.channel]
            sheet.save_state()
            next_window = layout.kernel_laid(visit.channel + 1, 0, 0) + layout.pitch * DR
            moves = [
                sheet.animate.shift(1.5 * layout.pitch * DOWN).set_opacity(0),
                pieces.outline.animate.move_to(next_window),
                pieces.cell.animate.move_to(pieces.outputs[visit.output].tile(0, 0).body),
            ]
        self.play(Transform(kernel, away), *moves, run_time=0.4)

    def take_stock(self) -> None:
        """Kernels and biases come home; the parameters are counted."""
        pieces, layer = self.pieces, self.layer
        with self.say("Eighty-one weights and three biases, used at every position."):
            self.play(
                *(
                    Transform(kernel, home)
                    for stack, homes in zip(pieces.kernels, pieces.parked, strict=True)
                    for kernel, home in zip(stack, homes, strict=True)
                ),
                *(bias.animate.set_opacity(1) for bias in pieces.biases),
                run_time=1,
            )
            count = words(f"= {layer.weight_count}", SMALL_SIZE, KERNEL)
            self.play(FadeIn(count.next_to(pieces.headings["kernels"], RIGHT, buff=0.12)))
        with self.say(f"They took part in {layer.product_count} products to make twelve numbers."):
            self.wait(1)
