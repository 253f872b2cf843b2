"""That the gradient chapter draws what it computes, and tells it in order."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from scenes.gradient import feed_forward_model, importance_model, network_model, nudging_model
from scenes.gradient.digit_model import DIGITS, SIDE

needs_latex = pytest.mark.skipif(not shutil.which("latex"), reason="sets formulas with LaTeX")
MANIFEST = Path(__file__).parents[2] / "manifests" / "gradient.yaml"


@pytest.fixture
def drawing(drawn):
    return drawn("gradient.drawing")


@pytest.fixture(scope="module")
def network():
    return network_model.chapter_network()


def test_the_six_scenes_come_in_order_each_insert_after_its_card():
    ids = [scene["id"] for scene in yaml.safe_load(MANIFEST.read_text())["scenes"]]
    told = [name for name in ids if name != "title" and not name.endswith("_card")]
    assert told == [
        "gradient_chapter_plan",
        "insert_feed_forward",
        "insert_cost_definition",
        "insert_descent_on_surface",
        "insert_gradient_nudging",
        "gradient_as_importance_list",
    ]
    for name in told[1:5]:
        card = name.removeprefix("insert_") + "_card"
        assert ids.index(card) + 1 == ids.index(name)


def test_a_card_carries_one_line(drawn):
    cards, outline = drawn("gradient.cards"), drawn("components.outline")
    messages = [
        value.message
        for value in vars(cards).values()
        if isinstance(value, type) and issubclass(value, outline.PlaceholderCard) and value.message
    ]
    assert len(messages) == len(set(messages)) == 4


def test_the_plan_has_a_line_and_a_miniature_for_every_stop(drawn):
    plan = drawn("gradient.plan").GradientChapterPlan
    assert len(plan.items) == len(plan.spoken) == 3


@needs_latex
def test_circles_are_as_bright_as_the_forward_pass(drawing, network):
    pixels = network_model.chapter_digit()
    picture = drawing.draw_network(network)
    everything = network_model.forward(network, pixels)
    for layer, values in enumerate(feed_forward_model.shown_activations(network, pixels)):
        picture.set_activations(layer, values)
        expected = everything[layer][network_model.SHOWN[layer]]
        assert np.allclose(picture.activations(layer), expected, atol=1e-6)
    assert int(np.argmax(picture.activations(3))) == feed_forward_model.answer(network, pixels)


@needs_latex
def test_edges_are_as_wide_as_the_square_of_their_weight(drawing, network):
    picture = drawing.draw_network(network, labels=False)
    for between, weights in zip(picture.edges, network_model.shown_weights(network), strict=True):
        share = np.abs(weights) / np.abs(weights).max()
        assert np.allclose(np.abs(between.signed_widths), 3 * share**2)
        assert np.array_equal(np.sign(between.signed_widths), np.sign(weights))


def test_every_bright_pixel_is_drawn_in_its_place(drawing):
    pixels = network_model.chapter_digit()
    panel = drawing.DigitPanel(pixels, width=2.8)
    drawn_pixels = np.zeros_like(pixels)
    for index, square in zip(panel.indices, panel.pixels, strict=True):
        row, column = divmod(int(index), SIDE)
        drawn_pixels[row, column] = square.get_fill_opacity()
        assert np.allclose(square.get_center(), [0.1 * (column - 13.5), 0.1 * (13.5 - row), 0])
    assert np.abs(drawn_pixels - pixels).max() <= drawing.BLACK_LEVEL


def test_the_pen_goes_where_the_pixels_are(drawing):
    strokes = drawing.draw_strokes(DIGITS[3], width=2.8, stroke_width=4)
    pixels = network_model.chapter_digit()
    for x, y, _ in strokes[0].get_anchors():
        row, column = int(14 - y / 0.1), int(14 + x / 0.1)
        assert pixels[row, column] > 0.5


@needs_latex
@pytest.mark.parametrize("count", [6, 8])
def test_the_column_shows_the_entries_with_colour_by_sign(drawing, count):
    entries = nudging_model.start_entries(count)
    column = drawing.GradientStatement(entries, "all").column
    assert len(column.entries) == count
    assert np.allclose(column.numbers, entries.round(2))
    for entry, value in zip(column.entries, entries, strict=True):
        assert entry.num_string[0] == ("+" if value >= 0 else "–")
        glyph = entry.family_members_with_points()[0]
        red, green, _ = glyph.data["fill_rgba"][0, :3]
        assert (green > red) == (value >= 0)


@needs_latex
def test_the_cost_and_its_dot_always_move_the_same_way(drawn):
    plots = drawn("components.plots")
    readout, line = plots.CostReadout(2.85, "C"), plots.SliderLine(0)
    for entry in (importance_model.SENSITIVE, importance_model.INSENSITIVE):
        for t in np.linspace(0, 1, 41):
            change = importance_model.cost_change(entry, t)
            line.set_value(change)
            readout.set_value(2.85 + change)
            assert readout.value - 2.85 == pytest.approx(line.value, abs=0.0051)


@needs_latex
def test_the_two_weights_are_shown_with_their_entries(drawn):
    column = drawn("gradient.tuning").two_entry_column()
    shown = column.values[~np.isnan(column.values)]
    assert list(shown) == [importance_model.SENSITIVE, importance_model.INSENSITIVE]
    assert len(column.dots) == 3
