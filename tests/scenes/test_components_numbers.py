"""That numbers on the screen are the numbers meant: read back, coloured by sign, a copy's its own."""

import colorsys

import numpy as np
import pytest

from scenes.components.numbers_model import matvec_visible, size_to_grey, value_to_color
from scenes.components.style import NEG, POS


@pytest.fixture
def numbers(drawn):
    return drawn("components.numbers")


@pytest.fixture
def figures(drawn):
    return drawn("components.figures")


def hue_and_lightness(color: str) -> tuple[float, float]:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, _ = colorsys.rgb_to_hls(*channels)
    return hue, lightness


def printed(entry) -> float:
    return float(entry.num_string.replace("–", "-"))


@pytest.mark.parametrize(("value", "base"), [(3.0, POS), (0.0, POS), (-3.0, NEG), (-0.01, NEG)])
def test_the_sign_gives_the_hue_and_zero_counts_as_positive(value, base):
    assert hue_and_lightness(value_to_color(value))[0] == pytest.approx(
        hue_and_lightness(base)[0], abs=0.01
    )


def test_the_size_gives_the_lightness():
    lightness = [hue_and_lightness(value_to_color(value))[1] for value in (0, 1, -4, 7, -10)]
    assert lightness == sorted(lightness)
    assert len(set(lightness)) == len(lightness)


def test_sizes_past_the_ends_are_clamped():
    assert value_to_color(25) == value_to_color(10)
    assert value_to_color(0.5, low=1) == value_to_color(1, low=1)


def test_greys_grow_with_size_whatever_the_sign():
    assert size_to_grey(0) < size_to_grey(-5) < size_to_grey(10) == "#FFFFFF"


def test_only_visible_numbers_enter_a_product():
    matrix = np.array([[1, np.nan, 3], [np.nan, np.nan, np.nan], [4, 5, 6]])
    product = matvec_visible(matrix, np.array([1, 10, 100]))
    assert np.array_equal(product, [301, np.nan, 654], equal_nan=True)


def test_without_gaps_a_product_is_the_usual_one():
    rng = np.random.default_rng(0)
    matrix, vector = rng.standard_normal((6, 8)), rng.standard_normal(8)
    assert np.allclose(matvec_visible(matrix, vector), matrix @ vector)


def test_a_matrix_is_the_same_for_the_same_seed_and_another_for_another(numbers):
    first, again, other = (
        numbers.WeightMatrix(rng=np.random.default_rng(seed)).values for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_values_are_what_is_printed_and_nan_at_the_dots(numbers):
    matrix = numbers.WeightMatrix(rng=np.random.default_rng(1))
    values = matrix.values
    assert np.isnan(values[-2]).all()
    assert np.isnan(values[:, -2]).all()
    assert [printed(entry) for entry in matrix.entries] == list(values[~np.isnan(values)])
    assert len(matrix.entries) == 5 * 7


def test_a_matrix_without_dots_hides_nothing(numbers):
    matrix = numbers.WeightMatrix(np.eye(3), dots_row=None, dots_col=None)
    assert np.array_equal(matrix.values, np.eye(3))
    assert len(matrix.dots) == 0


def test_entries_are_found_by_row_and_column(numbers):
    matrix = numbers.WeightMatrix(np.arange(20).reshape(4, 5) / 10, dots_row=1, dots_col=2)
    assert matrix.entry(3, 4).value == 1.9
    assert [entry.value for entry in matrix.row(2)] == [1.0, 1.1, 1.3, 1.4]
    assert [entry.value for entry in matrix.column(0)] == [0.0, 1.0, 1.5]
    with pytest.raises(IndexError, match="dots"):
        matrix.entry(1, 0)


def test_changing_a_copy_leaves_the_original_alone(numbers):
    matrix = numbers.WeightMatrix(rng=np.random.default_rng(1))
    before = matrix.values
    copy = matrix.copy()
    copy.set_values(np.full(matrix.shape, 1.5))
    assert np.array_equal(matrix.values, before, equal_nan=True)
    assert np.nanmax(copy.values) == np.nanmin(copy.values) == 1.5
    assert all(
        mine is not theirs for mine, theirs in zip(matrix.entries, copy.entries, strict=True)
    )


def test_new_values_bring_their_colours(numbers):
    matrix = numbers.WeightMatrix(np.array([[5.0, -5.0]]), dots_row=None, dots_col=None)
    matrix.set_values(np.array([[-5.0, 5.0]]))
    drawn_colors = [entry[0].get_fill_color().upper() for entry in matrix.entries]
    assert drawn_colors == [matrix.color_of(-5.0), matrix.color_of(5.0)]


def test_entries_read_true_in_the_middle_of_a_change(numbers):
    matrix = numbers.WeightMatrix(np.zeros((2, 3)), dots_row=None, dots_col=None)
    change = numbers.ChangeEntries(matrix, np.full((2, 3), 8.0), lag_ratio=0.5)
    change.begin()
    for alpha in (0.3, 0.6):
        change.interpolate(alpha)
        assert [printed(entry) for entry in matrix.entries] == list(matrix.values.flat)
    assert matrix.values[0, 0] > matrix.values[1, 2]
    change.finish()
    assert (matrix.values == 8).all()


def test_a_wave_of_change_can_end_where_it_began(numbers):
    matrix = numbers.WeightMatrix(rng=np.random.default_rng(1))
    before = matrix.values
    for wave in (
        numbers.RandomizeEntries(matrix, np.random.default_rng(2)),
        numbers.RandomizeEntries(matrix, restore_to=before),
    ):
        wave.begin()
        wave.finish()
    assert np.array_equal(matrix.values, before, equal_nan=True)


def test_a_matrix_without_values_asks_for_a_generator(numbers):
    with pytest.raises(ValueError, match="rng"):
        numbers.WeightMatrix()


def test_a_zero_in_an_embedding_has_no_sign(numbers):
    column = numbers.NumericEmbedding(np.array([1.2, -0.2, 0.0, -0.04]), dots_row=None)
    assert [entry.num_string for entry in column.entries] == ["+1.2", "–0.2", "0.0", "0.0"]
    assert column.shape == (4, 1)


def test_a_figure_keeps_its_last_place_while_it_changes(figures):
    figure = figures.Figure(9.99, decimals=2)
    place = figure[-1].get_bottom()
    for value in (1.11, 10.07, -123.45, 9.99):
        figure.set_value(value)
        assert figure.value == value
        assert np.allclose(figure[-1].get_bottom(), place, atol=1e-5)


def test_figures_of_one_length_have_one_pitch(figures):
    wide, narrow = (figures.Figure(value, decimals=2) for value in (888.88, 111.11))
    pitch = [[glyph.get_x() for glyph in figure] for figure in (wide, narrow)]
    assert np.allclose(np.diff(pitch[0]), np.diff(pitch[1]), atol=0.01)


def test_a_figure_keeps_its_colour_when_it_gets_shorter(figures):
    figure = figures.Figure(42, color=POS, decimals=0)
    for value in (0, 1, 137):
        figure.set_value(value)
        for glyph in figure.family_members_with_points():
            assert glyph.get_fill_color().upper() == POS
            assert glyph.get_fill_opacity() == 1


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [(44.9999, 0, "45"), (-1.7, 0, "–2"), (0.4, 0, "0"), (-0.4, 0, "0"), (2.999, 1, "3.0")],
)
def test_a_figure_is_rounded_to_nearest(figures, number, decimals, shown):
    figure = figures.Figure(number, decimals=decimals)
    assert figure.num_string == shown
    assert figures.Figure(7, decimals=decimals).set_value(number).num_string == shown
