"""What lies ahead: a list whose items are lit in turn, a screen to show something in, a card."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import fit_width, words
from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    FAINT,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
    PANEL,
)


class BulletPlan(VGroup):
    """Numbered items in a column. All are bright until `focus` is called."""

    def __init__(
        self,
        items: tuple[str, ...],
        dim_opacity: float = 0.3,
        size: float = BODY_SIZE,
        gap: float = 0.8,
        **style,
    ):
        super().__init__(**style)
        self.dim_opacity = dim_opacity
        for number, text in enumerate(items, start=1):
            badge = Circle(radius=0.27).set_stroke(GRAD, 2.5)
            figure = words(str(number), LABEL_SIZE, GRAD, weight="BOLD").move_to(badge)
            prose = words(text, size, alignment="LEFT", lsh=1.4).next_to(badge, RIGHT, buff=0.3)
            self.add(VGroup(VGroup(badge, figure), prose))
        self.arrange(DOWN, buff=gap, aligned_edge=LEFT)

    def focus(self, index: int) -> BulletPlan:
        """Item `index` bright, the others dim. Animate it: `plan.animate.focus(1)`."""
        for position, ((badge, figure), prose) in enumerate(self):
            opacity = 1.0 if position == index else self.dim_opacity
            badge.set_stroke(opacity=opacity)
            figure.set_fill(opacity=opacity)
            prose.set_fill(opacity=opacity)
        return self

    def opacities(self) -> list[float]:
        return [float(prose[0].get_fill_opacity()) for _, prose in self]


class ScreenSlot(VGroup):
    """An empty 16:9 screen, for a preview to play in."""

    def __init__(self, width: float = 6.4, **style):
        super().__init__(**style)
        screen = Rectangle(width, width * 9 / 16)
        self.add(screen.set_fill(PANEL, 1).set_stroke(MUTED, 2.5))

    @property
    def screen(self) -> Rectangle:
        return self[0]

    def hold(self, mobject: Mobject, margin: float = 0.35) -> Mobject:
        """Puts `mobject` in the middle of the screen, shrunk to fit if need be."""
        room = self.screen.get_width() - 2 * margin, self.screen.get_height() - 2 * margin
        scale = min(1, room[0] / mobject.get_width(), room[1] / mobject.get_height())
        return mobject.scale(scale).move_to(self.screen)


class PlaceholderCard(Narrated, InteractiveScene):
    """One line about what comes next, on a quiet card: a second to take a breath in."""

    message = ""
    hold_seconds = 1.0

    def construct(self) -> None:
        lead = words("To come", LABEL_SIZE, MUTED)
        line = fit_width(words(self.message, HEADING_SIZE, INK))
        rule = Line(LEFT, RIGHT).set_width(1.2).set_stroke(GRAD, 3)
        card = VGroup(lead, line, rule).arrange(DOWN, buff=0.35).center()
        frame = SurroundingRectangle(card, buff=0.7).set_stroke(FAINT, 2).set_fill(PANEL, 1)
        self.add(frame, card)
        self.wait(self.hold_seconds)
        self.play(FadeOut(card), FadeOut(frame), run_time=0.4)
