# ruff: noqa: F403, F405 - as manimgl scenes are written
"""
The scenes that are measured: one for each kind of thing a lecture is made of.

Plain manimgl, so that stock manimgl draws them unchanged. Each lasts a few seconds.
"""

from __future__ import annotations

import itertools

from manimlib import *

FORMULAS = (
    R"\hat f(\xi) = \int_{-\infty}^{\infty} f(x)\, e^{-2\pi i x \xi}\, dx",
    R"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}",
    R"\nabla \times \mathbf{B} = \mu_0 \mathbf{J} + \mu_0 \varepsilon_0 "
    R"\frac{\partial \mathbf{E}}{\partial t}",
)


class Formulas(Scene):
    """Formulas written, transformed into each other, framed and faded."""

    def construct(self) -> None:
        lines = VGroup(*(Tex(source, font_size=44) for source in FORMULAS))
        lines.arrange(DOWN, buff=0.8)
        for line in lines:
            self.play(Write(line), run_time=1.2)
        frame = SurroundingRectangle(lines[1], buff=0.2)
        self.play(ShowCreation(frame), lines[0].animate.set_color(BLUE))
        self.wait(0.4)
        self.play(
            TransformMatchingTex(lines[1], Tex(R"\frac{\pi^2}{6} = \sum_{n=1}^{\infty} n^{-2}")),
            frame.animate.set_stroke(RED, 8),
        )
        self.play(FadeOut(lines[0], UP), FadeOut(lines[2], DOWN), Rotate(frame, PI / 8))
        self.wait(0.4)


class Paragraphs(Scene):
    """Text written line by line, highlighted and replaced."""

    def construct(self) -> None:
        lines = VGroup(
            *(
                Text(text, font_size=34)
                for text in (
                    "A network is a function with many knobs.",
                    "Turning one knob changes every answer a little.",
                    "Learning is turning them all at once,",
                    "each by as much as it helps.",
                )
            )
        ).arrange(DOWN, aligned_edge=LEFT)
        for line in lines:
            self.play(FadeIn(line, 0.3 * RIGHT, lag_ratio=0.05), run_time=0.8)
        self.play(Indicate(lines[1]), lines[0].animate.set_opacity(0.3))
        self.play(LaggedStartMap(FlashAround, lines[2:], lag_ratio=0.3))
        self.play(lines.animate.scale(0.7).to_edge(UP))
        self.play(Write(Text("How far, and which way?", font_size=60)))
        self.wait(0.5)


class NumberGrid(Scene):
    """Two hundred numbers, faded in, coloured and moved; then all of them count."""

    def construct(self) -> None:
        numbers = VGroup(*(DecimalNumber(50 * np.sin(0.1 * i), font_size=24) for i in range(200)))
        numbers.arrange_in_grid(20, 10, h_buff=0.6, v_buff=0.12)
        numbers.set_height(7)
        self.play(FadeIn(numbers, lag_ratio=0.005), run_time=1.5)
        self.play(numbers.animate.set_submobject_colors_by_gradient(BLUE, YELLOW), run_time=1)
        self.play(numbers.animate.scale(0.8).to_edge(LEFT), run_time=1)
        clock = ValueTracker()
        for index, number in enumerate(numbers):
            number.add_updater(
                lambda n, i=index: n.set_value(50 * np.sin(0.1 * i + clock.get_value()))
            )
        self.play(clock.animate.set_value(3), run_time=1.5, rate_func=linear)


class SurfaceCamera(ThreeDScene):
    """A shaded surface with its mesh and axes, the camera going round."""

    def construct(self) -> None:
        axes = ThreeDAxes((-3, 3), (-3, 3), (-2, 2))
        surface = ParametricSurface(
            lambda u, v: axes.c2p(u, v, np.cos(u) * np.sin(v)),
            u_range=(-3, 3),
            v_range=(-3, 3),
            resolution=(41, 41),
        )
        surface.set_color_by_xyz_func("z", -1, 1)
        mesh = SurfaceMesh(surface, resolution=(13, 13))
        title = Tex(R"z = \cos x \, \sin y").to_corner(UL)
        title.fix_in_frame()
        self.add(axes, title)
        self.play(ShowCreation(surface), run_time=1.5)
        self.play(ShowCreation(mesh, lag_ratio=0.01), run_time=1)
        self.play(self.frame.animate.reorient(60, 60), run_time=3)
        self.play(self.frame.animate.reorient(60, 20).set_height(6), run_time=1.5)


