"""`chalkfarm logs`: what a scene printed, as it is or as it grows."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.cli.common import JSON_VERSION, take_names
from pipeline.cli.remote import RemoteRun, remote_run
from pipeline.errors import ExitCode, UsageError
from pipeline.report.runs import Run, find_run
from pipeline.report.tail import Tail

FOLLOW_SECONDS = 0.2
REMOTE_SECONDS = 1.0
"""Between two looks at the logs of a cluster's run, of which each is brought whole."""
BROUGHT_BYTES = 8 << 20
"""A second, at most: the larger the logs, the longer between two looks."""
PART_CHARACTERS = 1 << 16
"""Of a log, printed at a time."""


def logs(options: argparse.Namespace) -> int:
    """What a scene printed, attempt by attempt: while it was traced, and while it was drawn."""
    take_names(options)
    if options.address:
        with remote_run(options, options.run) as remote:
            remote.bring_logs(options.scene)
            return _logs(options, remote.run, remote)
    return _logs(options, find_run(options.renders, options.run), None)


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
    tail = Tail(run)
    while True:
        if remote is None:
            ended = tail.is_over()
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
        brought = sum(shown.values()) / BROUGHT_BYTES
        time.sleep(FOLLOW_SECONDS if remote is None else max(REMOTE_SECONDS, brought))
