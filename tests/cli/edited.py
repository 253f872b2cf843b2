"""Two scenes of which every frame carries its number, with a manifest to edit them in."""

import json
import wave
from argparse import Namespace
from pathlib import Path

import av
import numpy as np

from pipeline.cli.common import open_work
from pipeline.errors import ExitCode
from pipeline.farm.chapter import ChapterPlan
from tests.cli.conftest import Project, Ran

COUNTER = '''\
from types import SimpleNamespace

from manimlib import *

BITS = 10


class Counter(Scene):
    """`seconds` long; frame n shows first + n as blocks across the top, the highest bit right."""

    first = 0
    seconds = 4
    spoken = ()
    struck = ()

    def construct(self):
        self.cues = [
            SimpleNamespace(id=f"c{n}", text=f"Words number {n}.", start=start, stop=stop)
            for n, (start, stop) in enumerate(self.spoken)
        ]
        for second in self.struck:
            self.add_sound("tick.wav", time_offset=second)
        width, height = self.frame.get_width() / BITS, self.frame.get_height() / 4
        blocks = VGroup(
            *(
                Rectangle(width, height, stroke_width=0, fill_opacity=1).move_to(
                    (width * (bit - BITS / 2 + 0.5), 1.5 * height, 0)
                )
                for bit in range(BITS)
            )
        )
        blocks.add_updater(self.show)
        self.add(blocks)
        for _ in range(self.seconds):
            self.wait(1)

    def show(self, blocks):
        number = self.first + max(0, round(self.time * self.camera.fps) - 1)
        for bit, block in enumerate(blocks):
            block.set_fill(WHITE if number >> bit & 1 else BLACK)
'''
HEAD = """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 160, height: 96, rate: 15, lossless: true}
"""
SOUND = "sound: {loudness: none}\n"  # where it is heard is asked here, not how loud
ONE = {
    "first": 0,
    "seconds": 20,
    "spoken": [[2, 4], [10, 12], [18.4, 19.8]],
    "struck": [0, 3, 15],
}
TWO = {"first": 500, "seconds": 6, "spoken": [[1, 3]], "struck": [2]}
TRIMMED = "trim: {start: 2s, until: 270f}, hold: [{at: first, length: 3f}, {at: 75f, length: 2s}]"
CROSSED = "transition: {crossfade: 10f}"
FADED = "ends: {fade_in: 5f, fade_out: 1s, color: white}"
# `one` as TRIMMED, and held before it for the fade: frames of its own
ONE_SHOWN = [30] * 8 + [*range(30, 76)] + [75] * 30 + [*range(76, 270)]


class Edited(Project):
    """A project of two counters, `one` and `two`, whose manifest is written for each test."""

    def __init__(self, root: Path, store: Path) -> None:
        super().__init__(root, store)
        self.write("counter.py", COUNTER)
        with wave.open(str(root / "tick.wav"), "wb") as tick:
            tick.setparams((1, 2, 48000, 0, "NONE", ""))
            tick.writeframes(b"\x00\x20\x00\xe0" * 1200)
        self.write_manifest()

    def write_manifest(
        self, one: str = "", two: str = "", *, head: str = "", more: str = ""
    ) -> None:
        """`one` and `two` are keys of the scenes, `head` of the chapter, `more` further scenes."""
        scenes = "".join(
            f'  - {{id: {name}, scene: "counter.py:Counter", title: {name.title()}, '
            f"params: {json.dumps(params)}{', ' if keys else ''}{keys}}}\n"
            for name, params, keys in (("one", ONE, one), ("two", TWO, two))
        )
        self.write("manifests/small.yaml", f"{HEAD}{head}\nscenes:\n{scenes}{more}{SOUND}")

    def rendered(self, *arguments: str) -> Ran:
        ran = self.render(*arguments)
        assert ran.code == ExitCode.DONE, ran.err
        return ran

    def frames(self) -> np.ndarray:
        """Every frame of the video as RGB."""
        with av.open(str(self.video)) as container:
            return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])

    def mixed(self) -> list[str]:
        """Which scenes the last run mixed a transition for."""
        return sorted(e["scene"] for e in self.events() if e["event"] == "transition-done")

    def plan_now(self, *only: str) -> ChapterPlan:
        """Looked up in the store, with nothing started."""
        manifest = self.root / "manifests/small.yaml"
        return open_work(
            Namespace(
                manifest=manifest,
                preset=None,
                store=str(self.store),
                renders=self.renders,
                only=only,
            )
        ).plan()

    def chunks(self) -> set[str]:
        """Keys of all that is drawn or mixed."""
        return {path.name for path in self.store.glob("segment/*/*")}
