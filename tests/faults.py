"""
What has to hold after any fault: nothing done without need, all of it readable, nothing left over.

Used by every test that breaks something, on one machine and on many.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.farm.ledger import TaskState, replay
from pipeline.report.runs import Run, run_state

ENDED = {TaskState.DONE, TaskState.FAILED, TaskState.DROPPED}
WHOLE = -1
"""In place of a first frame, for a task that is not cut: a trace, a bake, a transition."""


def unexplained(runs: Iterable[Iterable[Mapping[str, Any]]]) -> list[str]:
    """
    What was handed out or drawn more often than the failures explain, in runs one after another.

    A piece may be handed out once, and once more for every attempt that ended with it in hand and
    for every time its chunk was found damaged.
    """
    handed: Counter[tuple[str, str, int]] = Counter()
    spoilt: Counter[tuple[str, str, int]] = Counter()
    drawn: Counter[str] = Counter()
    damaged: Counter[str] = Counter()
    for events in runs:
        hands: dict[str, set[tuple[str, str, int]]] = {}
        for event in events:
            task = event.get("task", "")
            match event["event"]:
                case "attempt-started":
                    pieces = [start for start, _ in event["pieces"]] or [WHOLE]
                    # Of one name: what is left of a task may go on in another
                    name = event["kind"] if event["pieces"] else task
                    hands[task] = {(event["scene"], name, start) for start in pieces}
                    handed.update(hands[task])
                case "segment-done":
                    hands[task].discard((event["scene"], "draw", event["start"]))
                    drawn[event["key"]] += 1
                case "chunk-damaged":
                    damaged[event["key"]] += 1
                    spoilt[event["scene"], "draw", event["start"]] += 1
                case "attempt-ended":
                    in_hand = hands.pop(task)
                    if event["how"] != "done":
                        spoilt.update(in_hand)
        for in_hand in hands.values():
            spoilt.update(in_hand)  # the driver was killed
    return [
        *(f"{each} was handed out {n} times" for each, n in handed.items() if n > 1 + spoilt[each]),
        *(f"{key} was drawn {n} times" for key, n in drawn.items() if n > 1 + damaged[key]),
    ]


def unreadable(run: Run) -> list[str]:
    """What cannot be told from the events of a run that ended."""
    events = list(run.events())
    found = [
        f"{e['task']}, attempt {e['attempt']}: no word of why it ended"
        for e in events
        if e["event"] == "attempt-ended" and e["how"] not in ("done", "cancelled")
        if not e.get("message")
    ]
    found += [
        f"{e['event']}: no reason"
        for e in events
        if e["event"] in ("retry", "attempt-cancelled", "task-failed", "task-dropped", "stopped")
        if not e.get("reason")
    ]
    state = run_state(run)
    if not state.started or state.state != "lost":
        tasks = replay(events).tasks.items()
        found += [f"{name}: {t.state}, at the end" for name, t in tasks if t.state not in ENDED]
    return found


def require_explained(*runs: Run) -> None:
    """Nothing was done more often than the failures explain, and every one of them can be read."""
    assert unexplained(run.events() for run in runs) == []
    for run in runs:
        assert unreadable(run) == []


def require_gone(find: Callable[[], Mapping[int, str]], seconds: float = 30) -> None:
    """No process is left, some seconds later."""
    deadline = time.monotonic() + seconds
    while (left := find()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not left, left


def descendants(pid: int) -> dict[int, str]:
    """Command lines of all processes that a process started, and that those did."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rsplit(") ", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":  # ended, and its parent has not asked yet
            parents[int(path.parent.name)] = int(parent)
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return {child: command_of(child) for child in found[1:]}


def processes_about(folder: Path) -> dict[int, str]:
    """Command lines of all processes that were told of a folder, or stand in it, but this one."""
    mark = os.fsencode(folder)
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            told = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            where = os.fsencode((path / "cwd").readlink())
        except OSError:
            continue
        if (mark in told or mark in where) and int(path.name) != os.getpid():
            found[int(path.name)] = command_of(int(path.name))
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
