"""Words, and figures that keep their place."""

from manimlib import *

from scenes.components import style
from scenes.components.cards import figures, words
from scenes.components.figures import Figure
from scenes.components.style import BODY_SIZE, GRAD, HEADING_SIZE, LABEL_SIZE, MUTED, UNIT_2
from scenes.components.tiles import numeral
from scenes.components.vectors import Readout
from scenes.gallery.exhibit import STAGE, Gallery

SIZES = ("TITLE_SIZE", "HEADING_SIZE", "BODY_SIZE", "LABEL_SIZE", "SMALL_SIZE")


class TextAndFigures(Gallery):
    def construct(self):
        with self.exhibit(words):
            lines = VGroup(*(words(name, getattr(style, name)) for name in SIZES))
            lines.arrange(DOWN, buff=0.45, aligned_edge=LEFT).move_to(STAGE)
            self.play(LaggedStartMap(FadeIn, lines, shift=0.2 * RIGHT, lag_ratio=0.3))
            self.wait(1)
        with self.exhibit(figures):
            table = VGroup(
                *(figures(line, HEADING_SIZE) for line in ("learning", " 1408.15", "    0.07"))
            )
            table.arrange(DOWN, buff=0.35, aligned_edge=RIGHT).move_to(STAGE)
            self.play(LaggedStartMap(FadeIn, table, lag_ratio=0.3))
        with self.exhibit(numeral):
            labels = VGroup(*(numeral(f"{n * n}", BODY_SIZE, UNIT_2) for n in range(40)))
            labels.arrange_in_grid(5, 8, h_buff=0.75, v_buff=0.55).move_to(STAGE)
            self.play(LaggedStartMap(FadeIn, labels, lag_ratio=0.05), run_time=1.5)
        with self.exhibit(Figure):
            column = VGroup(*(Figure(0, HEADING_SIZE, decimals=d, signed=d == 2) for d in range(3)))
            column.arrange(DOWN, buff=0.4, aligned_edge=RIGHT).move_to(STAGE)
            self.play(FadeIn(column), run_time=0.5)
            self.play(count_to(column, (45, -17.3, 8.25)), run_time=2.5)
        with self.exhibit(Readout):
            readout = Readout(8, 2 * HEADING_SIZE, decimals=0, color=GRAD).move_to(STAGE)
            note = words("8 to 112", LABEL_SIZE, MUTED).next_to(readout, DOWN, buff=0.6)
            self.play(FadeIn(readout), FadeIn(note), run_time=0.5)
            self.play(count_to([readout], (112,)), run_time=2.5)


def count_to(numbers, stops: tuple[float, ...]) -> Animation:
    """Each number counts from where it is to its stop."""
    starts = [number.value for number in numbers]

    def count(_, alpha: float) -> None:
        for number, start, stop in zip(numbers, starts, stops, strict=True):
            number.set_value(interpolate(start, stop, smooth(alpha)))

    return UpdateFromAlphaFunc(VGroup(*numbers), count)
