"""Gradient descent as ten steps down a landscape: look which way is down, step, look again."""

from manimlib import *

from scenes.components.cards import words
from scenes.components.descent_surface import DescentSurface
from scenes.components.figures import Figure
from scenes.components.narration import Narrated
from scenes.components.style import BODY_SIZE, ERR, GRAD, HEADING_SIZE, INK, LABEL_SIZE, MUTED
from scenes.gradient.descent_model import ALL_STEPS, RATE, START, STEPS, cost, cost_gradient
from scenes.gradient.drawing import fade_everything


class InsertDescentOnSurface(Narrated, ThreeDScene):
    drift_degrees_a_second = 2.5

    def construct(self):
        self.landscape = DescentSurface(cost, cost_gradient, START, RATE, ALL_STEPS)
        self.frame.reorient(50, 46, 0, (0.3, -0.6, 1.25), 7.1)
        self.readout = self.make_readout()

        with self.say("Height is the cost; position is the choice of weights."):
            self.play(
                ShowCreation(self.landscape.surface),
                FadeIn(self.landscape.contours, time_span=(0.8, 1.5)),
                run_time=1.5,
            )
            self.frame.add_ambient_rotation(self.drift_degrees_a_second * DEG)
            self.play(
                FadeIn(self.landscape.ball, shift=0.6 * IN), FadeIn(self.readout), run_time=0.8
            )
        self.count_steps()

        with self.say("Step against the gradient, look again, step again."):
            for step in range(6):
                self.take_step(step)
        with self.say("Smaller slope, smaller stride."):
            for step in range(6, STEPS):
                self.take_step(step)
        with self.say(
            "Nearly level ground makes for tiny strides. Keep going: the valley opens up."
        ):
            self.keep_going()
        fade_everything(self)

    def make_readout(self) -> VGroup:
        """The formula of a step, the number of steps done, and the cost where the ball is."""
        rule = Tex(Rf"p \leftarrow p - {RATE}\,\nabla C", font_size=HEADING_SIZE).set_fill(INK)
        rule[R"\nabla C"].set_fill(GRAD)
        height = VGroup(
            Tex("C =", font_size=HEADING_SIZE).set_fill(INK),
            Figure(self.landscape.height, BODY_SIZE, ERR, decimals=3),
        )
        step = VGroup(
            words("step", LABEL_SIZE, MUTED), Figure(ALL_STEPS, LABEL_SIZE, INK, decimals=0)
        )
        for row in (step, height):
            row.arrange(RIGHT, buff=0.2)
        readout = VGroup(rule, height, step).arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        readout.to_corner(UL, buff=0.5)
        step[1].set_value(0)
        self.height_figure, self.step_figure = height[1], step[1]
        return readout.fix_in_frame()

    def count_steps(self) -> None:
        """From here on the readout follows the ball."""
        self.height_figure.add_updater(lambda figure: figure.set_value(self.landscape.height))

    def take_step(self, step: int) -> None:
        """The arrow first, then the ball: 0.6 seconds."""
        arrow = self.landscape.arrow(step)
        mark = self.landscape.footprint(step)
        stride = self.landscape.stride(step)
        self.play(ShowCreation(arrow), run_time=0.25)
        self.add(mark)
        self.step_figure.set_value(step + 1)
        self.play(
            UpdateFromAlphaFunc(
                self.landscape.ball, lambda _, alpha: self.landscape.place_ball(stride(alpha))
            ),
            FadeOut(arrow),
            run_time=0.35,
        )

    def keep_going(self) -> None:
        """The other steps without stopping, all of one duration."""

        def stride(_, alpha):
            step, part = integer_interpolate(STEPS, ALL_STEPS, alpha)
            self.landscape.place_ball(self.landscape.stride(step)(part))
            self.step_figure.set_value(step + round(part))

        self.play(
            UpdateFromAlphaFunc(self.landscape.ball, stride, rate_func=linear),
            ShowCreation(self.landscape.trail(STEPS, ALL_STEPS), rate_func=linear),
            run_time=4.5,
        )
        self.wait(0.5)
