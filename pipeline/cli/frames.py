"""`chalkfarm frames`: a cached frame as a PNG. Renders nothing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.cli.common import (
    clock_text,
    open_store,
    print_json,
    print_lines,
    require_scene,
    take_names,
    work_of_last_run,
)
from pipeline.cli.remote import remote_run
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.chunks import CHUNK
from pipeline.manifest.values import parse_moment
from pipeline.plan.scenes import SEGMENTS, PlannedScene
from pipeline.report.runs import Run, find_run


def frames(options: argparse.Namespace) -> int:
    """Writes a cached frame as a PNG, and renders nothing."""
    from pipeline.media.pictures import frame_png

    take_names(options)
    if options.address or options.run:
        return _frames_of_run(options)
    work, _ = work_of_last_run(options)
    scene = work.plan().scenes[require_scene(work.chapter, options.scene)]
    index = _frame_index(options, scene)
    shown = _shown_index(index, scene)
    planned = next(s for s in scene.pieces if s.segment.start <= shown < s.segment.stop)
    if not work.store.has(SEGMENTS, planned.key.digest):
        raise UsageError(
            f"frame {index} of {options.scene} is not drawn as the sources are now: "
            "`chalkfarm render` draws it"
        )
    output: Path = options.output or Path(f"{options.scene}-{index}.png")
    frame_png(work.chunk_path(planned.key.digest), shown - planned.segment.start, output)
    work.store.touch(SEGMENTS, planned.key.digest)
    if options.json:
        print_json({"scene": options.scene, "frame": index, "file": str(output)})
    else:
        print_lines([str(output)])
    return ExitCode.DONE


def _shown_index(index: int, scene: PlannedScene) -> int:
    """Where the chapter shows a frame of the scene."""
    if scene.shot is None:
        return index
    shown = scene.shot.find(index)
    if shown is None:
        line = scene.spec.edits.lines.get("trim", scene.spec.line)
        raise UsageError(
            f"frame {index} of {scene.spec.id} is trimmed away on line {line} of the manifest, "
            "and was not drawn"
        )
    return shown


def _frames_of_run(options: argparse.Namespace) -> int:
    """The frame as a run planned it, whatever the sources are now."""
    from pipeline.media.pictures import frame_png

    with remote_run(options, options.run) if options.address else nullcontext() as remote:
        if remote is None:
            run = find_run(options.renders, options.run)
            store = open_store(options)
        else:
            remote.bring("plan.json", "events.jsonl")
            run = remote.run
        scene = _planned_scene(run, options.scene)
        index = _planned_index(options, scene)
        segment = next(s for s in scene["segments"] if s["start"] <= index < s["stop"])
        if remote is not None:
            chunk = remote.chunk(segment["key"])
        elif store.has(SEGMENTS, segment["key"]):
            chunk = store.obtain(SEGMENTS, segment["key"]) / CHUNK
        else:
            chunk = None
        if chunk is None:
            raise UsageError(f"frame {index} of {options.scene} is not in the store")
        output: Path = options.output or Path(f"{options.scene}-{index}.png")
        frame_png(chunk, index - segment["start"], output)
    if options.json:
        print_json({"scene": options.scene, "frame": index, "file": str(output)})
    else:
        print_lines([str(output)])
    return ExitCode.DONE


def _planned_scene(run: Run, scene_id: str) -> Mapping[str, Any]:
    plan = run.plan()
    if not plan:
        raise UsageError(f"run {run.id} has no plan yet")
    scenes = {scene["id"]: scene for scene in plan["scenes"]}
    if scene_id not in scenes or not scenes[scene_id]["segments"]:
        raise UsageError(f"run {run.id} planned no scene {scene_id}: it has {', '.join(scenes)}")
    found: Mapping[str, Any] = scenes[scene_id]
    return found


def _planned_index(options: argparse.Namespace, scene: Mapping[str, Any]) -> int:
    plays = [(first, count) for first, count in scene["play_frames"]]
    return _choose_frame(
        options, plays, scene["frames"], Fraction(scene["rate"]), scene["frames"] - 1
    )


def _frame_index(options: argparse.Namespace, scene: PlannedScene) -> int:
    timeline = scene.traced
    if timeline is None:
        raise UsageError(
            f"{options.scene} has to be traced first ({scene.why_trace}): run `chalkfarm plan`"
        )
    plays = [(play.first_frame, play.frames) for play in timeline.plays]
    shot = scene.shot
    last = shot.scene_frame(shot.stop - 1) if shot else timeline.frames - 1
    return _choose_frame(options, plays, timeline.frames, timeline.rate, last)


def _choose_frame(
    options: argparse.Namespace,
    plays: Sequence[tuple[int, int]],
    frames: int,
    rate: Fraction,
    last: int,
) -> int:
    """The frame asked for by play or time; the last one otherwise."""
    if options.play is not None:
        if not 0 <= options.play < len(plays):
            raise UsageError(f"{options.scene} has plays 0 to {len(plays) - 1}")
        first, count = plays[options.play]
        return int(max(0, first + count - 1))
    if options.at is None:
        return last
    try:
        index: int = int(parse_moment(options.at) * rate)
    except ValueError as error:
        raise UsageError(f"--at {options.at}: {error}") from None
    if not 0 <= index < frames:
        raise UsageError(f"{options.scene} is {clock_text(frames / rate)} long, {frames} frames")
    return index
