"""That every number in the film of one convolution layer is the layer's own arithmetic."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.signal import convolve, correlate

from scenes.convolution.layer_model import (
    ConvLayout,
    Layer,
    largest_output,
    layer_output,
    load_layer,
    visits,
)


@pytest.fixture
def layer() -> Layer:
    return load_layer()


def by_library(layer: Layer, operation) -> np.ndarray:
    return np.array(
        [
            bias + sum(operation(x, k, mode="valid") for x, k in zip(layer.x, stack, strict=True))
            for bias, stack in zip(layer.b, layer.k, strict=True)
        ]
    )


def test_the_fixture_is_what_its_seed_draws(layer):
    draw = np.random.default_rng(12).integers
    assert np.array_equal(layer.x, draw(0, 10, (3, 4, 4)))
    assert np.array_equal(layer.k, draw(0, 10, (3, 3, 3, 3)))
    assert np.array_equal(layer.b, draw(10, 100, 3))


@pytest.mark.parametrize(
    ("g", "bias", "after"),
    [
        (0, 65, ["225 212 256 189", "459 369 423 353", "676 567 593 551"]),
        (1, 38, ["155 145 143 125", "344 402 362 287", "636 721 685 628"]),
        (2, 49, ["288 249 300 230", "439 431 473 383", "777 807 816 774"]),
    ],
)
def test_the_running_sums_are_these(layer, g, bias, after):
    mine = [visit for visit in visits(layer) if visit.output == g]
    assert [visit.before for visit in mine[:4]] == [bias] * 4
    shown = [" ".join(str(v.after) for v in mine[4 * h : 4 * h + 4]) for h in range(3)]
    assert shown == after


def test_the_first_nine_products_add_up_to_160(layer):
    first = next(iter(visits(layer)))
    assert first.products.tolist() == [[18, 0, 72], [0, 3, 6], [5, 24, 32]]
    assert (first.products.sum(), first.before, first.after) == (160, 65, 225)


def test_the_output_is_cross_correlation(layer):
    assert np.array_equal(layer_output(layer), by_library(layer, correlate))


def test_the_output_is_not_convolution_with_a_flipped_kernel(layer):
    assert not np.array_equal(layer_output(layer), by_library(layer, convolve))


def test_the_output_is_what_torch_computes(layer):
    torch = pytest.importorskip("torch")
    x, k, b = (torch.tensor(part, dtype=torch.float64) for part in (layer.x, layer.k, layer.b))
    z = torch.nn.functional.conv2d(x[None], k, b)[0]
    assert np.array_equal(layer_output(layer), z.numpy())


def test_a_kernel_of_zeros_leaves_the_bias_everywhere(layer):
    empty = dataclasses.replace(layer, k=np.zeros_like(layer.k))
    assert (layer_output(empty) == layer.b[:, None, None]).all()


def test_a_single_one_in_the_middle_crops_the_input(layer):
    k = np.zeros_like(layer.k)
    k[:, 1, 1, 1] = 1
    z = layer_output(dataclasses.replace(layer, k=k, b=np.zeros_like(layer.b)))
    assert all(np.array_equal(sheet, layer.x[1, 1:3, 1:3]) for sheet in z)


def test_without_biases_the_layer_is_linear(layer):
    plain = dataclasses.replace(layer, b=np.zeros_like(layer.b))
    other = np.random.default_rng(0).integers(-9, 10, layer.x.shape)
    both, alone = (
        layer_output(dataclasses.replace(plain, x=x)) for x in (layer.x + 3 * other, other)
    )
    assert np.array_equal(both, layer_output(plain) + 3 * alone)


def test_the_counts_on_screen_are_these(layer):
    assert (layer.weight_count, layer.bias_count) == (81, 3)
    assert (layer.visit_count, layer.product_count) == (36, 324)
    assert len(list(visits(layer))) == layer.visit_count


def test_the_largest_output_there_could_be_fits_its_tile(layer):
    assert largest_output(layer) == 2286
    assert len(str(largest_output(layer))) <= 4


def test_no_two_outputs_overlap_and_all_stay_in_the_frame():
    layout = ConvLayout()
    for g in range(3):
        upper_left = layout.output(g) - layout.pitch / 2
        assert upper_left[0] + 2 * layout.pitch < 64 / 9 - 0.4
        assert layout.output_waiting(g)[0] - layout.pitch / 2 > 64 / 9
    assert layout.output(1)[1] - layout.output(0)[1] > 2 * layout.pitch


def test_a_kernel_laid_on_a_channel_covers_its_tiles_exactly():
    layout = ConvLayout()
    step = layout.kernel_laid(1, 1, 1) - layout.kernel_laid(1, 0, 0)
    assert np.allclose(step, [layout.pitch, -layout.pitch, 0])
    assert np.allclose(layout.kernel_laid(2, 0, 0), layout.input(2))
