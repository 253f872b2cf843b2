"""Each entry of the gradient says how much the cost cares: read it as a list of what matters."""

from manimlib import *

from scenes.components.cards import words
from scenes.components.edges import ChangeWidths
from scenes.components.mascot import CuriousDot
from scenes.components.narration import Narrated
from scenes.components.numbers import ChangeEntries
from scenes.components.plots import CostReadout
from scenes.components.style import (
    BODY_SIZE,
    EDGE,
    ERR,
    GRAD,
    LABEL_SIZE,
    MODEL,
    MUTED,
)
from scenes.gradient.drawing import GradientStatement, draw_network, fade_everything
from scenes.gradient.importance_model import (
    INSENSITIVE,
    INSENSITIVE_EDGE,
    SENSITIVE,
    SENSITIVE_EDGE,
    cost_change,
    costs,
    importance_ratio,
    there_and_back,
    wiggled_weight,
)
from scenes.gradient.network_model import PARAMETERS, chapter_network
from scenes.gradient.nudging_model import drifted, nudged, start_entries
from scenes.gradient.tuning import SliderOver, TunedWeight, two_entry_column, two_weight_readout

LAST_WEIGHT = f"{PARAMETERS - 1:,}".replace(",", "{,}")
ALL_WEIGHTS = Rf"w_0, w_1, \dots, w_{{{LAST_WEIGHT}}}"
RIGHT_SIDE = 3.7
"""Where the network and the cost under it are centred."""


