"""A small convolutional network on signals of forty numbers, and why it beats a larger one."""

from __future__ import annotations

import itertools

from manimlib import *

from scenes.components.cards import words
from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MUTED,
)
from scenes.components.tiles import at_depth
from scenes.convolution.bakes import SIGNALS, load_cnn1d
from scenes.convolution.ledger_model import (
    lengths,
    receptive_fields,
)
from scenes.convolution.signal_net import (
    ChannelStrip,
    SignalLine,
    funnel,
    reach,
    samples_frame,
)
from scenes.convolution.signal_results import SignalResults

SIGNAL_Y, SIGNAL_UNIT = 2.45, 0.3
SIGNAL_BOX = (2.75, 1.55)
"""Middle and height of a box around samples."""
STRIPS = ((1.05, 0.95), (-0.25, 0.95), (-1.55, 0.95))
"""Middle and height of each layer's strip."""
NAMES_X = 4.75
"""Where the lines at the right begin."""


class SignalNetwork(SignalResults, Narrated, InteractiveScene):
    def construct(self) -> None:
        self.baked = load_cnn1d()
        self.layers()
        self.fields()
        self.ledger()
        self.training()
        self.shuffle()
        self.slide()

    # From forty numbers to ten

    def layers(self) -> None:
        baked = self.baked
        self.signal = SignalLine(baked["slid"][0], SIGNAL_Y, SIGNAL_UNIT)
        self.strips = [
            ChannelStrip(baked[f"layer_{depth}"], depth, *place)
            for depth, place in enumerate(STRIPS, start=1)
        ]
        sizes = lengths()
        names = [self.name("40 numbers", SIGNAL_Y)]
        for strip, size in zip(self.strips, sizes[1:], strict=True):
            names.append(self.name(f"{len(strip[0])} × {size}", strip.get_y()))
        self.names = VGroup(*names)
        self.formula = Tex(
            R"L_\mathrm{out} = \left\lfloor \tfrac{L - 3}{2} \right\rfloor + 1:\quad "
            + R" \to ".join(str(size) for size in sizes),
            font_size=BODY_SIZE,
            fill_color=INK,
        ).move_to([-1.1, -2.55, 0])
        with self.say("A signal of forty numbers, grown from the template of a three."):
            self.play(
                ShowCreation(self.signal[0], run_time=1.6),
                FadeIn(self.signal.dots, lag_ratio=0.05, run_time=1.6),
                FadeIn(names[0]),
            )
        with self.say("Three weights look for their pattern at every second place."):
            self.sweep(0, samples_frame(0, 2, *SIGNAL_BOX), 4)
        with self.say("Fifteen such kernels give fifteen channels. And once more, and once more."):
            self.sweep(1, self.strips[0].frame(0, 2), 2)
            self.sweep(2, self.strips[1].frame(0, 2), 1.4)
            self.play(FadeIn(self.formula), run_time=0.6)
            self.wait(0.6)

    def name(self, text: str, y: float) -> VMobject:
        return words(text, LABEL_SIZE, MUTED).move_to([NAMES_X, y, 0], LEFT)

    def sweep(self, depth: int, frame: VMobject, seconds: float) -> None:
        """The frame hops along one layer; the strip below fills column by column."""
        strip = self.strips[depth]
        hop = strip[1].get_x() - strip[0].get_x()
        start = frame.get_center().copy()  # get_center is a view of what moves
        done = ValueTracker(0)

        def follow(frame: VMobject) -> None:
            index = min(int(done.get_value()), len(strip) - 1)
            share = smooth(min(2 * (done.get_value() - index), 1))
            frame.move_to(start + (max(index - 1, 0) * (1 - share) + index * share) * hop * RIGHT)
            for i, column in enumerate(strip):
                column.set_opacity(1 if i < index or (i == index and share == 1) else 0)

        strip.set_opacity(0)
        at_depth(frame, 5)
        self.add(strip)
        self.play(FadeIn(frame), run_time=0.3)
        frame.add_updater(follow)
        self.play(
            done.animate.set_value(len(strip)),
            FadeIn(self.names[depth + 1], time_span=(0, 0.6)),
            run_time=seconds,
            rate_func=linear,
        )
        frame.clear_updaters()
        self.play(FadeOut(frame), run_time=0.3)

    # What one unit sees

    def fields(self) -> None:
        shown = None
        with self.say("One unit sees three samples; one layer deeper seven, then fifteen."):
            for depth, (index, field) in enumerate(
                zip((8, 4, 1), receptive_fields(), strict=True), start=1
            ):
                frames = [self.strips[depth - 1].frame(index, index)]
                for above in range(depth - 1, 0, -1):
                    low, high = reach(depth - above, index)
                    frames.append(self.strips[above - 1].frame(low, high))
                frames.append(samples_frame(*reach(depth, index), *SIGNAL_BOX))
                shades = [funnel(high, low) for low, high in itertools.pairwise(frames)]
                count = words(f"sees {field}", LABEL_SIZE, GRAD).next_to(
                    self.names[depth], DOWN, buff=0.12
                )
                count.align_to(self.names[depth], LEFT)
                now = at_depth(VGroup(*shades, *frames, count), 6)
                self.play(
                    *([FadeOut(shown, time_span=(0, 0.3))] if shown else []),
                    FadeIn(now, time_span=(0.2, 0.8)),
                )
                self.wait(0.5)
                shown = now
        probabilities = self.baked["probabilities"]
        answer = int(probabilities.argmax())
        verdict = VGroup(
            words("60 numbers", LABEL_SIZE, MUTED),
            words("10 scores", LABEL_SIZE, MUTED),
            words(f"“{answer}”", HEADING_SIZE, INK),
        ).arrange(RIGHT, buff=0.9)
        verdict.move_to([-1.1, -2.55, 0])
        arrows = VGroup(
            *(
                Arrow(left.get_right(), right.get_left(), buff=0.12).set_color(MUTED)
                for left, right in itertools.pairwise(verdict)
            )
        )
        with self.say("The last sixty numbers are turned into ten scores. It says: three."):
            self.play(FadeOut(shown), FadeOut(self.formula), run_time=0.4)
            self.play(FadeIn(verdict), FadeIn(arrows))
        parts = (self.signal, *self.strips, self.names, verdict, arrows)
        self.play(*(FadeOut(part) for part in parts), run_time=0.7)

    # A pattern that moves

    def slide(self) -> None:
        baked = self.baked
        steps = range(0, len(SIGNALS.shifts), 2)
        signals = [SignalLine(baked["slid"][i], 2.2, 0.4) for i in steps]
        strips = [ChannelStrip(baked["features"][i], 1, -0.6, 2.2) for i in steps]
        signal, strip = signals[0], strips[0]
        names = VGroup(self.name("signal", 2.2), self.name("first layer", -0.6))
        place = int(baked["features"][0].max(axis=0).argmax())
        frames = [
            VGroup(
                samples_frame(*reach(1, place + n), 2.6, 2.0), strips[0].frame(place + n, place + n)
            )
            for n in range(len(signals))
        ]
        frame = at_depth(frames[0].copy(), 5)
        with self.say("That belief is true here. Move a signal, and the answer moves along."):
            self.play(FadeIn(signal), FadeIn(strip), FadeIn(names))
            self.play(ShowCreation(frame))
            for now, answer, box in zip(signals[1:], strips[1:], frames[1:], strict=True):
                self.play(
                    Transform(signal, now),
                    Transform(strip, answer),
                    Transform(frame, box),
                    run_time=0.5,
                )
            self.wait(0.8)
