"""
Draws single mobjects with manimgl on a real GL context and prints, as JSON, the box around the
pixels that changed and the box the look check works out for it.
"""

import json
import os
import sys

os.environ["PYGLET_HEADLESS"] = "1"
sys.argv = ["manimgl", "--quiet"]

import moderngl  # noqa: E402

from pipeline.engine.gl import open_context  # noqa: E402

moderngl.create_standalone_context = open_context

import numpy as np  # noqa: E402
from manimlib import (  # noqa: E402
    DEG,
    LEFT,
    OUT,
    RIGHT,
    UP,
    UR,
    Circle,
    DotCloud,
    InteractiveScene,
    Line,
    Sphere,
    Square,
    Text,
)

from scenes.checks.moment import Moment  # noqa: E402
from scenes.checks.outlines import SIZE  # noqa: E402

TURNED = {"theta_degrees": 30, "phi_degrees": 65}
CASES = {
    "circle": (Circle(radius=2).set_stroke(width=12), {}),
    "zoomed": (Circle(radius=1).shift(UR), {"center": (1, 0.5, 0), "height": 5}),
    "filled": (Square().set_fill("#FF0000", 1).set_stroke(width=0).shift(3 * LEFT), TURNED),
    "near": (Line(LEFT, RIGHT).set_stroke(width=3).shift(2 * OUT + 2 * UP), TURNED),
    "text": (Text("up there").rotate(90 * DEG, RIGHT).shift(2 * UP), TURNED),
    "sphere": (Sphere(radius=1.5).shift(2 * RIGHT + OUT), TURNED),
    "fixed": (Text("corner").to_corner(UR).fix_in_frame(), {**TURNED, "height": 3}),
    "dots": (DotCloud([[-3, 1, 0], [2, 2, 0]], radius=0.4), {}),
}


class Picture(InteractiveScene):
    def setup(self):
        super().setup()
        self.found = {}

    def construct(self):
        for name, (mobject, camera) in CASES.items():
            self.clear()
            self.frame.to_default_state()
            self.frame.reorient(**camera)
            self.add(self.frame, mobject)
            self.found[name] = [self.drawn(), self.worked_out()]

    def drawn(self) -> list[float]:
        self.update_frame(force_draw=True)
        pixels = np.array(self.camera.get_image().convert("RGB")).astype(int)
        y, x = np.nonzero(np.abs(pixels - pixels[-1, 0]).max(axis=2) > 40)
        return [float(v) for v in (x.min(), y.min(), x.max() + 1, y.max() + 1)]

    def worked_out(self) -> list[float]:
        boxes = [one.box for one in Moment.of(self).drawn]
        low = np.min([[box.left, box.top] for box in boxes], axis=0)
        high = np.max([[box.right, box.bottom] for box in boxes], axis=0)
        return [*map(float, low), *map(float, high)]


scene = Picture(camera_config={"resolution": SIZE, "fps": 15})
scene.run()
sys.stdout.write("\n" + json.dumps(scene.found) + "\n")
