"""
Builds the superposition chapter's components and runs its scenes in a process without a display,
and prints what it found as JSON: `python superposition_probe.py components|scenes`.

Nothing is judged here; test_superposition_film.py does that. The scenes skip through their
animations on a GL context that draws nothing.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["PYGLET_HEADLESS"] = "1"
asked, sys.argv = sys.argv[1:], sys.argv[:1]

import moderngl  # noqa: E402
import numpy as np  # noqa: E402

from pipeline.engine.nullgl import null_context, null_format  # noqa: E402

moderngl.create_standalone_context = null_context
moderngl.detect_format = null_format

from manimlib import DL, DOWN, DR, ORIGIN, RIGHT, UL, UR, Circle, VGroup, get_norm  # noqa: E402
from manimlib.camera.camera import Camera  # noqa: E402

from scenes.components.crowds import (  # noqa: E402
    Bouquet,
    BreathingCloud,
    PackedVectors,
    Replay,
    Triad,
    bright_hues,
    cool_hues,
)
from scenes.components.stacks import LogHistogram, PatternRoll, light, spotlight  # noqa: E402
from scenes.components.vectors import (  # noqa: E402
    AnglePair,
    Readout,
    SpaceArrow,
    TurnTo,
)
from scenes.superposition import features_model, room_model  # noqa: E402
from scenes.superposition.angles_model import closest_lines  # noqa: E402
from scenes.superposition.card import AlmostPerpendicularCard  # noqa: E402
from scenes.superposition.neurons import OneNeuronOrMany  # noqa: E402
from scenes.superposition.packing import PackingDirectionsIn3D  # noqa: E402
from scenes.superposition.room import RoomForAlmostRightAngles  # noqa: E402
from scenes.superposition.rows import TenThousandRows  # noqa: E402
from scenes.superposition.sweep import AngleSweep  # noqa: E402
from scenes.superposition.title import SuperpositionTitle  # noqa: E402

Camera.capture = lambda *_: None


def arrows() -> dict:
    arrow = SpaceArrow([1, 2, 2], start=[0.5, 0, 0])
    other = arrow.copy()
    other.aim(ORIGIN, RIGHT)
    nothing = SpaceArrow(ORIGIN)
    return {
        "vector": arrow.vector.tolist(),
        "copied": other.vector.tolist(),
        "of_no_length": nothing.get_points().tolist(),
        "widths": arrow.get_stroke_widths().tolist(),
    }


def angle_pairs() -> dict:
    pair = AnglePair(90, length=3, heading=20).put_at([1, -1, 0])
    shown = {}
    for degrees in (10, 89.6, 90, 95, 180):
        pair.set_degrees(degrees)
        first, second = (arrow.vector for arrow in pair.arrows)
        dot = float(first @ second)
        shown[str(degrees)] = [pair.shown, pair.degrees, dot, pair.vertex.tolist()]
    copied = pair.copy().set_degrees(30)
    turn = TurnTo(copied, 120)
    turn.begin()
    turn.interpolate(0.5)
    midway = copied.degrees
    turn.finish()
    wide_open = AnglePair(10, length=3, arc_radius=0.5)
    room = [label_room(wide_open.set_degrees(degrees)) for degrees in range(10, 181, 2)]
    return {
        "shown": shown,
        "after_copy": pair.degrees,
        "copy": [midway, copied.degrees, copied.shown],
        "label_room": min(room),
    }


def label_room(pair: AnglePair) -> float:
    """How far the corners of the label's box stay from the nearer arrow."""
    corners = [pair.label.get_corner(corner) for corner in (UL, UR, DL, DR)]
    return min(
        float(get_norm(corner - closest_point(arrow, corner)))
        for corner in corners
        for arrow in pair.arrows
    )


def closest_point(arrow: SpaceArrow, point: np.ndarray) -> np.ndarray:
    along = np.clip((point - arrow.start) @ arrow.vector / (arrow.vector @ arrow.vector), 0, 1)
    return arrow.start + along * arrow.vector


def readouts() -> dict:
    figure = Readout(9, color="#F5C84B", decimals=0)
    colors = []
    for value in (9, 10, 11, 44.99999, 100, 7):
        figure.set_value(value)
        glyphs = figure.family_members_with_points()
        colors += [[g.get_fill_color(), float(g.get_fill_opacity())] for g in glyphs]
    figure.set_value(44.99999)
    return {"colors": colors, "rounded": figure.value}


def crowds() -> dict:
    rows = np.random.default_rng(2).standard_normal((5, 3))
    hues = cool_hues(6, np.random.default_rng(1))
    crowd = PackedVectors(rows, hues[:5], reach=2.3)
    other = crowd.copy().set_rows(2 * rows)
    other.add_direction(np.ones(3), hues[5])
    path = np.stack([rows, 2 * rows, 4 * rows])
    replay = Replay(crowd.copy(), path)
    replay.begin()
    replay.interpolate(0.25)
    quarter = replay.mobject.values
    replay.finish()
    triad = Triad(room_model.tilted_triad(), length=2, center=[1, 1, 0])
    bent = triad.copy().set_rows(np.eye(3))
    many = room_model.icosahedron()
    bouquet = Bouquet(many, bright_hues(12, np.random.default_rng(0)), length=1.7)
    order = np.argsort(many[:, 2], kind="stable")
    return {
        "drawn": np.abs(crowd.values - rows).max(),
        "copied": np.abs(other.values[:5] - 2 * rows).max(),
        "counts": [len(crowd), len(other)],
        "quarter": np.abs(quarter - 1.5 * rows).max(),
        "finished": np.abs(replay.mobject.values - 4 * rows).max(),
        "hues_again": hues == cool_hues(6, np.random.default_rng(1)),
        "hues": len(set(hues)),
        "bright_again": bright_hues(12, np.random.default_rng(0)) == bouquet.hues,
        "triad": np.abs(triad.values - room_model.tilted_triad()).max(),
        "triad_copy": np.abs(bent.values - np.eye(3)).max(),
        "bouquet": np.abs(bouquet.values - many[order]).max(),
        "bouquet_hues": [arrow.get_stroke_color() for arrow in bouquet]
        == [bouquet.hues[i].upper() for i in order],
    }


