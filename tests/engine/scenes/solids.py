# ruff: noqa: F403, F405
from manimlib import *


class Saddle(ThreeDScene):
    """Multisampled, lit, depth-tested, with a camera that goes round it."""

    def construct(self):
        axes = ThreeDAxes((-3, 3), (-3, 3), (-2, 2))
        surface = axes.get_graph(lambda x, y: 0.3 * (x * x - y * y)).set_color(BLUE_D, 0.8)
        mesh = SurfaceMesh(surface, resolution=(9, 9))
        ball = Sphere(radius=0.5, resolution=(21, 11)).set_color(RED).shift(OUT)
        self.frame.reorient(20, 70)
        self.add(axes, surface, mesh, ball)
        self.frame.add_updater(lambda m, dt: m.increment_theta(-0.4 * dt))
        self.play(ball.animate.shift(2 * IN + RIGHT), run_time=0.7)
        self.play(
            self.camera.light_source.animate.move_to([5, -8, 3]),
            self.frame.animate.increment_phi(-0.4).set_height(6),
            run_time=0.6,
        )


class Crossing(Scene):
    """Depth without multisampling: flat shapes that pass through each other and a surface."""

    def construct(self):
        self.frame.reorient(-30, 60, 0)
        panes = VGroup(
            Square(4, fill_opacity=0.8, fill_color=BLUE).rotate(PI / 2, RIGHT),
            Square(4, fill_opacity=0.8, fill_color=YELLOW).rotate(PI / 2, UP),
        )
        panes.apply_depth_test()
        torus = Torus(r1=1.5, r2=0.4, resolution=(31, 13)).set_color(GREEN)
        label = Text("fixed").to_corner(UR)
        label.fix_in_frame()
        self.add(panes, torus, label)
        self.play(Rotate(panes, PI / 3), Rotate(torus, PI / 2, UP), run_time=0.8)
        torus.deactivate_depth_test()
        self.play(self.frame.animate.set_focal_distance(6), run_time=0.5)
        label.unfix_from_frame()
        self.wait(0.3)


class Finer(Crossing):
    samples = 4


class Smooth(Scene):
    samples = 4

    def construct(self):
        star = RegularPolygon(7, fill_opacity=0.5).scale(2).set_color(PINK)
        cloud = DotCloud(radius=0.15, color=TEAL).to_grid(5, 5)
        cloud.make_3d()
        self.play(DrawBorderThenFill(star), run_time=0.8)
        self.add(cloud)
        self.play(Rotate(cloud, PI / 2, UP), star.animate.scale(0.7), run_time=0.6)


class Sliced(Scene):
    """Clip planes, which manimgl switches on for good."""

    def construct(self):
        self.frame.reorient(10, 60)
        sphere = Sphere(radius=2, resolution=(41, 21)).set_color(BLUE)
        disc = Circle(radius=1, fill_opacity=1, fill_color=RED).shift(3 * LEFT)
        self.add(disc)
        self.wait(0.3)
        self.add(sphere)
        sphere.set_clip_plane(RIGHT, 2.5)
        level = ValueTracker(2.5)
        sphere.add_updater(lambda m: m.set_clip_plane(RIGHT, level.get_value()))
        self.play(level.animate.set_value(-0.5), run_time=0.8)
        sphere.clear_updaters()
        sphere.deactivate_clip_plane()
        self.play(disc.animate.shift(RIGHT), run_time=0.4)
