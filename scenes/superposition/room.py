"""
Room for almost right angles: N dimensions hold N perpendicular directions. In three, a fourth is
always 45 degrees from two of them; in thousands, a few degrees of slack make room for billions.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.crowds import (
    Bouquet,
    BreathingCloud,
    Triad,
    bright_hues,
)
from scenes.components.narration import Narrated
from scenes.components.style import (
    BACKGROUND,
    BODY_SIZE,
    DATA,
    ERR,
    FAINT,
    GRAD,
    HEADING_SIZE,
    INK,
    LABEL_SIZE,
    MODEL,
    MUTED,
    NEG,
    UNIT_1,
    UNIT_2,
    UNIT_3,
)
from scenes.components.vectors import (
    AnglePair,
    GrowSpaceArrow,
    Readout,
    SpaceArrow,
)
from scenes.superposition.angles_model import angle_between
from scenes.superposition.room_model import (
    DIAGONALS,
    MODEL_DIMENSIONS,
    TOLERANCES,
    angles_of,
    cloud_outline,
    diagonal,
    flexed,
    guaranteed_directions,
    icosahedron,
    in_words,
    rotation,
    tilted_triad,
    turned,
    wiggle_degrees,
)

MIDDLE = np.array([1.8, -0.7, 0])
"""Of the cloud."""
CLOUD = {"width": 7.6, "height": 4.3}
LEFT_COLUMN = -5.0
IDEAS = (("Norwegian", MODEL), ("Telescope", UNIT_3), ("Chess", NEG), ("The 1960s", UNIT_2))
TRIAD = tilted_triad()
TURN, TURN_BACK = -50, -25
"""Degrees about the triad's vertical: far enough to see it in space, and half way back."""
REST = turned(TRIAD, TURN_BACK)
"""Where the triad is when others try to join it: all its diagonals can be told apart."""


