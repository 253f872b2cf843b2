"""Pictures that several scenes of the chapter share: the network as it is drawn, and digits."""

from __future__ import annotations

from manimlib import *

from scenes.components.cards import words
from scenes.components.networks import DigitNetwork
from scenes.components.plots import GradientColumn
from scenes.components.style import FAINT, HEADING_SIZE, INK, LABEL_SIZE, MUTED, PANEL
from scenes.gradient.digit_model import SIDE, Stroke
from scenes.gradient.network_model import SHOWN, SIZES, Network, shown_weights

BLACK_LEVEL = 0.02
"""Pixels darker than this are the panel's own black."""


def draw_network(network: Network, scale: float = 1.0, labels: bool = True) -> DigitNetwork:
    """The chapter's network, as every scene shows it. `scale` leaves the size of text alone."""
    network = DigitNetwork(
        SHOWN,
        SIZES,
        shown_weights(network),
        radius=0.13 * scale,
        node_gap=0.09 * scale,
        layer_gap=2.4 * scale,
        labels=labels,
    )
    network.edges.set_stroke(opacity=0.75)
    return network


class DigitPanel(VGroup):
    """A digit as brightness: 28 by 28 cells, the black ones left to the background."""

    def __init__(self, pixels: np.ndarray, width: float = 3.0, **style):
        super().__init__(**style)
        cell = width / SIDE
        back = Square(width).set_fill(PANEL, 1).set_stroke(FAINT, 2)
        self.indices = np.flatnonzero(pixels.ravel() > BLACK_LEVEL)
        lit = VGroup()
        for index in self.indices:
            row, column = divmod(int(index), SIDE)
            square = (
                Square(cell).set_stroke(width=0).set_fill(INK, opacity=float(pixels[row, column]))
            )
            lit.add(square.move_to(cell * np.array([column - 13.5, 13.5 - row, 0])))
        self.add(back, self._grid(width), lit)

    @property
    def pixels(self) -> VGroup:
        """The cells that are not black, in reading order; `indices` says which they are."""
        return self[2]

    def _grid(self, width: float) -> VMobject:
        at = width * (np.arange(1, SIDE) / SIDE - 0.5)
        grid = VMobject()
        for offset in at:
            for ends in (
                ((offset, -width / 2), (offset, width / 2)),
                ((-width / 2, offset), (width / 2, offset)),
            ):
                grid.start_new_path(np.array([*ends[0], 0]))
                grid.add_line_to(np.array([*ends[1], 0]))
        return grid.set_stroke(FAINT, 0.6, opacity=0.6)


def draw_strokes(strokes: tuple[Stroke, ...], width: float, stroke_width: float) -> VGroup:
    """The pen strokes of a digit, in a square of `width` about the origin."""
    drawn = VGroup()
    for stroke in strokes:
        points = np.column_stack([(stroke - 0.5) * width, np.zeros(len(stroke))])
        drawn.add(VMobject().set_points_as_corners(points).set_stroke(INK, stroke_width))
    return drawn


class GradientStatement(VGroup):
    """`-∇C(…) = [column]`, with a brace under the dots that says how much they stand for."""

    def __init__(self, entries: np.ndarray, note: str, size: float = HEADING_SIZE, **style):
        super().__init__(**style)
        tex = Tex(R"-\nabla C(\dots) =", font_size=size).set_fill(INK)
        column = GradientColumn(entries, row_gap=0.26)
        column.next_to(tex, RIGHT, buff=0.2)
        dots = tex[R"\dots"]
        brace = Brace(dots, DOWN, buff=0.12).set_fill(MUTED)
        label = words(note, LABEL_SIZE, MUTED, lsh=1.2).next_to(brace, DOWN, buff=0.12)
        self.add(tex, column, VGroup(brace, label))

    @property
    def tex(self) -> Tex:
        return self[0]

    @property
    def column(self) -> GradientColumn:
        return self[1]

    @property
    def note(self) -> VGroup:
        return self[2]


def fade_everything(scene: Scene, run_time: float = 0.5) -> None:
    """Leaves an empty frame for the next scene to start from."""
    visible = [
        mob for mob in scene.mobjects if mob is not scene.frame and mob.family_members_with_points()
    ]
    scene.play(*(FadeOut(mob) for mob in visible), run_time=run_time)
