"""Verbs that look before anything is made: check, plan, doctor, schema, verify."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pipeline.cli.common import (
    clock_text,
    open_work,
    print_json,
    print_lines,
    print_table,
    require_captions,
    worker_count,
)
from pipeline.cli.edits import edit_lines
from pipeline.cli.progress import make_watcher
from pipeline.cli.rendering import Rendering
from pipeline.errors import ExitCode, ManifestError
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.manifest.load import load_chapter
from pipeline.plan.assign import assign
from pipeline.plan.scenes import PlannedScene
from pipeline.report.runs import new_run
from pipeline.store.remote import is_url


def check(options: argparse.Namespace) -> int:
    """Reads a manifest, and says everything that is wrong with it."""
    try:
        chapter = load_chapter(options.manifest, preset=options.preset, only=options.only)
        require_captions(chapter)
    except ManifestError as error:
        if options.json:
            print_json({"ok": False, "problems": list(error.problems)})
            return ExitCode.BAD_MANIFEST
        raise
    if options.json:
        print_json({"ok": True, "chapter": chapter.id, "scenes": [s.id for s in chapter.scenes]})
    else:
        preset = chapter.preset
        print_lines(
            [
                f"{options.manifest} is well: chapter {chapter.id}, {len(chapter.scenes)} scenes, "
                f"{preset.name} {preset.width}x{preset.height} at {preset.rate} frames a second"
            ]
        )
    return ExitCode.DONE


def plan(options: argparse.Namespace) -> int:
    """What a render would do; traces what was never traced, and draws nothing."""
    work = open_work(options)
    planned = traced(work, options)
    seconds = sum(task.seconds for task in assign(planned.scenes, 1))
    if options.json:
        print_json(_plan_json(planned, seconds, worker_count(options)))
        return ExitCode.DONE
    rows = [_plan_row(scene) for scene in planned.scenes]
    print_table(
        ("scene", "plays", "frames", "to draw", "length", "segments", "missing", "why"), rows
    )
    print_lines(edit_lines(planned))
    missing = sum(len(scene.missing) for scene in planned.scenes)
    if missing:
        about = clock_text(seconds / worker_count(options))
        print_lines([f"{missing} segments to render, about {about}"])
    elif any(not join.done for join in planned.joins):
        print_lines(["everything is drawn, and transitions are to be mixed"])
    else:
        print_lines(["everything is drawn"])
    return ExitCode.DONE


def traced(work: Work, options: argparse.Namespace) -> ChapterPlan:
    """What there is of a chapter, once everything that was never traced has been."""
    planned = work.plan()
    if planned.untraced:
        run = new_run(options.renders, f"{work.chapter.id}-plan")
        workers = worker_count(options)
        with Rendering(work, run, "plan", make_watcher(plain=True), workers=workers) as tracing:
            planned = tracing.trace(planned, keep_going=False, local=True)
            tracing.end("done")
    return planned


def _plan_row(scene: PlannedScene) -> tuple[object, ...]:
    timeline = scene.timeline
    assert timeline is not None
    return (
        scene.spec.id,
        len(timeline.plays),
        timeline.frames,
        timeline.unique_frames,
        clock_text(timeline.frames / timeline.rate),
        len(scene.pieces),
        len(scene.missing),
        why_missing(scene),
    )


def why_missing(scene: PlannedScene) -> str:
    """In a few words; `chalkfarm why SCENE` says more."""
    if not scene.missing:
        return "cached"
    if len(scene.missing) == len(scene.pieces):
        return "no segment is in the store"
    frames = ", ".join(f"{s.segment.start}-{s.segment.stop - 1}" for s in scene.missing[:3])
    more = "" if len(scene.missing) <= 3 else ", …"
    return f"frames {frames}{more} have other pictures"


def _plan_json(planned: ChapterPlan, seconds: float, workers: int) -> dict[str, object]:
    return {
        **{name: value for name, value in planned.to_json().items() if name != "version"},
        "estimated_seconds": round(seconds / workers, 1),
    }


def doctor(options: argparse.Namespace) -> int:
    """What this machine has, what it lacks, and how to get it."""
    from pipeline.report.doctor import diagnose

    local = options.store and not is_url(options.store)
    findings = diagnose(store=Path(options.store) if local else options.renders)
    missing = [finding for finding in findings if finding.state == "missing"]
    if options.json:
        print_json(
            {
                "ok": not missing,
                "findings": [
                    {"name": f.name, "state": f.state, "found": f.found, "advice": f.advice}
                    for f in findings
                ],
            }
        )
    else:
        marks = {"ok": "ok", "warning": "warn", "missing": "MISSING"}
        print_table(("", "what", "found"), [(marks[f.state], f.name, f.found) for f in findings])
        print_lines([f"{f.name}: {f.advice}" for f in findings if f.advice and f.state != "ok"])
    return ExitCode.ENVIRONMENT_MISSING if missing else ExitCode.DONE


def schema(options: argparse.Namespace) -> int:  # noqa: ARG001 - every verb is called alike
    """The manifest's JSON Schema."""
    from pipeline.manifest.schema import json_schema

    json.dump(json_schema(), sys.stdout, indent=1)
    sys.stdout.write("\n")
    return ExitCode.DONE


def verify(options: argparse.Namespace) -> int:
    """Holds a finished video to the timeline.json beside it, or a bag to its checksums."""
    from pipeline.media.finish import verify_video
    from pipeline.media.packages.record import verify_packages

    if options.video.is_dir():
        from pipeline.cli.archive import bag_verdict

        checks = bag_verdict(options)
    else:
        checks = [*verify_video(options.video), *verify_packages(options.video.parent)]
    failed = [check for check in checks if not check.ok]
    if options.json:
        print_json(
            {
                "ok": not failed,
                "checks": [
                    {
                        "name": c.name,
                        "ok": c.ok,
                        "expected": str(c.expected),
                        "found": str(c.found),
                    }
                    for c in checks
                ],
            }
        )
    else:
        print_table(
            ("", "check", "expected", "found"),
            [("ok" if c.ok else "WRONG", c.name, c.expected, c.found) for c in checks],
        )
    return ExitCode.VERIFICATION_FAILED if failed else ExitCode.DONE
