"""The chapter's title, under an emblem: a gradient as a column of bars, up or down, long or short."""

from manimlib import *

from scenes.components.cards import TitleCard
from scenes.components.figures import bracket
from scenes.components.style import NEG, POS
from scenes.gradient.network_model import PARAMETERS
from scenes.gradient.nudging_model import start_entries


class GradientTitle(TitleCard):
    title = "What a gradient tells you"
    subtitle = f"{PARAMETERS:,} numbers, read as a list of what matters"

    def emblem(self):
        bars = VGroup()
        for entry in start_entries(6):
            bar = Rectangle(abs(entry), 0.16).set_stroke(width=0)
            bar.set_fill(POS if entry > 0 else NEG, 1)
            bars.add(bar.move_to(ORIGIN, LEFT if entry > 0 else RIGHT))
        for place, bar in enumerate(bars):
            bar.shift(0.27 * place * DOWN)
        sides = [bracket(bars.get_height() + 0.3, side) for side in (LEFT, RIGHT)]
        sides[0].next_to(bars, LEFT, buff=0.2)
        sides[1].next_to(bars, RIGHT, buff=0.2)
        return VGroup(*sides, *bars)
