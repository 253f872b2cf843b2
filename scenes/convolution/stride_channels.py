"""Stride, channels and batch: the same nine-times-one sum, over more and more loops."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.pixels import ChannelStack, KernelWindow, PixelGrid
from scenes.components.style import BODY_SIZE, INK, LABEL_SIZE, MUTED, UNIT_2
from scenes.components.tiles import at_depth, staggered
from scenes.convolution.after_sliding import heading
from scenes.convolution.channel_board import ChannelBoard
from scenes.convolution.conv2d_model import (
    Case,
    batch_case,
    channels_case,
    convolve,
    places,
    stride_case,
)
from scenes.convolution.shape_ledger import CostTable, ShapeLedger

CLOSE = 1.5
"""How much larger the sheets are while they are looked at as a stack."""


class StrideChannelsBatch(Narrated, InteractiveScene):
    def construct(self) -> None:
        self.stride(stride_case())
        self.channels(channels_case())
        self.batch(batch_case())
        self.ledger(batch_case())

    # Longer steps

    def stride(self, case: Case) -> None:
        padded, values = case.padded[0, 0], convolve(case)[0, 0]
        picture = PixelGrid(padded, 0.4, None, empty=padded == 0).move_to([-3.6, 0.1, 0])
        output = PixelGrid(values, (0.84, 0.6), 2).move_to([3.5, 0.95, 0])
        blank = PixelGrid(0 * values, (0.84, 0.6), None, empty=np.ones_like(values, bool))
        blank.move_to(output)
        rows, columns = case.image.shape[2:]
        names = VGroup(
            heading(f"picture {rows} × {columns}, padding {case.padding}", picture),
            heading(f"output {values.shape[0]} × {values.shape[1]}", output),
        )
        outline = at_depth(KernelWindow(picture, *case.weights.shape[2:]), 3)
        cell = at_depth(KernelWindow(output, 1, 1), 3)
        formulas = self.size_formulas(case).next_to(output, DOWN, buff=0.45)
        with self.say("A larger picture. Discs are above zero, squares below."):
            self.play(FadeIn(picture, lag_ratio=0.003), FadeIn(names[0]), run_time=2)
        hop = [(place.row, place.column) for place in places(case)]
        with self.say(f"Take steps of {case.stride}: the window skips every other place."):
            self.play(ShowCreation(outline), FadeIn(blank), FadeIn(names[1]), ShowCreation(cell))
            for at in hop[:5]:
                self.hop(case, outline, cell, output.pixel(*at), at, 0.6)
        with self.say("Half as many stops each way, and the output shrinks."):
            for at in hop[5:]:
                self.hop(case, outline, cell, output.pixel(*at), at, 0.2)
            self.play(FadeIn(formulas, lag_ratio=0.1))
            self.wait(1.2)
        rest = (picture, blank, *output, names, outline, cell, formulas)
        self.play(*(FadeOut(part) for part in rest), run_time=0.7)

    def hop(self, case: Case, outline, cell, pixel, at: tuple[int, int], seconds: float) -> None:
        """One step of the window, on an arc while it is slow, and the number it writes."""
        arc = -PI / 2 if seconds > 0.3 and at[1] > 0 else 0
        first = (0, 0.55 * seconds)
        self.play(
            outline.animate(time_span=first, path_arc=arc).over(
                case.stride * at[0], case.stride * at[1]
            ),
            cell.animate(time_span=first).over(*at),
            FadeIn(pixel, time_span=(0.5 * seconds, seconds)),
            run_time=seconds,
        )

    def size_formulas(self, case: Case) -> VGroup:
        """Both sides of the output, by formula."""
        lines = VGroup()
        for side, size, result in zip(
            "HW", case.image.shape[2:], case.output_shape[2:], strict=True
        ):
            kernel, padding, stride = case.weights.shape[2], case.padding, case.stride
            lines.add(
                Tex(
                    Rf"{side}_\mathrm{{out}} = \left\lfloor \frac{{{size} + 2\cdot{padding}"
                    Rf" - {kernel}}}{{{stride}}} \right\rfloor + 1 = {result}",
                    font_size=BODY_SIZE,
                    fill_color=INK,
                )
            )
        return lines.arrange(DOWN, buff=0.25)

    # Several sheets in, several out

    def channels(self, case: Case) -> None:
        board = ChannelBoard(case)
        stack, outputs = board.stack, board.outputs
        count = len(stack.scale(CLOSE))
        stack_name = words(f"{count} sheets", LABEL_SIZE, MUTED).next_to(stack, UP, buff=0.3)
        with self.say("Colours, or features: a picture may be several sheets."):
            self.play(
                *staggered((FadeIn(s, 0.3 * DL) for s in stack[::-1]), 0.7, 0.25),
                FadeIn(stack_name),
            )
            self.wait(0.5)
        with self.say("One block of weights reads all five together."):
            self.play(
                *(
                    sheet.animate.scale(1 / CLOSE).move_to(board.spread_place(n))
                    for n, sheet in enumerate(stack)
                ),
                FadeOut(stack_name),
                run_time=1.3,
            )
            self.play(*staggered((FadeIn(s, 0.2 * UP) for s in board.blocks[0]), 0.6, 0.12))
            for sheet, window in zip(stack, board.windows, strict=True):
                window.move_to(board.window_place(sheet, 0))
            self.play(*(ShowCreation(window) for window in board.windows))
        with self.say(
            "Every sheet gives a sum of nine products; the five are added to one number."
        ):
            partial = VGroup(*board.partial_sums(0))
            signs, total = VGroup(*board.plus_signs()), board.total(0)
            board.cell.move_to(outputs[0][0])
            self.play(
                *staggered(
                    (
                        TransformFromCopy(window, number)
                        for window, number in zip(board.windows, partial, strict=True)
                    ),
                    0.8,
                    0.2,
                ),
                FadeIn(signs, time_span=(0.8, 1.6)),
            )
            self.play(FadeIn(outputs[0]), FadeIn(total), ShowCreation(board.cell))
            mark = outputs[0][0].label
            self.play(
                Transform(total[1].copy(), mark.copy().set_opacity(1), remover=True), run_time=0.7
            )
            mark.set_opacity(1)
        self.remove(*partial, partial, signs, total)
        self.add(board.sums)
        with self.say("Slide on, and a whole sheet comes out."):
            self.fill(board, 0, 1, 6)
        with self.say("Another answer? Bring another block of weights."):
            self.play(
                FadeOut(board.blocks[0], 0.4 * LEFT, time_span=(0, 0.6)),
                FadeIn(board.blocks[1], 0.4 * LEFT, time_span=(0.4, 1.2)),
                FadeOut(board.sums, time_span=(0, 0.5)),
                FadeIn(outputs[1], time_span=(0.4, 1.2)),
                board.cell.animate.move_to(outputs[1][0]),
                *(
                    window.animate.move_to(board.window_place(sheet, 0))
                    for sheet, window in zip(stack, board.windows, strict=True)
                ),
            )
            self.add(board.sums)
            self.fill(board, 1, 0, 4)
        rest = (*stack, board.blocks[1], *outputs, board.windows, board.cell, board.sums)
        self.play(*(FadeOut(part) for part in rest), run_time=0.7)

    def fill(self, board: ChannelBoard, output: int, start: int, seconds: float) -> None:
        n = ValueTracker(start)
        board.sums.add_updater(lambda _: board.show(output, n.get_value()))
        self.play(n.animate.set_value(board.per_output), run_time=seconds, rate_func=linear)
        board.sums.clear_updaters()

    # Several pictures

    def batch(self, case: Case) -> None:
        step = np.array([0.2, 0.18, 0])
        results = convolve(case)
        limits = [float(np.abs(part).max()) for part in (case.image, case.weights, results)]
        rows = (1.75, -1.15)
        pictures = [
            ChannelStack(image, 0.3, step, limits[0]).move_to([-4.4, y, 0])
            for image, y in zip(case.image, rows, strict=True)
        ]
        blocks = [
            ChannelStack(block, 0.3, step, limits[1]).move_to([x, np.mean(rows), 0])
            for block, x in zip(case.weights, (-0.85, 1.15), strict=True)
        ]
        sheets = [
            ChannelStack(sheets, 0.3, step, limits[2]).move_to([5.0, y, 0])
            for sheets, y in zip(results, rows, strict=True)
        ]
        arrows = [
            VGroup(
                Arrow(picture.get_right(), blocks[0].get_left(), buff=0.3),
                Arrow(blocks[1].get_right(), out.get_left(), buff=0.3),
            ).set_color(MUTED)
            for picture, out in zip(pictures, sheets, strict=True)
        ]
        name = words("the same two blocks", LABEL_SIZE, UNIT_2).next_to(
            VGroup(*blocks), UP, buff=0.3
        )
        with self.say("A batch changes nothing but the counting."):
            self.play(*(FadeIn(s) for s in (*pictures[0], *pictures[1])), run_time=1)
            self.play(*(FadeIn(s) for s in (*blocks[0], *blocks[1])), FadeIn(name), run_time=1)
        with self.say("Each picture meets the same weights and gets its own answers."):
            for arrow, out in zip(arrows, sheets, strict=True):
                self.play(GrowArrow(arrow[0]), run_time=0.5)
                self.play(GrowArrow(arrow[1]), *(FadeIn(s, 0.3 * RIGHT) for s in out), run_time=0.8)
        stacks = (*pictures, *blocks, *sheets)
        rest = (*(sheet for stack in stacks for sheet in stack), *arrows, name)
        self.play(*(FadeOut(part) for part in rest), run_time=0.7)

    # What it costs

    def ledger(self, case: Case) -> None:
        ledger = ShapeLedger(case)
        with self.say("Every index is a loop: four for where a number goes, three for its sum."):
            self.play(*staggered((FadeIn(line, 0.2 * DOWN) for line in ledger.lines), 0.5, 0.35))
            self.play(FadeIn(ledger.formula))
        with self.say("Multiply the lengths of the loops, and you have counted the products."):
            self.play(FadeIn(ledger.counts[:2], 0.2 * LEFT), run_time=0.8)
            self.wait(1)
            self.play(FadeIn(ledger.counts[2:], 0.2 * LEFT), run_time=0.8)
        self.play(FadeOut(ledger), run_time=0.6)
        names = ("steps of two", "five sheets", "two pictures")
        cases = (stride_case(), channels_case(), batch_case())
        table = CostTable(dict(zip(names, cases, strict=True)))
        with self.say("Steps make it cheaper; sheets and pictures multiply the bill."):
            self.play(FadeIn(table[:2]), run_time=0.6)
            for row in table.rows:
                self.play(FadeIn(row, 0.2 * DOWN), run_time=0.7)
            self.wait(1)
