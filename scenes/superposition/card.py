"""
Almost perpendicular: two unit arrows open and close by a degree, then by five, while a dot on a
line of cosines hardly moves.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    DATA,
    FAINT,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
)
from scenes.components.vectors import (
    AnglePair,
    GrowSpaceArrow,
    Readout,
    TurnTo,
)
from scenes.superposition.angles_model import cosine


class AlmostPerpendicularCard(Narrated, InteractiveScene):
    def construct(self):
        title = words("Almost perpendicular", HEADING_SIZE).to_edge(UP, buff=0.5)
        pair = AnglePair(90, length=3.6, arc_radius=0.7, decimals=1, label_size=BODY_SIZE, width=7)
        pair.put_at([-6.0, -2.1, 0])
        upright = DashedLine(pair.vertex, pair.vertex + 4.1 * UP, dash_length=0.09)
        upright.set_stroke(MUTED, 2)

        line = self.cosine_line()
        dot = Dot(line.n2p(0), radius=0.11, fill_color=GRAD).set_stroke(INK, 1.5).set_z_index(1)
        dot.add_updater(lambda m: m.move_to(line.n2p(cosine(pair.degrees))))
        readout = self.readout(pair).move_to([2.9, 1.1, 0])

        with self.say("A right angle means zero dot product."):
            self.play(FadeIn(title, shift=0.2 * DOWN), run_time=0.8)
            self.play(
                *map(GrowSpaceArrow, pair.arrows), ShowCreation(pair.arc), VFadeIn(pair.label)
            )
            self.play(ShowCreation(line.axis), FadeIn(line.marks), VFadeIn(readout))
            self.play(FadeIn(dot, scale=3), run_time=0.5)
            self.add(pair, dot)

        with self.say("One degree off, the dot product is under two per cent."):
            self.play(FadeIn(upright), TurnTo(pair, 89))
            self.play(FadeIn(self.band(line, 1), scale=3))
            self.play(TurnTo(pair, 91), run_time=1.5)

        with self.say("Five degrees off, it is still under nine per cent."):
            self.play(TurnTo(pair, 85), run_time=1.5)
            self.play(FadeIn(self.band(line, 5), scale=3))
            self.play(TurnTo(pair, 95), run_time=1.5)

        with self.say("For many purposes, that is zero enough."):
            self.play(TurnTo(pair, 90))
            self.wait(1.5)

    def cosine_line(self) -> NumberLine:
        line = NumberLine((-0.1, 0.1, 0.05), width=6.8, tick_size=0.1, stroke_color=MUTED)
        line.move_to([2.9, -1.0, 0])
        marks = VGroup()
        for value in (-0.1, -0.05, 0, 0.05, 0.1):
            label = words(f"{value:g}".replace("-", "\N{MINUS SIGN}"), LABEL_SIZE, MUTED)
            marks.add(label.next_to(line.n2p(value), DOWN, buff=0.25))
        name = words("dot product of two unit vectors", LABEL_SIZE, MUTED)
        line.axis = VGroup(*line.submobjects, line.copy().set_submobjects([]))
        line.marks = VGroup(marks, name.next_to(marks, DOWN, buff=0.3))
        return line

    def readout(self, pair: AnglePair) -> VGroup:
        angle = Readout(90, HEADING_SIZE, decimals=1)
        value = Readout(0, HEADING_SIZE, decimals=4, signed=True, signed_zero=False, color=GRAD)
        degree = words("°", HEADING_SIZE)
        row = VGroup(words("cos", HEADING_SIZE), angle, degree, words("=", HEADING_SIZE), value)
        row.arrange(RIGHT, buff=0.25)
        degree.next_to(angle, RIGHT, buff=0.05).align_to(angle, UP)
        row[3:].shift(0.25 * LEFT)
        value.shift(0.3 * RIGHT)
        angle.add_updater(lambda m: m.set_value(pair.degrees))
        value.add_updater(lambda m: m.set_value(cosine(pair.degrees)))
        return row

    def band(self, line: NumberLine, degrees: float) -> VGroup:
        """All cosines within `degrees` of a right angle."""
        reach = line.n2p(cosine(90 - degrees))[0] - line.n2p(0)[0]
        height = {1: 0.42, 5: 0.3}[degrees]
        bar = Rectangle(2 * reach, height).move_to(line.n2p(0))
        bar.set_fill(DATA, 0.35 if degrees == 1 else 0.16).set_stroke(DATA, 1.5)
        bar.set_stroke(FAINT if degrees == 5 else DATA)
        label = words(f"within {degrees}°", LABEL_SIZE, DATA)
        label.next_to(bar, UP, buff=0.2 if degrees == 1 else 0.25)
        if degrees == 5:
            label.align_to(bar, LEFT)
        return VGroup(bar, label)
