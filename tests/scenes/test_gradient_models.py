"""That every number in the gradient chapter follows from its network, its landscape or a seed."""

import numpy as np
import pytest
import torch
from scipy.optimize import check_grad, minimize, minimize_scalar

from scenes.gradient import (
    cost_model,
    descent_model,
    digit_model,
    feed_forward_model,
    importance_model,
    network_model,
    nudging_model,
    plan_model,
)


@pytest.fixture(scope="module")
def network():
    return network_model.chapter_network()


def test_the_network_has_13002_parameters(network):
    assert (
        sum(weights.size for weights in network.weights) == 784 * 16 + 16 * 16 + 16 * 10 == 12_960
    )
    assert sum(biases.size for biases in network.biases) == 42
    assert network.parameter_count == network_model.PARAMETERS == 13_002


def test_the_network_is_the_same_every_time(network):
    again = network_model.chapter_network()
    for one, other in zip(
        (*network.weights, *network.biases), (*again.weights, *again.biases), strict=True
    ):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_28_by_28_pixels_of_brightness(digit):
    pixels = digit_model.picture(digit_model.DIGITS[digit])
    assert pixels.shape == (28, 28)
    assert pixels.min() >= 0
    assert pixels.max() <= 1
    assert 60 < (pixels > 0.5).sum() < 250
    assert pixels[[0, -1]].max() < 0.01, "a digit stays clear of the edge"


def test_a_hand_writes_inside_the_picture():
    rng = np.random.default_rng(0)
    for digit in range(10):
        for stroke in digit_model.written(digit, rng):
            assert stroke.min() > 0
            assert stroke.max() < 1


def test_the_forward_pass_is_the_librarys(network):
    pixels = network_model.chapter_digit()
    after = torch.tensor(pixels.ravel())
    for layer, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        after = torch.sigmoid(
            torch.nn.functional.linear(after, torch.tensor(weights), torch.tensor(biases))
        )
        ours = network_model.forward(network, pixels)[layer + 1]
        assert np.allclose(ours, after.numpy(), atol=1e-12)


def test_the_chapters_digit_gives_the_chapters_outputs(network):
    outputs = network_model.forward(network, network_model.chapter_digit())[-1]
    assert np.allclose(outputs, network_model.OUTPUTS, atol=1e-12)
    assert feed_forward_model.answer(network, network_model.chapter_digit()) == 5


def test_what_an_edge_carries_adds_up_to_the_next_layers_sum(network):
    pixels = network_model.chapter_digit()
    carried = feed_forward_model.contributions(network, pixels)[-1]
    before = network_model.forward(network, pixels)[-1]
    assert np.allclose(network_model.sigmoid(carried.sum(axis=1) + network.biases[-1]), before)


def test_drawn_neurons_are_spread_over_their_layer():
    shown = network_model.shown_neurons(784)
    assert len(shown) == 16
    assert (np.diff(shown) == 49).all()
    assert np.array_equal(network_model.shown_neurons(10), np.arange(10))


def test_every_pixel_shrinks_into_the_circle_nearest_to_it():
    circles = [feed_forward_model.circle_of_pixel(index) for index in range(784)]
    assert circles == sorted(circles)
    assert [circles[index] for index in network_model.SHOWN[0]] == list(range(16))


def test_the_squares_and_their_sum_are_exact():
    squares = cost_model.squares(network_model.OUTPUTS, 3)
    expected = [0.4356, 0.3721, 0.5929, 0.2704, 0.0049, 0.81, 0.0484, 0.3025, 0.0961, 0.5476]
    assert np.allclose(squares, expected, atol=1e-12)
    assert cost_model.chapter_cost() == pytest.approx(3.4805, abs=1e-12)


def test_every_example_has_the_networks_own_cost(network):
    shown = cost_model.examples()
    assert shown[0].cost == pytest.approx(cost_model.chapter_cost())
    for example in shown:
        outputs = network_model.forward(network, digit_model.picture(example.strokes))[-1]
        assert example.cost == pytest.approx(((outputs - np.eye(10)[example.digit]) ** 2).sum())


def test_the_average_is_of_the_costs_as_printed():
    shown = cost_model.examples()
    printed = [float(f"{example.cost:.2f}") for example in shown]
    assert cost_model.average_cost(shown) == pytest.approx(sum(printed) / 24)


def test_the_walk_downhill_passes_the_known_heights():
    heights = [descent_model.cost(point) for point in descent_model.walk()]
    assert len(heights) == 11
    assert np.allclose(
        [heights[step] for step in (0, 1, 2, 5, 10)],
        [2.137, 1.773, 1.638, 1.4117, 1.3075],
        atol=1e-3,
    )
    assert (np.diff(heights) < 0).all()


