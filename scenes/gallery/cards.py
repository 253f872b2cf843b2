"""The two cards that are scenes of their own, each showing itself."""

from manimlib import *

from scenes.components.cards import TitleCard
from scenes.components.mascot import CuriousDot
from scenes.components.outline import PlaceholderCard
from scenes.components.style import BOUNDARY, DATA, GRAD, POS
from scenes.gallery.exhibit import caption_of


class OpeningCard(TitleCard):
    title = TitleCard.__name__
    subtitle = "and every other component that the chapters share"
    spoken = (caption_of(TitleCard),)

    def emblem(self):
        dots = (CuriousDot(color=color) for color in (DATA, GRAD, POS, BOUNDARY))
        return VGroup(*dots).arrange(RIGHT, buff=0.25)


class ComingCard(PlaceholderCard):
    message = PlaceholderCard.__name__
    hold_seconds = 3.0

    def construct(self):
        with self.say(caption_of(PlaceholderCard)):
            super().construct()
