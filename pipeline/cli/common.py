"""What several verbs need: where things are, what draws here, how answers are printed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.farm.chapter import Work
from pipeline.farm.identity import find_identity
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.plan.scenes import Speak
from pipeline.report.runs import Run, last_planned
from pipeline.store import remote
from pipeline.store.local import Store

JSON_VERSION = 1


def open_store(options: argparse.Namespace) -> Store:
    """The store a command was told to use."""
    beside = (options.renders / ".store").resolve()
    where: str = options.store or str(beside)
    return remote.open_store(where if remote.is_url(where) else Path(where).resolve(), beside)


def open_work(options: argparse.Namespace) -> Work:
    """The chapter a command names, with its store."""
    chapter = load_chapter(
        options.manifest,
        preset=options.preset,
        resolution=getattr(options, "resolution", None),
        only=getattr(options, "only", ()),
    )
    require_captions(chapter)
    store = open_store(options)
    first = getattr(options, "first", ())
    for scene_id in first:
        require_scene(chapter, scene_id)
    return Work(
        chapter, store, find_identity(store.root), first=first, speak=speaker(chapter, store)
    )


def require_captions(chapter: Chapter) -> None:
    """Has the files of captions read, where there are any: loading what reads them takes a while."""
    named = (isinstance(spec.captions, Path) or spec.translations for spec in chapter.scenes)
    if chapter.translations or any(named):
        from pipeline.media.translations import require_readable

        require_readable(chapter)


def speaker(chapter: Chapter, store: Store) -> Speak | None:
    """Who speaks a chapter's cues; None where nobody does."""
    if chapter.narration.voice == "silence":
        return None
    from pipeline.media.voices import Voices

    return Voices(chapter, store).speak


def work_of_last_run(options: argparse.Namespace) -> tuple[Work, Run | None]:
    """The chapter named by --manifest, or else that of the last run of the scene asked for."""
    run: Run | None = None
    if options.manifest is None:
        run = last_planned(options.renders)
        plan = run.plan()
        options.manifest = Path(plan["manifest"])
        request = plan.get("request")
        if options.preset is None and isinstance(request, dict):
            options.preset = request.get("preset")
            options.resolution = request.get("resolution")
    return open_work(options), run


def take_names(options: argparse.Namespace) -> None:
    """`SCENE`, or `RUN SCENE`."""
    if len(options.names) > 2 or (len(options.names) == 2 and options.run):
        raise UsageError(f"{' '.join(options.names)}: write a scene's id, or a run's and a scene's")
    *run, options.scene = options.names
    options.run = run[0] if run else options.run


def worker_count(options: argparse.Namespace) -> int:
    """As asked, or one for each core this process may use."""
    return int(options.workers or len(os.sched_getaffinity(0)))


def require_scene(chapter: Chapter, scene_id: str) -> int:
    """The place of a scene in the chapter, by its id."""
    import difflib

    ids = [spec.id for spec in chapter.scenes]
    if scene_id not in ids:
        near = difflib.get_close_matches(scene_id, ids, 1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(ids)}"
        raise UsageError(f"{chapter.manifest} has no scene {scene_id}: {hint}")
    return ids.index(scene_id)


def print_json(facts: Mapping[str, Any]) -> None:
    """An answer for programs."""
    # On many lines for whoever reads it; for a program in one go, which takes a tenth of the time
    indent = 1 if sys.stdout.isatty() else None
    text = json.dumps({"version": JSON_VERSION, **facts}, ensure_ascii=False, indent=indent)
    sys.stdout.write(f"{text}\n")


def print_lines(lines: Sequence[str]) -> None:
    """An answer for people."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as they need be; numbers to the right."""
    table = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(head, *table, strict=True)]
    right = [
        bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        for i in range(len(head))
    ]
    for row in (list(head), *table):
        cells = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def size_text(count: int) -> str:
    """Bytes as a person reads them: `3.4 MiB`."""
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def clock_text(seconds: float | Fraction) -> str:
    """Seconds as `m:ss`, or `h:mm:ss`."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
