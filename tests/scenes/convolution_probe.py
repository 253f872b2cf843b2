"""
Runs the scenes of the convolution chapter in a process without a display, and prints what it
found as JSON. Nothing is judged here; test_convolution_film.py does that. The scenes skip through
their animations on a GL context that draws nothing.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import chain

os.environ["PYGLET_HEADLESS"] = "1"
sys.argv = sys.argv[:1]

import moderngl  # noqa: E402
import numpy as np  # noqa: E402

from pipeline.engine.nullgl import null_context, null_format  # noqa: E402

moderngl.create_standalone_context = null_context
moderngl.detect_format = null_format

from manimlib import FRAME_HEIGHT, FRAME_WIDTH  # noqa: E402
from manimlib.camera.camera import Camera  # noqa: E402

from scenes.components.pixels import PixelGrid, decimal  # noqa: E402
from scenes.components.tiles import TileSheet  # noqa: E402
from scenes.convolution.images_2d import Images2D  # noqa: E402
from scenes.convolution.layer import ConvLayerThreeToThree  # noqa: E402
from scenes.convolution.signal_net import ChannelStrip, reach, sample_x  # noqa: E402
from scenes.convolution.signal_network import SignalNetwork  # noqa: E402
from scenes.convolution.sliding_window import SlidingWindow  # noqa: E402
from scenes.convolution.stride_channels import StrideChannelsBatch  # noqa: E402
from scenes.convolution.title import ConvolutionTitle  # noqa: E402

Camera.capture = lambda *_: None
HALF = np.array([FRAME_WIDTH, FRAME_HEIGHT]) / 2
SCENES = (
    ConvolutionTitle,
    SlidingWindow,
    StrideChannelsBatch,
    ConvLayerThreeToThree,
    SignalNetwork,
    Images2D,
)


def visible(part) -> bool:
    return bool(
        part.has_points()
        and ("fill_rgba" not in part.data.dtype.names or part.data["fill_rgba"][:, 3].max() > 0)
    )


def crossing_the_edge(scene) -> list[str]:
    """Whatever visible lies partly inside and partly outside the frame."""
    found = []
    for part in scene.get_mobject_family_members():
        if part is scene.frame or not visible(part):
            continue
        low, _, high = part.get_bounding_box()[:, :2]
        inside = (high > -HALF).all() and (low < HALF).all()
        if inside and ((low < -HALF).any() or (high > HALF).any()):
            found.append(f"{type(part).__name__} at {part.get_center().round(2).tolist()}")
    return found


def probe(scene_class) -> tuple[object, dict]:
    scene = scene_class(
        skip_animations=True, file_writer_config={"write_to_movie": False, "quiet": True}
    )
    crossing, plays = [], scene.post_play
    scene.post_play = lambda: (crossing.extend(crossing_the_edge(scene)), plays())
    scene.tear_down = lambda: None
    scene.run()
    cues = [[cue.start, cue.stop, cue.text] for cue in scene.cues]
    return scene, {"seconds": scene.time, "cues": cues, "crossing": crossing}


def layer_facts(scene) -> dict:
    pieces = scene.pieces
    kernels = zip(chain(*pieces.kernels), chain(*pieces.parked), strict=True)
    return {
        "kernels_home": all(now.looks_identical(home) for now, home in kernels),
        "inputs_home": [
            np.allclose(sheet.tile(0, 0).body.get_center(), pieces.layout.input(h))
            for h, sheet in enumerate(pieces.inputs)
        ],
        "outputs": [
            [
                label.family_members_with_points()[0].get_fill_opacity()
                for (at, *_), label in pieces.sums.items()
                if at == g
            ]
            for g in range(len(pieces.outputs))
        ],
    }


def component_facts() -> dict:
    numbers = np.array([[1.5, -2.0], [0.0, 3.25]])
    grid, sheet = PixelGrid(numbers, 0.5), TileSheet(np.array([[1, 2], [3, 4]]), 0.5, "#4F9DE0")
    copied = sheet.copy().shift([1, 0, 0])
    strip = ChannelStrip(np.ones((3, 4)), 3, 0, 1)
    return {
        "grid_values": grid.values.tolist(),
        "block": grid.center_of_block(0, 0, 2, 2).tolist(),
        "sheet_moved": sheet.tile(0, 0).body.get_center()[0]
        - copied.tile(0, 0).body.get_center()[0],
        "decimals": [decimal(value, 2) for value in (1.005, -0.001, -2.5)],
        "strip_x": [column.get_x() for column in strip.columns],
        "strip_wanted": [sample_x(np.mean(reach(3, i))) for i in range(4)],
    }


found = {"components": component_facts()}
for scene_class in SCENES:
    scene, found[scene_class.__name__] = probe(scene_class)
    if scene_class is ConvLayerThreeToThree:
        found["layer"] = layer_facts(scene)
sys.stdout.write("\n" + json.dumps(found, default=lambda value: value.item()) + "\n")
