"""That the results of training the chapter shows are baked from the runs it says, and hold up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from scenes.convolution.bakes import DIGITS, SIGNALS, load_cnn1d, load_digit_runs, making
from scenes.convolution.digit_wall import WALL_COLUMNS, WALL_ROWS, wall_pixels
from scenes.convolution.digits import load_digits, read_digits
from scenes.convolution.ledger_model import (
    CONVOLUTIONAL,
    FULLY_CONNECTED,
    lengths,
    receptive_fields,
    total,
)
from scenes.convolution.networks_model import (
    digit_cnn,
    digit_mlp,
    parameter_counts,
    signal_cnn,
    signal_mlp,
)

POINTS = 2.5
"""How far a single run may come out on another processor, in per cent."""


@pytest.fixture(scope="module")
def signals() -> dict[str, np.ndarray]:
    return load_cnn1d()


@pytest.fixture(scope="module")
def digits() -> dict[str, np.ndarray]:
    return load_digit_runs()


def test_the_networks_have_as_many_numbers_as_the_ledger_says():
    assert parameter_counts(signal_cnn()) == [60, 690, 690, 610]
    assert parameter_counts(signal_cnn()) == [entry.count for entry in CONVOLUTIONAL]
    assert parameter_counts(signal_mlp()) == [entry.count for entry in FULLY_CONNECTED]
    assert (total(CONVOLUTIONAL), total(FULLY_CONNECTED)) == (2050, 15_210)
    assert sum(parameter_counts(digit_cnn())) == 6480
    assert sum(parameter_counts(digit_mlp())) == 64 * 50 + 50 + 50 * 10 + 10


def test_layers_shrink_and_their_units_see_more():
    assert lengths() == [40, 19, 9, 4]
    assert receptive_fields() == [3, 7, 15]


def test_a_unit_answers_to_its_field_and_to_nothing_else():
    net = signal_cnn()
    for depth, field in enumerate(receptive_fields(), start=1):
        x = torch.randn(1, 40, requires_grad=True)
        net[: 2 * depth](x)[0, :, 1].sum().backward()
        seen = torch.nonzero(x.grad[0]).flatten()
        assert int(seen.max() - seen.min()) + 1 == field


def test_the_convolutional_network_wins_on_signals_from_every_start(signals):
    last = signals["cnn"][:, -1, 1]
    assert last.tolist() == pytest.approx([11.6, 13.4, 22.75, 15.75, 11.75], abs=POINTS)
    plain = signals["mlp"][-1, 1]
    assert plain == pytest.approx(36.65, abs=POINTS)
    assert (last < 25).all()
    assert (last < plain - 10).all()
    assert signals["cnn_test"] == pytest.approx(11.3, abs=POINTS)
    assert last[0] < plain / 3 + 1


def test_the_plain_network_learns_its_lessons_by_heart(signals):
    assert signals["mlp"][-1, 0] < 0.5
    epochs = signals["mlp"][[4, 9, 19, 29, 49], 1]
    assert epochs.tolist() == pytest.approx([48.15, 42.0, 36.7, 37.25, 36.65], abs=POINTS)


def test_shuffled_places_ruin_the_convolutional_network_alone(signals):
    assert signals["shuffled_cnn"][-1, 1] == pytest.approx(44.05, abs=POINTS)
    assert signals["shuffled_mlp"][-1, 1] == pytest.approx(36.95, abs=POINTS)
    assert signals["shuffled_cnn"][-1, 1] > signals["shuffled_mlp"][-1, 1]


def test_two_places_on_the_answer_is_one_place_on(signals):
    features, shifts = signals["features"], SIGNALS.shifts
    assert shifts[2] - shifts[0] == 2
    for step in range(0, len(shifts) - 2, 2):
        assert np.allclose(features[step + 2][:, 1:], features[step][:, :-1], atol=1e-5)


def test_the_signal_shown_is_read_rightly(signals):
    assert signals["probabilities"].sum() == pytest.approx(1, abs=1e-5)
    assert signals["probabilities"].argmax() == 3


def test_the_digits_are_split_as_planned():
    images, labels = read_digits()
    assert images.shape == (1797, 8, 8)
    assert (images.min(), images.max(), labels.max()) == (0, 16, 9)
    split = load_digits()
    assert (len(split.train.labels), len(split.test.labels)) == (1297, 500)
    assert (round(split.mean, 5), round(split.deviation, 5)) == (0.30556, 0.37577)


def test_every_digit_is_there_as_often_as_published():
    assert np.bincount(read_digits()[1]).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
    ]  # fmt: skip


def test_digits_are_read_by_both_networks(digits):
    assert digits["cnn"][-1].tolist() == pytest.approx([97.6, 0.0507], abs=2)
    assert digits["cnn"][-1, 0] > 94
    assert digits["mlp"][-1, 0] == pytest.approx(97.4, abs=2)


def test_shuffled_pixels_and_a_shift_cost_what_is_said(digits):
    one = DIGITS.shifts.index(1)
    assert digits["shuffled_cnn"][-1, 0] < digits["shuffled_mlp"][-1, 0]
    assert digits["rolled"][0, one] == pytest.approx(66.2, abs=5)
    assert digits["rolled"][0, one] > digits["rolled"][1, one] + 10
    still = DIGITS.shifts.index(0)
    assert digits["rolled"][:, still].tolist() == [digits["cnn"][-1, 0], digits["mlp"][-1, 0]]


def test_log_probabilities_are_probabilities(digits):
    assert np.exp(digits["log_probabilities"]).sum(axis=1) == pytest.approx(1, abs=1e-5)
    right = digits["log_probabilities"].argmax(axis=1) == load_digits().test.labels
    assert 100 * right.mean() == pytest.approx(digits["cnn"][-1, 0])


def test_the_maps_shown_are_the_kernels_on_the_picture(digits):
    picture = np.pad(load_digits().test.images[DIGITS.shown], 1)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
    responses = np.einsum("yxij,kij->kyx", windows, digits["kernels"])
    offset = digits["maps"] - responses
    assert np.ptp(offset, axis=(1, 2)).max() < 1e-4  # what is left over is a bias
    pooled = digits["maps"].reshape(10, 4, 2, 4, 2).max(axis=(2, 4))
    assert np.allclose(np.maximum(pooled, 0), digits["pooled"], atol=1e-6)


def test_two_epochs_trained_now_are_the_first_two_of_the_bake(signals):
    short = replace(SIGNALS, epochs=2, seeds=(1,))
    again = making.cnn1d(short)
    assert set(again) == set(signals)
    assert again["cnn"][0] == pytest.approx(signals["cnn"][0, :2], abs=POINTS)
    assert again["mlp"] == pytest.approx(signals["mlp"][:2], abs=POINTS)


def test_two_epochs_of_digits_trained_now_are_those_of_the_bake(digits):
    again = making.digits(replace(DIGITS, epochs=2))
    assert set(again) == set(digits)
    for name in ("kernels", "maps", "pooled", "deep", "last", "log_probabilities", "rolled"):
        assert again[name].shape == digits[name].shape
    assert again["cnn"][:, 0] == pytest.approx(digits["cnn"][:2, 0], abs=POINTS)
    assert again["mlp"][:, 0] == pytest.approx(digits["mlp"][:2, 0], abs=POINTS)


def test_the_wall_shows_the_first_test_pictures():
    wall = wall_pixels(pixel=1)
    assert wall.shape == (9 * WALL_ROWS - 1, 9 * WALL_COLUMNS - 1, 3)
    written = wall[:8, :8].sum(axis=2)
    first = load_digits().test.images[0]
    assert np.corrcoef(written.ravel(), first.ravel())[0, 1] > 0.999
    assert np.array_equal(wall_pixels(pixel=3)[::3, ::3], wall)
