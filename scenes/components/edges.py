"""
All edges between two columns of a network, and light that runs along them.

They are one mobject with a path for each edge, not a mobject an edge: hundreds of lines would cost
manimgl more than everything else on the screen. They are restyled together from arrays, and taken
out one at a time as lines.
"""

from __future__ import annotations

from manimlib import *

from scenes.components.style import DATA, FAINT, NEG, POS

STRIDE = 4
"""Points of an edge in its mobject: start, middle, end, and the handle that ends its path."""


def signed_widths(weights: np.ndarray, widest: float = 3.0, power: float = 2.0) -> np.ndarray:
    """Stroke widths with the signs of the weights; the largest of them gets `widest`."""
    sizes = np.abs(weights)
    return np.sign(weights) * widest * (sizes / sizes.max()) ** power


class LayerEdges(VMobject):
    """
    The edges from column `before` to column `after`, in the shape of the weight matrix.

    Edge (neuron, source) runs from circle `source` of the column before to circle `neuron`.
    """

    def __init__(
        self, before: VGroup, after: VGroup, color: str = FAINT, width: float = 1.0, **style
    ):
        super().__init__(**style)
        self.shape = (len(after), len(before))
        self.signed_widths = np.full(self.shape, width)
        ends = []
        for neuron, source in np.ndindex(*self.shape):
            start, stop = before[source].get_center(), after[neuron].get_center()
            toward = normalize(stop - start)
            radii = before[source].get_width() / 2, after[neuron].get_width() / 2
            ends.append((start + radii[0] * toward, stop - radii[1] * toward))
        self.set_points(paths_between(np.array(ends), pieces=1))
        self.set_fill(opacity=0)
        self.set_stroke(color, width)
        self.set_joint_type("no_joint")

    @property
    def ends(self) -> np.ndarray:
        """Where edges start and stop, in the order of `np.ndindex(shape)`: (edges, 2, 3)."""
        points = self.get_points()
        return np.stack([points[0::STRIDE], points[2::STRIDE]], axis=1)

    def restyle(
        self,
        widths: np.ndarray | float | None = None,
        color: str | None = None,
        opacity: np.ndarray | float | None = None,
    ) -> LayerEdges:
        """One value for all, or arrays in the shape of the weight matrix."""
        if widths is not None:
            self.data["stroke_width"][:, 0] = self._spread(widths)
        if color is not None:
            self.data["stroke_rgba"][:, :3] = hex_to_rgb(color)
        if opacity is not None:
            self.data["stroke_rgba"][:, 3] = self._spread(opacity)
        self.note_changed_data()
        return self

    def set_signed_widths(self, signed: np.ndarray) -> LayerEdges:
        """Widths that carry the sign of a weight, which the colour tells."""
        positive = self._spread(signed)[:, None] >= 0
        self.signed_widths = np.array(signed, dtype=float)
        self.data["stroke_rgba"][:, :3] = np.where(positive, hex_to_rgb(POS), hex_to_rgb(NEG))
        return self.restyle(np.abs(signed))

    def line(self, neuron: int, source: int) -> Line:
        """A line of its own where edge (neuron, source) lies, and in its style."""
        index = neuron * self.shape[1] + source
        line = Line(*self.ends[index])
        rgba = self.data["stroke_rgba"][STRIDE * index]
        return line.set_stroke(
            rgb_to_hex(rgba[:3]),
            float(self.data["stroke_width"][STRIDE * index, 0]),
            float(rgba[3]),
        )

    def _spread(self, values: np.ndarray | float) -> np.ndarray:
        """A value for every point, from one for every edge or one for all."""
        per_edge = np.broadcast_to(np.ravel(values), self.shape[0] * self.shape[1])
        return np.repeat(per_edge, STRIDE)[: self.get_num_points()]


def paths_between(ends: np.ndarray, pieces: int) -> np.ndarray:
    """Points of a VMobject with one straight path of `pieces` curves between each two ends."""
    alphas = np.linspace(0, 1, 2 * pieces + 1)[None, :, None]
    starts, stops = ends[:, None, 0], ends[:, None, 1]
    paths = starts + alphas * (stops - starts)
    closed = np.concatenate([paths, paths[:, -1:]], axis=1)
    return closed.reshape(-1, 3)[:-1]


class ChangeWidths(Animation):
    """Edges go over to other signed widths, changing colour where they pass through nothing."""

    def __init__(self, edges: LayerEdges, signed: np.ndarray, **options):
        self.start, self.stop = edges.signed_widths, signed
        super().__init__(edges, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        part = self.rate_func(self.time_spanned_alpha(alpha))
        self.mobject.set_signed_widths(interpolate(self.start, self.stop, part))


class EdgePulse(Animation):
    """
    Light that runs along the edges of a layer, each as strong as its share of `amounts`.

    `amounts` has the shape of the weight matrix. Edges below a fiftieth of the largest stay dark.
    """

    PIECES = 8
    LENGTH = 0.35
    """Of an edge, lit at a time."""

    def __init__(
        self,
        edges: LayerEdges,
        amounts: np.ndarray,
        color: str = DATA,
        widest: float = 5.0,
        backward: bool = False,
        rate_func=linear,
        **options,
    ):
        sizes = np.abs(np.ravel(amounts)) / np.abs(amounts).max()
        chosen = np.flatnonzero(sizes > 0.02)
        ends = edges.ends[chosen]
        light = VMobject().set_points(
            paths_between(ends[:, ::-1] if backward else ends, self.PIECES)
        )
        light.set_fill(opacity=0).set_stroke(color, 0).set_joint_type("no_joint")
        points = 2 * self.PIECES + 2
        self.strength = np.repeat(widest * sizes[chosen] ** 0.5, points)[: light.get_num_points()]
        along = np.append(np.linspace(0, 1, points - 1), 1.0)
        self.along = np.tile(along, len(chosen))[: light.get_num_points()]
        super().__init__(light, remover=True, rate_func=rate_func, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        at = self.rate_func(self.time_spanned_alpha(alpha)) * (1 + self.LENGTH) - self.LENGTH / 2
        shape = np.clip(1 - np.abs(self.along - at) / (self.LENGTH / 2), 0, 1)
        self.mobject.data["stroke_width"][:, 0] = self.strength * smooth(shape)
        self.mobject.note_changed_data()
