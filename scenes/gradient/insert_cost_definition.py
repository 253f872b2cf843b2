"""The cost of one example, gap by gap, and then the average over many examples."""

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.figures import Figure
from scenes.components.narration import Narrated
from scenes.components.networks import neuron
from scenes.components.plots import CostReadout
from scenes.components.style import (
    ERR,
    FAINT,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
    PANEL,
)
from scenes.gradient.cost_model import average_cost, chapter_cost, examples, squares, target
from scenes.gradient.drawing import draw_strokes, fade_everything
from scenes.gradient.network_model import DIGIT, OUTPUTS

ROW_GAP = 0.48
TOP = 2.45
"""Height of the first of ten rows."""


class InsertCostDefinition(Narrated, InteractiveScene):
    def construct(self):
        with self.say("Compare what came out with what should have."):
            self.show_both_columns()
        with self.say("Square each gap and add."):
            self.square_the_gaps()
        with self.say("One number says how badly the network did."):
            self.collapse_to_one_number()
        with self.say("Average it over every example."):
            self.shower_of_examples()
            self.average()
        self.wait(0.8)
        fade_everything(self)

    def show_both_columns(self) -> None:
        outputs = self.column("came out", OUTPUTS, -5.4)
        wanted = self.column("should be", target(DIGIT), -2.5)
        digits = VGroup(
            *(
                words(str(digit), LABEL_SIZE, MUTED).move_to(self.at(digit, -6.3))
                for digit in range(10)
            )
        )
        middle = self.at(4.5, -3.4)
        gap = VGroup(
            *(
                Arrow(middle, middle + 0.55 * side, buff=0, thickness=4, fill_color=ERR)
                for side in (LEFT, RIGHT)
            )
        )
        self.play(FadeIn(digits), LaggedStartMap(FadeIn, outputs, lag_ratio=0.15), run_time=1.4)
        self.play(LaggedStartMap(FadeIn, wanted, lag_ratio=0.15), run_time=1)
        self.play(GrowFromCenter(gap), run_time=0.5)
        self.columns = VGroup(digits, outputs, wanted, gap)

    def column(self, heading: str, values: np.ndarray, x: float) -> VGroup:
        """Ten circles as bright as their values, the values beside them, a heading above."""
        column = VGroup(words(heading, LABEL_SIZE).move_to([x + 0.45, TOP + 0.65, 0]))
        for row, value in enumerate(values):
            circle = neuron(0.18).set_fill(INK, opacity=float(value)).move_to(self.at(row, x))
            figure = Figure(value, LABEL_SIZE).next_to(circle, RIGHT, buff=0.2)
            column.add(VGroup(circle, figure))
        return column

    def at(self, row: float, x: float) -> np.ndarray:
        return np.array([x, TOP - ROW_GAP * row, 0])

    def square_the_gaps(self) -> None:
        """One line for each output, exact to the last place, and their sum under a rule."""
        each = squares(OUTPUTS, DIGIT)
        formula = (
            Tex(R"(a_i - y_i)^2", font_size=HEADING_SIZE)
            .set_fill(INK)
            .move_to([1.75, TOP + 0.65, 0])
        )
        self.lines = VGroup()
        for row, (out, wanted, square) in enumerate(zip(OUTPUTS, target(DIGIT), each, strict=True)):
            left = figures(f"({out:.2f} − {wanted:.2f})²", LABEL_SIZE)
            right = figures(f"{square:.4f}", LABEL_SIZE, ERR)
            equals = figures("=", LABEL_SIZE, MUTED)
            line = VGroup(left, equals, right).arrange(RIGHT, buff=0.25)
            self.lines.add(line.move_to(self.at(row, 1.75)))
        for line in self.lines:
            line.align_to(self.lines[0], RIGHT)
        rule = Line(LEFT, RIGHT).set_width(1.4).set_stroke(MUTED, 2)
        rule.next_to(self.lines[-1], DOWN, buff=0.12).align_to(self.lines, RIGHT)
        total = figures(f"{each.sum():.4f}", LABEL_SIZE, ERR)
        total.next_to(rule, DOWN, buff=0.14).align_to(self.lines, RIGHT)
        self.total = VGroup(rule, total)
        self.play(
            FadeIn(formula),
            LaggedStartMap(FadeIn, self.lines, shift=0.4 * RIGHT, lag_ratio=0.25),
            run_time=2,
        )
        self.play(GrowFromEdge(rule, LEFT), FadeIn(total, shift=0.1 * DOWN), run_time=0.6)
        self.formula = formula

    def collapse_to_one_number(self) -> None:
        self.readout = CostReadout(chapter_cost(), "C", HEADING_SIZE).move_to([5.5, 0.3, 0])
        right_sides = VGroup(*(line[2].copy() for line in self.lines), self.total[1].copy())
        gathered = right_sides.copy()
        for number in gathered:
            number.move_to(self.readout.figure).set_fill(opacity=0)
        self.play(
            Transform(right_sides, gathered, lag_ratio=0.03, remover=True),
            FadeIn(self.readout, time_span=(0.7, 1.3)),
            run_time=1.3,
        )
        self.play(FlashAround(self.readout, color=GRAD), run_time=1)

    def shower_of_examples(self) -> None:
        """The example just worked out takes its place as the first of many."""
        self.shown = examples()
        self.cards = VGroup(*(self.example_card(example) for example in self.shown))
        self.cards.arrange_in_grid(3, 8, h_buff=0.45, v_buff=0.2).move_to([0, -0.4, 0])
        first, others = self.cards[0], self.cards[1:]
        self.play(
            FadeOut(VGroup(self.columns, self.lines, self.total, self.formula), shift=0.5 * LEFT),
            self.readout.figure.animate.replace(first[2], 1),
            FadeOut(self.readout.expression),
            FadeIn(first[:2]),
            run_time=1,
        )
        self.remove(self.readout)
        self.add(first)
        self.play(LaggedStartMap(FadeIn, others, shift=0.9 * DOWN, lag_ratio=0.06), run_time=1.6)

    def example_card(self, example) -> VGroup:
        panel = Square(1.1).set_fill(PANEL, 1).set_stroke(FAINT, 2)
        strokes = draw_strokes(example.strokes, 1.1, 5)
        cost = figures(f"{example.cost:.2f}", LABEL_SIZE, ERR).next_to(panel, DOWN, buff=0.1)
        return VGroup(panel, strokes, cost)

    def average(self) -> None:
        mean = CostReadout(
            average_cost(self.shown),
            Rf"C = {{1 \over {len(self.shown)}}} \sum_k C_k",
            HEADING_SIZE,
        )
        mean.move_to([0, 3.05, 0])
        costs = VGroup(*(card[2].copy() for card in self.cards))
        gathered = costs.copy()
        for number in gathered:
            number.move_to(mean.figure).set_fill(opacity=0)
        self.play(FadeIn(mean.expression), run_time=0.5)
        self.play(
            Transform(costs, gathered, lag_ratio=0.03, remover=True),
            FadeIn(mean.figure, time_span=(0.9, 1.5)),
            run_time=1.5,
        )
