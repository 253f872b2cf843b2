"""
Ten thousand rows of a hundred numbers: how close to perpendicular can every two of them be? All
pairs are counted, before and while an optimiser pushes the closest apart, and held against what
no arrangement can beat.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.numbers import ChangeEntries, NumericEmbedding
from scenes.components.stacks import LogHistogram
from scenes.components.style import (
    BODY_SIZE,
    ERR,
    GRAD,
    INK,
    LABEL_SIZE,
    MUTED,
    SMALL_SIZE,
    UNIT_2,
)
from scenes.components.vectors import (
    Readout,
)
from scenes.superposition.bakes import load_spread
from scenes.superposition.plans import SPREAD
from scenes.superposition.stack_model import (
    BIN_EDGES,
    corner_entries,
    most_within,
    pair_count,
    random_rows,
    raw_rows,
    welch_degrees,
)

SHOWN = (20, 9)
"""Rows and columns on the screen, the dotted ones among them."""


class TenThousandRows(Narrated, InteractiveScene):
    look_allows = (
        ("Figure of NumericEmbedding is too small to read", "a reminder of what was read before"),
    )

    def construct(self):
        self.baked = load_spread()
        self.stack_the_rows()
        self.count_all_pairs()
        self.push_apart()
        self.show_the_limit()

    def stack_the_rows(self):
        drawn = corner_entries(raw_rows(SPREAD.rows, SPREAD.dimensions, SPREAD.seed), SHOWN)
        scaled = corner_entries(random_rows(SPREAD.rows, SPREAD.dimensions, SPREAD.seed), SHOWN)
        matrix = NumericEmbedding(
            drawn, dots_row=-2, dots_col=SHOWN[1] // 2, decimals=2, limit=2.0, size=SMALL_SIZE,
            row_gap=0.085, col_gap=0.3, bracket_gap=0.15,
        )  # fmt: skip
        matrix.move_to([1.5, -0.35, 0])
        wide = Brace(matrix.entries, UP, buff=0.15).set_fill(INK)
        wide_name = words(f"{SPREAD.dimensions}-dimensional", BODY_SIZE).next_to(
            wide, UP, buff=0.12
        )
        high = Brace(matrix, LEFT, buff=0.15).set_fill(INK)
        high_name = VGroup(words(f"{SPREAD.rows:,}", BODY_SIZE), words("vectors", BODY_SIZE))
        high_name.arrange(DOWN, buff=0.15).next_to(high, LEFT, buff=0.2)

        lines = VGroup(*(matrix.row(i) for i in range(SHOWN[0]) if not matrix.hidden[i].all()))
        with self.say("Stack ten thousand vectors of a hundred numbers."):
            self.play(
                LaggedStartMap(FadeIn, lines, shift=0.2 * DOWN, lag_ratio=0.12),
                FadeIn(matrix.dots, time_span=(1.5, 2.5)),
                ShowCreation(matrix.brackets, lag_ratio=0, time_span=(1.5, 2.5)),
                GrowFromCenter(wide, time_span=(0.3, 1.2)),
                FadeIn(wide_name, time_span=(0.3, 1.2)),
                run_time=3,
            )
            self.add(matrix)
        with self.say("Far more rows than dimensions, each scaled to length one."):
            self.play(GrowFromCenter(high), FadeIn(high_name, shift=0.2 * LEFT))
            matrix.limit = 0.25
            self.play(ChangeEntries(matrix, scaled, lag_ratio=0.02), run_time=1.5)
        self.matrix, self.braces = matrix, VGroup(wide, wide_name, high, high_name)

    def count_all_pairs(self):
        counts = self.baked["counts"]
        self.histogram = LogHistogram(
            BIN_EDGES, np.zeros_like(counts[0]), width=7.6, height=4.0, decades=7,
            named_edges=(50, 60, 70, 80, 90, 100, 110, 120, 130), edge_unit="°",
        )  # fmt: skip
        self.histogram.shift(np.array([-1.1, -2.3, 0]) - self.histogram.origin)
        title = words(f"all {pair_count(SPREAD.rows):,} pairs, by their angle", LABEL_SIZE, MUTED)
        title.next_to(self.histogram.place(90, 1), UP, buff=0.12)
        self.matrix.generate_target().scale(0.4).move_to([-4.9, 1.0, 0])
        size = words(f"{SPREAD.rows:,} × {SPREAD.dimensions}", BODY_SIZE)
        size.next_to(self.matrix.target, UP, buff=0.25)
        with self.say("Ask how close to perpendicular they can all be."):
            self.play(FadeOut(self.braces), run_time=0.5)
            self.play(MoveToTarget(self.matrix), FadeIn(size, time_span=(0.5, 1)))
            self.play(FadeIn(self.histogram), FadeIn(title))
            self.play(self.grow_to(counts[0]), run_time=2)

    def grow_to(self, counts: np.ndarray) -> Animation:
        """Bars rise in proportion on the logarithmic scale."""
        return UpdateFromAlphaFunc(
            self.histogram,
            lambda m, alpha: m.set_counts(np.where(counts > 0, counts ** smooth(alpha), 0)),
        )

    def push_apart(self):
        self.progress = ValueTracker(0.0)
        closest, steps = self.baked["closest"], self.baked["steps"]
        looks = np.arange(len(steps))

        def now(values: np.ndarray) -> float:
            return float(np.interp(self.progress.get_value(), looks, values))

        angle = Readout(closest[0], BODY_SIZE, decimals=1, color=GRAD)
        angle.add_updater(lambda m: m.set_value(now(closest)))
        step = Readout(steps[-1], BODY_SIZE, decimals=0)
        rows = VGroup()
        for right, name, figure in ((3.1, "closest pair:", angle), (5.9, "step:", step)):
            figure.move_to([right, 2.8, 0], RIGHT)
            rows.add(words(name, BODY_SIZE, MUTED).next_to(figure, LEFT, buff=0.35), figure)
        degree = words("°", BODY_SIZE, GRAD).next_to(angle, RIGHT, buff=0.05)
        rows.insert_submobject(2, degree.align_to(angle, UP))
        step.add_updater(lambda m: m.set_value(now(steps)))
        marks = VGroup(*(Line(ORIGIN, 0.4 * UP).set_stroke(GRAD, 4) for _ in range(2)))
        marks.add_updater(
            lambda m: [
                mark.move_to(self.histogram.place(degrees), DOWN)
                for mark, degrees in zip(m, (now(closest), 180 - now(closest)), strict=True)
            ]
        )
        counts = self.baked["counts"]

        def redraw(histogram: LogHistogram) -> None:
            place = self.progress.get_value()
            index = min(int(place), len(counts) - 2)
            share = place - index
            before, after = np.maximum(counts[index : index + 2], 10**-LogHistogram.FLOOR)
            histogram.set_counts(before ** (1 - share) * after**share)

        with self.say("Chance alone leaves some pairs far from a right angle."):
            self.play(VFadeIn(rows[:3]), FadeIn(marks, scale=2))
        with self.say("An optimiser pushes every row away from its neighbours."):
            self.play(VFadeIn(rows[3:]), run_time=0.5)
            self.histogram.add_updater(redraw)
            self.play(self.progress.animate.set_value(looks[-1]), run_time=7, rate_func=linear)
            self.histogram.clear_updaters()

    def show_the_limit(self):
        limit = welch_degrees(SPREAD.rows, SPREAD.dimensions)
        edges = [self.histogram.place(degrees) for degrees in (limit, 180 - limit)]
        band = Rectangle(edges[1][0] - edges[0][0], self.histogram.span[1]).set_stroke(ERR, 2)
        band.set_fill(ERR, 0.25).move_to((edges[0] + edges[1]) / 2, DOWN)
        said = VGroup(
            words("no arrangement keeps", LABEL_SIZE, INK),
            words("all pairs in the band", LABEL_SIZE, INK),
            words(f"{limit:.2f}° to {180 - limit:.2f}°", BODY_SIZE, ERR),
        ).arrange(DOWN, buff=0.15, aligned_edge=LEFT)  # fmt: skip
        said.move_to([-6.6, -1.15, 0], LEFT)
        most = most_within(1, SPREAD.dimensions)
        narrow = VGroup(
            words("90° ± 1°:", BODY_SIZE, UNIT_2), words(f"at most {most} rows", BODY_SIZE, UNIT_2)
        ).arrange(DOWN, buff=0.15, aligned_edge=LEFT)  # fmt: skip
        narrow.move_to([-6.6, -2.35, 0], LEFT)
        with self.say("There is a limit, and it is not 89 degrees."):
            self.play(FadeIn(band), FadeIn(said, shift=0.2 * RIGHT))
            self.wait(1.5)
        with self.say(
            f"Within one degree of perpendicular, only {most} fit in a hundred dimensions."
        ):
            self.play(FadeIn(narrow, shift=0.2 * RIGHT))
            self.wait(3)
