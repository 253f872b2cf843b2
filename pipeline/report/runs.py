"""
Runs as their folders tell them: made by a command, read by every other.

A run's folder holds `plan.json`, `events.jsonl` and `logs/<scene>/<task>-<attempt>.log`. Its
state is what its events add up to, so a run of which the driver was killed can be read like any
other.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import StoreFailed, UsageError
from pipeline.farm.task import Control

LONGEST_EVENT = 4 << 20
"""Bytes."""
LARGEST_PID = 1 << 22
"""Linux' own limit."""
RUNS = "runs"
"""Folder of all runs beside the chapters' folders; no chapter may be called that."""


CHAPTER = "chapter"
"""Folder in a run of a cluster's, of the files it ended with."""

STORE = "store"
"""Link in a run of a cluster's, to the store of its head."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def events_path(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def control_path(self) -> Path:
        return self.folder / "control"

    def ask(self, control: Control) -> None:
        """Leaves word for whoever runs it."""
        beside = self.control_path.with_suffix(f".{os.getpid()}")
        beside.write_text(control.value, encoding="utf-8")
        beside.replace(self.control_path)

    def asked(self) -> Control:
        """What was asked for last."""
        try:
            return Control(self.control_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return Control.GO

    def plan(self) -> Mapping[str, Any]:
        """What was planned; empty when the run ended before it had a plan, or it is damaged."""
        try:
            data: Any = json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return data if is_plan(data) else {}

    def events(self) -> Iterator[Mapping[str, Any]]:
        """Every whole event; a line cut short by a kill or damaged is passed over."""
        try:
            file = self.events_path.open("rb")
        except OSError:
            return
        with file:
            yield from read_events(file)

    def log_paths(self, scene_id: str) -> list[Path]:
        """Logs of one scene, oldest first."""
        if scene_id not in self.logged():
            return []  # also what would lead out of the run's folder
        paths = [path for path in (self.logs / scene_id).glob("*.log") if path.is_file()]
        return sorted(paths, key=lambda path: path.stat().st_mtime)

    def logged(self) -> list[str]:
        """Ids of the scenes that have logs."""
        return sorted(path.name for path in self.logs.glob("*/"))


@dataclass(slots=True)
class SceneState:
    """How far one scene is."""

    id: str
    state: str = "waiting"
    """waiting, tracing, drawing, done, failed, or cached: drawn before this run."""
    frames: int = 0
    drawn_frames: int = 0
    """Frames of it in the store."""
    attempts: int = 0
    error: str = ""


@dataclass(slots=True)
class RunState:
    """What a run's events add up to."""

    id: str
    state: str = "running"
    """running, done, failed, interrupted, or lost: its process is gone without a word."""
    command: str = ""
    chapter: str = ""
    preset: str = ""
    pid: int = 0
    """Of the process that runs it, on its machine."""
    started: float = 0.0
    seconds: float = 0.0
    paused: bool = False
    blocked: dict[str, str] = field(default_factory=dict)
    """Workers that get no task now, and why."""
    scenes: dict[str, SceneState] = field(default_factory=dict)
    output: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state,
            "command": self.command,
            "chapter": self.chapter,
            "preset": self.preset,
            "started": self.started,
            "seconds": round(self.seconds, 3),
            "output": self.output,
            "paused": self.paused,
            "blocked": self.blocked,
            "scenes": [
                {
                    "id": s.id,
                    "state": s.state,
                    "frames": s.frames,
                    "drawn_frames": s.drawn_frames,
                    "attempts": s.attempts,
                    "error": s.error,
                }
                for s in self.scenes.values()
            ],
        }


def new_run(renders: Path, name: str) -> Run:
    """Makes the folder of a new run, named by the time, the process and what it is for."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    folder = renders / RUNS / f"{stamp}-{name}-{os.getpid()}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise StoreFailed(
            path=folder,
            reason=error.strerror or str(error),
            advice="make the folder writable, or name another with --renders",
        ) from error
    return Run(folder)


def all_runs(renders: Path) -> list[Run]:
    """Every run, oldest first."""
    return [Run(path) for path in sorted((renders / RUNS).glob("*/"))]


def find_run(renders: Path, name: str | None) -> Run:
    """
    The run so called, or the last one.

    Raises:
        UsageError: there is none.
    """
    runs = all_runs(renders)
    if name is not None:
        runs = [run for run in runs if run.id == name or run.id.startswith(name)]
    if not runs:
        what = f"no run called {name}" if name else "no run yet"
        raise UsageError(f"{what} in {renders / RUNS}: `chalkfarm render` makes one")
    return runs[-1]


def last_planned(renders: Path) -> Run:
    """
    The last run that got as far as a plan: that of the last render.

    Raises:
        UsageError: there is none.
    """
    for run in reversed(all_runs(renders)):
        if run.plan():
            return run
    raise UsageError(f"nothing was rendered into {renders} yet: name a --manifest")


def run_state(run: Run) -> RunState:
    """Adds up a run's events; a run on this machine of which the process is gone is lost."""
    state = add_up(run.id, run.events())
    if state.state == "running" and not is_alive(state.pid):
        state.state = "lost"
    return state


