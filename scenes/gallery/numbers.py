"""Numbers in brackets, and how they change."""

from manimlib import *

from scenes.components.figures import bracket, three_dots
from scenes.components.numbers import (
    ChangeEntries,
    NumericEmbedding,
    RandomizeEntries,
    WeightMatrix,
)
from scenes.components.plots import GradientColumn
from scenes.components.style import BODY_SIZE, HEADING_SIZE, INK
from scenes.gallery.exhibit import STAGE, Gallery


class NumbersInBrackets(Gallery):
    def construct(self):
        rng = np.random.default_rng(7)
        with self.exhibit(WeightMatrix):
            matrix = WeightMatrix(rng=rng, size=BODY_SIZE).move_to(STAGE)
            self.play(FadeIn(matrix))
        with self.exhibit(NumericEmbedding):
            columns = VGroup(
                *(NumericEmbedding(rng=rng, length=8, size=BODY_SIZE) for _ in range(5))
            )
            self.play(FadeIn(columns.arrange(RIGHT, buff=0.7).move_to(STAGE), lag_ratio=0.1))
        with self.exhibit(GradientColumn):
            column = GradientColumn(np.array([0.31, -1.24, 0.88, -0.02, 1.57, -0.46]))
            boxes = column.move_to(STAGE).size_boxes()
            self.play(FadeIn(column))
            self.play(
                LaggedStartMap(ShowCreation, boxes, lag_ratio=0.3),
                column.signs.animate.set_opacity(0.15),
            )
        with self.exhibit(ChangeEntries):
            matrix = WeightMatrix(
                np.zeros((5, 6)), dots_row=None, dots_col=None, size=BODY_SIZE
            ).move_to(STAGE)
            table = np.fromfunction(lambda row, column: (row - 2) * (column - 2.5), (5, 6))
            self.play(FadeIn(matrix), run_time=0.5)
            self.play(ChangeEntries(matrix, table, lag_ratio=0.05), run_time=2.5)
        with self.exhibit(RandomizeEntries):
            matrix = WeightMatrix(rng=rng, size=BODY_SIZE).move_to(STAGE)
            self.play(FadeIn(matrix), run_time=0.5)
            self.play(RandomizeEntries(matrix, rng), run_time=2)
        with self.exhibit(bracket):
            pairs = VGroup(
                *(
                    VGroup(*(bracket(height, side) for side in (LEFT, RIGHT))).arrange(buff=0.7)
                    for height in (0.4, 1.2, 2.4, 3.6)
                )
            )
            pairs.arrange(RIGHT, buff=1.2).move_to(STAGE)
            self.play(LaggedStartMap(ShowCreation, pairs, lag_ratio=0.2))
        with self.exhibit(three_dots):
            dots = three_dots(1.2, INK).scale(2)
            between = VGroup(
                Tex("a_1", font_size=HEADING_SIZE), dots, Tex("a_n", font_size=HEADING_SIZE)
            )
            self.play(FadeIn(between.arrange(DOWN, buff=0.4).move_to(STAGE), lag_ratio=0.3))
