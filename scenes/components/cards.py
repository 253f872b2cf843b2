"""
Words on the screen: text in the house type, and the title card that opens a chapter.

A chapter's title is a subclass that names its words and, if it likes, draws an emblem:

    class GradientTitle(TitleCard):
        title = "What a gradient tells you"
        subtitle = "thirteen thousand numbers, one list"
        spoken = ("A gradient is a list.",)

        def emblem(self):
            return VGroup(...)
"""

from __future__ import annotations

from manimlib import *

from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    EDGE,
    FONT,
    GRAD,
    INK,
    MONO_FONT,
    MUTED,
    TITLE_SIZE,
)


def words(text: str, size: float = BODY_SIZE, color: str = INK, **style) -> Text:
    """A line of prose. `style` goes to Text: `weight="BOLD"`, `t2c={"word": colour}`, …"""
    return Text(text, font=FONT, font_size=size, fill_color=color, **style)


def figures(text: str, size: float = BODY_SIZE, color: str = INK, **style) -> Text:
    """Numbers or code, in the typeface whose characters all have one width."""
    return Text(text, font=MONO_FONT, font_size=size, fill_color=color, **style)


def fit_width(mobject: Mobject, width: float = FRAME_WIDTH - 4 * EDGE) -> Mobject:
    """Shrinks `mobject` to `width` units if it is wider; never enlarges it."""
    if mobject.get_width() > width:
        mobject.set_width(width)
    return mobject


class TitleCard(Narrated, InteractiveScene):
    """
    Emblem, title, rule, subtitle; then an empty frame for the chapter to start from.

    Lasts as long as `spoken` takes to read, five seconds or so with nothing said.
    """

    title = ""
    subtitle = ""
    spoken: tuple[str, ...] = ()
    """One caption each. The first runs while the card appears."""
    accent = GRAD
    hold_seconds = 2.0
    """How long the finished card is held when nothing is said."""

    def emblem(self) -> VMobject | None:
        """A small picture above the title, at most 3 units high. Placed by the card."""
        return None

    def show_emblem(self, emblem: VMobject) -> Animation:
        """How the emblem comes in."""
        return LaggedStartMap(FadeIn, emblem, scale=0.8, lag_ratio=0.1, run_time=1.5)

    def construct(self) -> None:
        title = fit_width(words(self.title, TITLE_SIZE, weight="BOLD"))
        rule = Line(LEFT, RIGHT).set_stroke(self.accent, 4).set_width(1.6)
        subtitle = fit_width(words(self.subtitle, BODY_SIZE, MUTED)) if self.subtitle else None
        emblem = self.emblem()
        parts = [part for part in (emblem, title, rule, subtitle) if part is not None]
        column = VGroup(*parts).arrange(DOWN, buff=0.35)
        if emblem is not None:
            emblem.shift(0.25 * UP)
        column.center().shift(0.2 * UP)

        def appear():
            if emblem is not None:
                self.play(self.show_emblem(emblem))
            self.play(
                LaggedStartMap(FadeIn, title, shift=0.15 * UP, lag_ratio=0.06, run_time=1.2),
                GrowFromCenter(rule, time_span=(0.5, 1.2)),
            )
            if subtitle is not None:
                self.play(FadeIn(subtitle, shift=0.1 * UP), run_time=0.7)

        if self.spoken:
            with self.say(self.spoken[0]):
                appear()
            for line in self.spoken[1:]:
                with self.say(line):
                    pass
            self.wait(0.3)
        else:
            appear()
            self.wait(self.hold_seconds)
        self.play(FadeOut(column), run_time=0.6)
