"""
A course made up: scenes as a trace would leave them, of any number, with nothing drawn.

The pictures are numbers. Half of a scene moves and half of it holds, as lectures do.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from blake3 import blake3

from pipeline.engine.sources import read_digests
from pipeline.engine.timeline import Play, Timeline
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.plan.scenes import Identity, PlannedScene, plan_scene, scene_job
from pipeline.store.local import Store
from pipeline.store.traces import Traces

RATE = 30
MOVING, HOLDING = 60, 60
"""Frames of a play, and of the wait after it."""
SCENES_A_FILE = 10
IDENTITY = Identity(engine={"manimgl": "1.7.2"}, fonts="none", renderer="none")


def write_course(root: Path, scenes: int, plays: int) -> Chapter:
    """Writes the sources of a chapter of so many scenes with so many plays each, and loads it."""
    steps = "\n".join(
        f"        self.play(Write(line[{n}]))\n        self.wait(2)" for n in range(plays)
    )
    rows = []
    for number in range(scenes):
        file = root / f"lecture_{number // SCENES_A_FILE}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as text:
            text.write(f"class S{number}(Scene):\n    def construct(self):\n{steps}\n\n\n")
        rows.append(f"  - {{id: s{number}, scene: {file.name}:S{number}}}\n")
    (root / "manifests").mkdir(exist_ok=True)
    manifest = root / "manifests/course.yaml"
    manifest.write_text(
        "version: 1\nchapter: course\ntitle: A course\npreset: uhd\n"
        f"presets: {{uhd: {{width: 3840, height: 2160, rate: {RATE}}}}}\n"
        f"scenes:\n{''.join(rows)}"
    )
    return load_chapter(manifest)


def trace_of(chapter: Chapter, number: int, plays: int) -> Timeline:
    """As if one of the scenes had been traced."""
    spec = chapter.scenes[number]
    step = MOVING + HOLDING
    seed = blake3(spec.scene.encode())
    digests = seed.hexdigest(length=16 * plays * MOVING)
    pictures = [digests[i : i + 32] for i in range(0, len(digests), 32)]
    runs = [(d, HOLDING + 1 if (n + 1) % MOVING == 0 else 1) for n, d in enumerate(pictures)]
    runs[-1] = (runs[-1][0], HOLDING)
    return Timeline(
        scene=spec.scene,
        width=spec.preset.width,
        height=spec.preset.height,
        rate=Fraction(RATE),
        plays=tuple(_plays(spec.file, number, plays, step)),
        runs=tuple(runs),
        cues=(),
        sounds=(),
        files=read_digests(chapter.project, [spec.file]),
        warnings=(),
        seconds=0.002 * plays * step,
    )


def _plays(file: str, number: int, plays: int, step: int) -> Iterator[Play]:
    for n in range(plays):
        for kind, frames, offset in (("play", MOVING, 0), ("wait", HOLDING, MOVING)):
            yield Play(
                index=2 * n + (kind == "wait"),
                kind=kind,
                label="Write" if kind == "play" else "",
                file=file,
                line=3 + number % SCENES_A_FILE,
                first_frame=n * step + offset,
                frames=frames,
                statement=2 + 2 * n,
            )


def keep_traces(chapter: Chapter, store: Store, plays: int, identity: Identity = IDENTITY) -> None:
    """Puts the traces of all scenes into a store."""
    traces = Traces(store, identity)
    for number, spec in enumerate(chapter.scenes):
        timeline = trace_of(chapter, number, plays)
        traces.publish(scene_job(chapter, spec, {}), json.dumps(timeline.to_json()))


def keep_chunks(scenes: tuple[PlannedScene, ...], store: Store) -> int:
    """Puts something for every segment into a store; how many there are."""
    count = 0
    for scene in scenes:
        for planned in scene.segments:
            work = store.workplace()
            (work / "chunk.mp4").write_bytes(b"a chunk")
            store.publish(planned.key, work)
            count += 1
    return count


def planned_course(chapter: Chapter, plays: int) -> tuple[PlannedScene, ...]:
    """Every scene traced, and no segment there."""
    found = {s.scene: trace_of(chapter, n, plays) for n, s in enumerate(chapter.scenes)}
    return tuple(
        plan_scene(
            chapter,
            spec,
            IDENTITY,
            {},
            lambda job: (found[job.scene], ""),
            lambda _kind, _digest: False,
        )
        for spec in chapter.scenes
    )
