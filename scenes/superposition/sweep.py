"""
A pocket protractor: one arrow swings from 10 degrees to 180 and back to 95, and a gauge follows
their dot product from agreement through nothing to opposition.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    FAINT,
    GRAD,
    HEADING_SIZE,
    LABEL_SIZE,
    MUTED,
    SMALL_SIZE,
    UNIT_1,
    UNIT_3,
)
from scenes.components.vectors import (
    AnglePair,
    GrowSpaceArrow,
    Readout,
    TurnTo,
)
from scenes.superposition.angles_model import pair_of_arrows

LENGTH = 3.0
RIM = 3.85
VERTEX = np.array([0, -2.3, 0])


class AngleSweep(Narrated, InteractiveScene):
    def construct(self):
        pair = AnglePair(10, LENGTH, arc_radius=0.55, label_size=BODY_SIZE, width=8)
        pair.put_at(VERTEX)
        scale = self.protractor()
        dot_product = self.dot_product_of(pair)

        with self.say("Angle measures agreement."):
            self.play(FadeIn(scale), *map(GrowSpaceArrow, pair.arrows))
            self.play(ShowCreation(pair.arc), VFadeIn(pair.label), VFadeIn(dot_product))
            self.add(pair)
            self.play(TurnTo(pair, 60), run_time=2.5)

        with self.say("At ninety the vectors ignore each other."):
            self.play(TurnTo(pair, 90), run_time=2)

        with self.say("Beyond that they begin to oppose."):
            self.play(TurnTo(pair, 180), run_time=3.5)

        with self.say("Ninety-five is almost the same thing as ninety."):
            self.play(TurnTo(pair, 95), run_time=3)

    def protractor(self) -> VGroup:
        rim = Arc(0, PI, RIM, arc_center=VERTEX).set_stroke(FAINT, 3)
        ticks, numbers = VGroup(), VGroup()
        for degrees in range(0, 181, 10):
            out = rotate_vector(RIGHT, degrees * DEG)
            is_named = degrees % 30 == 0
            reach = RIM + (0.18 if is_named else 0.1)
            tick = Line(VERTEX + RIM * out, VERTEX + reach * out)
            ticks.add(tick.set_stroke(MUTED if is_named else FAINT, 2.5))
            if is_named:
                number = words(f"{degrees}", SMALL_SIZE, MUTED)
                numbers.add(number.move_to(VERTEX + (RIM + 0.45) * out))
        names = VGroup(
            words("agree", LABEL_SIZE, MUTED).next_to(numbers[0], RIGHT, buff=0.4),
            words("oppose", LABEL_SIZE, MUTED).next_to(numbers[-1], LEFT, buff=0.4),
        )
        return VGroup(rim, ticks, numbers, names)

    def dot_product_of(self, pair: AnglePair) -> VGroup:
        """Read from the drawn arrows; the gauge runs from -9 to 9, the product of their lengths."""
        value = Readout(0, HEADING_SIZE, decimals=2, signed=True, signed_zero=False, color=GRAD)
        name = VGroup(
            Tex(R"\vec{v}", font_size=HEADING_SIZE).set_color(UNIT_1),
            Tex(R"\cdot", font_size=HEADING_SIZE),
            Tex(R"\vec{w}", font_size=HEADING_SIZE).set_color(UNIT_3),
            Tex("=", font_size=HEADING_SIZE),
        ).arrange(RIGHT, buff=0.18)
        name.move_to([-0.75, 3.4, 0])
        value.next_to(name, RIGHT, buff=0.55).match_y(name)
        largest = float(np.prod(np.linalg.norm(pair_of_arrows(LENGTH, 0), axis=1)))
        gauge = Rectangle(6, 0.2).set_stroke(FAINT, 2).set_fill(opacity=0).move_to([0, 2.8, 0])
        zero = Line(0.16 * DOWN, 0.16 * UP).set_stroke(MUTED, 2).move_to(gauge)
        ends = VGroup(
            words(f"\N{MINUS SIGN}{largest:.0f}", SMALL_SIZE, MUTED).next_to(gauge, LEFT, buff=0.2),
            words(f"{largest:.0f}", SMALL_SIZE, MUTED).next_to(gauge, RIGHT, buff=0.2),
        )
        bar = Rectangle(1, 0.2).set_stroke(width=0).set_fill(GRAD, 0.9)

        def product() -> float:
            return float(np.dot(*(arrow.vector for arrow in pair.arrows)))

        def fill_gauge(m):
            share = product() / largest
            m.set_width(max(3 * abs(share), 1e-3), stretch=True)
            m.move_to(gauge.get_center() + 1.5 * share * RIGHT)

        bar.add_updater(fill_gauge)
        value.add_updater(lambda m: m.set_value(product()))
        return VGroup(gauge, bar, zero, ends, name, value)
