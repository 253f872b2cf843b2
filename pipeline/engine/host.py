"""
The engine as the rest of the farm sees it: jobs in, events out, no scene in this process.

An Engine owns one zygote, which fits one project, size and rate, and runs one job at a time in a
child forked from it. A crash, a hang or a leak costs that child. Whatever the child prints goes
to the job's log, up to a limit; what it has to say comes over a pipe of its own.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pipeline.engine.job import Job
from pipeline.engine.running import Limits, Running
from pipeline.errors import EnvironmentMissing, disk_full

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
DRAWING_THREADS = 2
"""
Of llvmpipe, where there is a core for each. One worker took 16 % less time so than with one thread
for nine scenes at 1080p on two cores, and two workers, which leave no core idle, as long as before.
"""
LITTLE_BYTES = 1 << 20
"""With less than this free, a disk counts as full."""


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
            Running(self, job, log_path, limits, on_event).run(request.name)

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
            "LP_NUM_THREADS": str(min(DRAWING_THREADS, len(os.sched_getaffinity(0)))),
            **(self.setting.environment or {}),
        }
