"""That instruments show what they are set to, and say what they show."""

import shutil

import numpy as np
import pytest

from scenes.components.descend import descend

needs_latex = pytest.mark.skipif(not shutil.which("latex"), reason="sets a formula with LaTeX")


@pytest.fixture
def plots(drawn):
    return drawn("components.plots")


@pytest.fixture
def outline(drawn):
    return drawn("components.outline")


@pytest.fixture
def mascot(drawn):
    return drawn("components.mascot")


@pytest.fixture
def landscape(drawn):
    return drawn("components.descent_surface").DescentSurface(
        lambda p: p[0] ** 2 + 0.5 * p[1] ** 2,
        lambda p: np.array([2 * p[0], p[1]]),
        start=(2, 1),
        rate=0.25,
        steps=4,
    )


def test_a_gradient_column_has_its_dots_in_the_middle(plots):
    column = plots.GradientColumn([0.2, 0.83, -0.84, 0.04, 1.57, 1.59])
    assert np.array_equal(column.numbers, [0.2, 0.83, -0.84, 0.04, 1.57, 1.59])
    assert np.flatnonzero(np.isnan(column.values[:, 0])) == [3]
    heights = [entry.get_y() for entry in column.entries]
    assert heights[2] > column.dots.get_y() > heights[3]


def test_a_columns_boxes_leave_the_signs_out(plots):
    column = plots.GradientColumn([0.2, -0.83])
    for entry, box in zip(column.entries, column.size_boxes(), strict=True):
        assert entry[0].get_x() < box.get_left()[0]
        assert box.get_left()[0] < entry[1].get_left()[0]


def test_a_copied_column_has_entries_of_its_own(plots):
    column = plots.GradientColumn([0.2, -0.83])
    column.copy().set_values(column.with_dots([1.0, 1.0]))
    assert np.array_equal(column.numbers, [0.2, -0.83])


@pytest.mark.parametrize("value", [-1.0, -0.25, 0.0, 0.7, 1.0])
def test_a_slider_says_where_its_dot_is(plots, value):
    slider = plots.SliderLine(length=3).set_value(value).shift([1, -2, 0]).scale(0.7)
    assert slider.value == pytest.approx(value, abs=1e-6)


def test_a_slider_has_a_tick_for_every_quarter(plots):
    assert len(plots.SliderLine().ticks) == 9


def test_a_copied_slider_has_a_dot_of_its_own(plots):
    slider = plots.SliderLine(0.5)
    slider.copy().set_value(-1)
    assert slider.value == pytest.approx(0.5)


@needs_latex
def test_a_cost_is_read_from_its_figures(plots):
    readout = plots.CostReadout(3.4805, "C(w_0)", isolate=("w_0",))
    assert readout.value == 3.48
    assert readout.set_value(2.999).value == 3.0
    assert len(readout.expression["w_0"]) == 1


def test_descending_takes_steps_against_the_slope():
    path = descend(lambda p: 2 * p, np.array([1.0, -2.0]), rate=0.25, steps=3)
    assert np.allclose(path, [[1, -2], [0.5, -1], [0.25, -0.5], [0.125, -0.25]])


def test_a_ball_stands_on_the_landscape_whose_height_is_read(landscape):
    for point in landscape.path:
        landscape.place_ball(point)
        assert landscape.height == pytest.approx(landscape.f(point), abs=1e-5)
        bottom = landscape.ball.get_center()[2] - landscape.ball_radius
        assert bottom == pytest.approx(landscape.f(point), abs=1e-5)


def test_an_arrow_is_minus_the_gradient_and_a_step_is_rate_of_it(landscape):
    shaft, _ = landscape.arrow(0)
    reach = (shaft.get_end() - shaft.get_start())[:2]
    assert np.allclose(reach, [-4, -1], atol=1e-4)
    assert np.allclose(landscape.stride(0)(1.0), np.array([2, 1]) + 0.25 * reach, atol=1e-4)


def test_level_lines_are_level(landscape):
    for line in landscape.contours:
        assert np.ptp(line.get_points()[:, 2]) < 1e-6
        spots = line.get_anchors()[:, :2]
        heights = np.array([landscape.f(spot) for spot in spots])
        assert np.abs(heights - line.get_points()[0, 2]).max() < 0.05


def test_a_plan_keeps_one_item_bright(outline):
    plan = outline.BulletPlan(("one", "two", "three\nof two lines"))
    assert plan.opacities() == [1, 1, 1]
    for stop in range(3):
        plan.focus(stop)
        bright = [opacity == 1 for opacity in plan.opacities()]
        assert bright == [place == stop for place in range(3)]


def test_a_screen_is_sixteen_to_nine_and_holds_what_it_is_given(outline, drawn):
    slot = outline.ScreenSlot(6.4)
    screen = slot.screen
    assert screen.get_width() / screen.get_height() == pytest.approx(16 / 9)
    held = slot.hold(drawn("components.plots").SliderLine(length=30))
    assert held.get_width() < screen.get_width()


def test_a_dots_looks_differ_and_have_the_same_parts(mascot):
    dot = mascot.CuriousDot().shift([2, 1, 0])
    for look in ("puzzled", "blink"):
        other = dot.looking(look)
        assert len(other.get_family()) == len(dot.get_family())
        assert np.allclose(other[0].get_center(), dot[0].get_center())
        assert not np.allclose(other.get_all_points(), dot.get_all_points())


def test_a_dot_knows_no_other_looks(mascot):
    with pytest.raises(ValueError, match="smug"):
        mascot.CuriousDot("smug")
