"""The chapter's card: nearly perpendicular arrows, more of them than a plane has room for."""

from manimlib import *

from scenes.components.cards import TitleCard
from scenes.components.crowds import (
    cool_hues,
)
from scenes.components.style import FAINT
from scenes.components.vectors import (
    SpaceArrow,
)
from scenes.superposition.room_model import icosahedron, rotation


class SuperpositionTitle(TitleCard):
    title = "Superposition"
    subtitle = "more ideas than dimensions"
    spoken = ("How many ideas fit in one space?",)

    def emblem(self) -> VGroup:
        rows = icosahedron() @ rotation([1, 0.4, 0.2], 68).T
        hues = cool_hues(len(rows), np.random.default_rng(5))
        order = np.argsort(rows[:, 2])
        arrows = VGroup(
            *(SpaceArrow(1.2 * rows[i], color=hues[i], width=4, tip_width=17) for i in order)
        )
        return VGroup(Circle(radius=1.32).set_stroke(FAINT, 2), *arrows)
