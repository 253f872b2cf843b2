"""`chalkfarm render`: plan, trace, draw, finish; or see that nothing has to be done."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from pipeline.cli.common import open_work, worker_count
from pipeline.cli.progress import make_watcher
from pipeline.cli.rendering import Rendering
from pipeline.errors import ExitCode
from pipeline.farm.chapter import Work
from pipeline.farm.policy import Policy
from pipeline.media.outputs import chapter_key, packages_of, result_folder
from pipeline.media.packages.record import packages_current
from pipeline.media.record import is_current
from pipeline.report.runs import new_run


def render(options: argparse.Namespace) -> int:
    """Makes a chapter's video; does nothing if it is there."""
    work = open_work(options)
    folder = result_folder(options.renders, work.chapter, partial=bool(options.only))
    if not rendered(work, folder, options):
        sys.stdout.write(f"{folder / f'{work.chapter.id}.mp4'} is up to date\n")
    return ExitCode.DONE


def rendered(work: Work, folder: Path, options: argparse.Namespace) -> bool:
    """Renders a chapter into a folder, with its packages; False where there is nothing to do."""
    plan = work.plan()
    packages = packages_of(work.chapter, partial=bool(options.only))
    recheck = getattr(options, "recheck", False)
    if plan.is_drawn and not recheck:
        reason = is_current(folder, chapter_key(plan)) or packages_current(folder, packages)
        if reason is None:
            return False
    run = new_run(options.renders, f"{work.chapter.id}-{work.chapter.preset.name}")
    watcher = make_watcher(plain=options.plain)
    request = {
        "preset": options.preset,
        "resolution": options.resolution,
        "only": options.only,
    }
    # Whoever stops a service or a job says TERM, and means what a person means by Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Rendering(
        work,
        run,
        "render",
        watcher,
        workers=worker_count(options),
        request=request,
        policy=Policy(silence_seconds=options.patience),
    ) as rendering:
        rendering.render(
            plan, folder, keep_going=options.keep_going, packages=packages, recheck=recheck
        )
    return True
