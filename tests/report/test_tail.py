"""That the events of a run that goes on are read once each, whole, and its end is seen."""

import json
import os
from pathlib import Path

from pipeline.report.runs import Run
from pipeline.report.tail import Tail


def write(run: Run, *lines: bytes) -> None:
    with run.events_path.open("ab") as file:
        file.writelines(lines)


def line(event: str, **facts: object) -> bytes:
    return json.dumps({"event": event, **facts}).encode() + b"\n"


def test_each_event_is_read_once_and_half_of_one_only_when_it_is_whole(tmp_path: Path) -> None:
    run = Run(tmp_path)
    tail = Tail(run)
    assert list(tail.news()) == []
    write(run, line("a"), line("b")[:5])
    assert [e["event"] for e in tail.news()] == ["a"]
    assert list(tail.news()) == []
    write(run, line("b")[5:], b"damaged\n", line("c"))
    assert [e["event"] for e in tail.news()] == ["b", "c"]
    assert list(tail.news()) == []


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    run = Run(tmp_path)
    write(run, *(line("progress", n=n) for n in range(1000)))
    tail = Tail(run)
    assert sum(1 for _ in tail.news()) == 1000
    # Nobody looks at these again, so nobody sees that they are gone
    size = run.events_path.stat().st_size
    run.events_path.write_bytes(b" " * size + line("last"))
    assert [e["event"] for e in tail.news()] == ["last"]


def test_run_is_over_when_it_says_so_or_its_process_is_gone(tmp_path: Path) -> None:
    going, ended, lost = (Run(tmp_path / name) for name in ("going", "ended", "lost"))
    for run, pid in ((going, os.getpid()), (ended, os.getpid()), (lost, 0)):
        run.folder.mkdir()
        write(run, line("run-started", pid=pid))
    write(ended, line("run-ended", how="done"))
    assert [Tail(run).is_over() for run in (going, ended, lost)] == [False, True, True]
