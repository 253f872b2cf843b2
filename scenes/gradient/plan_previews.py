"""Three miniatures for the plan's screen, each with a `life` of two seconds to be played in it."""

from __future__ import annotations

from itertools import pairwise

from manimlib import *

from scenes.components.edges import EdgePulse
from scenes.components.networks import DenseNetwork
from scenes.components.style import DATA, ERR, GRAD, INK, MUTED, PANEL
from scenes.gradient.plan_model import NETWORK_SIZES, hill, small_network, walk_down_the_hill


class NetworkPreview(VGroup):
    """An input runs through a small network."""

    def __init__(self, rng: np.random.Generator, **style):
        super().__init__(**style)
        self.weights, self.activity = small_network(rng)
        network = DenseNetwork(
            NETWORK_SIZES, self.weights, radius=0.17, node_gap=0.2, layer_gap=1.3
        )
        self.add(network.set_activations(0, self.activity[0]))

    def life(self) -> Animation:
        network = self[0]
        steps = []
        for layer, weights in enumerate(self.weights):
            lit = network.layers[layer + 1].copy()
            for circle, value in zip(lit, self.activity[layer + 1], strict=True):
                circle.set_fill(INK, opacity=float(value))
            pulse = EdgePulse(network.edges[layer], weights * self.activity[layer], run_time=0.45)
            steps.append(pulse)
            steps.append(Transform(network.layers[layer + 1], lit, run_time=0.2))
        return Succession(*steps)


class HillPreview(VGroup):
    """A ball goes down a hill by gradient descent, step after step."""

    def __init__(self, **style):
        super().__init__(**style)
        xs = np.linspace(-3, 3, 60)
        curve = VMobject().set_points_smoothly([self._place(x) for x in xs])
        self.add(curve.set_stroke(DATA, 4))
        self.add(Dot(radius=0.16, fill_color=ERR))
        self.ball.move_to(self._above(walk_down_the_hill()[0]))

    @property
    def ball(self) -> Dot:
        return self[1]

    def life(self) -> Animation:
        curve = self[0]
        shift = curve.get_start() - self._place(-3)
        walk = walk_down_the_hill()

        def roll(ball, alpha):
            step, part = integer_interpolate(0, len(walk) - 1, alpha)
            ball.move_to(self._above(interpolate(walk[step], walk[step + 1], smooth(part))) + shift)

        return UpdateFromAlphaFunc(self.ball, roll, rate_func=linear, run_time=2)

    def _place(self, x: float) -> np.ndarray:
        return np.array([0.8 * x, 1.25 * float(hill(x)), 0])

    def _above(self, x: float) -> np.ndarray:
        """Where the ball's centre is when it touches the curve at x."""
        tangent = self._place(x + 1e-3) - self._place(x - 1e-3)
        return self._place(x) + 0.18 * normalize(np.array([-tangent[1], tangent[0], 0]))


class ChainPreview(VGroup):
    """A chain of computations, then its derivatives running back along it."""

    def __init__(self, **style):
        super().__init__(**style)
        boxes = VGroup()
        for formula in ("x", "z", "a", "C"):
            box = Square(0.78).set_stroke(INK, 2.5).set_fill(PANEL, 1).round_corners(0.12)
            boxes.add(VGroup(box, Tex(formula, font_size=40).set_fill(INK).move_to(box)))
        boxes.arrange(RIGHT, buff=0.75)
        forward, backward = VGroup(), VGroup()
        for left, right in pairwise(boxes):
            forward.add(
                Arrow(left.get_right(), right.get_left(), buff=0.08, thickness=3, fill_color=MUTED)
            )
            back = CurvedArrow(
                right.get_bottom() + 0.12 * DOWN, left.get_bottom() + 0.12 * DOWN, angle=-TAU / 5
            ).set_color(GRAD)
            above, below = right[1].get_tex(), left[1].get_tex()
            slope = Tex(rf"{{\partial {above} \over \partial {below}}}", font_size=34)
            backward.add(VGroup(back, slope.set_fill(GRAD).next_to(back, DOWN, buff=0.1)))
        self.add(boxes, forward, backward)
        backward.set_opacity(0)

    def life(self) -> Animation:
        boxes, _, backward = self
        lit = boxes.copy()
        for box, _ in lit:
            box.set_stroke(DATA, 5)
        shown = backward.copy().set_opacity(1)
        for arrow, _ in shown:
            arrow.set_fill(opacity=0)
            arrow.tip.set_fill(GRAD, 1)
        return Succession(
            LaggedStart(
                *(Transform(old, new) for old, new in zip(boxes, lit, strict=True)),
                lag_ratio=0.4,
                run_time=0.8,
            ),
            LaggedStart(
                *(
                    Transform(old, new)
                    for old, new in zip(reversed(backward), reversed(shown), strict=True)
                ),
                lag_ratio=0.5,
                run_time=1.2,
            ),
        )
