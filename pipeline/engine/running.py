"""
One job in its child, watched: what it prints goes to the log, what it says is told on.

Whatever it says that is none of our words ends it, as do its limits.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipeline.engine.job import WORD_BYTES, Job, heard_event
from pipeline.errors import SceneError, WorkerLost, disk_full

if TYPE_CHECKING:
    from pipeline.engine.host import Engine

LOG_LIMIT_BYTES = 8 << 20
"""A log is for reading. What comes after is counted and dropped."""
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a job is given up."""

    seconds: float
    """For the whole job."""
    stall_seconds: float
    """Without a frame or a word."""
    memory_bytes: int | None = None
    """Resident, of the child alone."""


class Running:
    """One job being run: pumps its output, watches its limits."""

    def __init__(
        self,
        engine: Engine,
        job: Job,
        log_path: Path,
        limits: Limits,
        on_event: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._engine = engine
        self._job = job
        self._log_path = log_path
        self._limits = limits
        self._on_event = on_event
        self._end: Mapping[str, Any] | None = None
        self._dropped = 0
        self._kept = 0
        self._pending = b""
        self._told: Mapping[str, Any] = {}
        """The last thing it said of how far it is."""
        self._is_garbled = False

    def run(self, request: str) -> None:
        said, says = os.pipe()
        heard, events = os.pipe()
        try:
            socket.send_fds(self._engine.control, [request.encode()], [says, events])
        except OSError:
            for descriptor in (said, says, heard, events):
                os.close(descriptor)
            raise WorkerLost(task=self._task, reason="the engine process is gone") from None
        os.close(says)
        os.close(events)
        try:
            pid = self._engine.answer().get("pid", 0)
            self._watch(pid, said, heard)
        finally:
            os.close(said)
            os.close(heard)
        status = self._engine.answer().get("status", signal.SIGKILL)
        self._conclude(status)

    @property
    def _task(self) -> str:
        return f"{self._job.kind} {self._job.scene.scene}"

    def _watch(self, pid: int, said: int, heard: int) -> None:
        started = last_word = time.monotonic()
        with selectors.DefaultSelector() as selector, self._log_path.open("ab", buffering=0) as log:
            ended = self._engine.control
            for stream in (said, heard, ended):
                selector.register(stream, selectors.EVENT_READ)
            try:
                running = True
                while running:
                    for key, _ in selector.select(0.5):
                        if key.fileobj is ended:
                            # Not when the pipes close: whatever a scene leaves running has them too
                            running = False
                        elif not (data := os.read(key.fd, 1 << 16)):
                            selector.unregister(key.fd)
                        elif key.fd == said:
                            self._keep(log, data)
                        else:
                            last_word = time.monotonic()
                            self._hear(data)
                    self._check(pid, started, last_word)
            except BaseException:
                _kill(pid)
                self._engine.answer()
                raise
            finally:
                _drain(heard, self._hear)
                _drain(said, lambda data: self._keep(log, data))
                if self._dropped:
                    _append(log, f"\n… and {self._dropped} bytes more, not kept\n".encode())

    def _keep(self, log: IO[bytes], data: bytes) -> None:
        room = max(0, LOG_LIMIT_BYTES - self._kept)
        _append(log, data[:room])
        self._kept += len(data[:room])
        self._dropped += len(data[room:])

    def _hear(self, data: bytes) -> None:
        if self._is_garbled:
            return
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            event = heard_event(line, self._job)
            if event is None:
                self._garble()
                return
            if event["event"] in ("done", "failed"):
                self._end = event
            elif event["event"] == "progress":
                self._told = event
            self._on_event(event)
        if len(self._pending) > WORD_BYTES:
            self._garble()

    def _garble(self) -> None:
        """From here on nothing it says can be told from what the scene wrote."""
        self._is_garbled = True
        self._pending = b""

    def _check(self, pid: int, started: float, last_word: float) -> None:
        if self._engine.is_closed:
            raise self._lost("its engine was closed")
        if self._is_garbled:
            raise self._garbled()
        now = time.monotonic()
        if now - started > self._limits.seconds:
            raise self._lost(f"took more than its {self._limits.seconds:g} s (time_limit)")
        if now - last_word > self._limits.stall_seconds:
            raise self._lost(f"no frame for {self._limits.stall_seconds:g} s, so it was stopped")
        limit = self._limits.memory_bytes
        if limit is not None and (used := _resident_bytes(pid)) > limit:
            raise self._lost(
                f"used {used >> 20} MiB of memory where its resources allow {limit >> 20} MiB"
            )

    def _garbled(self) -> SceneError:
        return SceneError(
            scene=self._job.scene.scene,
            reason="it wrote where only the farm reports how the scene is doing",
            advice="take out what writes to a file descriptor that it did not open",
            play=self._told.get("play"),
            frame=None if self._job.kind == "bake" else self._told.get("frame", 0),
        )

    def _lost(self, reason: str) -> WorkerLost:
        return WorkerLost(task=self._task, reason=reason, log_path=self._log_path)

    def _conclude(self, status: int) -> None:
        if self._is_garbled:
            raise self._garbled()
        if self._end is None:
            if os.WIFSIGNALED(status):
                name = signal.Signals(os.WTERMSIG(status)).name
                hint = ", as when memory runs out" if name == "SIGKILL" else ""
                raise self._lost(f"its process was ended by {name}{hint}")
            raise self._lost(
                f"its process ended without a word (exit {os.waitstatus_to_exitcode(status)})"
            )
        if self._end["event"] == "failed" and self._end["full"]:
            written = self._job.output or self._job.cuts[0].output
            raise disk_full(Path(written).parent)
        if self._end["event"] == "failed" and self._end["machine"]:
            raise self._lost(self._end["reason"])
        if self._end["event"] == "failed":
            raise scene_error(self._job.scene.scene, self._end)


def scene_error(scene: str, end: Mapping[str, Any]) -> SceneError:
    """What the child said of its failure, as the error a person sees."""
    return SceneError(
        scene=scene,
        reason=end["reason"],
        advice=end["advice"],
        traceback=end["traceback"],
        source=end["source"],
        play=end["play"],
        frame=end["frame"],
    )


def _kill(pid: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _append(log: IO[bytes], data: bytes) -> None:
    # A log on a full disk must not be what fails: the work itself will say so, and better
    with contextlib.suppress(OSError):
        log.write(data)


def _drain(descriptor: int, keep: Callable[[bytes], None]) -> None:
    os.set_blocking(descriptor, False)
    try:
        while data := os.read(descriptor, 1 << 16):
            keep(data)
    except BlockingIOError:
        pass


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0
