"""`chalkfarm bake`: what scenes load, made ahead of them, and kept in the project."""

from __future__ import annotations

import argparse
from dataclasses import replace

from pipeline.cli.common import open_work, print_json, print_lines, print_table, worker_count
from pipeline.cli.progress import make_watcher
from pipeline.cli.rendering import Rendering
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.chapter import Work
from pipeline.manifest.resolved import Chapter
from pipeline.manifest.wording import did_you_mean
from pipeline.report.runs import new_run


def bake(options: argparse.Namespace) -> int:
    """Makes the bakes that are not there."""
    work = open_work(options)
    work = Work(_chosen(work, options.id), work.store, work.identity)
    before = work.plan()
    if before.unbaked:
        run = new_run(options.renders, f"{work.chapter.id}-bake")
        workers = worker_count(options)
        with Rendering(work, run, "bake", make_watcher(plain=True), workers=workers) as baking:
            baking.bake(before, keep_going=False)
            baking.end("done")
    plan = work.plan()
    kept = []
    for planned in plan.bakes:
        if options.keep and planned.spec.kept is not None and planned.digest is not None:
            kept.append(work.bakes.keep(planned.spec, planned.digest))
    if options.json:
        made = [{"id": bake.spec.id, "digest": bake.digest} for bake in plan.bakes]
        print_json({"bakes": made, "kept": [str(path) for path in kept]})
        return ExitCode.DONE
    why = {planned.spec.id: planned.why for planned in before.bakes}
    print_table(
        ("bake", "function", "was made because"),
        [
            (b.spec.id, f"{b.spec.file}:{b.spec.function}", why[b.spec.id] or "cached")
            for b in plan.bakes
        ],
    )
    print_lines([f"kept {path}" for path in kept])
    return ExitCode.DONE


def _chosen(work: Work, ids: list[str]) -> Chapter:
    chapter = work.chapter
    known = [spec.id for spec in chapter.bakes]
    for name in ids:
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(f'no bake "{name}"{near}\n  bakes  {", ".join(known) or "none"}')
    return replace(
        chapter, bakes=tuple(spec for spec in chapter.bakes if not ids or spec.id in ids)
    )
