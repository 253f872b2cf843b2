"""`chalkfarm narration`: what is said, who speaks it, what has to be recorded."""

from __future__ import annotations

import argparse

from pipeline.cli.common import open_work, print_json, print_lines, print_table, worker_count
from pipeline.cli.progress import make_watcher
from pipeline.cli.rendering import Rendering
from pipeline.errors import ExitCode
from pipeline.farm.chapter import ChapterPlan
from pipeline.media.publish import write_text
from pipeline.report.narration import Line, accept, lines_of, script, unused_files
from pipeline.report.runs import new_run

LONGEST_TEXT = 48


def narration(options: argparse.Namespace) -> int:
    """Lists the cues; with --script writes them to read from, with --accept notes their texts."""
    planned = _traced(options)
    lines = lines_of(planned)
    if options.accept is not None:
        noted = accept(lines, options.accept)
        lines = lines_of(planned)
    unused = unused_files(planned, lines)
    if options.script:
        write_text(options.script, script(planned, lines))
    if options.json:
        print_json(
            {
                "chapter": planned.chapter.id,
                "voice": planned.chapter.narration.voice,
                "folder": str(planned.chapter.narration.folder),
                "cues": [line.to_json() for line in lines],
                "unused": [str(path) for path in unused],
            }
        )
    elif options.script:
        print_lines([f"{options.script} has {len(lines)} cues"])
    elif options.accept is not None:
        print_lines([f"noted the text of {line.name}" for line in noted] or ["nothing to note"])
    else:
        _print(lines)
        print_lines([f"{path} is of no cue" for path in unused])
    return ExitCode.DONE


def _traced(options: argparse.Namespace) -> ChapterPlan:
    work = open_work(options)
    planned = work.plan()
    if not planned.untraced:
        return planned
    run = new_run(options.renders, f"{work.chapter.id}-narration")
    workers = worker_count(options)
    with Rendering(work, run, "narration", make_watcher(plain=True), workers=workers) as tracing:
        planned = tracing.trace(planned, keep_going=False, local=True)
        tracing.end("done")
    return planned


def _print(lines: list[Line]) -> None:
    rows = [
        (
            line.scene_id,
            line.cue.id,
            f"{float(line.start):.1f}",
            f"{float(line.seconds):.1f}",
            line.voice,
            line.recording.state.value,
            _short(line.cue.aloud),
        )
        for line in lines
    ]
    print_table(("scene", "cue", "at", "seconds", "voice", "recording", "says"), rows)
    counts: dict[str, int] = {}
    for line in lines:
        state = line.recording.state.value
        counts[state] = counts.get(state, 0) + 1
    total = float(sum(line.seconds for line in lines))
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    print_lines([f"{len(lines)} cues, {total:.0f} s of speech; {states}" if lines else "no cues"])


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[: LONGEST_TEXT - 1]}…"
