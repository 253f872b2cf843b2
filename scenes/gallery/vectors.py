"""Arrows, and the angle between two of them."""

from manimlib import *

from scenes.components.style import BODY_SIZE, UNIT_1, UNIT_2, UNIT_3
from scenes.components.vectors import AnglePair, GrowSpaceArrow, SpaceArrow, TurnTo
from scenes.gallery.exhibit import STAGE, Gallery


class Vectors(Gallery):
    def construct(self):
        axes = 2.5 * np.eye(3)
        with self.exhibit(SpaceArrow):
            self.frame.reorient(-25, 65, 0, center=(0, 0, 1.1))
            arrows = [
                SpaceArrow(axis, color=color, width=8)
                for axis, color in zip(axes, (UNIT_1, UNIT_3, UNIT_2), strict=True)
            ]
            self.play(*map(FadeIn, arrows), run_time=0.5)
            self.play(self.frame.animate.reorient(35, 65, 0), run_time=2.5)
        self.frame.to_default_state()
        with self.exhibit(GrowSpaceArrow):
            start = STAGE + 3.5 * LEFT + DOWN
            fan = [
                SpaceArrow(rotate_vector(6.5 * RIGHT, angle * DEG), start, color=UNIT_2)
                for angle in (0, 12, 24, 36)
            ]
            self.play(LaggedStart(*map(GrowSpaceArrow, fan), lag_ratio=0.3), run_time=2)
        pair = AnglePair(55, length=3.2, arc_radius=0.6, label_size=BODY_SIZE, width=7)
        pair.put_at(STAGE + 0.5 * LEFT + 1.6 * DOWN)
        with self.exhibit(AnglePair):
            self.play(FadeIn(pair))
        with self.exhibit(TurnTo):
            self.add(pair)
            for degrees in (90, 135, 20):
                self.play(TurnTo(pair, degrees), run_time=1.1)
