"""A landscape of two numbers, and the walk down it."""

from manimlib import *

from scenes.components.descent_surface import DescentSurface
from scenes.gallery.exhibit import Gallery


class Landscape(Gallery):
    def construct(self):
        with self.exhibit(DescentSurface):
            self.frame.reorient(40, 50, 0, center=(0, 0, 1.1), height=7.5)
            landscape = DescentSurface(bowl, slope, start=(2.1, -1.8), rate=0.35, steps=8)
            self.play(FadeIn(landscape))
            for step in range(4):
                arrow, stride = landscape.arrow(step), landscape.stride(step)
                self.play(ShowCreation(arrow), run_time=0.4)
                self.play(
                    UpdateFromAlphaFunc(
                        landscape, lambda m, alpha, way=stride: m.place_ball(way(smooth(alpha)))
                    ),
                    FadeOut(arrow),
                    run_time=0.5,
                )


def bowl(point: np.ndarray) -> float:
    x, y = point[0], point[1]
    return 0.12 * x**2 + 0.2 * y**2 + 0.25 * np.cos(1.6 * x)


def slope(point: np.ndarray) -> np.ndarray:
    x, y = point[0], point[1]
    return np.array([0.24 * x - 0.4 * np.sin(1.6 * x), 0.4 * y])
