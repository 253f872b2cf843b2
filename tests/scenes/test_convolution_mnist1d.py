"""That the signals of the chapter are the published data set, number for number."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.convolution.mnist1d import (
    TEMPLATES,
    Split,
    grow,
    load_split,
    normalised_templates,
    raw_signals,
)


@pytest.fixture(scope="module")
def split() -> Split:
    return load_split()


def test_the_templates_begin_like_this():
    templates = normalised_templates()
    assert TEMPLATES.shape == (10, 12)
    assert templates[0, :5].round(4).tolist() == [0, 0.2369, 0.3554, 0.4146, 0.4739]
    assert templates[1, :4].round(4).tolist() == [0, -0.3699, -0.3699, -0.2959]


def test_the_sets_have_these_shapes(split):
    assert [part.x.shape for part in (split.train, split.validation, split.test)] == [
        (4000, 40),
        (2000, 40),
        (1000, 40),
    ]


def test_the_first_labels_and_values_are_the_published_ones(split):
    assert split.train.y[:12].tolist() == [2, 6, 4, 5, 6, 6, 6, 0, 3, 1, 6, 9]
    expected = [-0.33200567, -0.47191037, -0.77869708, -1.00974083, -0.88235257]
    assert np.allclose(split.train.x[0, :5], expected, atol=1e-8, rtol=0)


def test_sums_counts_and_moments_are_the_published_ones(split):
    assert split.train.x.sum() == pytest.approx(-51.78746788, abs=1e-8)
    counts = np.bincount(split.train.y).tolist()
    assert counts == [398, 396, 411, 394, 394, 402, 401, 404, 402, 398]
    whole = np.concatenate([split.train.x, split.test.x])
    assert whole.mean() == pytest.approx(0, abs=1e-12)
    assert whole.std() == pytest.approx(1, abs=1e-12)
    assert split.validation.x.std() == pytest.approx(1.0022, abs=5e-5)
    assert split.mean == pytest.approx(-0.00550751, abs=1e-8)
    assert split.deviation == pytest.approx(0.15467803, abs=1e-8)


def test_the_last_step_of_growing_is_the_example():
    template = normalised_templates()[3]
    steps = grow(template, np.random.RandomState(0))
    assert list(steps) == [
        "pad",
        "stretch",
        "scale",
        "slide",
        "wander",
        "noise",
        "tilt",
        "sample",
    ]
    assert len(steps["pad"]) >= 48
    assert len(steps["sample"]) == 40
    assert np.count_nonzero(steps["slide"] == 0) > 0
    assert np.count_nonzero(steps["wander"] == 0) == 0


def test_the_same_seed_grows_the_same_signals():
    first, again, other = (raw_signals(100, seed).x for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
