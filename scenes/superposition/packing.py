"""
Packing directions in space: three arrows fit perfectly, ten more push in one by one, and all of
them give way, as an optimiser moved them. The paths are baked; every angle is read from the
arrows as they are drawn.
"""

from manimlib import *

from scenes.components.cards import words
from scenes.components.crowds import (
    PackedVectors,
    Replay,
    cool_hues,
)
from scenes.components.narration import Narrated
from scenes.components.style import (
    BODY_SIZE,
    FAINT,
    GRAD,
    INK,
    LABEL_SIZE,
    MUTED,
    SMALL_SIZE,
    TITLE_SIZE,
    UNIT_2,
)
from scenes.components.vectors import (
    GrowSpaceArrow,
    Readout,
)
from scenes.superposition.angles_model import closest_lines
from scenes.superposition.bakes import load_phases
from scenes.superposition.packing_model import KNOWN_OPTIMA, settled_angles, solid_edges
from scenes.superposition.plans import PACKING

REACH = 2.35
"""Units that a unit vector is long on the screen."""
ICOSAHEDRON = 6
"""So many lines settle along its axes."""


class PackingDirectionsIn3D(Narrated, InteractiveScene):
    def construct(self):
        phases = load_phases()
        self.hues = cool_hues(3 + len(phases), np.random.default_rng(3))
        self.frame.reorient(23, 71, 0, center=(0, 0, -0.3))
        self.frame.add_ambient_rotation(4 * DEG)

        self.crowd = PackedVectors(np.eye(3), self.hues[:3], REACH)
        self.chart = self.build_chart()
        readouts = self.build_readouts()
        with self.say("Three directions fit perfectly."):
            self.play(FadeIn(self.axes_in_space()), run_time=0.7)
            self.play(LaggedStartMap(GrowSpaceArrow, self.crowd.arrows, lag_ratio=0.3))
            self.add(self.crowd)
            self.play(VFadeIn(readouts), FadeIn(self.chart.frame), run_time=0.8)
            self.settle(3)

        said = {
            4: "A fourth must be squeezed in.",
            5: "Every arrow gives a little.",
            6: "Six settle along the axes of an icosahedron.",
            9: "More crowd in, and the closest pair closes up.",
            13: f"By thirteen, neighbours are only {settled_angles(phases)[-1]:.0f} degrees apart: "
            "three dimensions are cramped.",
        }
        for path in phases:
            count = path.shape[1]
            if count in said:
                with self.say(said[count]):
                    self.squeeze_in(path)
                    if count == ICOSAHEDRON:
                        self.show_icosahedron()
            else:
                self.squeeze_in(path)
        self.wait(3)

    def squeeze_in(self, path: np.ndarray) -> None:
        """The newcomer is yellow until the next one comes."""
        start, count = path[0], path.shape[1]
        hue = self.hues[count - 2]
        recolor = [part.animate.set_stroke(hue) for part in self.crowd[-1]]
        back, arrow = self.crowd.add_direction(start[-1], GRAD)
        self.add(self.crowd, self.readouts)
        self.play(GrowSpaceArrow(arrow), FadeIn(back), *recolor, run_time=0.5)
        seconds = PACKING.phase_seconds(count - 4)
        self.play(Replay(self.crowd, path), run_time=seconds)
        self.settle(count)

    def settle(self, count: int) -> None:
        """Leaves a dot in the chart where the closest pair came to rest."""
        dot = Dot(self.chart.place(count, closest_lines(self.crowd.values)), radius=0.07)
        self.add(dot.set_fill(UNIT_2).fix_in_frame())

    def show_icosahedron(self) -> None:
        edges = VGroup(
            *(
                Line(*ends).set_stroke(INK, 1.5, opacity=0.6)
                for ends in REACH * solid_edges(self.crowd.values)
            )
        )
        self.play(ShowCreation(edges, lag_ratio=0.05), run_time=1.5)
        self.wait(1.5)
        self.play(FadeOut(edges), run_time=0.5)

    def axes_in_space(self) -> VGroup:
        lines = VGroup(*(Line(-axis, axis) for axis in (2.8 * RIGHT, 2.8 * UP, 3 * OUT)))
        return lines.set_stroke(FAINT, 2)

    def build_readouts(self) -> VGroup:
        crowd = self.crowd
        count = Readout(3, TITLE_SIZE, decimals=0)
        count.add_updater(lambda m: m.set_value(len(crowd)))
        angle = Readout(90, TITLE_SIZE, decimals=1, color=GRAD)
        angle.add_updater(lambda m: m.set_value(closest_lines(crowd.values)))
        degree = words("°", TITLE_SIZE, GRAD)
        self.readouts = VGroup()
        for name, figure, y in (("vectors", count, 1.9), ("closest pair", angle, 0.2)):
            label = words(name, BODY_SIZE, MUTED).move_to([-6.6, y, 0], LEFT)
            figure.next_to(label, DOWN, buff=0.25).set_x(-4.9, RIGHT)
            self.readouts.add(label, figure)
        self.readouts.add(degree.next_to(angle, RIGHT, buff=0.06).align_to(angle, UP))
        note = words("as lines: arrow and\nopposite are one", SMALL_SIZE, MUTED)
        self.readouts.add(note.move_to([-6.6, -1.35, 0], LEFT))
        return self.readouts.fix_in_frame()

    def build_chart(self) -> "AngleChart":
        chart = AngleChart(most=3 + PACKING.newcomers)
        live = Dot(radius=0.09, fill_color=GRAD).set_stroke(INK, 1.5).fix_in_frame()
        live.add_updater(
            lambda m: m.move_to(chart.place(len(self.crowd), closest_lines(self.crowd.values)))
        )
        chart.frame.add(live)
        chart.frame.fix_in_frame()
        return chart


