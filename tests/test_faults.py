"""That what the tests of faults hold a run to would find what is wrong with one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.runs import Run

from .faults import descendants, processes_about, require_gone, unexplained, unreadable

Event = dict[str, Any]


def started(*starts: int, task: str = "a.draw-0") -> Event:
    pieces = [[start, start + 10] for start in starts]
    kind = "draw" if starts else "trace"
    return {"event": "attempt-started", "task": task, "scene": "a", "kind": kind, "pieces": pieces}


def done(start: int, task: str = "a.draw-0") -> Event:
    return {"event": "segment-done", "task": task, "scene": "a", "start": start, "key": f"k{start}"}


def ended(how: str, task: str = "a.draw-0") -> Event:
    return {"event": "attempt-ended", "task": task, "attempt": 1, "how": how, "worker": ""}


WELL = [started(0, 10), done(0), done(10), ended("done")]
KILLED = [started(0, 10), done(0), ended("machine")]
DAMAGED = {"event": "chunk-damaged", "scene": "a", "start": 0, "key": "k0"}


@pytest.mark.parametrize(
    ("runs", "problems"),
    [
        ([WELL], 0),
        ([[*KILLED, started(10), done(10), ended("done")]], 0),
        ([[*KILLED, started(10, task="a.draw-0-1.1"), done(10, task="a.draw-0-1.1")]], 0),
        ([[*KILLED, started(0, 10), done(0), done(10), ended("done")]], 2),
        ([WELL, WELL], 4),
        ([WELL, [DAMAGED, started(0), done(0), ended("done")]], 0),
        ([[started(0, 10), done(0)], [started(10), done(10), ended("done")]], 0),
        ([[started(task="a.trace"), ended("done", task="a.trace")]] * 2, 1),
    ],
    ids=[
        "all well",
        "a kill",
        "what is left, by another",
        "done again after a kill",
        "a run for nothing",
        "a damaged chunk",
        "a killed driver",
        "traced twice",
    ],
)
def test_what_no_failure_explains_is_found(runs: list[list[Event]], problems: int) -> None:
    assert len(unexplained(runs)) == problems


def test_a_failure_without_a_word_and_a_task_without_an_end_are_found(tmp_path: Path) -> None:
    added = {"event": "task-added", "task": "a.draw-0", "scene": "a", "pieces": [[0, 10]]}
    events = [
        {"event": "run-started", "pid": os.getpid()},
        added,
        {**started(0), "attempt": 1},
        {**ended("machine"), "message": ""},
    ]
    run = Run(tmp_path)
    run.events_path.write_text("".join(json.dumps(event) + "\n" for event in events))
    assert unreadable(run) == [
        "a.draw-0, attempt 1: no word of why it ended",
        "a.draw-0: waiting, at the end",
    ]


def test_a_process_that_is_left_is_found(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleep, cwd=tmp_path) as process:
        try:
            assert process.pid in descendants(os.getpid())
            assert list(processes_about(tmp_path)) == [process.pid]
            with pytest.raises(AssertionError, match="sleep"):
                require_gone(lambda: processes_about(tmp_path), seconds=0.1)
        finally:
            process.kill()
    require_gone(lambda: processes_about(tmp_path))