def clouds() -> dict:
    def outline(seconds: float) -> np.ndarray:
        return room_model.cloud_outline(seconds, width=6, height=3)

    cloud = BreathingCloud(outline, center=[1, 2, 0])
    cloud.update(0.4).update(0.6)
    other = cloud.copy()
    other.update(1.0)
    middle = np.array([1, 2, 0])
    curve = [cloud.get_nth_curve_function(i)(0.5) - middle for i in range(60)]
    return {
        "seconds": [cloud.seconds, other.seconds],
        "anchors": np.abs(cloud.get_points()[0:-1:2] - middle - outline(1.0)[0::2]).max(),
        "between": np.abs(np.array(curve) - outline(1.0)[1::2]).max(),
    }


def rolls() -> dict:
    column = VGroup(*(Circle(radius=0.1) for _ in range(16))).arrange(DOWN, buff=0.1)
    roll = PatternRoll(column, 4, left=2, full=3.0)
    patterns = np.random.default_rng(6).uniform(-3, 3, (2, 16))
    for pattern in patterns:
        roll.keep(roll.next_column(pattern))
    other = roll.copy()
    other.keep(other.next_column(patterns[0]))
    other.columns[0].set_fill(opacity=0)
    level = [
        cell.get_y() - circle.get_y() for cell, circle in zip(roll.columns[0], column, strict=True)
    ]
    counts = np.array([0, 1, 5, 1_000, 3_436_890, 0])
    histogram = LogHistogram(np.arange(7.0), counts, 6, 3, 7, (0, 6))
    histogram.shift([2, -1, 0])
    copied = histogram.copy().set_counts(counts[::-1])
    return {
        "drawn": np.abs(roll.values.T - patterns).max(),
        "columns": [len(roll.columns), len(other.columns)],
        "level": float(np.abs(level).max()),
        "counts": histogram.counts.tolist(),
        "copied": copied.counts.tolist(),
        "spot": spotlight(Circle()).get_fill_opacity(),
        "half": light(Circle(), -1.5, full=3.0).get_fill_opacity(),
    }


class Probe:
    """Mixed in before a scene: skips, and calls `look` after every play."""

    def __init__(self) -> None:
        super().__init__(skip_animations=True)
        self.seen: list = []

    def play(self, *animations, **options) -> None:
        super().play(*animations, **options)
        self.look()

    def look(self) -> None:
        self.seen.append(self.num_plays)


def told(scene: Probe) -> dict:
    return {
        "plays": scene.num_plays,
        "seconds": scene.time,
        "cues": [[cue.start, cue.stop, cue.text] for cue in scene.cues],
    }


class ProbedNeurons(Probe, OneNeuronOrMany):
    def look(self) -> None:
        if len(self.roll.columns) <= len(features_model.WORDS_ALONE) and not hasattr(self, "brace"):
            self.seen.append(int(sum(n.get_fill_opacity() > 0.05 for n in self.neurons)))


class ProbedSweep(Probe, AngleSweep):
    def look(self) -> None:
        for top in self.mobjects:
            if isinstance(top, AnglePair):
                self.seen.append([top.shown, top.degrees])


class ProbedCard(Probe, AlmostPerpendicularCard):
    def readout(self, pair):
        self.row = super().readout(pair)
        return self.row

    def look(self) -> None:
        if hasattr(self, "row"):
            self.seen.append([part.value for part in self.row if isinstance(part, Readout)])


class ProbedRoom(Probe, RoomForAlmostRightAngles):
    def nearest_axis(self, newcomer):
        self.nearest = super().nearest_axis(newcomer)
        return self.nearest

    def look(self) -> None:
        if hasattr(self, "nearest"):
            self.seen.append(self.nearest[1][0].value)


class ProbedPacking(Probe, PackingDirectionsIn3D):
    def look(self) -> None:
        if hasattr(self, "readouts"):
            angle = self.readouts[3].value
            self.seen.append([len(self.crowd), angle, closest_lines(self.crowd.values)])


class ProbedRows(Probe, TenThousandRows):
    pass


def scenes() -> dict:
    found = {}
    for probed in (ProbedNeurons, ProbedCard, ProbedSweep, ProbedRoom, ProbedPacking, ProbedRows):
        scene = probed()
        scene.run()
        found[probed.__name__] = {**told(scene), "seen": scene.seen}
        if probed is ProbedNeurons:
            found["roll"] = scene.roll.values.T.tolist()
            found["lines"] = len(scene.network.edges[0].ends)
        if probed is ProbedPacking:
            found["crowd"] = scene.crowd.values.tolist()
        if probed is ProbedRows:
            found["matrix"] = scene.matrix.values.tolist()
            found["counts"] = scene.histogram.counts.tolist()

    class ProbedTitle(Probe, SuperpositionTitle):
        pass

    scene = ProbedTitle()
    scene.run()
    found["ProbedTitle"] = told(scene)
    return found


def components() -> dict:
    parts = (arrows, angle_pairs, readouts, crowds, clouds, rolls)
    return {part.__name__: part() for part in parts}


def plain(value):
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))


result = {"components": components, "scenes": scenes}[asked[0]]()
sys.stdout.write("\n" + json.dumps(result, default=plain) + "\n")
