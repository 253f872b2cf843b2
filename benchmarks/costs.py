"""
What a command costs, with all it starts: wall time, CPU time, memory of each worker.

Looked up in /proc while it runs. A farm's processes are not all waited for by their parents, so
the kernel's own sums miss some; what a process used after it was last looked at is missed here.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.5
"""Reading what a process has in memory holds it up: five times a second were 5 % of all CPU time."""
TICK = os.sysconf("SC_CLK_TCK")
WORKERS = ("ray::", "pipeline.engine.zygote", "stock.py")
"""What the command line of a process has in it that draws, or has children that do."""
OFTEN_SECONDS = 0.1
"""Between two looks at threads, each of which may be gone by the next."""
DRAWING, ENCODING, STEPPING, FFMPEG, REST = (
    "llvmpipe's threads: pixels",
    "the encoder's threads: conversion and x264",
    "main threads: stepping, display lists, vertices",
    "ffmpeg: encoding for stock, decoding for chalkfarm",
    "all else",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one command, or of several after each other."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, over all cores."""
    peak_bytes: int
    """Most that one worker had at a time, what it shares counted in part (PSS)."""
    spent: Counter[str] = field(default_factory=Counter)
    """CPU seconds by the kind of thread, if that was asked for."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            wall=self.wall + other.wall,
            cpu=self.cpu + other.cpu,
            peak_bytes=max(self.peak_bytes, other.peak_bytes),
            spent=self.spent + other.spent,
        )


def run(command: Sequence[str], *, folder: Path, log: Path, by_thread: bool = False) -> Cost:
    """
    Runs a command to its end in `folder`.

    Args:
        by_thread: whether to find out what it was spent on, and not how much memory it took.

    Raises:
        SystemExit: it failed.
    """
    started = time.monotonic()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        looking = _LookingAtThreads(process.pid) if by_thread else _Looking(process.pid)
        looking.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        looking.done.set()
        looking.join()
    if status:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{said}")
    waited = used.ru_utime + used.ru_stime
    return Cost(
        wall=wall,
        cpu=max(waited, looking.cpu),
        peak_bytes=looking.peak_bytes,
        spent=looking.spent,
    )


class _Looking(threading.Thread):
    """Looks at a process and all under it, again and again."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak_bytes = 0
        self.spent: Counter[str] = Counter()
        self._root = root
        self._cpu: dict[int, float] = {}
        self._others: set[str] = set()
        """Processes that are not under it, which are looked at once."""

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self.done.wait(LOOK_SECONDS):
            children = self._look()
            for worker in _workers(self._root, children):
                used = sum(_pss_bytes(pid) for pid in _under(worker, children))
                self.peak_bytes = max(self.peak_bytes, used)

    def _look(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = {}
        cpu = {}
        for name in (entry.name for entry in Path("/proc").iterdir()):
            if not name.isdigit() or name in self._others:
                continue
            try:
                _, parent, seconds = _stat(Path(f"/proc/{name}"))
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
            cpu[int(name)] = seconds
        own = {pid: cpu[pid] for pid in _under(self._root, children) if pid in cpu}
        self._cpu |= own
        self._others |= {str(pid) for pid in cpu if pid not in own}
        return children


class _LookingAtThreads(_Looking):
    """Knows, for each thread, the most it had used when it was looked at."""

    def run(self) -> None:
        used: dict[tuple[int, int], tuple[str, float]] = {}
        while not self.done.wait(OFTEN_SECONDS):
            for pid in _under(self._root, self._look()):
                command = _command_line(pid)
                if not command:
                    continue  # it ended, and is not waited for yet: what it was is known
                with contextlib.suppress(OSError):  # it ended
                    for task in Path(f"/proc/{pid}/task").iterdir():
                        thread, _, seconds = _stat(task)
                        kind = _kind(command, thread, is_main=task.name == str(pid))
                        used[pid, int(task.name)] = kind, seconds
        for kind, seconds in used.values():
            self.spent[kind] += seconds


def _kind(command: str, thread: str, *, is_main: bool) -> str:
    if thread.startswith("llvmpipe"):
        return DRAWING
    if command.partition("\0")[0].endswith("ffmpeg"):
        return FFMPEG
    if "stock.py" in command:
        return STEPPING
    if "pipeline.engine.zygote" in command:
        return STEPPING if is_main else ENCODING
    return REST


def _stat(place: Path) -> tuple[str, int, float]:
    """Of a process or a thread of one: its name, its parent, and the CPU seconds it has used."""
    head, _, tail = (place / "stat").read_text().rpartition(")")
    fields = tail.split()
    return head.partition("(")[2], int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK


def _under(root: int, children: dict[int, list[int]]) -> list[int]:
    found = [root]
    for pid in found:
        found += children.get(pid, ())
    return found


def _workers(root: int, children: dict[int, list[int]]) -> list[int]:
    """The uppermost processes that are workers."""
    if any(word in _command_line(root) for word in WORKERS):
        return [root]
    return [pid for child in children.get(root, ()) for pid in _workers(child, children)]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _pss_bytes(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(li.split()[1]) << 10 for li in rollup.splitlines() if li[:4] == "Pss:"), 0)
