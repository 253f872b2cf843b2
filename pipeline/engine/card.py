"""
The farm's own scene: a title, and below it a subtitle, on the project's background.

Run like any scene, in the project that shows it, so its fonts and background are the project's.
Plain text only: a formula wants a scene of its own.
"""

from __future__ import annotations

from typing import Any

from manimlib import BLACK, DOWN, ORIGIN, WHITE, Scene, Text, VGroup

WIDEST = 0.8
"""Of the frame's width; and of its height, a line's."""
TITLE_HEIGHT, SUBTITLE_HEIGHT = 0.085, 0.045
"""Of a capital letter, as a share of the frame's height."""
GAP = 0.09
SUBTITLE_OPACITY = 0.75
LIGHT = 1.5
"""Sum of the background's red, green and blue, each at most 1, above which the text is black."""


class Card(Scene):  # type: ignore[misc]
    """A still picture for `frames` frames."""

    title = ""
    subtitle = ""
    frames = 1

    def construct(self) -> None:
        lines = VGroup(self._line(self.title, TITLE_HEIGHT))
        if self.subtitle:
            lines.add(self._line(self.subtitle, SUBTITLE_HEIGHT).set_opacity(SUBTITLE_OPACITY))
        lines.arrange(DOWN, buff=GAP * self.frame.get_height()).move_to(ORIGIN)
        self.add(lines)
        # Half a frame short: manimgl counts frames by adding up floats, and may find one more
        self.wait((self.frames - 0.5) / self.camera.fps)

    def _line(self, text: str, height: float) -> Any:
        """Text whose capital letters have the height, or smaller where it would be too wide."""
        capital = Text("H").get_height()
        light = sum(self.camera.background_rgba[:3]) > LIGHT
        line = Text(text, fill_color=BLACK if light else WHITE).scale(
            height * self.frame.get_height() / capital
        )
        return line.set_max_width(WIDEST * self.frame.get_width())
