"""That a program's end is always noticed, and that it never outlives its task."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentMissing, ToolFailed
from pipeline.tools import TAIL_BYTES, run


def python(source: str) -> list[str]:
    return [sys.executable, "-u", "-c", source]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def dies_soon(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


def test_what_was_said_is_kept_after_the_command(tmp_path: Path) -> None:
    log = tmp_path / "deep" / "a.log"
    source = "import sys; print('one'); print('two', file=sys.stderr); print('three')"

    ran = run(python(source), log_path=log, timeout_seconds=30)

    assert ran.log_path == log
    first, *rest = log.read_text().splitlines()
    assert first.startswith("$ ")
    assert sorted(rest) == ["one", "three", "two"]


def test_a_log_is_added_to(tmp_path: Path) -> None:
    for word in ("one", "two"):
        run(["echo", word], log_path=tmp_path / "a.log", timeout_seconds=30)

    assert (tmp_path / "a.log").read_text() == "$ echo one\none\n$ echo two\ntwo\n"


def test_failure_says_what_to_rerun_and_what_to_read(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as caught:
        run(
            python("raise SystemExit('no such scene')"), log_path=tmp_path / "a", timeout_seconds=30
        )

    assert caught.value.tool_exit_code == 1
    assert str(caught.value).splitlines() == [
        f"{sys.executable} failed (exit 1)",
        f"  rerun {sys.executable} -u -c 'raise SystemExit('\"'\"'no such scene'\"'\"')'",
        f"  log   {tmp_path / 'a'}",
        "  last  no such scene",
    ]


def test_a_program_that_is_not_there_is_told_as_missing(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="no-such-program cannot be started"):
        run(["no-such-program"], log_path=tmp_path / "a.log", timeout_seconds=30)


@pytest.fixture
def somebody_at_the_keyboard() -> Iterator[None]:
    """A stdin that stays open and says nothing, pytest's own being closed already."""
    kept = os.dup(0)
    listen, speak = os.pipe()
    os.dup2(listen, 0)
    yield
    os.dup2(kept, 0)
    for descriptor in (kept, listen, speak):
        os.close(descriptor)


@pytest.mark.usefixtures("somebody_at_the_keyboard")
def test_a_question_is_answered_with_end_of_file(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as caught:
        run(python("input('which scene? ')"), log_path=tmp_path / "a.log", timeout_seconds=20)

    assert "EOFError" in caught.value.tail


@pytest.mark.parametrize("how", ["it takes too long", "it ends by itself"])
def test_what_a_program_started_ends_with_it(how: str, tmp_path: Path) -> None:
    source = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid)\n"
    )
    if how == "it takes too long":
        with pytest.raises(ToolFailed, match=r"was stopped at its limit of 1.5 s"):
            run(python(source + "time.sleep(60)"), log_path=tmp_path / "a.log", timeout_seconds=1.5)
    else:
        run(python(source), log_path=tmp_path / "a.log", timeout_seconds=30)

    child = int((tmp_path / "a.log").read_text().splitlines()[-1])
    assert dies_soon(child)


def test_a_program_that_will_not_stop_is_made_to(tmp_path: Path) -> None:
    source = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('not now'))\n"
        "print('deaf')\n"
        "while True: time.sleep(1)"
    )

    with pytest.raises(ToolFailed, match="was stopped at its limit") as caught:
        run(python(source), log_path=tmp_path / "a.log", timeout_seconds=1, grace_seconds=0.5)

    assert caught.value.tool_exit_code == -signal.SIGKILL
    assert caught.value.tail == "deaf\nnot now\n"


def test_a_program_that_stands_still_is_stopped_and_one_that_works_is_not(tmp_path: Path) -> None:
    working = "import time\nfor _ in range(8): print('frame'); time.sleep(0.2)"
    run(python(working), log_path=tmp_path / "a.log", timeout_seconds=30, stall_seconds=1)

    hanging = "import time; print('frame'); time.sleep(60)"
    with pytest.raises(ToolFailed, match="was stopped after 1 s without getting further"):
        run(python(hanging), log_path=tmp_path / "a.log", timeout_seconds=30, stall_seconds=1)


def test_a_heartbeat_decides_what_getting_further_is(tmp_path: Path) -> None:
    heard: list[str] = []

    def heartbeat(line: str) -> bool:
        heard.append(line)
        return line != "waiting"

    source = (
        "import sys, time\nprint('started')\n"
        "while True: print('waiting'); print('busy', file=sys.stderr); time.sleep(0.1)"
    )
    with pytest.raises(ToolFailed, match="without getting further"):
        run(
            python(source),
            log_path=tmp_path / "a.log",
            timeout_seconds=30,
            stall_seconds=1,
            heartbeat=heartbeat,
        )

    assert heard[:2] == ["started", "waiting"]
    assert set((tmp_path / "a.log").read_text().splitlines()[3:]) == {"busy"}


def test_a_program_that_was_killed_says_by_what(tmp_path: Path) -> None:
    source = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"

    with pytest.raises(ToolFailed, match="was killed by SIGKILL"):
        run(python(source), log_path=tmp_path / "a.log", timeout_seconds=30)


def test_megabytes_are_cut_short_and_the_last_words_kept(tmp_path: Path) -> None:
    source = "for n in range(200_000): print('line', n)\nraise SystemExit('the end')"

    with pytest.raises(ToolFailed) as caught:
        run(
            python(source),
            log_path=tmp_path / "a.log",
            timeout_seconds=60,
            output_limit_bytes=10_000,
        )

    text = (tmp_path / "a.log").read_text()
    assert len(text) < 10_000 + TAIL_BYTES + 200
    assert "line 0\n" in text
    assert "bytes left out" in text
    assert text.endswith("line 199999\nthe end\n")
    assert caught.value.tail.endswith("the end\n")


def test_a_log_on_a_full_disk_does_not_fail_the_program() -> None:
    ran = run(["echo", "done"], log_path=Path("/dev/full"), timeout_seconds=30)

    assert ran.command == ("echo", "done")


def test_an_interrupt_stops_the_program_and_goes_on_up(tmp_path: Path) -> None:
    source = (
        "import sys, time\nfrom pathlib import Path\nfrom pipeline.tools import run\n"
        "run([sys.executable, '-u', '-c', 'import os, time; print(os.getpid()); time.sleep(60)'],"
        f" log_path=Path({str(tmp_path / 'inner.log')!r}), timeout_seconds=50)"
    )
    pid = os.spawnv(os.P_NOWAIT, sys.executable, python(source))
    inner = tmp_path / "inner.log"
    for _ in range(200):
        if inner.exists() and len(inner.read_text().splitlines()) > 1:
            break
        time.sleep(0.05)
    child = int(inner.read_text().splitlines()[-1])

    os.kill(pid, signal.SIGINT)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) != 0
    assert dies_soon(child)
