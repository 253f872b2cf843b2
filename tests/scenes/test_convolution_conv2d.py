"""That what the films of convolution show is what the libraries compute."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import convolve2d, correlate2d

from scenes.convolution.conv2d_model import (
    batch_case,
    by_torch,
    channels_case,
    convolve,
    flipped,
    loop_steps,
    output_size,
    places,
    sliding_case,
    stride_case,
)

CASES = {
    "sliding": sliding_case,
    "stride": stride_case,
    "channels": channels_case,
    "batch": batch_case,
}
every_case = pytest.mark.parametrize("case", [make() for make in CASES.values()], ids=CASES)


def test_the_image_and_the_kernel_are_those_of_their_seed():
    case = sliding_case()
    first_row = [1.624, -0.612, -0.528, -1.073, 0.865, -2.302]
    assert case.image[0, 0, 0].round(3).tolist() == first_row
    assert case.weights[0, 0].round(3).tolist() == [
        [0.901, -0.684, -0.123],
        [-0.936, -0.268, 0.530],
        [-0.692, -0.397, -0.687],
    ]


def test_the_sliding_window_writes_these_numbers():
    output = convolve(sliding_case())[0, 0]
    assert output.round(3).tolist() == [
        [-0.929, -2.760, 0.716, 0.114, 0.560, -0.387],
        [-1.515, 0.283, 1.008, 0.466, -1.094, 2.004],
        [-1.634, 3.555, -2.154, -0.892, -1.856, 2.299],
        [0.565, -0.947, -0.629, 2.996, -1.811, -0.533],
    ]
    assert round(output.sum(), 6) == -2.574458


@pytest.mark.parametrize(
    ("name", "shape", "total", "first", "last", "products"),
    [
        ("sliding", (1, 1, 4, 6), -2.574458, -0.929, -0.533, 216),
        ("stride", (1, 1, 6, 5), -16.504268, -0.809365, -2.713672, 270),
        ("channels", (1, 2, 4, 6), 67.036256, -0.784930, 1.269668, 2160),
        ("batch", (2, 2, 4, 6), -21.036079, -3.632670, -3.445611, 4320),
    ],
)
def test_each_case_has_these_sums_and_counts(name, shape, total, first, last, products):
    case = CASES[name]()
    output = convolve(case)
    assert output.shape == case.output_shape == shape
    assert round(output.sum(), 6) == total
    assert output.flat[0] == pytest.approx(first, abs=6e-4 if name == "sliding" else 6e-7)
    assert output.flat[-1] == pytest.approx(last, abs=6e-4 if name == "sliding" else 6e-7)
    assert case.product_count == products


@every_case
def test_the_loops_agree_with_torch(case):
    assert np.abs(convolve(case) - by_torch(case)).max() < 1e-12
    assert np.abs(convolve(case) - by_torch(case, single_precision=True)).max() < 1e-5


@every_case
def test_the_loops_agree_with_windows_and_a_sum(case):
    windows = sliding_window_view(case.padded, case.weights.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: case.stride, :: case.stride]
    assert np.abs(np.einsum("bhyxij,chij->bcyx", windows, case.weights) - convolve(case)).max() < (
        1e-12
    )


@every_case
def test_place_by_place_gives_the_same_output(case):
    totals = np.array([place.total for place in places(case)]).reshape(case.output_shape)
    assert np.abs(totals - convolve(case)).max() < 1e-12


def test_the_operation_is_correlation_and_flipping_makes_it_convolution():
    case = sliding_case()
    image, kernel = case.image[0, 0], case.weights[0, 0]
    same = {"mode": "same"}
    assert np.allclose(convolve(case)[0, 0], correlate2d(image, kernel, **same), atol=1e-12)
    turned = convolve(flipped(case))[0, 0]
    assert np.allclose(turned, convolve2d(image, kernel, **same), atol=1e-12)
    assert round(turned[0, 0], 3) == -1.741


def test_the_size_formula_counts_the_places():
    assert output_size(4, 3, padding=1) == 4
    assert (output_size(12, 3, 2, 1), output_size(10, 3, 2, 1)) == (6, 5)
    for size, kernel, stride, padding in [(9, 3, 2, 0), (10, 3, 3, 1), (7, 5, 1, 2)]:
        starts = range(0, size + 2 * padding - kernel + 1, stride)
        assert output_size(size, kernel, stride, padding) == len(starts)


def test_the_four_counters_run_once_for_every_product():
    steps = loop_steps(sliding_case())
    assert len(steps) == sliding_case().product_count == 216
    assert (steps[0].row, steps[0].j, steps[-1].row, steps[-1].column) == (0, 0, 3, 5)
