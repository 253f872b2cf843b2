"""CuriousDot: a circle with two eyes that wonders about things. It has no mouth and no opinions."""

from __future__ import annotations

from manimlib import *

from scenes.components.style import BACKGROUND, DATA, INK

LOOKS = ("neutral", "puzzled", "blink")


class CuriousDot(VGroup):
    """
    A face that wonders: `look` is "neutral", "puzzled" (one brow up, eyes aside) or "blink".

    Every look has the same parts, so that one turns into another by `Transform` or `.animate`.
    """

    def __init__(self, look: str = "neutral", radius: float = 0.5, color: str = DATA, **style):
        super().__init__(**style)
        if look not in LOOKS:
            raise ValueError(f"a CuriousDot looks {', '.join(LOOKS)}; not {look!r}")
        self.look = look
        body = Circle(radius=0.5).set_fill(color, 1).set_stroke(width=0)
        shut, up = look == "blink", look == "puzzled"
        eyes, pupils, brows = VGroup(), VGroup(), VGroup()
        for side in (-1, 1):
            at = np.array([0.17 * side, 0.08, 0])
            eye = Circle(radius=0.13).set_fill(INK, 1).set_stroke(width=0).move_to(at)
            aside = np.array([0.045, 0.05, 0]) if up else 0.02 * DOWN
            pupil = Dot(radius=0.06, fill_color=BACKGROUND).move_to(at + aside)
            raised = 0.26 + 0.07 * (up and side > 0)
            brow = Line(0.11 * LEFT, 0.11 * RIGHT, path_arc=-0.6).set_stroke(BACKGROUND, 3)
            brow.rotate(0.25 * side * up).move_to([0.17 * side, raised, 0])
            if shut:
                VGroup(eye, pupil).stretch(0.06, 1)
            eyes.add(eye)
            pupils.add(pupil)
            brows.add(brow)
        self.add(body, eyes, pupils, brows)
        self.scale(2 * radius)

    def looking(self, look: str) -> CuriousDot:
        """The same dot, in the same place, with another look."""
        body = self[0]
        other = CuriousDot(look, radius=body.get_width() / 2, color=body.get_fill_color())
        return other.shift(body.get_center() - other[0].get_center())

    def blink(self, run_time: float = 0.3) -> Animation:
        """Eyes shut and open again."""
        return Transform(self, self.looking("blink"), rate_func=there_and_back, run_time=run_time)
