"""
A process with manimlib imported and nothing else done, from which each scene's own is forked.

Started by host.py as `python -m pipeline.engine.zygote CONTROL_FD CONFIG_FILE` in the project's
root. Importing manimlib parses sys.argv, reads custom_config.yml from the current folder and
takes seconds; a fork of this takes milliseconds. Requests come over a Unix socket, one at a time:
a Job, with the descriptors the child is to log and report to. It is single-threaded and has no GL
context, so forking it is safe. It ends when the socket closes, and takes its child along.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

REQUEST_BYTES = 1 << 20
PR_SET_PDEATHSIG = 1
"""Linux prctl(2)."""
PR_SET_CHILD_SUBREAPER = 36
"""Likewise: what a child leaves behind becomes ours, not init's."""
ENDING_TRIES = 500
"""A hundredth of a second apart."""


def main() -> None:
    """Imports manimlib, then forks a child for each request."""
    control = socket.socket(fileno=int(sys.argv[1]))
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    config_file = sys.argv[2]
    preload = sys.argv[3:]
    # manimgl's command line, as manimlib will parse it on import
    sys.argv = ["manimgl", "--config_file", config_file, "--quiet"]
    _import_engine(preload)
    control.sendall(b'{"event": "ready"}\n')
    while request := _receive(control):
        path, log, events = request
        pid = os.fork()
        if pid == 0:
            control.close()
            _be_child(path, log, events)
        os.close(log)
        os.close(events)
        control.sendall(json.dumps({"event": "started", "pid": pid}).encode() + b"\n")
        status = _await(control, pid)
        if status is None:
            return
        control.sendall(json.dumps({"event": "ended", "status": status}).encode() + b"\n")


def _import_engine(preload: list[str]) -> None:
    """With manimgl's GL taken out first: see nullgl.py."""
    import importlib

    import moderngl
    import pyglet

    from pipeline.engine.nullgl import null_context, null_format

    # pyglet's shadow window is a GL context, and a driver's threads do not survive a fork
    pyglet.options.headless = True
    pyglet.options.shadow_window = False
    moderngl.create_standalone_context = null_context  # type: ignore[assignment]
    real_format = moderngl.detect_format

    def detect_format(program: Any, *arguments: Any, **options: Any) -> Any:
        real = isinstance(program, moderngl.Program)
        return (real_format if real else null_format)(program, *arguments, **options)

    moderngl.detect_format = detect_format
    import manimlib  # noqa: F401

    import pipeline.engine.work  # noqa: F401

    for name in preload:
        importlib.import_module(name)


def _receive(control: socket.socket) -> tuple[str, int, int] | None:
    message, descriptors, _, _ = socket.recv_fds(control, REQUEST_BYTES, 2)
    if not message:
        return None
    log, events = descriptors
    return message.decode(), log, events


def _await(control: socket.socket, pid: int) -> int | None:
    """The child's wait status; None if the host went away first, the child being ended then."""
    child = os.pidfd_open(pid)
    try:
        ready, _, _ = select.select([child, control.fileno()], [], [])
        if child not in ready and not control.recv(1, socket.MSG_PEEK):
            _kill(pid)
            os.waitpid(pid, 0)
            return None
        _, status = os.waitpid(pid, 0)
        return status
    finally:
        os.close(child)
        _end_what_is_left()


def _end_what_is_left() -> None:
    """Kills what the scene left running, also what it cut loose: all of it is below us."""
    for _ in range(ENDING_TRIES):
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            for pid in _children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name is in brackets, and may hold brackets and spaces itself
            parent = stat.read_text(errors="replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)  # so young that it leads no group yet


def _be_child(job_path: str, log: int, events: int) -> None:
    """Never returns."""
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(nothing)
        os.close(log)
        os.set_inheritable(events, False)
        _work(job_path, events)
        code = 0
    except BaseException:  # noqa: BLE001 - printed to the log, the exit status says the rest
        import traceback

        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            code = code or 0  # a scene may close its stdout, and has ended by now
        os._exit(code)


def _work(job_path: str, events: int) -> None:
    import tempfile

    from pipeline.engine.job import Job
    from pipeline.engine.work import do

    faulthandler.enable(file=2)
    job = Job.from_json(json.loads(Path(job_path).read_text(encoding="utf-8")))

    if job.scratch:
        os.environ["TMPDIR"] = tempfile.tempdir = job.scratch

    def say(event: dict[str, Any]) -> None:
        data = json.dumps(event).encode() + b"\n"
        while data:
            data = data[os.write(events, data) :]

    do(job, say)


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing to tidy up, and taking torch apart takes a second