def test_strides_shorten_with_the_slope():
    walk = descent_model.walk()
    slopes = [np.linalg.norm(descent_model.cost_gradient(point)) for point in walk]
    assert (np.diff(slopes) < 0).all()
    strides = np.linalg.norm(np.diff(walk, axis=0), axis=1)
    assert np.allclose(strides, descent_model.RATE * np.array(slopes[:-1]))


def test_the_slope_is_the_central_difference():
    for point in np.random.default_rng(0).uniform(-2.5, 2.5, (20, 2)):
        ours = descent_model.cost_gradient(point)
        for axis in range(2):
            step = 1e-5 * np.eye(2)[axis]
            rise = descent_model.cost(point + step) - descent_model.cost(point - step)
            assert ours[axis] == pytest.approx(rise / 2e-5, abs=1e-6)
    assert check_grad(descent_model.cost, descent_model.cost_gradient, [2.2, 1.6]) < 1e-6


def test_the_walk_goes_on_over_nearly_level_ground_into_the_valley():
    walk = descent_model.walk(descent_model.ALL_STEPS)
    slopes = [np.linalg.norm(descent_model.cost_gradient(point)) for point in walk]
    assert slopes[descent_model.STEPS] < 0.1 < 0.5 < max(slopes[descent_model.STEPS :])
    assert (np.diff([descent_model.cost(point) for point in walk]) < 0).all()
    valley = minimize(descent_model.cost, walk[-1])
    assert np.linalg.norm(valley.x - walk[-1]) < 0.3
    assert valley.fun == pytest.approx(0.6296, abs=1e-4)


def test_the_entries_of_the_gradient_come_from_their_seed():
    six, eight = nudging_model.start_entries(6), nudging_model.start_entries(8)
    assert list(six.round(2)) == [0.20, 0.83, -0.84, 0.04, 1.57, 1.59]
    assert np.array_equal(six, eight[:6])
    assert np.abs(eight).max() <= 2


def test_entries_drift_by_a_tenth_at_most():
    rng = np.random.default_rng(0)
    before = nudging_model.start_entries(8)
    after = nudging_model.drifted(before, rng)
    assert 0 < np.abs(after - before).max() <= 0.1


def test_edges_go_a_fifth_of_the_way_and_stay_within_the_widest():
    widths = np.array([3.0, -3.0, 0.0, 1.0])
    targets = np.random.default_rng(4).uniform(-3, 3, 4)
    after = nudging_model.nudged(widths, np.random.default_rng(4))
    assert np.allclose(after - widths, 0.2 * (targets - widths))
    assert np.abs(after).max() <= 3


def test_the_cost_falls_in_three_rounds_from_the_examples_cost():
    assert importance_model.costs() == [3.48, 3.27, 3.06, 2.85]
    assert importance_model.costs()[0] == round(cost_model.chapter_cost(), 2)


def test_a_wiggle_peaks_at_nine_tenths_and_comes_home():
    peak = minimize_scalar(
        lambda t: -importance_model.wiggle(t), bounds=(0.5, 0.75), method="bounded"
    )
    assert -peak.fun == pytest.approx(0.9097, abs=1e-4)
    assert importance_model.wiggle(0) == importance_model.wiggle(1) == 0


def test_the_cost_swings_by_the_entry_times_the_nudge():
    times = np.linspace(0, 1, 4001)
    peaks = [
        max(abs(importance_model.cost_change(entry, t)) for t in times)
        for entry in (importance_model.SENSITIVE, importance_model.INSENSITIVE)
    ]
    assert np.allclose(peaks, [0.80 * 0.9097, 0.025 * 0.9097], atol=1e-4)
    assert peaks[0] / peaks[1] == pytest.approx(32)
    assert importance_model.importance_ratio() == 32


def test_raising_a_weight_lowers_the_cost():
    for t in np.linspace(0.01, 0.99, 97):
        weight, change = importance_model.wiggled_weight(t), importance_model.cost_change(3.2, t)
        assert weight * change <= 0


def test_the_plans_ball_rolls_down_its_hill():
    walk = plan_model.walk_down_the_hill()
    assert (np.diff(plan_model.hill(walk)) < 0).all()
    step = 1e-6
    for x in walk:
        rise = plan_model.hill(x + step) - plan_model.hill(x - step)
        assert plan_model.hill_slope(x) == pytest.approx(rise / (2 * step), abs=1e-6)


def test_the_plans_network_is_a_forward_pass():
    weights, activations = plan_model.small_network(np.random.default_rng(4))
    assert [len(layer) for layer in activations] == list(plan_model.NETWORK_SIZES)
    again = torch.sigmoid(torch.tensor(1.5 * weights[0]) @ torch.tensor(activations[0]))
    assert np.allclose(activations[1], again.numpy())
