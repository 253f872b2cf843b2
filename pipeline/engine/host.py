"""
The engine as the rest of the farm sees it: jobs in, events out, no scene in this process.

An Engine owns one zygote, which fits one project, size and rate, and runs one job at a time in a
child forked from it. A crash, a hang or a leak costs that child. Whatever the child prints goes
to the job's log, up to a limit; what it has to say comes over a pipe of its own.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pipeline.engine.job import Job
from pipeline.errors import EnvironmentMissing, SceneError, WorkerLost, disk_full

LOG_LIMIT_BYTES = 8 << 20
"""A log is for reading. What comes after is counted and dropped."""
START_SECONDS = 120
"""For importing manimlib, cold, on a busy machine."""
EXACT_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",  # the order of a set of strings is part of some scenes
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",  # one core a worker; threads would not survive the fork
    # One set of instructions for all workers. numpy takes its vector code for arctan2 and others
    # only when its arrays do not touch, so the last bit hangs on where malloc put them: measured
    # in 8 of 20,000 calls, and every second scene had a frame that differed from its own trace
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": (
        "AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
    ),
    # torch likewise; COMPATIBLE is the one code path MKL has on every maker's processors
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
}
"""What makes the same arithmetic come out the same, bit for bit, in every process."""
LITTLE_BYTES = 1 << 20
"""With less than this free, a disk counts as full."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a zygote is started for."""

    root: Path
    config_file: Path
    """YAML for manimgl, see config.py."""
    cache: Path | None = None
    """Where manimgl keeps what LaTeX and Pango made."""
    preload: tuple[str, ...] = ()
    """Modules that scenes of this project import and that take long."""
    environment: Mapping[str, str] | None = None


class Engine:
    """Runs jobs in children of one zygote. Close it, or use it as a context."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def run(
        self,
        job: Job,
        *,
        log_path: Path,
        limits: Limits,
        on_event: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        """
        Runs one job to its end, telling `on_event` what the child says.

        Raises:
            SceneError: the scene failed by itself.
            WorkerLost: the child died, hung, or took more than its limits.
            EnvironmentMissing: manimlib cannot be imported here.
        """
        self._ensure_started()
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as request:
            json.dump(job.to_json(), request)
            request.flush()
            _Running(self, job, log_path, limits, on_event).run(request.name)

    def close(self) -> None:
        """Ends the zygote and whatever it is running."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._zygote is not None:
            try:
                self._zygote.wait(5)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
            self._zygote = None

    @property
    def control(self) -> socket.socket:
        """
        Raises:
            OSError: another thread closed the engine.
        """
        if self._control is None:
            raise OSError(errno.EBADF, "the engine is closed")
        return self._control

    @property
    def is_closed(self) -> bool:
        return self._control is None

    def answer(self) -> dict[str, Any]:
        """One message of the zygote's; empty when it is gone, or the engine was closed."""
        line = bytearray()
        while not line.endswith(b"\n"):
            try:
                byte = self.control.recv(1)
            except TimeoutError:
                raise
            except OSError:
                byte = b""
            if not byte:
                return {}
            line += byte
        message: dict[str, Any] = json.loads(line)
        return message

    def _ensure_started(self) -> None:
        if self._zygote is not None and self._zygote.poll() is None:
            return
        self.close()
        with tempfile.TemporaryFile() as said:
            if self._start(said):
                return
            self.close()
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
        if any("No space left" in line for line in lines) or self._is_cache_full():
            raise disk_full(self.setting.cache or self.setting.config_file.parent)
        raise EnvironmentMissing(
            what=f"manimlib does not start here: {lines[-1] if lines else 'no word'}",
            advice="run `chalkfarm doctor`",
        )

    def _start(self, said: IO[bytes]) -> bool:
        """Whether the zygote came up; what it printed is in `said`."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._zygote = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pipeline.engine.zygote", str(theirs.fileno())),
                    *(str(self.setting.config_file), *self.setting.preload),
                ],
                cwd=self.setting.root,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._control = ours
        ours.settimeout(START_SECONDS)
        try:
            ready = self.answer()
        except TimeoutError:
            return False
        ours.settimeout(None)
        return bool(ready)

    def _is_cache_full(self) -> bool:
        """sqlite calls a full disk by several names."""
        cache = self.setting.cache
        return cache is not None and shutil.disk_usage(cache.parent).free < LITTLE_BYTES

    def _environment(self) -> dict[str, str]:
        root = str(self.setting.root)
        farm = str(Path(__file__).parents[2])
        # The project first: it may have a `scenes` package of its own
        paths = dict.fromkeys([root, farm, *os.environ.get("PYTHONPATH", "").split(":")])
        return {
            **os.environ,
            "PYGLET_HEADLESS": "1",
            "PYTHONPATH": ":".join(path for path in paths if path),
            **EXACT_ENVIRONMENT,
            "PYTHONDONTWRITEBYTECODE": "1",  # the project's folder is the author's
            "LP_NUM_THREADS": "1",  # two workers of one thread beat one of two by 1.36
            **(self.setting.environment or {}),
        }


class _Running:
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
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            event: dict[str, Any] = json.loads(line)
            if event["event"] in ("done", "failed"):
                self._end = event
            self._on_event(event)

    def _check(self, pid: int, started: float, last_word: float) -> None:
        if self._engine.is_closed:
            raise self._lost("its engine was closed")
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

    def _lost(self, reason: str) -> WorkerLost:
        return WorkerLost(task=self._task, reason=reason, log_path=self._log_path)

    def _conclude(self, status: int) -> None:
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
