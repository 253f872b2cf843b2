# ruff: noqa: F403, F405
"""Whatever can be put together and changed, by a number that stands for one way to do it."""

from manimlib import *

FRAMES = 6
JOINTS = ("no_joint", "auto", "bevel", "miter")
FAR = (0, 0, 0, 0, 4, 9, 60)
SCALES = (0, 1e-9, 1e-3, 0.1, 0.4, 0.7, 1, 1, 1, 1.5, 3, 20)
WIDTHS = (0, 0.01, 1, 2, 4, 4, 10, 40, 300)


class Chaos(Scene):
    seed = 0
    deep = False

    def construct(self):
        self.rng = np.random.default_rng(self.seed)
        if self.chance(0.2):
            self.camera.background_rgba = list(self.rng.random(4))
        self.move_camera(often=0.4)
        self.add(*(self.anything() for _ in range(self.rng.integers(1, 7))))
        for _ in range(FRAMES):
            self.wait(1 / self.camera.fps)
            for _ in range(self.rng.integers(1, 4)):
                self.change()

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, things):
        return things[self.rng.integers(len(things))]

    def place(self):
        return self.rng.normal(0, 2.5, 3) * (1, 1, self.chance(0.4))

    def color(self):
        return rgb_to_color(self.rng.random(3))

    def opacity(self):
        return self.pick((0, 0.01, self.rng.random(), self.rng.random(), 1, 1))

    def anything(self):
        made = self.pick(
            2 * (self.path, self.shape, self.crowd)
            + (self.text, self.cloud, self.surface, self.picture)
        )()
        for _ in range(self.rng.integers(0, 3)):
            self.disturb(made)
        return made

    def path(self):
        """Corners and curves, some of no length, some with next to no angle between them."""
        made = VMobject(joint_type=self.pick(JOINTS))
        size = self.pick((0.001, 0.05, 0.5, 2, 2, 5))
        for _ in range(self.rng.integers(1, 4)):
            points = self.rng.normal(0, size, (self.rng.integers(2, 9), 3))
            points[:, 2] *= self.chance(0.3)
            if self.chance(0.4):
                points[-1] = points[self.rng.integers(len(points))]
            if self.chance(0.3):
                points[1:] = points[0] + (points[1:] - points[0]) * (1, 0.02, 1)
            corners = VMobject().set_points_as_corners(points)
            if self.chance(0.4):
                corners.make_smooth(approx=True)
            made.append_vectorized_mobject(corners)
        self.paint(made)
        if self.chance(0.3):
            widths = self.rng.random(self.rng.integers(2, 5)) * self.pick(WIDTHS)
            made.set_stroke(width=list(widths))
        return made

    def shape(self):
        made = self.pick(
            (Circle, Square, Triangle, RegularPolygon, Annulus, Line, Arrow, RoundedRectangle)
        )()
        return self.paint(made.shift(self.place()))

    def text(self):
        made = Text(self.pick(("quick", "f(x)", "%&", "brown fox")), font_size=self.pick((20, 90)))
        made.shift(self.place())
        if self.chance(0.5):
            made.set_backstroke(self.color(), self.pick(WIDTHS))
        return made

    def crowd(self):
        """Many in one group, dense or scattered."""
        part = self.shape()
        spread = self.pick((0.3, 2, 4))
        parts = [
            part.copy()
            .scale(self.pick((0.1, 0.3)))
            .shift(self.rng.normal(0, spread, 3) * (1, 1, 0))
            for _ in range(self.rng.integers(2, 40))
        ]
        return VGroup(*parts)

    def cloud(self):
        points = self.rng.normal(0, self.pick((0.2, 2)), (self.rng.integers(1, 60), 3))
        if self.chance(0.3):
            return GlowDots(points, color=self.color(), radius=self.pick((0.1, 0.6)))
        made = DotCloud(points, radius=self.pick((0.001, 0.05, 0.5)), color=self.color())
        return made.make_3d() if self.chance(0.3) else made

    def surface(self):
        made = self.pick(
            (
                lambda: Sphere(radius=1.2, resolution=(15, 9)),
                lambda: Torus(r1=1.5, r2=0.5, resolution=(15, 9)),
                lambda: TexturedSurface(Sphere(radius=1, resolution=(11, 7)), "checks"),
                lambda: SurfaceMesh(Sphere(radius=1.5), resolution=(5, 5), stroke_width=3),
            )
        )()
        if not isinstance(made, (TexturedSurface, SurfaceMesh)):
            made.set_color(self.color(), self.pick((0.4, 1)))
        return made.shift(self.place())

    def picture(self):
        made = ImageMobject("stripes.png", height=self.pick((0.5, 2, 12)))
        return made.shift(self.place()).set_opacity(self.pick((0.3, 1)))

    def paint(self, made):
        made.set_stroke(self.color(), self.pick(WIDTHS), self.opacity(), behind=self.chance(0.2))
        if self.chance(0.3):
            made.set_stroke(color=[self.color() for _ in range(3)])
        if self.chance(0.6):
            made.set_fill(self.color(), self.opacity(), border_width=self.pick((0, 0.5, 3, 60)))
        if self.chance(0.2):
            made.set_fill(color=[self.color() for _ in range(3)])
        if self.chance(0.3):
            made.set_flat_stroke(self.chance(0.5))
        return made

    def disturb(self, made):
        """Changes one thing about it."""
        part = made
        if self.chance(0.5) and len(made.submobjects):
            part = self.pick(made.submobjects)
        curves = isinstance(made, VMobject)
        ways = [
            lambda: part.shift(self.place() * 0.2),
            lambda: part.shift(self.place() * 0.2),
            lambda: part.shift(self.pick(FAR) * self.rng.normal(size=3) * (1, 1, 0)),
            lambda: part.scale(self.pick(SCALES), min_scale_factor=0),
            lambda: part.rotate(self.rng.random() * TAU, self.rng.normal(size=3)),
            lambda: part.rotate(self.rng.random() * TAU),
            lambda: part.stretch(self.pick((-1, 0.01, 0.5, 2)), self.rng.integers(2)),
            lambda: part.set_opacity(self.opacity()),
            lambda: part.set_color(self.color()),
            lambda: made.fix_in_frame(),
            lambda: made.unfix_from_frame(),
            lambda: made.set_uniform(is_fixed_in_frame=0.5),
            lambda: made.set_shading(*self.rng.random(3)),
            lambda: made.apply_depth_test() if self.chance(0.3) else made.deactivate_depth_test(),
            lambda: made.set_z_index(self.rng.integers(-1, 2)),
            lambda: self.nudge(part),
        ]
        if curves:
            ways += [
                lambda: self.paint(part),
                lambda: part.set_joint_type(self.pick(JOINTS)),
                lambda: part.set_anti_alias_width(self.pick((0, 1.5, 8))),
                lambda: part.set_backstroke(self.color(), self.pick(WIDTHS)),
                lambda: made.set_scale_stroke_with_zoom(self.chance(0.5)),
                lambda: part.reverse_points(),
            ]
        if self.deep and self.chance(0.05):
            made.set_clip_plane(self.rng.normal(size=3), self.rng.normal())
        self.pick(ways)()

    def nudge(self, part):
        """One point of many."""
        family = [m for m in part.get_family() if m.has_points()]
        if family:
            one = self.pick(family)
            points = one.get_points().copy()
            points[self.rng.integers(len(points))] += self.rng.normal(0, 0.5, 3) * (1, 1, 0)
            one.set_points(points)

    def change(self):
        shown = self.mobjects[1:] if self.mobjects[:1] == [self.frame] else list(self.mobjects)
        if not shown:
            self.add(self.anything())
            return
        one = self.pick(shown)
        self.pick(
            [lambda: self.disturb(one)] * 8
            + [
                lambda: self.add(self.anything()),
                lambda: self.remove(one),
                lambda: self.bring_to_back(one),
                lambda: self.bring_to_front(one),
                lambda: self.replace(one, self.anything()),
                lambda: self.move_camera(often=1),
            ]
        )()

    def move_camera(self, often):
        if not self.chance(often):
            return
        self.pick(
            [
                lambda: self.frame.scale(self.pick((0.03, 0.5, 0.9, 1.2, 10))),
                lambda: self.frame.shift(self.place()),
                lambda: self.frame.reorient(*self.rng.uniform(-90, 90, 3)),
                lambda: self.frame.reorient(self.rng.uniform(-40, 40), self.rng.uniform(0, 80)),
                lambda: self.frame.set_focal_distance(self.pick((0.3, 3, 30))),
                lambda: self.camera.light_source.move_to(4 * self.place()),
                lambda: self.frame.to_default_state(),
            ]
        )()


class SmoothChaos(Chaos):
    samples = 4
