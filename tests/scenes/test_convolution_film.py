"""That the scenes of the convolution chapter play from first to last as they were planned."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

PROBE = Path(__file__).with_name("convolution_probe.py")
ROOT = PROBE.parents[2]
SCENES = {
    "ConvolutionTitle": (6, 12),
    "SlidingWindow": (50, 75),
    "StrideChannelsBatch": (45, 70),
    "ConvLayerThreeToThree": (50, 65),
    "SignalNetwork": (50, 75),
    "Images2D": (60, 90),
}
"""Seconds that each may last."""
every_scene = pytest.mark.parametrize("name", SCENES)


@pytest.fixture(scope="module")
def found() -> dict:
    command = [sys.executable, "-W", "ignore", str(PROBE)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@every_scene
def test_a_scene_plays_for_about_as_long_as_it_should(found, name):
    shortest, longest = SCENES[name]
    assert shortest <= found[name]["seconds"] <= longest


@every_scene
def test_what_is_said_can_be_read_and_does_not_overlap(found, name):
    cues = found[name]["cues"]
    assert cues
    for start, stop, text in cues:
        assert (stop - start) * 17 >= len(text)
    for (_, stop, _), (start, _, _) in pairwise(cues):
        assert start >= stop - 1e-9


@every_scene
def test_nothing_crosses_the_edge_of_the_frame_when_a_play_is_over(found, name):
    assert found[name]["crossing"] == []


def test_every_tile_of_the_layer_ends_where_it_began_and_the_outputs_are_filled(found):
    layer = found["layer"]
    assert layer["kernels_home"]
    assert layer["inputs_home"] == [True] * 3
    assert [len(sums) for sums in layer["outputs"]] == [4, 4, 4]
    assert all(opacity == 1 for sums in layer["outputs"] for opacity in sums)


def test_grids_and_sheets_hold_the_numbers_they_draw_and_copies_move_alone(found):
    parts = found["components"]
    assert parts["grid_values"] == [[1.5, -2.0], [0.0, 3.25]]
    assert parts["block"] == pytest.approx([0, 0, 0], abs=1e-6)
    assert parts["sheet_moved"] == pytest.approx(-1, abs=1e-6)


def test_decimals_have_a_true_minus_and_zero_has_none(found):
    assert found["components"]["decimals"] == ["1.00", "0.00", "−2.50"]


def test_a_unit_stands_over_the_middle_of_what_it_sees(found):
    parts = found["components"]
    assert parts["strip_x"] == pytest.approx(parts["strip_wanted"], abs=1e-6)


def test_the_manifest_lists_the_chapter_in_order():
    manifest = yaml.safe_load((ROOT / "manifests" / "convolution.yaml").read_text())
    assert [scene["scene"].split(":")[1] for scene in manifest["scenes"]] == list(SCENES)
