"""
Runs every scene of the gallery in a process without a display, and prints as JSON, for each play:
the texts and the classes of everything that it moves or leaves on the screen, and of what moves it.

Nothing is judged here; test_gallery.py does that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from scenes.checks.headless import load_manimlib, load_scene

load_manimlib()

from manimlib import Animation, AnimationGroup, Text  # noqa: E402


class Probe:
    """Mixed in before a scene: notes what takes part in every play."""

    def __init__(self) -> None:
        super().__init__(skip_animations=True)
        self.seen: list[dict[str, list[str]]] = []

    def play(self, *animations, **options) -> None:
        moving = [m for animation in animations for m in ancestry(animation)]
        super().play(*animations, **options)
        tops = [*self.mobjects, *(one.mobject for one in moving if isinstance(one, Animation))]
        there = [m for top in tops for m in top.get_family()]
        texts = {m.string for m in there if isinstance(m, Text)}
        self.seen.append({"texts": sorted(texts), "classes": names([*there, *moving])})


def ancestry(animation: object) -> list[object]:
    inner = animation.animations if isinstance(animation, AnimationGroup) else []
    return [animation, *(part for one in inner for part in ancestry(one))]


def names(things: Iterable[object]) -> list[str]:
    """Of their classes and of what those are derived from, so far as they are components."""
    classes = {base for thing in things for base in type(thing).__mro__}
    ours = {cls for cls in classes if cls.__module__.startswith("scenes.components.")}
    return sorted(f"{cls.__module__}.{cls.__name__}" for cls in ours)


found = {}
for listed in yaml.safe_load(Path("manifests/gallery.yaml").read_text())["scenes"]:
    scene_class = load_scene(listed["scene"])
    scene = type("Probed", (Probe, scene_class), {})()
    scene.run()
    found[listed["id"]] = {
        "plays": scene.seen,
        "is_a": names([scene]),
        "cues": [[cue.text, cue.stop - cue.start] for cue in scene.cues],
    }
sys.stdout.write("\n" + json.dumps(found) + "\n")
