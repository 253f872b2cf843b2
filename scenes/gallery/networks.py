"""Networks and the edges between their columns."""

from manimlib import *

from scenes.components.edges import ChangeWidths, EdgePulse, LayerEdges, signed_widths
from scenes.components.networks import DenseNetwork, DigitNetwork, neuron
from scenes.components.style import MUTED
from scenes.gallery.exhibit import STAGE, Gallery


class Networks(Gallery):
    def construct(self):
        rng = np.random.default_rng(3)
        with self.exhibit(neuron):
            row = VGroup(*(neuron(0.45).set_fill(opacity=a) for a in np.linspace(0, 1, 6)))
            self.play(FadeIn(row.arrange(RIGHT, buff=0.5).move_to(STAGE), lag_ratio=0.2))
        with self.exhibit(DenseNetwork):
            network = DenseNetwork((6, 12, 6), rng=rng, radius=0.16).move_to(STAGE)
            self.play(FadeIn(network), run_time=0.7)
            lit = network.copy()
            for layer, size in enumerate((6, 12, 6)):
                lit.set_activations(layer, rng.uniform(size=size))
            self.play(Transform(network, lit))
        with self.exhibit(DigitNetwork):
            shown = (np.r_[0:5, 779:784], np.r_[0:8], np.r_[0:10])
            weights = [rng.standard_normal((8, 10)), rng.standard_normal((10, 8))]
            digits = DigitNetwork(shown, (784, 16, 10), weights, layer_gap=3)
            self.play(FadeIn(digits.move_to(STAGE)))
        columns = [VGroup(*(neuron(0.2) for _ in range(size))) for size in (5, 8)]
        for column, x in zip(columns, (-2.5, 2.5), strict=True):
            column.arrange(DOWN, buff=0.25).move_to(STAGE + x * RIGHT)
        edges = LayerEdges(*columns, color=MUTED)
        with self.exhibit(LayerEdges):
            self.play(*map(FadeIn, columns), run_time=0.5)
            self.play(ShowCreation(edges))
        with self.exhibit(ChangeWidths):
            self.add(*columns, edges)
            for _ in range(2):
                widths = signed_widths(rng.standard_normal((8, 5)), widest=6)
                self.play(ChangeWidths(edges, widths), run_time=1.5)
        with self.exhibit(EdgePulse):
            self.add(*columns, edges.set_stroke(opacity=0.4))
            amounts = rng.uniform(size=(8, 5))
            self.play(EdgePulse(edges, amounts), run_time=1.5)
            self.play(EdgePulse(edges, amounts, backward=True), run_time=1.5)
