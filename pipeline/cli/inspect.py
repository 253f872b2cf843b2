"""Verbs that look at a run as a whole: status, why."""

from __future__ import annotations

import argparse

from pipeline.cli.common import (
    clock_text,
    print_json,
    print_lines,
    print_table,
    require_scene,
    work_of_last_run,
)
from pipeline.cli.remote import list_runs, remote_run
from pipeline.errors import ExitCode
from pipeline.report.runs import find_run, run_state
from pipeline.report.why import explain


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
