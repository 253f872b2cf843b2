"""
What a command costs, with all it starts: wall time, CPU time, memory of each worker.

Looked up in /proc while it runs. A farm's processes are not all waited for by their parents, so
the kernel's own sums miss some; what a process used after it was last looked at is missed here.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.5
"""Reading what a process has in memory holds it up: five times a second were 5 % of all CPU time."""
TICK = os.sysconf("SC_CLK_TCK")
WORKERS = ("ray::", "pipeline.engine.zygote", "stock.py")
"""What the command line of a process has in it that draws, or has children that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one command, or of several after each other."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, over all cores."""
    peak_bytes: int
    """Most that one worker had at a time, what it shares counted in part (PSS)."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            wall=self.wall + other.wall,
            cpu=self.cpu + other.cpu,
            peak_bytes=max(self.peak_bytes, other.peak_bytes),
        )


def run(command: Sequence[str], *, folder: Path, log: Path) -> Cost:
    """
    Runs a command to its end in `folder`.

    Raises:
        SystemExit: it failed.
    """
    started = time.monotonic()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        looking = _Looking(process.pid)
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
    return Cost(wall=wall, cpu=max(waited, looking.cpu), peak_bytes=looking.peak_bytes)


class _Looking(threading.Thread):
    """Looks at a process and all under it, again and again."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak_bytes = 0
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
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(name))
            cpu[int(name)] = (int(fields[11]) + int(fields[12])) / TICK
        own = {pid: cpu[pid] for pid in _under(self._root, children) if pid in cpu}
        self._cpu |= own
        self._others |= {str(pid) for pid in cpu if pid not in own}
        return children


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
