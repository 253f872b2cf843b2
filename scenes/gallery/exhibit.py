"""
How the gallery shows a component: its name and where it is, its docstring as the caption, and an
empty stage to show it on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from manimlib import *

from scenes.components.cards import figures, words
from scenes.components.narration import Narrated
from scenes.components.style import BODY_SIZE, GRAD, MUTED, SMALL_SIZE

STAGE = 0.5 * DOWN
"""The middle of the frame under the name."""


def caption_of(component: Callable) -> str:
    """What its docstring says first: up to the first full stop, colon or semicolon."""
    said = re.split(r"[.:;](?=\s|$)", component.__doc__ or "", maxsplit=1)[0]
    return " ".join(said.replace("`", "").split()) + "."


class Gallery(Narrated, InteractiveScene):
    """One component after another."""

    @contextmanager
    def exhibit(self, component: Callable) -> Iterator[None]:
        """The block's animations show `component`; afterwards everything goes."""
        name = figures(component.__name__, BODY_SIZE, GRAD)
        home = words(f"{component.__module__.replace('.', '/')}.py", SMALL_SIZE, MUTED)
        label = VGroup(name, home).arrange(DOWN, buff=0.15, aligned_edge=LEFT)
        label.to_corner(UL, buff=0.5).fix_in_frame()
        with self.say(caption_of(component)):
            self.play(FadeIn(label), run_time=0.3)
            yield
        shown = [m for m in self.mobjects if m is not self.frame and m.family_members_with_points()]
        self.play(*map(FadeOut, shown), run_time=0.3)
        self.remove(*shown)
