"""Verbs that look at what happened: status, logs, frames, why."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from pipeline.cli.common import (
    clock_text,
    print_json,
    print_lines,
    print_table,
    require_scene,
    work_of_last_run,
)
from pipeline.errors import ExitCode, UsageError
from pipeline.manifest.values import parse_moment
from pipeline.plan.scenes import SEGMENTS, PlannedScene
from pipeline.report.runs import Run, find_run, run_state
from pipeline.report.why import explain

FOLLOW_SECONDS = 0.2


def status(options: argparse.Namespace) -> int:
    """How far a run is, or came."""
    state = run_state(find_run(options.renders, options.run))
    if options.json:
        print_json(state.to_json())
        return ExitCode.DONE
    print_lines(
        [
            f"run {state.id}: {state.state} after {clock_text(state.seconds)}"
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
    return ExitCode.DONE


def logs(options: argparse.Namespace) -> int:
    """What a scene printed, attempt by attempt: while it was traced, and while it was drawn."""
    run = find_run(options.renders, options.run)
    paths = run.log_paths(options.scene)
    if not paths and not options.follow:
        known = sorted(path.name for path in run.logs.glob("*/"))
        raise UsageError(
            f"run {run.id} has no log of {options.scene}: "
            + (f"it has {', '.join(known)}" if known else "every scene was cached")
        )
    if options.attempt is not None:
        if not 1 <= options.attempt <= len(paths):
            raise UsageError(f"{options.scene} has {len(paths)} attempts in run {run.id}")
        paths = [paths[options.attempt - 1]]
    if options.json:
        texts = [
            {"attempt": path.stem, "text": path.read_text(encoding="utf-8", errors="replace")}
            for path in paths
        ]
        print_json({"run": run.id, "scene": options.scene, "logs": texts})
    elif options.follow:
        _follow(run, options.scene)
    else:
        for path in paths:
            sys.stdout.write(f"── {path.stem}\n")
            sys.stdout.write(path.read_text(encoding="utf-8", errors="replace"))
    return ExitCode.DONE


def _follow(run: Run, scene_id: str) -> None:
    """Prints each log as it grows, until the run ends."""
    shown: dict[Path, int] = {}
    while True:
        ended = run_state(run).state != "running"
        for path in run.log_paths(scene_id):
            with path.open("rb") as file:
                file.seek(shown.get(path, 0))
                data = file.read()
            shown[path] = shown.get(path, 0) + len(data)
            sys.stdout.write(data.decode("utf-8", errors="replace"))
        sys.stdout.flush()
        if ended:
            return
        time.sleep(FOLLOW_SECONDS)


def frames(options: argparse.Namespace) -> int:
    """Writes a cached frame as a PNG, and renders nothing."""
    from pipeline.media.pictures import frame_png

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


def _frame_index(options: argparse.Namespace, scene: PlannedScene) -> int:
    timeline = scene.traced
    if timeline is None:
        raise UsageError(
            f"{options.scene} has to be traced first ({scene.why_trace}): run `chalkfarm plan`"
        )
    if options.play is not None:
        if not 0 <= options.play < len(timeline.plays):
            raise UsageError(f"{options.scene} has plays 0 to {len(timeline.plays) - 1}")
        play = timeline.plays[options.play]
        return int(max(0, play.first_frame + play.frames - 1))
    if options.at is None:
        return scene.shot.scene_frame(scene.shot.stop - 1) if scene.shot else timeline.frames - 1
    try:
        index: int = int(parse_moment(options.at) * timeline.rate)
    except ValueError as error:
        raise UsageError(f"--at {options.at}: {error}") from None
    if not 0 <= index < timeline.frames:
        length = clock_text(timeline.frames / timeline.rate)
        raise UsageError(f"{options.scene} is {length} long, {timeline.frames} frames")
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