def add_up(run_id: str, events: Iterable[Mapping[str, Any]]) -> RunState:
    """What events say of a run, and nothing else. Pure."""
    state = RunState(run_id)
    last = 0.0
    for event in events:
        last = _seconds(event, "time") or last
        kind = event["event"]
        if kind == "run-started":
            state.started = _seconds(event, "time")
            state.command, state.chapter = _text(event, "command"), _text(event, "chapter")
            state.preset, state.pid = _text(event, "preset"), _count(event, "pid")
        elif kind == "run-ended":
            state.state = _text(event, "how") or "failed"
            state.output = _text(event, "output")
        elif kind in ("paused", "resumed"):
            state.paused = kind == "paused"
        elif kind in ("worker-blocked", "worker-refused"):
            state.blocked[_text(event, "worker")] = _text(event, "reason")
        elif kind == "worker-forgiven":
            state.blocked.pop(_text(event, "worker"), None)
        else:
            _scene_event(state, kind, event)
    state.seconds = max(0.0, last - state.started)
    return state


def _scene_event(state: RunState, kind: str, event: Mapping[str, Any]) -> None:
    name = event.get("scene")
    if not isinstance(name, str):
        return
    scene = state.scenes.setdefault(name, SceneState(name))
    if kind == "scene-planned":
        scene.frames, scene.drawn_frames = _count(event, "frames"), _count(event, "cached_frames")
        scene.state = "cached" if scene.frames == scene.drawn_frames else "waiting"
    elif kind == "attempt-started" and event.get("kind") == "blend":
        scene.attempts += 1  # the scene's own frames are drawn by now
    elif kind == "attempt-started":
        scene.attempts += 1
        scene.state = "drawing" if event.get("pieces") else "tracing"
    elif kind == "chunk-damaged":
        scene.drawn_frames -= _count(event, "stop") - _count(event, "start")
        scene.state = "waiting"
    elif kind in ("segment-done", "segment-shared"):
        scene.drawn_frames += _count(event, "stop") - _count(event, "start")
        scene.state = "done" if scene.drawn_frames >= scene.frames else scene.state
    elif kind == "scene-failed":
        scene.state, scene.error = "failed", _text(event, "message")


def read_event(line: bytes) -> Mapping[str, Any] | None:
    """One line of a run's events; None when it is none."""
    try:
        event = json.loads(line.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    known = isinstance(event, dict) and isinstance(event.get("event"), str)
    return event if known else None


def read_events(file: BinaryIO) -> Iterator[Mapping[str, Any]]:
    """Every whole event from here on, and `file` is then where the first that is not whole begins."""
    while line := file.readline(LONGEST_EVENT):
        if line.endswith(b"\n"):
            event = read_event(line)
            if event is not None:
                yield event
        elif len(line) < LONGEST_EVENT:
            file.seek(-len(line), os.SEEK_CUR)  # it is being written, or was cut short
            return
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_EVENT)  # the rest of something else


def is_plan(data: Any) -> bool:
    """Whether that is a plan, as far as anybody reads one."""
    try:
        return isinstance(data["manifest"], str) and all(map(_is_planned, data["scenes"]))
    except (KeyError, TypeError):
        return False


def _is_planned(scene: Any) -> bool:
    return isinstance(scene["id"], str) and all(
        isinstance(segment["key"], str)
        and isinstance(segment["start"], int)
        and isinstance(segment["stop"], int)
        for segment in scene["segments"]
    )


# Events of other versions and damaged ones may lack what ours have, or have something else there


def _count(event: Mapping[str, Any], name: str) -> int:
    value = event.get(name)
    return value if isinstance(value, int) else 0


def _seconds(event: Mapping[str, Any], name: str) -> float:
    value = event.get(name)
    return float(value) if isinstance(value, int | float) and isfinite(value) else 0.0


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def is_alive(pid: int) -> bool:
    """Whether a process of this machine is there."""
    if not 0 < pid < LARGEST_PID:
        return False  # it never said who it is; and 0 means this process and its like
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
