"""What a chapter is told with: a plan, a screen, someone who wonders."""

from manimlib import *

from scenes.components.mascot import LOOKS, CuriousDot
from scenes.components.outline import BulletPlan, ScreenSlot
from scenes.components.style import BOUNDARY, DATA, GRAD, POS
from scenes.gallery.exhibit import STAGE, Gallery


class Telling(Gallery):
    def construct(self):
        with self.exhibit(CuriousDot):
            dots = VGroup(
                *(
                    CuriousDot(look, 0.9, color)
                    for look, color in zip(LOOKS, (DATA, GRAD, POS), strict=True)
                )
            )
            dots.arrange(RIGHT, buff=1).move_to(STAGE)
            self.play(LaggedStartMap(FadeIn, dots, scale=1.3, lag_ratio=0.3))
            self.play(dots[0].blink())
            self.play(Transform(dots[1], dots[1].looking("neutral")), run_time=0.5)
        with self.exhibit(BulletPlan):
            plan = BulletPlan(("What is shown first", "What follows from it", "Where it ends"))
            self.play(FadeIn(plan.move_to(STAGE), lag_ratio=0.05))
            for item in range(3):
                self.play(plan.animate.focus(item), run_time=0.5)
                self.wait(0.4)
        with self.exhibit(ScreenSlot):
            slot = ScreenSlot(8).move_to(STAGE)
            waves = VGroup(
                *(
                    FunctionGraph(lambda x, n=n: np.sin(n * x) / n, (-4, 4, 0.1)).set_stroke(
                        color, 4
                    )
                    for n, color in ((1, DATA), (2, GRAD), (3, BOUNDARY))
                )
            )
            self.play(FadeIn(slot), run_time=0.5)
            self.play(ShowCreation(slot.hold(waves), lag_ratio=0.3), run_time=1.5)
