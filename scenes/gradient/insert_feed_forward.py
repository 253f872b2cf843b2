"""A digit runs through the network: pixels to circles, layer by layer, to an untrained answer."""

from manimlib import *

from scenes.components.cards import words
from scenes.components.edges import EdgePulse
from scenes.components.narration import Narrated
from scenes.components.style import EDGE, GRAD, HEADING_SIZE, INK
from scenes.gradient.digit_model import DIGITS
from scenes.gradient.drawing import DigitPanel, draw_network, draw_strokes, fade_everything
from scenes.gradient.feed_forward_model import (
    answer,
    circle_of_pixel,
    contributions,
    fixture,
    shown_activations,
)
from scenes.gradient.network_model import DIGIT


class InsertFeedForward(Narrated, InteractiveScene):
    def construct(self):
        self.model, self.picture = fixture()
        self.activity = shown_activations(self.model, self.picture)
        self.network = draw_network(self.model, 0.82).move_to([1.35, -0.15, 0])
        self.panel = DigitPanel(self.picture).move_to([-5.0, 0.1, 0])

        with self.say("Pixels go in as brightness."):
            self.write_the_digit()
            self.pour_pixels_into_the_input()
        with self.say("Each layer is a weighted sum, squashed between 0 and 1."):
            self.show_formula()
            for layer in (1, 2, 3):
                self.light_up(layer)
        with self.say("Untrained weights give an untrustworthy answer."):
            self.box_the_answer()
        self.wait(0.5)
        fade_everything(self)

    def write_the_digit(self) -> None:
        """The pen first, then what it leaves on 28 by 28 pixels."""
        back, grid, pixels = self.panel
        pen = draw_strokes(DIGITS[DIGIT], width=3.0, stroke_width=14).move_to(pixels)
        self.play(FadeIn(back), FadeIn(grid), run_time=0.4)
        self.play(ShowCreation(pen), run_time=0.8)
        self.play(FadeIn(pixels), FadeOut(pen), run_time=0.5)
        self.panel.set_submobjects([back, grid, pixels])

    def pour_pixels_into_the_input(self) -> None:
        inputs = self.network.layers[0]
        flying = self.panel.pixels.copy()
        flying.generate_target()
        for pixel, index in zip(flying.target, self.panel.indices, strict=True):
            pixel.set_width(0.05).move_to(inputs[circle_of_pixel(int(index))]).set_fill(opacity=0.2)
        lit = inputs.copy()
        for circle, value in zip(lit, self.activity[0], strict=True):
            circle.set_fill(INK, opacity=float(value))
        self.play(
            FadeIn(inputs),
            FadeIn(self.network.dots),
            FadeIn(self.network.counts),
            run_time=0.6,
        )
        self.play(
            MoveToTarget(flying, lag_ratio=0.002, remover=True),
            Transform(inputs, lit, time_span=(0.9, 1.5)),
            run_time=1.5,
        )

    def show_formula(self) -> None:
        self.formula = Tex(
            R"a^{(l)} = \sigma\big(W^{(l)} a^{(l-1)} + b^{(l)}\big)", font_size=HEADING_SIZE
        ).set_fill(INK)
        self.formula.to_edge(UP, buff=EDGE).match_x(self.network.layers)
        self.play(
            Write(self.formula),
            FadeIn(self.network.edges),
            FadeIn(self.network.layers[1:]),
            FadeIn(self.network.digits),
            run_time=1,
        )
        # Circles over the edges, whatever order they came in
        self.add(self.network)

    def light_up(self, layer: int) -> None:
        """What each edge carries flashes along it; then the circles fill with what they got."""
        lit = self.network.layers[layer].copy()
        for circle, value in zip(lit, self.activity[layer], strict=True):
            circle.set_fill(INK, opacity=float(value))
        carried = contributions(self.model, self.picture)[layer - 1]
        self.play(
            EdgePulse(self.network.edges[layer - 1], carried, time_span=(0, 1.2)),
            Transform(self.network.layers[layer], lit, time_span=(0.9, 1.6), lag_ratio=0.03),
            run_time=1.6,
        )

    def box_the_answer(self) -> None:
        digit = answer(self.model, self.picture)
        chosen = VGroup(self.network.layers[-1][digit], self.network.digits[digit])
        box = SurroundingRectangle(chosen, buff=0.07, color=GRAD).set_stroke(GRAD, 3)
        verdict = words(f"“{digit}”?", HEADING_SIZE, GRAD, weight="BOLD")
        truth = words(f"it is a {DIGIT}")
        verdict.next_to(box, RIGHT, buff=0.3)
        truth.next_to(self.panel, DOWN, buff=0.25)
        self.play(ShowCreation(box), FadeIn(verdict, shift=0.2 * RIGHT), run_time=0.8)
        self.play(FadeIn(truth, shift=0.1 * UP), run_time=0.6)