class GradientAsImportanceList(Narrated, InteractiveScene):
    seed = 11
    decimals = 6

    def construct(self):
        self.rng = np.random.default_rng(self.seed)
        self.set_the_stage()
        with self.say(f"The cost takes {PARAMETERS:,} inputs and returns one number."):
            self.play(FlashAround(self.readout, color=GRAD), run_time=1.5)
        with self.say("Its negative gradient is a list of nudges, one for each input."):
            self.tip_into_a_row()
            self.stream_into_the_weights()
            self.nudge(costs()[1])
        with self.say("Nudge, measure again, nudge again. (The amounts are made up.)"):
            self.measure_again()
            self.one_round(costs()[2])
        with self.say("Round by round the cost falls, and the list changes a little."):
            self.one_round(costs()[3])
        with self.say(f"But who can picture a direction in {PARAMETERS:,} dimensions?"):
            self.ask()
        with self.say("Forget direction for a moment: read each entry as importance."):
            self.look_at_sizes()
        with self.say("This weight matters thirty-two times as much as that one."):
            self.isolate_two_weights()
        self.make_room_for_sliders()
        with self.say("Nudge the first, and the cost swings widely."):
            self.wiggle(self.sensitive, dimmed=self.insensitive.slider)
        with self.say("Nudge the second just as much: the cost hardly notices."):
            self.wiggle(self.insensitive)
        with self.say("So most of the improvement comes from a few sensitive connections."):
            self.rest()
        fade_everything(self)

    # Nudging round after round

    def set_the_stage(self) -> None:
        self.network = draw_network(chapter_network(), 0.52, labels=False)
        self.network.move_to([RIGHT_SIDE, 1.95, 0])
        box = SurroundingRectangle(self.network, buff=0.15, color=ERR).set_stroke(ERR, 2.5)
        self.readout = CostReadout(costs()[0], f"C({ALL_WEIGHTS})", isolate=("(", ")", ALL_WEIGHTS))
        self.readout.move_to([RIGHT_SIDE, -0.75, 0])
        for parenthesis in "()":
            self.readout.expression[parenthesis].set_fill(ERR)
        arrow = Arrow(
            box.get_bottom(), self.readout.get_top(), buff=0.08, thickness=4, fill_color=ERR
        )
        self.box = VGroup(box, arrow)
        self.statement = GradientStatement(start_entries(self.decimals), "All weights\nand biases")
        self.statement.to_corner(UL, buff=EDGE + 0.1)
        self.column = self.statement.column
        self.add(self.network, self.box, self.readout, self.statement)

    @property
    def weights_in_readout(self) -> VMobject:
        return self.readout.expression[ALL_WEIGHTS]

    def one_round(self, cost: float) -> None:
        self.tip_into_a_row()
        self.stream_into_the_weights()
        self.nudge(cost)
        self.measure_again()

    def tip_into_a_row(self) -> None:
        """A copy of the column falls over to the right and lies down under the cost."""
        middle = self.column.middle
        copies = [entry.copy() for entry in self.column.entries]
        self.row = VGroup(*copies[:middle], self.column.dots.copy(), *copies[middle:])
        self.row.generate_target()
        for entry in self.row.target:
            entry.scale(LABEL_SIZE / BODY_SIZE)
        self.row.target[middle].rotate(PI / 2)
        self.row.target.arrange(RIGHT, buff=0.2).next_to(self.readout, DOWN, buff=0.4)
        self.order = words("Nudge weights", LABEL_SIZE, GRAD).next_to(
            self.row.target, DOWN, buff=0.25
        )
        self.play(MoveToTarget(self.row, path_arc=PI / 4), FadeIn(self.order), run_time=1)

    def stream_into_the_weights(self) -> None:
        into = self.row.copy()
        for entry in into:
            entry.scale(0.3).move_to(self.weights_in_readout).set_opacity(0)
        self.play(
            LaggedStart(
                *(Transform(entry, to) for entry, to in zip(self.row, into, strict=True)),
                lag_ratio=0.15,
            ),
            run_time=1,
        )
        self.remove(self.row)

    def nudge(self, cost: float) -> None:
        """The edges move, the last layer first; the list of weights pulses; the cost falls."""
        edges = list(reversed(self.network.edges))
        start = self.readout.value
        self.play(
            LaggedStart(
                *(ChangeWidths(layer, nudged(layer.signed_widths, self.rng)) for layer in edges),
                lag_ratio=0.25,
                run_time=1.5,
            ),
            self.weights_in_readout.animate(rate_func=there_and_back, run_time=1.5).set_fill(GRAD),
            UpdateFromAlphaFunc(
                self.readout,
                lambda readout, alpha: readout.set_value(interpolate(start, cost, alpha)),
                run_time=1.5,
            ),
            FadeOut(self.order, run_time=0.5),
        )

    def measure_again(self) -> None:
        news = words("Recompute gradient", LABEL_SIZE, GRAD).next_to(self.column, DOWN, buff=0.25)
        news.match_x(self.statement)
        fresh = drifted(self.column.numbers, self.rng)
        self.play(
            ChangeEntries(self.column, self.column.with_dots(fresh)),
            FadeIn(news, rate_func=there_and_back_with_pause, remover=True),
            run_time=1.5,
        )

    # Direction or importance?

    def ask(self) -> None:
        question = words(f"A direction in\n{PARAMETERS:,} dimensions?", BODY_SIZE, GRAD, lsh=1.3)
        question.move_to([-4.6, -1.75, 0])
        arrow = Arrow(
            question.get_top(), self.column.get_bottom(), buff=0.15, thickness=4, fill_color=GRAD
        )
        dot = CuriousDot().next_to(question, RIGHT, buff=0.7)
        self.play(
            FadeIn(question, shift=0.2 * UP), GrowArrow(arrow), FadeIn(dot, scale=2), run_time=1
        )
        self.play(Transform(dot, dot.looking("puzzled")), run_time=0.5)
        self.wait(1)
        self.play(dot.blink())
        self.wait(1.2)
        self.play(dot.blink())
        self.wait(0.4)
        self.play(FadeOut(VGroup(question, arrow, dot)), run_time=0.8)

    def look_at_sizes(self) -> None:
        boxes, signs = self.column.size_boxes(), self.column.signs
        self.play(
            LaggedStartMap(ShowCreation, boxes, lag_ratio=0.3),
            signs.animate.set_opacity(0.15),
            run_time=1.5,
        )
        self.wait(2.2)
        self.play(FadeOut(boxes), signs.animate.set_opacity(1), run_time=0.6)

    def isolate_two_weights(self) -> None:
        """The column and the list of weights shrink to two of them; each is led to its edge."""
        two = two_entry_column().move_to(self.column, LEFT)
        readout = two_weight_readout().move_to(self.readout, RIGHT)
        readout.shift(1.0 * LEFT)
        early, late = {"time_span": (0, 0.6)}, {"time_span": (0.6, 1.2)}
        self.play(
            *(FadeOut(old, **early) for old in (self.column, self.statement.note, self.readout)),
            *(FadeIn(new, **late) for new in (two, readout)),
            *(layer.animate.restyle(0.6, MUTED, 0.5) for layer in self.network.edges),
            run_time=1.2,
        )
        self.readout = readout
        parts = readout.expression
        self.sensitive, self.insensitive = (
            TunedWeight(SENSITIVE, GRAD, two.entries[0], parts["w_n"], self.edge(SENSITIVE_EDGE)),
            TunedWeight(
                INSENSITIVE, MODEL, two.entries[1], parts["w_k"], self.edge(INSENSITIVE_EDGE)
            ),
        )
        for weight in (self.sensitive, self.insensitive):
            self.play(GrowArrow(weight.arrow), run_time=0.8)
            self.play(ShowCreation(weight.line), run_time=0.6)
        ratio = words(f"{importance_ratio()} times", LABEL_SIZE).next_to(two, RIGHT, buff=0.5)
        self.play(FadeIn(ratio, shift=0.2 * RIGHT), run_time=0.5)

    def edge(self, place: tuple[int, int]) -> Line:
        neuron, source = place
        return self.network.edges_in(1, neuron)[source]

    # Tuning one weight at a time

    def make_room_for_sliders(self) -> None:
        self.play(self.readout.animate.shift(1.1 * DOWN), run_time=1)
        self.cost_line = SliderOver(self.readout.figure, 2.2, ERR)
        sliders = VGroup(*(weight.add_slider() for weight in (self.sensitive, self.insensitive)))
        for slider in sliders:
            slider.line.match_y(self.cost_line.line)
        first_order = Tex(
            R"\Delta C \approx \sum_i \frac{\partial C}{\partial w_i}\, \Delta w_i", font_size=36
        ).set_fill(MUTED)
        first_order.move_to([self.statement.get_left()[0] + 1.9, -1.35, 0])
        self.play(
            FadeIn(sliders, shift=0.1 * UP),
            FadeIn(self.cost_line, shift=0.1 * UP),
            FadeIn(first_order),
            run_time=1,
        )

    def wiggle(self, weight: TunedWeight, dimmed: VGroup | None = None) -> None:
        """Twice there and back, the cost answering as the gradient's entry says."""
        start = self.readout.value

        def swing(_, t):
            change = cost_change(weight.entry, t)
            weight.slider.line.set_value(wiggled_weight(t))
            self.cost_line.line.set_value(change)
            self.readout.set_value(start + change)
            weight.line.set_stroke(width=4 + 4 * there_and_back(t))

        moving = VGroup(weight.slider.line, self.cost_line.line, self.readout, weight.line)
        if dimmed is not None:
            dimmed.save_state()
            self.play(dimmed.animate.fade(0.7), run_time=0.4)
        for _ in range(2):
            self.play(UpdateFromAlphaFunc(moving, swing, rate_func=linear), run_time=2)
        vanish = FadeOut(weight.slider)
        self.play(*[vanish] if dimmed is None else [vanish, Restore(dimmed)], run_time=0.5)

    def rest(self) -> None:
        line = self.sensitive.line
        for _ in range(2):
            self.play(
                line.animate(rate_func=there_and_back).set_stroke(width=10),
                self.sensitive.figure.animate(rate_func=there_and_back).scale(1.15),
                run_time=1.4,
            )
        self.wait(1)