class AngleChart:
    """The closest pair against the number of vectors, with rings at the best that is known."""

    def __init__(self, most: int):
        self.across = NumberLine(
            (3, most, 1), width=3.0, tick_size=0.05, stroke_color=MUTED, stroke_width=2.5
        )
        self.across.move_to([4.9, -1.6, 0])
        self.up = NumberLine(
            (0, 90, 10), width=3.4, tick_size=0.05, stroke_color=MUTED, stroke_width=2.5
        )
        self.up.rotate(90 * DEG).move_to(self.across.n2p(3) + 0.2 * LEFT, DOWN)
        self.frame = VGroup(self.across, self.up)
        for value in (4, 7, 10, 13):
            label = words(f"{value}", SMALL_SIZE, MUTED)
            self.frame.add(label.next_to(self.across.n2p(value), DOWN, buff=0.15))
        for value in (0, 30, 60, 90):
            label = words(f"{value}°", SMALL_SIZE, MUTED)
            self.frame.add(label.next_to(self.up.n2p(value), LEFT, buff=0.15))
        rings = VGroup()
        for count, degrees in KNOWN_OPTIMA.items():
            ring = Circle(radius=0.12).set_stroke(INK, 2).move_to(self.place(count, degrees))
            rings.add(ring)
        title = words("closest pair", LABEL_SIZE, MUTED).next_to(self.up, UP, buff=0.75)
        title.align_to(self.up, LEFT)
        legend = VGroup(rings[0].copy(), words("best possible", SMALL_SIZE, MUTED))
        legend.arrange(RIGHT, buff=0.15).next_to(title, DOWN, buff=0.15).align_to(title, LEFT)
        name = words("vectors", SMALL_SIZE, MUTED).next_to(self.across, DOWN, buff=0.5)
        self.frame.add(rings, title, legend, name)

    def place(self, count: int, degrees: float) -> np.ndarray:
        return np.array([self.across.n2p(count)[0], self.up.n2p(degrees)[1], 0])
