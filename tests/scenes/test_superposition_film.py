"""
That what the superposition chapter draws is what it computed: its components, and its scenes from
the first play to the last.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from scenes.superposition import features_model as features
from scenes.superposition.angles_model import cosine
from scenes.superposition.bakes import load_phases, load_spread
from scenes.superposition.packing_model import settled_angles
from scenes.superposition.plans import SPREAD
from scenes.superposition.stack_model import corner_entries, random_rows

PROBE = Path(__file__).with_name("superposition_probe.py")
ROOT = PROBE.parents[2]
SCENES = {
    "ProbedTitle": (3, 7),
    "ProbedNeurons": (30, 42),
    "ProbedCard": (10, 16),
    "ProbedSweep": (12, 17),
    "ProbedRoom": (60, 85),
    "ProbedPacking": (58, 72),
    "ProbedRows": (26, 36),
}
"""Seconds that each may last."""


def probe(what: str) -> dict:
    command = [sys.executable, "-W", "ignore", str(PROBE), what]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def components() -> dict:
    return probe("components")


@pytest.fixture(scope="module")
def scenes() -> dict:
    return probe("scenes")


# Components


def test_an_arrow_points_where_it_is_told_and_its_copy_is_its_own(components):
    found = components["arrows"]
    assert found["vector"] == pytest.approx([1, 2, 2])
    assert found["copied"] == pytest.approx([1, 0, 0])


def test_an_arrow_narrows_to_a_point_and_one_of_no_length_is_a_point(components):
    widths = components["arrows"]["widths"]
    assert widths[-1] == 0 < widths[0] < widths[4]
    assert np.isfinite(components["arrows"]["of_no_length"]).all()


@pytest.mark.parametrize(
    ("degrees", "label"), [(10, 10), (89.6, 90), (90, 90), (95, 95), (180, 180)]
)
def test_an_angle_pair_is_labelled_with_its_angle(components, degrees, label):
    shown, drawn, dot, vertex = components["angle_pairs"]["shown"][str(degrees)]
    assert shown == label
    assert drawn == pytest.approx(degrees, abs=1e-4)
    assert abs(shown - drawn) <= 0.5
    assert dot == pytest.approx(9 * cosine(degrees), abs=1e-4)
    assert vertex == pytest.approx([1, -1, 0])


def test_an_angle_pairs_copy_turns_alone(components):
    midway, end, label = components["angle_pairs"]["copy"]
    assert midway == pytest.approx(75, abs=1e-3)
    assert (end, label) == (pytest.approx(120, abs=1e-3), 120)
    assert components["angle_pairs"]["after_copy"] == pytest.approx(180, abs=1e-3)


def test_an_angle_pairs_label_never_lies_on_an_arrow(components):
    assert components["angle_pairs"]["label_room"] > 0.05


def test_a_readout_rounds_to_nearest_and_keeps_its_colour(components):
    assert components["readouts"]["rounded"] == 45
    assert {tuple(color) for color in components["readouts"]["colors"]} == {("#F5C84B", 1.0)}


@pytest.mark.parametrize(
    "what", ["drawn", "copied", "quarter", "finished", "triad", "triad_copy", "bouquet"]
)
def test_a_crowd_is_where_its_numbers_are(components, what):
    assert components["crowds"][what] < 1e-5


def test_a_copied_crowd_takes_newcomers_of_its_own(components):
    assert components["crowds"]["counts"] == [5, 6]


def test_hues_are_those_of_their_generator_and_all_different(components):
    assert components["crowds"]["hues_again"]
    assert components["crowds"]["bright_again"]
    assert components["crowds"]["bouquet_hues"]
    assert components["crowds"]["hues"] == 6


def test_a_cloud_follows_its_outline_and_a_copy_breathes_alone(components):
    found = components["clouds"]
    assert found["seconds"] == pytest.approx([1, 2])
    assert max(found["anchors"], found["between"]) < 1e-5


def test_a_roll_says_what_was_put_into_it_and_a_copy_fills_alone(components):
    found = components["rolls"]
    assert found["drawn"] < 1e-5
    assert found["columns"] == [2, 3]
    assert found["level"] == 0
    assert (found["spot"], found["half"]) == (1, 0.5)


def test_a_histogram_can_be_read_back_from_its_outline(components):
    counts = [0, 1, 5, 1_000, 3_436_890, 0]
    assert components["rolls"]["counts"] == pytest.approx(counts, rel=1e-4)
    assert components["rolls"]["copied"] == pytest.approx(counts[::-1], rel=1e-4)


# Scenes


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_plays_for_about_as_long_as_it_should(scenes, name):
    shortest, longest = SCENES[name]
    assert shortest <= scenes[name]["seconds"] <= longest


@pytest.mark.parametrize("name", SCENES)
def test_what_is_said_can_be_read_and_does_not_overlap(scenes, name):
    cues = scenes[name]["cues"]
    assert cues
    for start, stop, text in cues:
        assert (stop - start) * 17 >= len(text)
    for (_, stop, _), (start, _, _) in pairwise(cues):
        assert start >= stop - 1e-9


def test_128_lines_join_the_inputs_to_the_neurons(scenes):
    assert scenes["lines"] == features.INPUTS * features.NEURONS == 128


def test_one_neuron_at_most_is_lit_while_each_has_a_word(scenes):
    lit = [n for n in scenes["ProbedNeurons"]["seen"] if n is not None]
    assert set(lit) <= {0, 1}
    assert lit.count(1) >= len(features.WORDS_ALONE)


def test_the_roll_is_a_diagonal_and_then_the_chords(scenes):
    columns, chords = np.array(scenes["roll"]), features.chords()
    alone = len(features.WORDS_ALONE)
    for index, column in enumerate(columns[:alone]):
        assert column == pytest.approx(features.BRIGHTEST * features.alone(index), abs=1e-4)
    for name, column in zip(
        (features.WORDS_ALONE[-1], *features.WORDS_IN_CHORDS, features.RETURNING),
        columns[alone:],
        strict=True,
    ):
        limit = features.BRIGHTEST
        assert column == pytest.approx(np.clip(chords[name], -limit, limit), abs=1e-4)


def test_the_word_that_returns_brings_back_its_chord(scenes):
    columns = np.array(scenes["roll"])
    first = len(features.WORDS_ALONE) + 1 + features.WORDS_IN_CHORDS.index(features.RETURNING)
    assert np.array_equal(columns[first], columns[-1])


def test_the_card_shows_the_cosine_of_the_angle_it_shows(scenes):
    seen = scenes["ProbedCard"]["seen"]
    assert {angle for angle, _ in seen} == {90, 89, 91, 85, 95}
    for angle, value in seen:
        assert value == pytest.approx(cosine(angle), abs=5.1e-5)


def test_the_sweep_stops_at_its_angles_with_the_right_label(scenes):
    seen = scenes["ProbedSweep"]["seen"]
    stops = [round(drawn) for _, drawn in seen]
    assert [angle for angle, _ in groupby(stops)] == [60, 90, 180, 95]
    assert all(abs(label - drawn) <= 0.5 for label, drawn in seen)


def test_a_fourth_arrow_is_at_45_degrees_each_time_it_rests(scenes):
    assert scenes["ProbedRoom"]["seen"].count(45) >= 6


def test_the_closest_pair_is_read_from_the_arrows_on_the_screen(scenes):
    for _, label, drawn in scenes["ProbedPacking"]["seen"]:
        assert abs(label - drawn) <= 0.051
    counts = [count for count, _, _ in scenes["ProbedPacking"]["seen"]]
    assert sorted(set(counts)) == list(range(3, 14))


def test_the_crowd_ends_where_the_optimiser_left_it(scenes):
    phases = load_phases()
    assert np.allclose(scenes["crowd"], phases[-1][-1], atol=1e-5)
    last = f"{settled_angles(phases)[-1]:.0f} degrees"
    assert any(last in text for _, _, text in scenes["ProbedPacking"]["cues"])


def test_the_rows_on_the_screen_are_the_rows_of_the_experiment(scenes):
    drawn = np.array(scenes["matrix"], dtype=float)
    expected = corner_entries(random_rows(SPREAD.rows, SPREAD.dimensions, SPREAD.seed), drawn.shape)
    assert np.array_equal(np.isnan(drawn), np.isnan(expected))
    assert np.nanmax(np.abs(drawn - expected)) <= 0.005 + 1e-6


def test_the_histogram_ends_with_the_counts_of_the_last_step(scenes):
    assert scenes["counts"] == pytest.approx(load_spread()["counts"][-1], rel=1e-3)


def test_the_manifest_lists_the_chapter_in_order():
    manifest = yaml.safe_load((ROOT / "manifests" / "superposition.yaml").read_text())
    ids = [scene["id"] for scene in manifest["scenes"]]
    assert ids == [
        "title",
        "one_neuron_or_many",
        "almost_perpendicular_card",
        "angle_sweep",
        "room_for_almost_right_angles",
        "packing_directions_in_3d",
        "ten_thousand_rows",
    ]
    for scene in manifest["scenes"]:
        path, name = scene["scene"].split(":")
        assert f"class {name}(" in (ROOT / path).read_text()
