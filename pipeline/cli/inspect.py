"""Verbs that look at what happened: status, logs, frames, why."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.cli.common import (
    JSON_VERSION,
    clock_text,
    open_store,
    print_json,
    print_lines,
    print_table,
    require_scene,
    work_of_last_run,
)
from pipeline.cli.remote import RemoteRun, list_runs, remote_run
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.chunks import CHUNK
from pipeline.manifest.values import parse_moment
from pipeline.plan.scenes import SEGMENTS, PlannedScene
from pipeline.report.runs import Run, find_run, run_state
from pipeline.report.why import explain

FOLLOW_SECONDS = 0.2
PART_CHARACTERS = 1 << 16
"""Of a log, printed at a time."""


def status(options: argparse.Namespace) -> int:
    """How far a run is, or came."""
    if options.address and options.run is None:
        list_runs(options)
        return ExitCode.DONE
    if options.address:
        with remote_run(options, options.run) as remote:
            state = remote.state()
    else:
        state = run_state(find_run(options.renders, options.run))
    if options.json:
        print_json(state.to_json())
        return ExitCode.DONE
    paused = ", paused" if state.paused and state.state == "running" else ""
    print_lines(
        [
            f"run {state.id}: {state.state}{paused} after {clock_text(state.seconds)}"
            + (f", {state.output}" if state.output else "")
        ]
    )
    if state.scenes:
        print_table(
            ("scene", "state", "frames", "drawn", "attempts", "error"),
            [
                (
                    s.id,
                    s.state,
                    s.frames,
                    s.drawn_frames,
                    s.attempts,
                    (s.error.splitlines() or [""])[0],
                )
                for s in state.scenes.values()
            ],
        )
    print_lines([f"no task goes to {worker}: {why}" for worker, why in state.blocked.items()])
    return ExitCode.DONE


def logs(options: argparse.Namespace) -> int:
    """What a scene printed, attempt by attempt: while it was traced, and while it was drawn."""
    take_names(options)
    if options.address:
        with remote_run(options, options.run) as remote:
            remote.bring_logs(options.scene)
            return _logs(options, remote.run, remote)
    return _logs(options, find_run(options.renders, options.run), None)


def take_names(options: argparse.Namespace) -> None:
    """`SCENE`, or `RUN SCENE`."""
    if len(options.names) > 2 or (len(options.names) == 2 and options.run):
        raise UsageError(f"{' '.join(options.names)}: write a scene's id, or a run's and a scene's")
    *run, options.scene = options.names
    options.run = run[0] if run else options.run


def _logs(options: argparse.Namespace, run: Run, remote: RemoteRun | None) -> int:
    paths = run.log_paths(options.scene)
    if not paths and not options.follow:
        known = run.logged()
        raise UsageError(
            f"run {run.id} has no log of {options.scene}: "
            + (f"it has {', '.join(known)}" if known else "every scene was cached")
        )
    if options.attempt is not None:
        if not 1 <= options.attempt <= len(paths):
            raise UsageError(f"{options.scene} has {len(paths)} attempts in run {run.id}")
        paths = [paths[options.attempt - 1]]
    if options.json:
        _print_logs_json(run, options.scene, paths)
    elif options.follow:
        _follow(run, options.scene, remote)
    else:
        for path in paths:
            sys.stdout.write(f"── {path.stem}\n")
            sys.stdout.writelines(_text_of(path))
    return ExitCode.DONE


def _text_of(path: Path) -> Iterator[str]:
    """A log in parts: a foreign one may be larger than memory."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        while part := file.read(PART_CHARACTERS):
            yield part


def _print_logs_json(run: Run, scene_id: str, paths: list[Path]) -> None:
    """As print_json would, in parts."""
    head = json.dumps({"version": JSON_VERSION, "run": run.id, "scene": scene_id, "logs": []})
    sys.stdout.write(head.removesuffix("]}"))
    for number, path in enumerate(paths):
        comma = ", " if number else ""
        sys.stdout.write(f'{comma}{{"attempt": {json.dumps(path.stem)}, "text": "')
        sys.stdout.writelines(json.dumps(part, ensure_ascii=False)[1:-1] for part in _text_of(path))
        sys.stdout.write('"}')
    sys.stdout.write("]}\n")


def _follow(run: Run, scene_id: str, remote: RemoteRun | None) -> None:
    """Prints each log as it grows, until the run ends."""
    shown: dict[Path, int] = {}
    while True:
        if remote is None:
            ended = run_state(run).state != "running"
        else:
            ended = remote.is_over()
            remote.bring_logs(scene_id)
        for path in run.log_paths(scene_id):
            with path.open("rb") as file:
                file.seek(shown.get(path, 0))
                while data := file.read(PART_CHARACTERS):
                    sys.stdout.write(data.decode("utf-8", errors="replace"))
                shown[path] = file.tell()
        sys.stdout.flush()
        if ended:
            return
        time.sleep(FOLLOW_SECONDS)


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


def why(options: argparse.Namespace) -> int:
    """Why a scene is, was or would be drawn again."""
    work, _ = work_of_last_run(options)
    scene = work.plan().scenes[require_scene(work.chapter, options.scene)]
    reasons = explain(scene, work.store, options.renders, work.chapter)
    if options.json:
        print_json({"scene": options.scene, "reasons": reasons})
    else:
        print_lines([f"{options.scene}: {reason}" for reason in reasons])
    return ExitCode.DONE
