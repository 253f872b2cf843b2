"""Things to read a value off."""

from manimlib import *

from scenes.components.plots import CostReadout, SliderLine
from scenes.components.stacks import LogHistogram, PatternRoll
from scenes.components.style import HEADING_SIZE, INK
from scenes.gallery.exhibit import STAGE, Gallery


class Instruments(Gallery):
    def construct(self):
        rng = np.random.default_rng(5)
        with self.exhibit(CostReadout):
            cost = CostReadout(3.48, R"C(w_0, w_1, \dots, w_n)", HEADING_SIZE).move_to(STAGE)
            self.play(FadeIn(cost))
            self.play(
                UpdateFromAlphaFunc(cost, lambda m, alpha: m.set_value(3.48 - 3.4 * smooth(alpha))),
                run_time=1.5,
            )
        with self.exhibit(SliderLine):
            slider = SliderLine(-0.75, length=7, labels=(-1, 0, 1)).move_to(STAGE)
            self.play(FadeIn(slider), run_time=0.5)
            self.play(slider.animate.set_value(0.5), run_time=1.5)
        with self.exhibit(LogHistogram):
            angles = np.degrees(np.arccos(rng.normal(0, 0.12, 200_000).clip(-1, 1)))
            counts, edges = np.histogram(angles, bins=np.arange(50, 131))
            histogram = LogHistogram(edges, counts, 8, 3.8, 6, (50, 70, 90, 110, 130), "°")
            self.play(FadeIn(histogram.move_to(STAGE)))
        with self.exhibit(PatternRoll):
            neurons = VGroup(*(Circle(radius=0.13) for _ in range(12))).set_stroke(INK, 1.5)
            neurons.arrange(DOWN, buff=0.13).move_to(STAGE + 3.2 * LEFT)
            roll = PatternRoll(neurons, capacity=24, left=-2.7, step=0.28)
            self.play(FadeIn(neurons), FadeIn(roll), run_time=0.5)
            for pattern in rng.uniform(-1, 1, (24, 12)):
                column = roll.next_column(pattern)
                self.play(FadeIn(column), run_time=0.1)
                roll.keep(column)
                self.add(roll)
