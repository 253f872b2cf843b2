"""What the network on signals costs, how it does, and what it does when its belief is wrong."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.style import BODY_SIZE, INK, LABEL_SIZE, MUTED, NEG, POS, SMALL_SIZE
from scenes.components.tiles import numeral, staggered
from scenes.convolution.bakes import SIGNALS
from scenes.convolution.curves import CurveAxes
from scenes.convolution.ledger_model import CONVOLUTIONAL, FULLY_CONNECTED, total
from scenes.convolution.signal_net import SignalLine

CNN, MLP = POS, NEG
COURSE_BASELINE = 37.45
"""Per cent of errors that the course sets as the mark to beat."""


class SignalResults:
    """The middle of SignalNetwork, mixed into it. Needs its `baked`."""

    # How many numbers it is made of

    def ledger(self) -> None:
        scale = 9.6 / total(FULLY_CONNECTED)
        rows = []
        for entries, y, color, title in (
            (CONVOLUTIONAL, 1.55, CNN, "convolutional"),
            (FULLY_CONNECTED, -0.85, MLP, "fully connected, 40 – 100 – 100 – 10"),
        ):
            bars, x = VGroup(), -6.3
            for n, entry in enumerate(entries):
                bar = Rectangle(scale * entry.count, 0.7).set_stroke(width=0)
                bar.set_fill(color, 0.95 if n % 2 == 0 else 0.6).move_to([x, y, 0], LEFT)
                bars.add(bar)
                x += scale * entry.count
            name = words(title, BODY_SIZE, color).next_to(bars, UP, buff=0.2)
            name.align_to(bars, LEFT)
            sum_ = words(f"{total(entries):,}", BODY_SIZE, INK).next_to(bars, RIGHT, buff=0.25)
            parts = words(" + ".join(f"{e.count:,}" for e in entries), LABEL_SIZE, MUTED)
            parts.next_to(bars, DOWN, buff=0.2).align_to(bars, LEFT)
            rows.append((bars, name, sum_, parts))
        with self.say(f"Weights and biases, all of that is {total(CONVOLUTIONAL):,} numbers."):
            self.grow_bars(*rows[0])
        share = total(FULLY_CONNECTED) / total(CONVOLUTIONAL)
        with self.say(f"A plain network for the same task has {share:.0f} times as many."):
            self.grow_bars(*rows[1])
            self.wait(0.5)
        self.play(*(FadeOut(part) for row in rows for part in row), run_time=0.6)

    def grow_bars(self, bars: VGroup, name: VMobject, sum_: VMobject, parts: VMobject) -> None:
        self.play(
            FadeIn(name),
            *staggered((GrowFromEdge(bar, LEFT) for bar in bars), 0.5, 0.3),
            FadeIn(parts, time_span=(0.4, 1.4)),
        )
        self.play(FadeIn(sum_, 0.2 * RIGHT), run_time=0.5)

    # Training

    def training(self) -> None:
        baked = self.baked
        axes = CurveAxes(8.2, 4.7, SIGNALS.epochs, 100, (10, 20)).shift([-5.7, -2.0, 0])
        mark = axes.level(COURSE_BASELINE)
        mark_name = axes.tag(
            f"course mark {COURSE_BASELINE}", COURSE_BASELINE + 4.5, MUTED, SMALL_SIZE
        )
        mlp, cnn = baked["mlp"], baked["cnn"][0]
        curves = {
            "mlp": axes.curve(mlp[:, 1], MLP),
            "mlp_train": axes.curve(mlp[:, 0], MLP, 2, 0.6),
            "cnn": axes.curve(cnn[:, 1], CNN),
            "cnn_train": axes.curve(cnn[:, 0], CNN, 2, 0.6),
        }
        tags = {
            name: axes.tag(f"{text} {values[-1, 1]:.2f}", values[-1, 1], color)
            for name, text, values, color in (
                ("mlp", "plain net", mlp, MLP),
                ("cnn", "conv net", cnn, CNN),
            )
        }
        tags["mlp"].shift(0.12 * DOWN)
        thin = words("thin: on the training set", SMALL_SIZE, MUTED)
        thin.move_to(axes.place(33, 88))
        with self.say("The plain network learns its lessons by heart, and stays at 37 per cent."):
            self.play(FadeIn(axes), run_time=0.6)
            self.play(ShowCreation(mark), FadeIn(mark_name), run_time=0.6)
            self.grow_curves(curves["mlp_train"], curves["mlp"])
            self.play(FadeIn(tags["mlp"]), FadeIn(thin), run_time=0.5)
        with self.say("The small one makes a third of the errors."):
            self.grow_curves(curves["cnn_train"], curves["cnn"])
            self.play(FadeIn(tags["cnn"]), run_time=0.5)
        others = VGroup(*(axes.curve(run[:, 1], CNN, 2.5, 0.45) for run in baked["cnn"][1:]))
        ends = baked["cnn"][:, -1, 1]
        spread = (
            words(f"{len(ends)} starts: {ends.min():.2f} to {ends.max():.2f}", SMALL_SIZE, MUTED)
            .next_to(tags["cnn"], DOWN, buff=0.2)
            .align_to(tags["cnn"], LEFT)
        )
        with self.say("Other starts end a little worse, and all far below the line."):
            self.play(
                *(FadeOut(curves[name]) for name in ("mlp_train", "cnn_train")),
                FadeOut(thin),
                run_time=0.5,
            )
            self.play(ShowCreation(others, lag_ratio=0.1), FadeIn(spread), run_time=1.5)
        rest = (axes, mark, mark_name, curves["mlp"], curves["cnn"], *tags.values(), others, spread)
        self.play(*(FadeOut(part) for part in rest), run_time=0.6)

    def grow_curves(self, *curves: VMobject) -> None:
        self.play(*(ShowCreation(curve, rate_func=linear) for curve in curves), run_time=2.2)

    # What it believes in

    def shuffle(self) -> None:
        baked = self.baked
        order = np.random.RandomState(SIGNALS.shuffle_seed).permutation(len(baked["slid"][0]))
        signal = SignalLine(baked["slid"][0], 2.3, 0.4)
        scrambled = SignalLine(baked["slid"][0][order], 2.3, 0.4)
        bars = self.error_bars()
        with self.say("Now shuffle the forty places, in the same way for every signal."):
            self.play(FadeIn(signal), FadeIn(bars["names"]), *(FadeIn(b) for b in bars["before"]))
            where = np.argsort(order)
            self.play(
                FadeOut(signal[0], time_span=(0, 0.4)),
                *(
                    dot.animate(path_arc=-0.6).move_to(scrambled.dots[where[i]])
                    for i, dot in enumerate(signal.dots)
                ),
                FadeIn(scrambled[0], time_span=(1.6, 2)),
                run_time=2,
            )
        with self.say("The plain network does not notice. The small one falls apart."):
            self.play(
                *(
                    Transform(old, new)
                    for old, new in zip(bars["before"], bars["after"], strict=True)
                ),
                run_time=1.5,
            )
        with self.say("It was given a belief: neighbours belong together, wherever they are."):
            self.wait(0.5)
        rest = (signal.dots, scrambled[0], bars["names"], *bars["before"])
        self.play(*(FadeOut(part) for part in rest), run_time=0.6)

    def error_bars(self) -> dict[str, VGroup]:
        """Errors on unseen signals as bars, before and after the places are shuffled."""
        baked, left, scale = self.baked, -3.6, 0.19

        def bar(error: float, y: float, color: str) -> VGroup:
            body = Rectangle(scale * error, 0.6).set_fill(color, 0.9).set_stroke(width=0)
            body.move_to([left, y, 0], LEFT)
            number = numeral(f"{error:.2f}", BODY_SIZE).next_to(body, RIGHT, buff=0.2)
            return VGroup(body, number)

        lines = ((0.0, "conv net", CNN), (-1.0, "plain net", MLP))
        names = VGroup(
            *(
                words(name, BODY_SIZE, color).move_to([left - 0.3, y, 0], RIGHT)
                for y, name, color in lines
            ),
            words("errors in per cent", SMALL_SIZE, MUTED).move_to([left, 0.7, 0], LEFT),
        )
        runs = {
            "before": (baked["cnn"][0], baked["mlp"]),
            "after": (baked["shuffled_cnn"], baked["shuffled_mlp"]),
        }
        drawn = {
            when: VGroup(
                *(
                    bar(float(run[-1, 1]), y, color)
                    for run, (y, _, color) in zip(both, lines, strict=True)
                )
            )
            for when, both in runs.items()
        }
        return {"names": names, **drawn}
