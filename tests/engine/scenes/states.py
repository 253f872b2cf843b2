# ruff: noqa: F403, F405
from manimlib import *


class Backdrop(Scene):
    """Another background in the middle of the scene."""

    def construct(self):
        circle = Circle(fill_opacity=0.5)
        self.play(ShowCreation(circle), run_time=0.5)
        self.camera.background_rgba[:3] = [0.4, 0.1, 0.1]
        self.wait(0.3)
        self.play(circle.animate.scale(2), run_time=0.3)
        self.camera.background_rgba = [0, 0.2, 0, 1]
        self.play(FadeOut(circle), run_time=0.4)


class Behind(Scene):
    def construct(self):
        title = Text("BEHIND", font_size=90, stroke_width=12, stroke_color=RED)
        title.set_backstroke(BLACK, 8)
        ring = Circle(radius=2, stroke_width=20).set_fill(BLUE, 0.6)
        self.add(ring)
        self.play(Write(title), run_time=0.6)
        ring.set_stroke(behind=True)
        self.play(ring.animate.shift(RIGHT), run_time=0.4)
        ring.set_stroke(behind=False)
        ring.set_flat_stroke(False)
        self.play(ring.animate.rotate(1, UP), run_time=0.4)


class Pinned(InteractiveScene):
    """Always has an updater of its own; parts of it do not move with the camera."""

    def construct(self):
        self.add(NumberPlane())
        title = Text("Pinned").to_edge(UP)
        title.fix_in_frame()
        title.set_backstroke(BLACK, 5)
        self.add(title)
        self.play(self.frame.animate.scale(0.6).shift(RIGHT), run_time=0.7)
        self.wait(0.4)
        self.play(FadeOut(title), self.frame.animate.to_default_state(), run_time=0.4)


class Glowing(Scene):
    def construct(self):
        glow = GlowDots(np.random.normal(0, 1.5, (30, 3)), color=YELLOW)
        cloud = DotCloud(np.random.normal(0, 1, (200, 3)), radius=0.04)
        cloud.set_color_by_gradient(BLUE, GREEN)
        self.add(cloud, glow)
        self.play(glow.animate.scale(0.5), cloud.animate.set_opacity(0.4), run_time=0.5)
        glow.set_glow_factor(0.5)
        self.play(cloud.animate.set_radius(0.1), run_time=0.4)
        self.play(FadeOut(glow), run_time=0.3)


class Shared(Scene):
    """One shape in two groups of the scene, which manimgl gives one buffer."""

    def construct(self):
        common = Circle(radius=0.5, fill_opacity=1, fill_color=YELLOW)
        left, right = Square().shift(2 * LEFT), Triangle().shift(2 * RIGHT)
        one, two = VGroup(left), VGroup(common, right)
        between = DotCloud(radius=0.3, color=RED).to_grid(1, 4)
        self.add(one, between, two)
        self.wait(0.2)
        one.add_to_back(common)
        self.wait(0.2)
        one.add_updater(lambda m, dt: left.shift(dt * UP))
        self.wait(0.4)
        one.clear_updaters()
        two.add_updater(lambda m, dt: right.shift(dt * UP))
        self.wait(0.4)
        self.play(common.animate.shift(DOWN), run_time=0.3)


class Layers(Scene):
    """Order: on top, to the back, by z-index, in and out of the scene."""

    def construct(self):
        colors = [RED, GREEN, BLUE, YELLOW]
        discs = [
            Circle(radius=1, fill_opacity=0.9, fill_color=c).shift(0.6 * k * RIGHT)
            for k, c in enumerate(colors)
        ]
        self.add(*discs)
        self.wait(0.2)
        self.bring_to_front(discs[0])
        self.wait(0.2)
        discs[1].set_z_index(3)
        self.add(discs[1])
        self.play(discs[2].animate.shift(UP), run_time=0.3)
        self.bring_to_back(discs[3])
        self.wait(0.2)
        self.remove(discs[0])
        with self.temp_skip():
            self.play(FadeOut(discs[1]))
            self.wait(3)
        self.play(FadeIn(discs[0], scale=0.5), run_time=0.4)
