"""A landscape with a ball on it that takes steps of gradient descent."""

from __future__ import annotations

from collections.abc import Callable

from contourpy import contour_generator
from manimlib import *

from scenes.components.descend import descend
from scenes.components.style import BACKGROUND, ERR, GRAD, INK, UNIT_2

VALLEY = interpolate_color(BACKGROUND, UNIT_2, 0.2)
HEIGHTS = interpolate_color(INK, UNIT_2, 0.9)
CONTOUR_SPACING = 0.25
"""Of height between two level lines."""
LIFT = 0.02
"""Of lines that lie on the surface, above it."""


class DescentSurface(Group):
    """
    A landscape of two numbers and a ball that walks down it: `surface`, its level lines as
    `contours`, and a `ball` that stands on the first point of `path`.

    `f` and `grad` take an array of two numbers. A scene shows the `arrow` of a step, then leads the
    ball along its `stride` with `place_ball`; `height` is the landscape's under the ball.
    """

    def __init__(
        self,
        f: Callable[[np.ndarray], float],
        grad: Callable[[np.ndarray], np.ndarray],
        start: tuple[float, float],
        rate: float,
        steps: int,
        reach: float = 2.7,
        ball_radius: float = 0.14,
        resolution: int = 91,
        **style,
    ):
        super().__init__(**style)
        self.f = f
        self.rate = rate
        self.path = descend(grad, start, rate, steps)
        self.ball_radius = ball_radius
        surface = ParametricSurface(
            lambda u, v: (u, v, f(np.array([u, v]))),
            u_range=(-reach, reach),
            v_range=(-reach, reach),
            resolution=(resolution, resolution),
            shading=(0.2, 0.0, 0.35),
        )
        self._color_by_height(surface)
        ball = Sphere(radius=ball_radius).set_color(ERR)
        self.add(surface, self._level_lines(surface), ball)
        self.place_ball(self.path[0])

    @property
    def surface(self) -> ParametricSurface:
        return self.submobjects[0]

    @property
    def contours(self) -> VGroup:
        return self.submobjects[1]

    @property
    def ball(self) -> Sphere:
        return self.submobjects[2]

    @property
    def height(self) -> float:
        """Of the landscape where the ball stands, from where it is drawn."""
        return float(self.f(self.ball.get_center()[:2]))

    def on_surface(self, point: np.ndarray, lift: float = 0.0) -> np.ndarray:
        return np.array([point[0], point[1], self.f(np.asarray(point)) + lift])

    def place_ball(self, point: np.ndarray) -> DescentSurface:
        """Stands the ball on the landscape, over `point` of the plane."""
        self.ball.move_to(self.on_surface(point, self.ball_radius))
        return self

    def stride(self, step: int) -> Callable[[float], np.ndarray]:
        """The way of step `step` in the plane: 0 gives its start, 1 its end."""
        start, stop = self.path[step], self.path[step + 1]
        return lambda alpha: interpolate(start, stop, alpha)

    def arrow(self, step: int) -> VGroup:
        """Minus the gradient before step `step`, laid over the surface; the step is `rate` of it."""
        start = self.path[step]
        reach = start + (self.path[step + 1] - start) / self.rate
        spots = [interpolate(start, reach, part) for part in np.linspace(0, 1, 7)]
        along = [self.on_surface(spot, 1.6 * self.ball_radius) for spot in spots]
        shaft = VMobject().set_points_smoothly(along).set_stroke(GRAD, 5)
        toward = normalize(along[-1] - along[-2])
        aside = normalize(cross(toward, OUT))
        barb = min(0.2, 0.5 * get_norm(along[-1] - along[0]))
        barbs = [along[-1] - barb * (toward + side * 0.55 * aside) for side in (1, -1)]
        head = VMobject().set_points_as_corners([barbs[0], along[-1], barbs[1]])
        return VGroup(shaft, head.set_stroke(GRAD, 5))

    def trail(self, first: int, last: int) -> VMobject:
        """The way from point `first` to point `last` on the surface, every step equally long in it."""
        spots = [
            self.on_surface(self.stride(step)(part), LIFT)
            for step in range(first, last)
            for part in np.arange(4) / 4
        ]
        line = VMobject().set_points_as_corners([*spots, self.on_surface(self.path[last], LIFT)])
        return line.set_stroke(INK, 4).set_joint_type("no_joint")

    def footprint(self, step: int) -> Sphere:
        """A small mark where the ball stood before step `step`."""
        mark = Sphere(radius=0.045, resolution=(13, 7)).set_color(INK)
        return mark.move_to(self.on_surface(self.path[step], 0.03))

    def _color_by_height(self, surface: ParametricSurface) -> None:
        heights = surface.get_points()[:, 2]
        level = (heights - heights.min()) / np.ptp(heights)
        low, high = color_to_rgb(VALLEY), color_to_rgb(HEIGHTS)
        surface.data["rgba"][:, :3] = low + (high - low) * level[:, None]
        surface.data["rgba"][:, 3] = 1.0

    def _level_lines(self, surface: ParametricSurface) -> VGroup:
        """A line a little above the surface for every multiple of CONTOUR_SPACING that it crosses."""
        points = surface.get_points().reshape(*surface.resolution, 3)
        x, y, height = np.moveaxis(points, 2, 0)
        first, last = np.ceil(height.min() / CONTOUR_SPACING), height.max() / CONTOUR_SPACING
        curves = contour_generator(x, y, height)
        lines = VGroup()
        for level in CONTOUR_SPACING * np.arange(first, last):
            for curve in curves.lines(level):
                line = VMobject().set_points_as_corners(np.insert(curve, 2, level + LIFT, axis=1))
                lines.add(line.set_stroke(INK, 1.6, opacity=0.45).set_joint_type("no_joint"))
        return lines
