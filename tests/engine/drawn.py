"""
Every way the engine can draw, side by side in one process, each held against manimgl's own.

Run in a project's folder as `python drawn.py CONFIG_FILE`. Each line on stdin is a JSON object: a
scene's `file`, `class` and `params`, its `size`, the `ways` to draw it (names of accelerators), and
`stock`, a file with the frames as manimgl drew them, or null. Each scene is run in a fork of its
own, and answered with how many frames it has and a line for every picture that was not the same.
"""

import contextlib
import json
import os
import sys
import traceback
from pathlib import Path

import numpy as np

RATE = "15"


def main() -> None:
    from pipeline.engine.zygote import _import_engine

    sys.argv = ["manimgl", "--quiet", "--config_file", sys.argv[1]]
    _import_engine([])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            be_child(json.loads(line), theirs)
        os.close(theirs)
        with os.fdopen(ours) as said:
            answer = said.read()
        os.waitpid(pid, 0)
        answers.write((answer or json.dumps({"frames": 0, "unlike": ["it died"]})) + "\n")
        answers.flush()


def be_child(request: dict, answer: int) -> None:
    """Never returns."""
    try:
        comparison = Comparison(request)
        comparison.run()
        found = {"frames": comparison.frames, "unlike": comparison.unlike}
    except Exception:  # noqa: BLE001 - whatever a scene raises
        found = {"frames": 0, "unlike": [traceback.format_exc()[-2000:]]}
    with contextlib.suppress(OSError):
        os.write(answer, json.dumps(found).encode()[:60_000])
    os._exit(0)


class OwnContext:
    """A drawer among others in one process: GL has one context at a time."""

    def __init__(self, drawer) -> None:
        self.drawer = drawer
        self.renderer = drawer.renderer

    def draw(self, frame) -> None:
        with self.drawer.ctx:
            self.drawer.draw(frame)

    def read(self):
        with self.drawer.ctx:
            return self.drawer.read()

    def changes(self, *, whole: bool):
        with self.drawer.ctx:
            return self.drawer.changes(whole=whole)


class Way:
    """One choice of accelerators, with the picture that its changes add up to."""

    def __init__(self, name: str, size: tuple[int, int], samples: int) -> None:
        from pipeline.engine.accelerators import Accelerators
        from pipeline.engine.fastdraw import FastDrawer

        self.name = name
        width, height = size
        self.picture = np.zeros((height, width, 4), np.uint8)
        names, _, elsewhere = name.partition(" as on a ")
        drawer = FastDrawer(
            width=width, height=height, samples=samples, accelerators=Accelerators.named(names)
        )
        if elsewhere:
            drawer._clearing.fills = False
        self.drawer = OwnContext(drawer)

    def draw(self, frame, *, whole: bool):
        """Top row first, made of nothing but the rows that are said to have changed."""
        self.drawer.draw(frame)
        for rows in self.drawer.changes(whole=whole):
            start, stop = rows.start - rows.top, rows.stop - rows.top
            self.picture[rows.start : rows.stop] = rows.pixels[start:stop]
            # The encoder takes more rows than changed
            assert np.array_equal(
                rows.pixels, self.picture[rows.top : rows.top + len(rows.pixels)]
            ), f"{self.name}: rows beside those that changed"
            rows.release()
        return self.picture


class Comparison:
    def __init__(self, request: dict) -> None:
        from pipeline.engine.job import SceneJob
        from pipeline.engine.stage import Stage

        self.size = tuple(request["size"])
        width, height = self.size
        self.job = SceneJob(
            root=str(Path.cwd()),
            file=request["file"],
            class_name=request["class"],
            params=request["params"],
            width=width,
            height=height,
            rate=RATE,
            samples=0,
        )
        self.names = request["ways"]
        self.ways: list[Way] = []
        self.stock = None
        if request["stock"]:
            pixels = np.memmap(request["stock"], np.uint8, mode="r")
            self.stock = pixels.reshape(-1, height, width, 4)
        self.frames = 0
        self.unlike: list[str] = []
        self.last = b""
        self.stage = Stage(self.job, self.look)

    def run(self) -> None:
        self.stage.run()
        if self.stock is not None and len(self.stock) != self.frames:
            self.unlike.append(f"{self.frames} frames, manimgl has {len(self.stock)}")

    def look(self, index: int, frame) -> None:
        self.frames += 1
        first = not self.ways
        if first:
            self._open()
        if frame.fingerprint != self.last:
            self.plain.draw(frame)
            self.picture = self.plain.read()[::-1]
            for way in self.ways:
                self._compare(f"{way.name}, frame {index}", way.draw(frame, whole=first))
        self.last = frame.fingerprint
        if self.stock is not None and index < len(self.stock):
            self._compare(f"manimgl, frame {index}", self.stock[index, ::-1])

    def _open(self) -> None:
        from pipeline.engine.draw import Drawer

        width, height = self.size
        samples = self.stage.scene.camera.samples
        self.plain = OwnContext(Drawer(width=width, height=height, samples=samples))
        self.ways = [Way(name, self.size, samples) for name in self.names]
        if self.stage.drawer is None:
            self.stage.drawer = OwnContext(self.stage.real_drawer())

    def _compare(self, what: str, picture) -> None:
        if not np.array_equal(picture, self.picture):
            apart = np.abs(picture.astype(int) - self.picture)
            y, x = (int(v) for v in np.argwhere(apart.any(axis=2))[0])
            count = np.count_nonzero(apart.any(axis=2))
            self.unlike.append(f"{what}: {count} pixels by {apart.max()}, first ({x}, {y})")


if __name__ == "__main__":
    main()
