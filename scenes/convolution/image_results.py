"""How well digits are read, which ones are not, and what one pixel to the side does."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.style import BODY_SIZE, INK, LABEL_SIZE, MUTED, NEG, POS, SMALL_SIZE
from scenes.components.tiles import numeral, staggered
from scenes.convolution.bakes import DIGITS
from scenes.convolution.curves import CurveAxes
from scenes.convolution.digit_pieces import HeatGrid, digit_picture, grey
from scenes.convolution.digits import brightness

CNN, MLP = POS, NEG


class ImageResults:
    """The second half of Images2D, mixed into it. Needs its `baked` and `split`."""

    def training(self) -> None:
        runs = {"conv net": (self.baked["cnn"], CNN), "plain net": (self.baked["mlp"], MLP)}
        accuracy = CurveAxes(
            4.6, 4.2, DIGITS.epochs, 100, (10, 20), ("epoch", "test pictures read, per cent")
        )
        loss = CurveAxes(4.6, 4.2, DIGITS.epochs, 2.5, (10, 0.5), ("epoch", "loss"))
        accuracy.shift([-6.0, -1.7, 0])
        loss.shift([1.0, -1.7, 0])
        curves, tags = VGroup(), VGroup()
        for name, (run, color) in runs.items():
            curves.add(accuracy.curve(run[:, 0], color), loss.curve(run[:, 1], color))
            tags.add(words(f"{name}  {run[-1, 0]:.1f} %", LABEL_SIZE, color))
        tags.arrange(DOWN, buff=0.2, aligned_edge=LEFT).move_to(accuracy.place(19, 45))
        read = round(self.baked["cnn"][-1, 0])
        with self.say(f"Thirty rounds of learning, and {read} of 100 new digits are read."):
            self.play(FadeIn(accuracy), FadeIn(loss), run_time=0.7)
            self.play(*(ShowCreation(c, rate_func=linear) for c in curves[:2]), run_time=2)
            self.play(FadeIn(tags[0]), run_time=0.5)
        with self.say("On digits centred this well, a plain network does just as well."):
            self.play(*(ShowCreation(c, rate_func=linear) for c in curves[2:]), run_time=1.5)
            self.play(FadeIn(tags[1]), run_time=0.5)
        self.play(*(FadeOut(part) for part in (accuracy, loss, curves, tags)), run_time=0.6)

    def mistakes(self) -> None:
        """Every test picture that is misread, with what was read and how surely."""
        scores = self.baked["log_probabilities"]
        labels = self.split.test.labels
        wrong = np.flatnonzero(scores.argmax(axis=1) != labels)
        cards = VGroup()
        columns = -(-len(wrong) // 2)
        for n, index in enumerate(wrong):
            read = int(scores[index].argmax())
            sure = float(np.exp(scores[index, read]))
            picture = digit_picture(int(index), 0.19)
            text = words(
                f"{labels[index]} read as {read}", LABEL_SIZE, INK, t2c={"read as": MUTED}
            ).next_to(picture, DOWN, buff=0.15)
            share = words(f"{100 * sure:.0f} % sure", SMALL_SIZE, MUTED)
            card = VGroup(picture, text, share.next_to(text, DOWN, buff=0.1))
            row, column = divmod(n, columns)
            place = [2.5 * (column - (columns - 1) / 2), 1.75 - 2.95 * row, 0]
            cards.add(card.move_to(place))
        with self.say(f"These are all its mistakes: {len(wrong)} of {len(labels)}."):
            self.play(*staggered((FadeIn(card, scale=0.9) for card in cards), 0.5, 0.15))
        with self.say("Some of them would puzzle a person too; of others it was wrongly sure."):
            self.wait(0.5)
        self.play(*(FadeOut(card) for card in cards), run_time=0.6)

    def rolling(self) -> None:
        """One picture pushed to the side, and how many are still read."""
        rolled = self.baked["rolled"]
        shifts = DIGITS.shifts
        picture = brightness(self.split.test.images[DIGITS.shown], self.split)
        grids = {
            shift: HeatGrid(np.roll(picture, shift, axis=1), 0.36, grey).move_to([-4.7, 0.4, 0])
            for shift in (0, 1)
        }
        reach = shifts[-1] - shifts[0]
        axes = CurveAxes(
            5.0, 4.4, reach, 100, (reach, 20), ("", "test pictures read, per cent")
        ).shift([0.1, -1.6, 0])
        axes[2][-2:].set_opacity(0)
        ticks = VGroup(
            *(
                words(f"{shift:+d}".replace("-", "−") if shift else "0", SMALL_SIZE, MUTED).next_to(
                    axes.place(shift - shifts[0], 0), DOWN, buff=0.15
                )
                for shift in shifts
            ),
            words("pixels to the right", SMALL_SIZE, MUTED).next_to(
                axes.place(reach / 2, 0), DOWN, buff=0.5
            ),
        )
        lines, tags = VGroup(), VGroup()
        for accuracies, name, color in zip(
            rolled, ("conv net", "plain net"), (CNN, MLP), strict=True
        ):
            points = [axes.place(n, value) for n, value in enumerate(accuracies)]
            line = VMobject().set_points_as_corners(points).set_stroke(color, 4)
            dots = VGroup(*(Dot(point, radius=0.08, fill_color=color) for point in points))
            lines.add(VGroup(line, dots))
            end = words(name, LABEL_SIZE, color)
            tags.add(end.next_to(axes.place(reach, accuracies[-1]), RIGHT, buff=0.2))
            at_one = float(accuracies[shifts.index(1)])
            number = numeral(f"{at_one:.1f}", LABEL_SIZE, color)
            side = UR if name == "conv net" else DL
            point = axes.place(shifts.index(1), at_one)
            tags.add(number.next_to(point, side, buff=0.08))
        with self.say("Now push every test picture to the right by a single pixel."):
            self.play(FadeIn(grids[0]), FadeIn(axes), FadeIn(ticks))
            self.play(FadeOut(grids[0], 0.36 * RIGHT), FadeIn(grids[1], 0.36 * RIGHT), run_time=0.8)
        with self.say("The convolutional network loses less, but it loses a third."):
            self.play(*(ShowCreation(line[0]) for line in lines), run_time=1.5)
            self.play(*(FadeIn(line[1]) for line in lines), FadeIn(tags), run_time=0.6)
        with self.say("Tolerance to shifts is a tendency, and here is its limit."):
            self.wait(1)
        rest = (grids[1], axes, ticks, *lines, tags)
        self.play(*(FadeOut(part) for part in rest), run_time=0.6)
        self.shuffled_pixels()

    def shuffled_pixels(self) -> None:
        """All accuracies side by side, those with shuffled pixels among them."""
        baked, one = self.baked, DIGITS.shifts.index(1)
        rows = (
            ("as they are", baked["cnn"][-1, 0], baked["mlp"][-1, 0]),
            ("one pixel to the right", baked["rolled"][0, one], baked["rolled"][1, one]),
            ("pixels shuffled", baked["shuffled_cnn"][-1, 0], baked["shuffled_mlp"][-1, 0]),
        )
        table = VGroup(
            VGroup(
                words("read, per cent", LABEL_SIZE, MUTED).move_to([-3.6, 2.2, 0]),
                words("conv net", BODY_SIZE, CNN).move_to([1.2, 2.2, 0]),
                words("plain net", BODY_SIZE, MLP).move_to([4.4, 2.2, 0]),
            )
        )
        for n, (name, cnn, mlp) in enumerate(rows):
            y = 1.2 - 0.95 * n
            table.add(
                VGroup(
                    words(name, BODY_SIZE).move_to([-3.6, y, 0]),
                    words(f"{cnn:.1f}", BODY_SIZE, CNN).move_to([1.2, y, 0]),
                    words(f"{mlp:.1f}", BODY_SIZE, MLP).move_to([4.4, y, 0]),
                )
            )
        rule = Line([-6.2, 1.72, 0], [6.2, 1.72, 0]).set_stroke(MUTED, 1.5)
        with self.say("And with shuffled pixels the plain network is the better one again."):
            self.play(FadeIn(table[0]), FadeIn(rule), run_time=0.6)
            self.play(*staggered((FadeIn(row, 0.2 * DOWN) for row in table[1:]), 0.6, 0.6))
        with self.say("A network is good where its belief about the world is true."):
            self.wait(1)