class RoomForAlmostRightAngles(Narrated, InteractiveScene):
    def construct(self):
        self.rng = np.random.default_rng(11)
        self.show_a_space_of_ideas()
        self.ask_for_right_angles()
        self.relax_the_condition()
        self.try_a_fourth_in_three_dimensions()
        self.draw_the_cartoon()
        self.count_what_is_guaranteed()

    def show_a_space_of_ideas(self):
        self.cloud = BreathingCloud(lambda seconds: cloud_outline(seconds, **CLOUD), center=MIDDLE)
        self.space_name = self.name_of_space("N")
        self.frame.set_height(7.1).move_to([-0.1, -0.6, 0])
        with self.say("In a space of many dimensions, a direction can stand for an idea."):
            self.play(FadeIn(self.cloud), FadeIn(self.space_name), run_time=1.0)
            last = VGroup()
            for index, (idea, color) in enumerate(IDEAS):
                arrow, label = self.idea_arrow(idea, color, heading=35 + 80 * index)
                self.play(
                    GrowSpaceArrow(arrow),
                    FadeIn(label, shift=0.2 * UP),
                    FadeOut(last),
                    run_time=0.8,
                )
                self.wait(0.4)
                last = VGroup(arrow, label)
            self.play(FadeOut(last), self.frame.animate.to_default_state(), run_time=1.2)

    def ask_for_right_angles(self):
        self.condition = words("Choose vectors, every pair 90° apart", HEADING_SIZE)
        self.condition.to_edge(UP, buff=0.45)
        self.condition["90°"].set_fill(UNIT_1)
        self.count = words("Largest number possible:", BODY_SIZE, MUTED)
        self.count.next_to(self.condition, DOWN, buff=0.35)
        most = (
            Tex("N", font_size=HEADING_SIZE).set_color(GRAD).next_to(self.count, RIGHT, buff=0.25)
        )
        VGroup(self.count, most).set_x(0)
        self.most = most
        self.triad = Triad(TRIAD, length=2.0, center=MIDDLE)
        with self.say("A space of N dimensions has N perpendicular directions and no more."):
            self.play(FadeIn(self.condition, shift=0.2 * DOWN))
            self.play(
                LaggedStartMap(GrowSpaceArrow, self.triad.arrows, lag_ratio=0.4), run_time=1.6
            )
            self.play(LaggedStartMap(ShowCreation, self.triad.corners, lag_ratio=0.3), run_time=0.9)
            self.add(self.triad)
            self.play(FadeIn(self.count), FadeIn(most, scale=1.5), self.turn(0, TURN), run_time=8)

    def turn(self, first: float, last: float) -> Animation:
        """The triad about its vertical, from `first` to `last` degrees, easing in and out."""
        return UpdateFromAlphaFunc(
            self.triad,
            lambda triad, alpha: triad.set_rows(
                turned(TRIAD, interpolate(first, last, smooth(alpha)))
            ),
        )

    def relax_the_condition(self):
        relaxed = words("between 89° and 91°", HEADING_SIZE, UNIT_2)
        aside = VGroup(self.condition.copy(), relaxed).arrange(RIGHT, buff=0.4)
        aside.match_y(self.condition)
        relaxed.align_to(aside[0]["90°"], DOWN)
        strike = Line(LEFT, RIGHT).set_stroke(UNIT_1, 5).match_width(self.condition["90° apart"])
        strike.move_to(aside[0]["90° apart"])
        pairs = VGroup(
            *(AnglePair(a, 1.3, (INK, UNIT_2), arc_radius=0.42, width=5) for a in (89, 91))
        )
        for pair, x in zip(pairs, (-6.4, -4.2), strict=True):
            pair.put_at([x, 0.6, 0])
        with self.say("Allow a degree of slack and the rule changes."):
            self.play(
                self.condition.animate.move_to(aside[0]), FadeOut(VGroup(self.count, self.most))
            )
            self.play(ShowCreation(strike), self.condition["90° apart"].animate.set_fill(MUTED))
            self.play(FadeIn(relaxed, shift=0.3 * LEFT), FadeIn(pairs, lag_ratio=0.1))
            self.play(self.turn(TURN, TURN_BACK), run_time=6)
        self.header = VGroup(self.condition, strike, relaxed)
        self.pairs = pairs

    def try_a_fourth_in_three_dimensions(self):
        three = self.name_of_space("3")
        newcomer = SpaceArrow(color=GRAD, width=7)
        self.aim(newcomer, diagonal(REST, DIAGONALS[0]))
        readout = self.nearest_axis(newcomer)
        with self.say("Three dimensions are too few to show it."):
            self.play(FadeTransform(self.space_name, three))
            for index, pair in enumerate(DIAGONALS):
                self.place(newcomer, pair, index, readout)
                self.tremble(newcomer, pair)
                self.wait(0.8)
        fading = [newcomer, *self.triad.arrows]
        with self.say("A fourth is always forty-five degrees from two of the others."):
            self.wait(1.2)
            self.play(
                FadeOut(readout),
                FadeOut(self.triad.corners),
                *(
                    UpdateFromAlphaFunc(arrow, shrink_by(arrow), remover=True)
                    for arrow in fading
                ),
                run_time=1.6,
            )  # fmt: skip
            self.remove(self.triad)
            self.space_name = self.name_of_space("N")
            self.play(FadeTransform(three, self.space_name))

    def place(self, newcomer: SpaceArrow, pair: tuple[int, int], index: int, readout: VGroup):
        """The first time it grows; after that it swings over from the pair before."""
        if index == 0:
            self.play(GrowSpaceArrow(newcomer), VFadeIn(readout))
            return
        start, stop = normalize(newcomer.vector), diagonal(REST, pair)
        axis, whole = np.cross(start, stop), angle_between(start, stop)

        def swing(arrow: SpaceArrow, alpha: float) -> None:
            self.aim(arrow, rotation(axis, whole * smooth(alpha)) @ start)

        self.play(UpdateFromAlphaFunc(newcomer, swing))

    def tremble(self, newcomer: SpaceArrow, pair: tuple[int, int]):
        """Newcomer and axes shake by up to five degrees, as if to make room."""
        towards, axes = diagonal(REST, pair), self.rng.standard_normal((4, 3))

        def shake(_, alpha: float) -> None:
            degrees = wiggle_degrees(alpha)
            self.triad.set_rows(flexed(REST, np.full(3, degrees), axes[:3]))
            self.aim(newcomer, rotation(axes[3], degrees) @ towards)

        self.play(UpdateFromAlphaFunc(self.triad, shake), run_time=1.0)

    def aim(self, arrow: SpaceArrow, direction: np.ndarray) -> SpaceArrow:
        return arrow.aim(MIDDLE, MIDDLE + 2.0 * direction)

    def nearest_axis(self, newcomer: SpaceArrow) -> VGroup:
        number = Readout(45, HEADING_SIZE, decimals=0, color=ERR)
        degree = words("°", HEADING_SIZE, ERR)
        value = VGroup(number, degree).arrange(RIGHT, buff=0.05, aligned_edge=UP)
        label = words("to the nearest axis:", LABEL_SIZE, MUTED)
        VGroup(label, value).arrange(DOWN, buff=0.2).move_to([LEFT_COLUMN, -2.05, 0])
        number.add_updater(
            lambda m: m.set_value(
                min(angle_between(newcomer.vector, arrow.vector) for arrow in self.triad.arrows)
            )
        )
        return VGroup(label, value)

    def draw_the_cartoon(self):
        many = icosahedron()
        tilt = rotation([1, 0, 0], 20)
        bouquet = Bouquet(many @ tilt.T, bright_hues(12, self.rng), 1.9, MIDDLE)
        formula = Tex(R"\approx \exp(\varepsilon \cdot N)", font_size=HEADING_SIZE)
        formula[R"\varepsilon"].set_color(UNIT_2)
        formula["N"].set_color(GRAD)
        count = VGroup(words("Largest number:", BODY_SIZE, MUTED), formula)
        count.arrange(RIGHT, buff=0.25).next_to(self.header, DOWN, buff=0.35).set_x(0)
        note = self.cartoon_note(many)

        with self.say("The allowance grows exponentially, once N is large enough."):
            self.play(FadeIn(count, shift=0.2 * DOWN))
            self.play(LaggedStartMap(GrowSpaceArrow, bouquet, lag_ratio=0.5), run_time=4)
        with self.say(
            "This picture is a cartoon: twelve arrows in 3D cannot be close to 90 degrees."
        ):
            self.play(
                UpdateFromAlphaFunc(
                    bouquet,
                    lambda group, alpha: group.set_rows(
                        many @ (tilt @ rotation(UP, 360 * smooth(alpha))).T
                    ),
                ),
                FadeIn(note, time_span=(0.5, 1.5)),
                run_time=12,
            )
        self.play(FadeOut(VGroup(self.header, count, note, self.pairs, self.space_name, bouquet)),
                  FadeOut(self.cloud))  # fmt: skip

    def cartoon_note(self, rows: np.ndarray) -> VGroup:
        *some, last = (f"{angle:.0f}°" for angle in angles_of(rows))
        return VGroup(
            words("a cartoon: these angles", LABEL_SIZE, MUTED),
            words(f"are {', '.join(some)} and {last}", LABEL_SIZE, MUTED),
        ).arrange(DOWN, buff=0.15).move_to([LEFT_COLUMN, -2.05, 0])  # fmt: skip

    def count_what_is_guaranteed(self):
        title = words(
            f"Directions that certainly fit in {MODEL_DIMENSIONS:,} dimensions", HEADING_SIZE
        )
        title.to_edge(UP, buff=0.45)
        origin, decade = np.array([-4.6, 1.5, 0]), 0.9
        names, bars, values = VGroup(), VGroup(), VGroup()
        for index, degrees in enumerate(TOLERANCES):
            count = guaranteed_directions(MODEL_DIMENSIONS, degrees)
            color = GRAD if count > MODEL_DIMENSIONS else UNIT_2
            place = origin + 0.9 * index * DOWN
            bar = Rectangle(decade * np.log10(count), 0.5).set_stroke(width=0)
            bars.add(bar.set_fill(color, 1).move_to(place, LEFT))
            names.add(words(f"90° ± {degrees}°", BODY_SIZE).next_to(place, LEFT, buff=0.3))
            value = words(in_words(count), BODY_SIZE, BACKGROUND).next_to(
                bar.get_right(), LEFT, 0.15
            )
            if value.get_left()[0] < origin[0]:
                value.set_fill(INK).next_to(bar, RIGHT, buff=0.2)
            values.add(value)
        axis = Line(0.45 * UP, 4.1 * DOWN).shift(origin).set_stroke(FAINT, 3)
        mark = axis.copy().shift(decade * np.log10(MODEL_DIMENSIONS) * RIGHT).set_stroke(DATA, 2.5)
        mark_name = words("one for each dimension", LABEL_SIZE, DATA).next_to(mark, UP, buff=0.12)
        bound = VGroup(
            Tex(R"\text{at least } e^{N \delta^2 / 4}", font_size=HEADING_SIZE),
            Tex(R"\delta = \sin(\text{slack})", font_size=HEADING_SIZE),
        ).arrange(DOWN, buff=0.25, aligned_edge=LEFT)  # fmt: skip
        bound.set_color(MUTED).move_to([4.8, 1.05, 0])

        with self.say("For a model of this size, five degrees of slack give billions."):
            self.play(FadeIn(title, shift=0.2 * DOWN), ShowCreation(axis), FadeIn(bound))
            for name, bar, value in zip(names, bars, values, strict=True):
                self.play(FadeIn(name), GrowFromEdge(bar, LEFT), FadeIn(value, time_span=(0.5, 1)))
        with self.say("A model can therefore hold more ideas than it has dimensions."):
            self.play(ShowCreation(mark), FadeIn(mark_name))
            self.wait(3)

    def name_of_space(self, dimensions: str) -> VGroup:
        return VGroup(
            words(f"{dimensions}-dimensional", BODY_SIZE),
            words("space", BODY_SIZE),
        ).arrange(DOWN, buff=0.15).move_to([LEFT_COLUMN, -0.7, 0])  # fmt: skip

    def idea_arrow(self, idea: str, color: str, heading: float) -> VGroup:
        out = rotate_vector(RIGHT, heading * DEG)
        arrow = SpaceArrow(1.25 * out, start=MIDDLE, color=color, width=6)
        label = words(idea, LABEL_SIZE, color)
        return VGroup(arrow, label.next_to(arrow.end, np.round(out, 1), buff=0.15))


def shrink_by(arrow: SpaceArrow):
    """Draws `arrow` shorter and shorter, to nothing at alpha 1."""
    start, vector = arrow.start, arrow.vector
    return lambda m, alpha: m.aim(start, start + (1 - smooth(alpha)) * vector)
