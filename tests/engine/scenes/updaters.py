# ruff: noqa: F403, F405
import random

from helpers.walks import step
from manimlib import *


class RandomWalk(Scene):
    """Draws on two generators, every frame."""

    def construct(self):
        dots = DotCloud(np.zeros((12, 3)), radius=0.1, color=YELLOW)
        square = Square(0.5, fill_opacity=0.7)

        def wander(mob):
            mob.set_points(mob.get_points() + np.random.uniform(-0.3, 0.3, (12, 3)))

        def hop(mob):
            mob.shift(step(random))

        dots.add_updater(wander)
        square.add_updater(hop)
        self.add(dots, square)
        self.wait(1)
        self.play(square.animate.set_color(RED), run_time=0.6)
        self.wait(0.4)


class Pendulum(Scene):
    """Integrates its own motion with the time steps it is given."""

    def construct(self):
        self.angle, self.speed = 1.2, 0.0
        rod = Line(UP * 2, ORIGIN)
        bob = Circle(radius=0.4, fill_opacity=1, fill_color=BLUE)

        def swing(mob, dt):
            self.speed -= 9.8 / 3 * np.sin(self.angle) * dt
            self.angle += self.speed * dt
            end = 2 * UP + 3 * np.array([np.sin(self.angle), -np.cos(self.angle), 0])
            rod.put_start_and_end_on(2 * UP, end)
            mob.move_to(end)

        bob.add_updater(swing)
        self.add(rod, bob)
        self.wait(0.8)
        self.play(bob.animate.set_fill(GREEN), run_time=0.5)
        self.wait(0.3)


class Traced(Scene):
    def construct(self):
        dot = Dot(RIGHT * 2)
        trace = TracedPath(dot.get_center, stroke_color=TEAL, stroke_width=6)
        tail = TracingTail(dot, time_traced=0.5).set_color(YELLOW)
        self.add(dot, trace, tail)
        self.play(Rotate(dot, PI, about_point=ORIGIN), run_time=0.9)
        self.play(dot.animate.shift(2 * UP), run_time=0.4)
        self.wait(0.3)


class Redrawn(Scene):
    """New mobjects on every frame, also while nothing moves."""

    def construct(self):
        value = ValueTracker(0.5)
        disc = always_redraw(
            lambda: Circle(radius=value.get_value(), fill_opacity=0.6, fill_color=MAROON)
        )
        number = DecimalNumber(0.5).to_corner(UL)
        number.add_updater(lambda m: m.set_value(value.get_value()))
        brace = always_redraw(lambda: Brace(disc, DOWN))
        self.add(disc, number, brace)
        self.play(value.animate.set_value(2), run_time=0.7)
        self.wait(0.4)
        number.clear_updaters()
        self.play(value.animate.set_value(1), FadeOut(number), run_time=0.4)


class Waiting(Scene):
    """Waits for something to happen, however long that takes."""

    def construct(self):
        ball = Dot(3 * LEFT + 2 * UP, radius=0.2)
        ball.add_updater(lambda m, dt: m.shift(dt * np.array([2, -2.3, 0])))
        self.add(ball)
        self.wait(10, stop_condition=lambda: ball.get_y() < 0.5)
        ball.clear_updaters()
        self.play(ball.animate.scale(2), run_time=0.3)
        clock = ValueTracker(0)
        clock.add_updater(lambda m, dt: m.increment_value(dt))
        self.add(clock)
        self.wait_until(lambda: clock.get_value() > 0.45)


class Rewired(Scene):
    """Its own constructor uses up randomness before anything is set up."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.start = np.random.uniform(-2, 2, 3) * [1, 1, 0]

    def construct(self):
        dot = Dot(self.start, radius=0.3)
        self.play(dot.animate.move_to(np.random.uniform(-2, 2, 3) * [1, 1, 0]), run_time=0.6)
        self.play(dot.animate.shift(random.uniform(-1, 1) * UP), run_time=0.6)
