"""
The one place a program is started and waited for.

Everything else puts a command together as a list of words, which can be read and tested without
running it, and hands it here. Knows nothing of any program in particular: see media/ffmpeg.py.
"""

from __future__ import annotations

import math
import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pipeline.errors import EnvironmentMissing, ToolFailed

GRACE_SECONDS = 10.0
"""How long a program that was asked to stop is given before it is made to."""
LOG_LIMIT_BYTES = 8 * 2**20
"""What one program may write into its log. Its last words are kept beyond that."""
TAIL_BYTES = 4096
"""How much of what was said last travels with an error. The rest stays on disk."""
READ_BYTES = 2**16
PIPE_BYTES = 2**20
"""The most that can be waiting in a pipe: /proc/sys/fs/pipe-max-size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program which finished as it should."""

    command: tuple[str, ...]
    seconds: float
    log_path: Path


def run(
    command: Sequence[str],
    *,
    log_path: Path,
    timeout_seconds: float,
    stall_seconds: float | None = None,
    heartbeat: Callable[[str], bool] | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    output_limit_bytes: int = LOG_LIMIT_BYTES,
    grace_seconds: float = GRACE_SECONDS,
) -> Ran:
    """
    Runs one program to its end. What it says is added to the end of log_path.

    It gets no stdin, so a question is answered with end of file, and leads a process group of
    its own, so that whatever it starts ends with it.

    Args:
        stall_seconds: stops the program once this long goes by without movement. Movement is
            anything it says, unless there is a heartbeat.
        heartbeat: gets stdout line by line, which then stays out of the log, and tells whether
            a line shows that the work moved on.

    Raises:
        EnvironmentMissing: there is no such program.
        ToolFailed: it exited other than zero, or was stopped at one of its limits.
    """
    started = time.monotonic()
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab", buffering=0) as file:
        log = _Log(file, output_limit_bytes, counts_as_movement=heartbeat is None)
        log.note(f"$ {shlex.join(command)}\n")
        process = _start(command, cwd=cwd, env=env, stdout_apart=heartbeat is not None)
        takers: dict[IO[bytes], Callable[[bytes], bool]] = {}
        if process.stdout is not None:
            takers[process.stdout] = log.take if heartbeat is None else _Lines(heartbeat).take
        if process.stderr is not None:
            takers[process.stderr] = log.take
        try:
            stopped = _watch(
                process,
                takers,
                timeout_seconds=timeout_seconds,
                stall_seconds=math.inf if stall_seconds is None else stall_seconds,
                grace_seconds=grace_seconds,
            )
        except BaseException:
            _signal_group(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace_seconds)
            raise
        finally:
            _signal_group(process, signal.SIGKILL)
            process.wait()
            for stream in takers:
                stream.close()
            log.close()
    if stopped or process.returncode != 0:
        raise ToolFailed(
            command=command,
            exit_code=process.returncode,
            reason=stopped or _reason(process.returncode),
            log_path=log_path,
            tail=log.tail.decode("utf-8", errors="replace"),
        )
    return Ran(command=tuple(command), seconds=time.monotonic() - started, log_path=log_path)


def _start(
    command: Sequence[str], *, cwd: Path | None, env: Mapping[str, str] | None, stdout_apart: bool
) -> subprocess.Popen[bytes]:
    if cwd is not None and not cwd.is_dir():
        raise EnvironmentMissing(what=f"there is no folder {cwd}", advice="make it, and run again")
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if stdout_apart else subprocess.STDOUT,
            cwd=cwd,
            env=None if env is None else dict(env),
            start_new_session=True,
            bufsize=0,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise EnvironmentMissing(
            what=f"{command[0]} cannot be started: {error.strerror}",
            advice="run `chalkfarm doctor`, which says how to get what is missing",
        ) from error


def _watch(
    process: subprocess.Popen[bytes],
    takers: Mapping[IO[bytes], Callable[[bytes], bool]],
    *,
    timeout_seconds: float,
    stall_seconds: float,
    grace_seconds: float,
) -> str:
    """
    Listens until the program ends, and stops it when it is over a limit.

    Args:
        takers: what gets the bytes of each stream, and says whether they count as movement.

    Returns:
        Why it had to be stopped; nothing when it ended by itself.
    """
    moved = time.monotonic()
    deadline = moved + timeout_seconds
    stopped = ""
    with selectors.DefaultSelector() as selector, _exit_of(process) as ended:
        selector.register(ended, selectors.EVENT_READ)
        for stream, take in takers.items():
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, take)
        while True:
            due = deadline if stopped else min(deadline, moved + stall_seconds)
            events = selector.select(max(0.0, due - time.monotonic()))
            if any(key.fileobj == ended for key, _ in events):
                # And no more, since what it left running could go on talking for ever
                for stream, take in takers.items():
                    take(b"".join(_read(stream) or b"" for _ in range(PIPE_BYTES // READ_BYTES)))
                return stopped
            for key, _ in events:
                data = _read(stream := cast(IO[bytes], key.fileobj))
                if data == b"":
                    selector.unregister(stream)
                elif data is not None and key.data(data):
                    moved = time.monotonic()
            now = time.monotonic()
            if now < (deadline if stopped else min(deadline, moved + stall_seconds)):
                continue
            if stopped:
                _signal_group(process, signal.SIGKILL)
            else:
                stopped = (
                    f"was stopped at its limit of {timeout_seconds:g} s"
                    if now >= deadline
                    else f"was stopped after {stall_seconds:g} s without getting further"
                )
                _signal_group(process, signal.SIGTERM)
            deadline = now + grace_seconds


@contextmanager
def _exit_of(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """A descriptor that becomes readable when the program ends."""
    descriptor = os.pidfd_open(process.pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(stream: IO[bytes]) -> bytes | None:
    """What there is to read now: None when there is nothing yet, b"" when there never will be."""
    try:
        return os.read(stream.fileno(), READ_BYTES)
    except BlockingIOError:
        return None


def _signal_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    # The group is named after its leader, whose number cannot be given to another before wait()
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)


def _reason(exit_code: int) -> str:
    if exit_code >= 0:
        return "failed"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"


class _Log:
    """Takes all a program says, writes down the first part of it and remembers the last."""

    def __init__(self, file: IO[bytes], limit_bytes: int, *, counts_as_movement: bool) -> None:
        self.tail = b""
        self._counts = counts_as_movement
        self._file = file
        self._room = limit_bytes
        self._left_out = 0

    def take(self, data: bytes) -> bool:
        self.tail = (self.tail + data)[-TAIL_BYTES:]
        fits, rest = data[: self._room], data[self._room :]
        self._left_out += len(rest)
        self._room -= len(fits)
        self._write(fits)
        return self._counts

    def close(self) -> None:
        if self._left_out:
            last = self.tail[-self._left_out :]
            self.note(f"\n[... {self._left_out - len(last)} bytes left out ...]\n")
            self._write(last)

    def note(self, text: str) -> None:
        """Something of ours between what the program says."""
        self._write(text.encode())

    def _write(self, data: bytes) -> None:
        # A log on a full disk must not be what fails: the work itself will say so, and better
        with suppress(OSError):
            self._file.write(data)


class _Lines:
    """Cuts a stream into lines for a heartbeat."""

    def __init__(self, heartbeat: Callable[[str], bool]) -> None:
        self._heartbeat = heartbeat
        self._begun = b""

    def take(self, data: bytes) -> bool:
        *lines, self._begun = (self._begun + data).split(b"\n")
        # Every line is heard, also those after one that shows movement
        return sum(self._heartbeat(line.decode("utf-8", "replace")) for line in lines) > 0
