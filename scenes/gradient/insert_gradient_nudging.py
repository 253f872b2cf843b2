"""What the negative gradient is for: move every weight a little, measure again, move again."""

from manimlib import *

from scenes.components.cards import words
from scenes.components.edges import ChangeWidths
from scenes.components.narration import Narrated
from scenes.components.numbers import ChangeEntries
from scenes.components.style import EDGE, GRAD, HEADING_SIZE, LABEL_SIZE
from scenes.gradient.drawing import GradientStatement, draw_network, fade_everything
from scenes.gradient.network_model import chapter_network
from scenes.gradient.nudging_model import drifted, nudged, start_entries

STROKES = 40
"""Yellow strokes that the entries turn into."""


class InsertGradientNudging(Narrated, InteractiveScene):
    entries = 8
    seed = 7
    slow_rounds, fast_rounds = 2, 8

    def construct(self):
        self.rng = np.random.default_rng(self.seed)
        self.network = draw_network(chapter_network(), 0.74, labels=False)
        self.network.move_to([3.2, -0.5, 0])
        self.statement = GradientStatement(start_entries(self.entries), "every weight\nand bias")
        self.statement.to_corner(UL, buff=EDGE + 0.2)

        with self.say("The gradient has one entry per adjustable number."):
            self.show_network_and_gradient()
        with self.say("Apply a small multiple of it."):
            self.entries_fly_into_the_edges()
            self.say_what_to_do()
            self.nudge(1.5)
        with self.say("Then measure again: the landscape has changed underfoot."):
            self.measure_again(1.5)
        with self.say("Nudge, measure, nudge, measure: so it goes on, round after round."):
            for _ in range(self.slow_rounds - 1):
                self.nudge(1.5)
                self.measure_again(1.5)
            for _ in range(self.fast_rounds // 2):
                self.nudge(0.5)
                self.measure_again(0.5)
        with self.say("(The numbers here are drawn at random, to show the rhythm.)"):
            for _ in range(self.fast_rounds - self.fast_rounds // 2):
                self.nudge(0.5)
                self.measure_again(0.5)
        self.wait(0.5)
        fade_everything(self)

    def show_network_and_gradient(self) -> None:
        tex, column, note = self.statement
        self.play(FadeIn(self.network), run_time=0.8)
        self.play(Write(tex), FadeIn(column.brackets), run_time=1)
        self.play(
            LaggedStartMap(FadeIn, column.entries, shift=0.2 * DOWN, lag_ratio=0.15),
            FadeIn(column.dots),
            run_time=1,
        )
        self.play(FadeIn(note, shift=0.1 * DOWN), run_time=0.6)
        self.add(column)

    def entries_fly_into_the_edges(self) -> None:
        """Copies of the entries turn into strokes along edges that are drawn, and sink in."""
        flights, strokes = [], VGroup()
        for flight in range(STROKES):
            between = self.network.edges[int(self.rng.integers(len(self.network.edges)))]
            line = between.line(*(int(self.rng.integers(size)) for size in between.shape))
            line.set_stroke(GRAD, 4, 1)
            entry = self.statement.column.entries[flight % self.entries]
            strokes.add(line)
            flights.append(FadeTransform(entry.copy(), line))
        self.play(LaggedStart(*flights, lag_ratio=0.03), run_time=2)
        self.play(FadeOut(strokes), run_time=0.6)

    def say_what_to_do(self) -> None:
        text = VGroup(
            words("Move each one by a small multiple of", LABEL_SIZE),
            Tex(R"-\nabla C", font_size=HEADING_SIZE - 6).set_fill(GRAD),
        ).arrange(RIGHT, buff=0.15)
        text.to_edge(UP, buff=EDGE + 0.1).match_x(self.network)
        self.arrows = VGroup(
            *(
                Arrow(
                    text.get_bottom() + 0.05 * DOWN + 0.5 * (place - 1) * RIGHT,
                    between.get_top() + 0.12 * UP,
                    buff=0.05,
                    thickness=3,
                    fill_color=GRAD,
                )
                for place, between in enumerate(self.network.edges)
            )
        )
        self.play(FadeIn(text, shift=0.1 * DOWN), run_time=0.6)
        self.play(LaggedStartMap(GrowArrow, self.arrows, lag_ratio=0.3), run_time=0.8)

    def nudge(self, run_time: float) -> None:
        self.play(
            *(
                ChangeWidths(between, nudged(between.signed_widths, self.rng))
                for between in self.network.edges
            ),
            run_time=run_time,
        )

    def measure_again(self, run_time: float) -> None:
        column = self.statement.column
        news = words("recompute the gradient", LABEL_SIZE, GRAD).next_to(column, DOWN, buff=0.25)
        news.match_x(self.statement)
        self.play(
            ChangeEntries(column, column.with_dots(drifted(column.numbers, self.rng))),
            FadeIn(news, rate_func=there_and_back_with_pause, remover=True),
            run_time=run_time,
        )
