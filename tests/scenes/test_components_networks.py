"""That a network drawn is the network meant: every edge in its place, as wide as its weight."""

import shutil

import numpy as np
import pytest

from scenes.components.style import NEG, POS

needs_latex = pytest.mark.skipif(not shutil.which("latex"), reason="draws a brace with LaTeX")


@pytest.fixture
def networks(drawn):
    return drawn("components.networks")


@pytest.fixture
def edges(drawn):
    return drawn("components.edges")


@pytest.fixture
def network(networks):
    return networks.DenseNetwork((3, 4, 2), rng=np.random.default_rng(5))


def test_every_two_neighbours_are_joined_once(network):
    assert [between.shape for between in network.edges] == [(4, 3), (2, 4)]
    assert [len(between.ends) for between in network.edges] == [12, 8]


def test_an_edge_runs_from_its_source_to_its_neuron(network):
    before, after = network.layers[0], network.layers[1]
    for neuron, source in ((0, 0), (3, 1), (2, 2)):
        start, stop = network.edges[0].ends[neuron * 3 + source]
        reach = before[source].get_width() / 2 + 1e-5
        assert np.linalg.norm(start - before[source].get_center()) <= reach
        assert np.linalg.norm(stop - after[neuron].get_center()) <= reach


def test_an_edge_taken_out_lies_where_it_lay_and_looks_as_it_looked(network):
    between = network.edges[0]
    between.set_signed_widths(np.arange(12).reshape(4, 3) - 6.0)
    line = between.line(1, 2)
    assert np.allclose([line.get_start(), line.get_end()], between.ends[5], atol=1e-5)
    assert line.get_stroke_width() == 1


def test_width_follows_size_and_colour_follows_sign(edges, network):
    signed = edges.signed_widths(np.array([[1.0, -2.0], [0.5, 0.0]]), widest=3, power=2)
    assert np.allclose(signed, [[0.75, -3.0], [0.1875, 0.0]])
    between = network.edges[1]
    between.set_signed_widths(np.array([[1.0, -2, 3, -4], [-1, 2, -3, 4]]))
    colors = [
        between.line(neuron, source).get_stroke_color().upper()
        for neuron, source in np.ndindex(2, 4)
    ]
    assert colors == [POS, NEG] * 2 + [NEG, POS] * 2


def test_edges_are_the_same_for_the_same_seed(networks):
    def widths(seed):
        made = networks.DenseNetwork((3, 4, 2), rng=np.random.default_rng(seed))
        return made.edges[0].signed_widths

    assert np.array_equal(widths(5), widths(5))
    assert not np.array_equal(widths(5), widths(6))


def test_a_copy_has_circles_and_edges_of_its_own(network):
    copy = network.copy()
    copy.set_activations(1, np.ones(4))
    copy.edges[0].set_signed_widths(np.zeros((4, 3)))
    assert not network.activations(1).any()
    assert network.edges[0].signed_widths.any()
    assert network.edges[0].get_stroke_widths().any()


def test_a_circle_is_as_opaque_as_its_activation(network):
    network.set_activations(1, [0.1, 0.9, 0.5, 0.0])
    assert np.allclose(network.activations(1), [0.1, 0.9, 0.5, 0.0])


def test_widths_on_their_way_pass_through_nothing(edges, network):
    between = network.edges[1]
    between.set_signed_widths(np.full((2, 4), 2.0))
    change = edges.ChangeWidths(between, np.full((2, 4), -2.0))
    change.begin()
    change.interpolate(0.5)
    assert np.allclose(between.get_stroke_widths(), 0)
    change.finish()
    assert np.array_equal(between.signed_widths, np.full((2, 4), -2.0))


def test_light_runs_only_where_something_is_carried(edges, network):
    amounts = np.zeros((2, 4))
    amounts[1, 2], amounts[0, 0] = 4.0, -1.0
    pulse = edges.EdgePulse(network.edges[1], amounts)
    pulse.begin()
    pulse.interpolate(0.5)
    assert pulse.mobject.get_stroke_widths().max() > 0
    ends = {tuple(np.round(path[0], 4)) for path in pulse.mobject.get_subpaths()}
    assert ends == {tuple(np.round(network.edges[1].ends[index][0], 4)) for index in (0, 6)}
    pulse.interpolate(1)
    assert np.allclose(pulse.mobject.get_stroke_widths(), 0)


@needs_latex
def test_a_big_column_is_cut_short_with_its_true_size_beside_it(networks):
    rng = np.random.default_rng(0)
    sizes, shown = (784, 16, 10), (np.arange(16), np.arange(16), np.arange(10))
    weights = [rng.standard_normal((16, 16)), rng.standard_normal((10, 16))]
    network = networks.DigitNetwork(shown, sizes, weights)
    assert [len(layer) for layer in network.layers] == [16, 16, 10]
    assert len(network.dots) == len(network.counts) == 1
    assert network.counts[0][1].get_text() == "784"
    assert [label.get_text() for label in network.digits] == list("0123456789")
    assert len(network.edges_in(2, 4)) == 16
