# ruff: noqa: F403, F405
from manimlib import *

from pipeline.engine import counting

_shift = Mobject.shift


class Patched(Scene):
    """Puts a function of its own in the place of one that numbers are made with."""

    def construct(self):
        Mobject.shift = lambda mob, vector: _shift(mob, 2 * vector)
        one, other = DecimalNumber(12.34), DecimalNumber(12.34)
        one.set_value(56.78)
        counting._set_value(other, 56.78)
        points = [number.get_all_points().tobytes() for number in (one, other)]
        assert points[0] == points[1]
        assert DecimalNumber.set_value is not counting._set_value
        self.wait(0.1)