class Updaters(Scene):
    """A curve redrawn every frame, with its tangent, trace and numbers."""

    TURNS = 1

    def construct(self) -> None:
        axes = Axes((-4, 4), (-2, 2), width=11, height=6)
        axes.add_coordinate_labels(font_size=20)
        phase = ValueTracker()
        graph = always_redraw(
            lambda: axes.get_graph(lambda x: 1.5 * np.sin(x + phase.get_value()), color=YELLOW)
        )
        dot = GlowDot(color=WHITE)
        dot.add_updater(
            lambda d: d.move_to(axes.c2p(np.cos(phase.get_value()), np.sin(phase.get_value())))
        )
        trail = TracingTail(dot, time_traced=2)
        label = VGroup(Tex(R"\varphi ="), DecimalNumber(0)).arrange(RIGHT).to_corner(UR)
        label[1].add_updater(lambda n: n.set_value(phase.get_value()))
        line = always_redraw(
            lambda: Line(axes.c2p(0, 0), dot.get_center(), stroke_color=BLUE, stroke_width=6)
        )
        self.add(axes, graph, line, dot, trail, label)
        self.play(
            phase.animate.set_value(self.TURNS * TAU), run_time=5 * self.TURNS, rate_func=linear
        )
        self.wait(1)


class Cloud(Scene):
    """Twenty thousand dots, moved and coloured."""

    def construct(self) -> None:
        rng = np.random.default_rng(7)
        start = rng.normal(size=(20_000, 3)) * (2.5, 1.5, 0)
        angle = np.arctan2(start[:, 1], start[:, 0]) + 1.2
        radius = np.linalg.norm(start, axis=1)[:, None]
        end = radius * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
        cloud = DotCloud(start, radius=0.02, color=BLUE)
        target = cloud.copy().set_points(end)
        target.set_color_by_gradient(BLUE, YELLOW, RED)
        self.add(cloud)
        self.wait(0.5)
        self.play(Transform(cloud, target), run_time=3)
        self.play(cloud.animate.scale(0.4), run_time=2)
        self.wait(0.5)


class Lecture(Scene):
    """What most of a lecture is: something appears, and then is talked about."""

    PART = 1
    TIMES = 1

    def construct(self) -> None:
        for act in range(self.TIMES):
            # No two acts are alike, or the second would be found in the store
            number = Text(f"{self.PART}.{act + 1}", font_size=24).to_corner(DL)
            self.add(number)
            self.act()
            self.remove(number)

    def act(self) -> None:
        title = Text("Gradient descent", font_size=56).to_edge(UP)
        plane = NumberPlane((-6, 6), (-2, 2)).shift(0.5 * DOWN)
        curve = plane.get_graph(lambda x: 0.1 * x**2 - 1, color=YELLOW)
        point = Dot(curve.get_start(), color=RED)
        rule = Tex(R"x \leftarrow x - \eta f'(x)", font_size=48).to_edge(DOWN)
        self.play(Write(title))
        self.wait(2)
        self.play(ShowCreation(plane, lag_ratio=0.01), run_time=1)
        self.play(ShowCreation(curve), FadeIn(point))
        self.wait(2.5)
        self.play(FadeIn(rule, UP))
        self.wait(2)
        for share in (0.3, 0.4, 0.45):
            self.play(point.animate.move_to(curve.pfp(share)), run_time=0.6)
            self.wait(1)
        self.play(FadeOut(Group(*self.mobjects[1:])), run_time=0.5)


class Network(Scene):
    """A fully connected network: hundreds of strokes under filled circles, signals running."""

    def construct(self) -> None:
        layers = VGroup(
            *(
                VGroup(*(Circle(radius=0.16) for _ in range(count))).arrange(DOWN, buff=0.14)
                for count in (14, 10, 10, 6)
            )
        ).arrange(RIGHT, buff=2.2)
        layers.set_fill(BLACK, 1).set_stroke(WHITE, 2)
        edges = VGroup(
            *(
                Line(a.get_center(), b.get_center(), stroke_width=1.5)
                for left, right in itertools.pairwise(layers)
                for a in left
                for b in right
            )
        )
        edges.set_submobject_colors_by_gradient(BLUE, TEAL, RED).set_stroke(opacity=0.6)
        self.play(FadeIn(layers, lag_ratio=0.02), run_time=1)
        self.bring_to_back(edges)
        self.play(ShowCreation(edges, lag_ratio=0.005), run_time=1.5)
        for layer in layers[1:]:
            self.play(
                LaggedStart(*(node.animate.set_fill(YELLOW, 0.8) for node in layer)), run_time=0.8
            )
        self.play(VGroup(edges, layers).animate.scale(0.6).to_edge(LEFT))
        self.wait(1)


class Lesson(Lecture):
    """Somewhat more than a minute, with an end of its own."""

    TIMES = 4

    def construct(self) -> None:
        super().construct()
        self.end()

    def end(self) -> None:
        self.play(FadeIn(Text("Questions?", font_size=60)), run_time=1.0)


class UpdatersTwice(Updaters):
    TURNS = 2


class UpdatersFourTimes(Updaters):
    TURNS = 4


class UpdatersEightTimes(Updaters):
    TURNS = 8
