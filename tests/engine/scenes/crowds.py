# ruff: noqa: F403, F405
from manimlib import *


class Counting(Scene):
    """A grid of numbers, some of which count, in one group."""

    def construct(self):
        numbers = VGroup(*(DecimalNumber(k, font_size=22) for k in range(40)))
        numbers.arrange_in_grid(8, 5, h_buff=1, v_buff=0.3)
        for index, number in enumerate(numbers[::3]):
            number.add_updater(lambda n, dt, i=index: n.set_value(n.get_value() + i * dt))
        self.add(numbers)
        self.wait(0.5)
        numbers.clear_updaters()
        self.play(numbers[7].animate.set_color(RED).scale(3), run_time=0.4)
        self.play(FadeOut(numbers[::2], lag_ratio=0.02), run_time=0.4)


class Scattered(Scene):
    """Few things far apart, in one group and in several, that change one by one."""

    def construct(self):
        corners = VGroup(*(Dot(radius=0.2).to_corner(c) for c in (UL, UR, DL, DR)))
        corners.set_stroke(YELLOW, 6)
        rings = [Circle(radius=0.3, fill_opacity=0.5).shift(v) for v in (UP, DOWN, LEFT, RIGHT)]
        self.add(NumberPlane(), corners, *rings)
        self.play(corners[0].animate.set_color(RED), run_time=0.3)
        self.play(corners[3].animate.shift(UL), rings[2].animate.scale(2), run_time=0.4)
        self.remove(rings[0])
        self.play(Swap(rings[1], corners[1]), run_time=0.4)
        self.bring_to_back(rings[2])
        self.wait(0.2)


class Pointed(Scene):
    """Sharp joints of every type, wide, flat and not, seen straight on and from the side."""

    def construct(self):
        kinds = ("no_joint", "auto", "bevel", "miter")
        spikes = VGroup()
        for index, (kind, sharp) in enumerate((k, s) for k in kinds for s in (0.02, 0.2, 1)):
            spike = VMobject(stroke_width=8 + 10 * (index % 3), joint_type=kind)
            spike.set_points_as_corners([LEFT, ORIGIN, LEFT + sharp * UP, 0.3 * RIGHT])
            spike.set_stroke(color=[RED, BLUE, YELLOW], opacity=0.8)
            spike.set_flat_stroke(bool(index % 2))
            spikes.add(spike)
        spikes.arrange_in_grid(4, 3, buff=0.8)
        self.add(*spikes)
        self.play(LaggedStartMap(Rotate, spikes, angle=2, lag_ratio=0.1), run_time=0.8)
        self.play(self.frame.animate.reorient(30, 50), run_time=0.4)
        self.play(*(s.animate.shift(0.2 * UP) for s in spikes[::4]), run_time=0.3)


class Zoomed(Scene):
    """From far outside to deep inside, with strokes that keep their width and that do not."""

    def construct(self):
        shapes = VGroup(RegularPolygon(5), Circle(), Square()).arrange(RIGHT)
        shapes.set_fill(TEAL, 0.6, border_width=3)
        shapes[1].set_scale_stroke_with_zoom(True)
        label = Text("near and far", font_size=30).next_to(shapes, UP)
        label.set_backstroke(BLACK, 10)
        self.camera.background_rgba[3] = 0.3
        self.add(shapes, label)
        self.play(self.frame.animate.scale(0.05).move_to(shapes[0].get_top()), run_time=0.5)
        self.play(self.frame.animate.scale(400), run_time=0.5)
        self.play(self.frame.animate.to_default_state(), shapes.animate.scale(0), run_time=0.5)
        self.wait(0.2)
