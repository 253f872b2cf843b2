"""Curves of training: a small pair of axes, and lines that grow epoch by epoch."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.style import FAINT, LABEL_SIZE, MUTED, SMALL_SIZE
from scenes.components.tiles import numeral


class CurveAxes(VGroup):
    """Epochs to the right, per cent upwards, with ticks and both names."""

    def __init__(
        self,
        width: float,
        height: float,
        epochs: int,
        top: float,
        every: tuple[float, float],
        names: tuple[str, str] = ("epoch", "error in per cent"),
        bottom: float = 0.0,
    ):
        self.box = np.array([width, height])
        self.epochs, self.top, self.bottom = epochs, top, bottom
        corner = Dot(ORIGIN, radius=0).set_opacity(0)
        grid, labels = VGroup(), VGroup()
        for value in np.arange(bottom, top + 1e-9, every[1]):
            y = self.local(0, value)[1]
            grid.add(Line([0, y, 0], [width, y, 0]))
            text = f"{value:g}"
            labels.add(numeral(text, SMALL_SIZE, MUTED).next_to([0, y, 0], LEFT, buff=0.15))
        for value in np.arange(0, epochs + 1e-9, every[0]):
            place = self.local(value, bottom)
            labels.add(numeral(f"{value:g}", SMALL_SIZE, MUTED).next_to(place, DOWN, buff=0.15))
        across = words(names[0], SMALL_SIZE, MUTED).next_to(labels[-1], RIGHT, buff=0.25)
        up = words(names[1], SMALL_SIZE, MUTED)
        up.next_to(self.local(0, top), UP, buff=0.25).align_to(labels, LEFT)
        super().__init__(corner, grid.set_stroke(FAINT, 1.5), labels, across, up)

    def local(self, epoch: float, value: float) -> np.ndarray:
        """Seen from the lower left corner."""
        share = (value - self.bottom) / (self.top - self.bottom)
        return np.array([self.box[0] * epoch / self.epochs, self.box[1] * share, 0])

    def place(self, epoch: float, value: float) -> np.ndarray:
        return self[0].get_center() + self.local(epoch, value)

    def curve(self, values: np.ndarray, color: str, width: float = 4, opacity: float = 1):
        """A line through `values`, one for each epoch from the first on."""
        points = [self.place(epoch + 1, value) for epoch, value in enumerate(values)]
        line = VMobject().set_points_as_corners(points)
        return line.set_stroke(color, width, opacity).set_joint_type("bevel")

    def level(self, value: float, color: str = MUTED) -> VMobject:
        """A dashed line across."""
        line = DashedLine(self.place(0, value), self.place(self.epochs, value), dash_length=0.12)
        return line.set_stroke(color, 2.5)

    def tag(self, text: str, value: float, color: str, size: float = LABEL_SIZE) -> VMobject:
        """A name at the right end of what ends at `value`."""
        return words(text, size, color).next_to(self.place(self.epochs, value), RIGHT, buff=0.2)
