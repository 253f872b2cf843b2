"""
A run as it goes by: progress bars on a terminal, plain lines elsewhere.

Hears the run's events, and the progress of scenes, which is shown and not kept. Decides nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, Protocol

from pipeline.report.runs import Run


class Watcher(Protocol):
    """Shows a run to somebody."""

    def start(self, run: Run) -> None: ...

    def hear(self, event: Mapping[str, Any]) -> None: ...

    def progress(self, scene_id: str, kind: str, event: Mapping[str, Any]) -> None: ...

    def stop(self) -> None: ...


def make_watcher(*, plain: bool) -> Watcher:
    """Bars if stderr is a terminal and nobody wants otherwise."""
    if plain or not sys.stderr.isatty():
        return PlainWatcher()
    return BarWatcher()


class PlainWatcher:
    """A line for each thing that happened."""

    def start(self, run: Run) -> None:
        self._say(f"run {run.id}")

    def hear(self, event: Mapping[str, Any]) -> None:
        line = event_line(event)
        if line:
            self._say(line)

    def progress(self, scene_id: str, kind: str, event: Mapping[str, Any]) -> None:
        """Too often for lines."""

    def stop(self) -> None: ...

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def event_line(event: Mapping[str, Any]) -> str:
    """An event in words; empty for those nobody waits for."""
    kind, scene = event["event"], event.get("scene", "")
    match kind:
        case "scene-traced":
            return (
                f"{scene}: traced, {event['frames']} frames, {event['unique_frames']} to draw, "
                f"{event['seconds']:.1f} s"
            )
        case "scene-planned":
            left = event["frames"] - event["cached_frames"]
            lines = [f"{scene}: {left} of {event['frames']} frames to render"]
            lines += [f"{scene}: warning: {text}" for text in event["warnings"]]
            return "\n".join(lines)
        case "bake-done":
            return f"{scene}: baked"
        case "segment-done":
            return f"{scene}: frames {event['start']} to {event['stop']} done"
        case "segment-shared":
            return (
                f"{scene}: frames {event['start']} to {event['stop']} are those just drawn for "
                f"{event['drawn_for']}"
            )
        case "transition-done":
            return f"{scene}: transition done, a chunk of {event['frames']} frames"
        case "chunk-damaged" | "transition-damaged":
            return f"{scene}: a cached chunk is damaged ({event['message']}), drawing it again"
        case "retry":
            return f"{event['task']}: trying again, since {event['reason'].splitlines()[0]}"
        case "worker-blocked":
            return (
                f"worker {event['host']} is blocked for {event['seconds']:.0f} s: {event['reason']}"
            )
        case "worker-refused":
            return str(event["reason"])
        case "worker-forgiven":
            return f"worker {event['host']} gets another chance"
        case "attempt-cancelled":
            return f"{event['task']}: ended, since {event['reason']}"
        case "waiting":
            return f"waiting: {event['reason']}"
        case "paused" | "resumed" | "stopped":
            return f"{kind}: {event['reason']}"
        case "scene-failed":
            return f"{scene}: failed: {event['message'].splitlines()[0]}"
        case "caption-problem":
            return f"captions: {event['message']}"
        case "finish-started":
            return "stitching, captioning, verifying"
        case "decode-started":
            return f"decoding {event['frames']} frames of {event['chunks']} chunks, to see that all can be shown"
        case "package-started":
            return f"packaging {event['package']}"
        case "run-ended" if event["how"] == "done":
            return f"done: {event['output']}" if event.get("output") else ""
    return ""


class BarWatcher:
    """One bar for the chapter, one for each scene that is being worked on."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description:36.36}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[doing]:32.32}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
        )
        self._bars: dict[str, Any] = {}
        self._frames: dict[str, int] = {}
        self._done: dict[str, int] = {}
        """Frames in the store, by scene."""
        self._segments = [0, 0]
        """Done, and planned."""
        self._total = self._progress.add_task("frames", total=None, doing="")
        self._started = time.monotonic()

    def start(self, run: Run) -> None:
        self._progress.console.print(f"run {run.id}", highlight=False)
        self._progress.start()

    def hear(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        scene = event.get("scene", "")
        if kind == "scene-planned":
            self._done[scene] = event["cached_frames"]
            self._frames[scene] = event["frames"]
            self._segments[0] += event["cached_segments"]
            self._segments[1] += event["segments"]
            bar = self._bar(scene)
            self._progress.update(bar, total=event["frames"], completed=event["cached_frames"])
            self._update_total()
        elif kind in ("segment-done", "segment-shared"):
            self._done[scene] = self._done.get(scene, 0) + event["stop"] - event["start"]
            self._segments[0] += 1
            bar = self._bar(scene)
            self._progress.update(bar, completed=self._done[scene])
            if self._done[scene] >= self._frames[scene]:
                self._progress.update(bar, doing="done")
            self._update_total()
        elif kind == "finish-started":
            self._progress.update(self._total, doing="stitching, verifying")
        elif kind not in ("scene-traced", "transition-done", "finish-started"):
            if kind == "chunk-damaged":
                self._done[scene] -= event["stop"] - event["start"]
            line = event_line(event)
            if line:
                self._progress.console.print(line, highlight=False, markup=False)

    def progress(self, scene_id: str, kind: str, event: Mapping[str, Any]) -> None:
        play = event["play"]
        verb = {"trace": "tracing", "blend": "mixing"}.get(kind, "drawing")
        doing = f"{verb}, frame {event['frame']}" + ("" if play is None else f", play {play}")
        self._progress.update(self._bar(scene_id), doing=doing)

    def stop(self) -> None:
        self._progress.stop()

    def _bar(self, scene_id: str) -> Any:
        if scene_id not in self._bars:
            self._bars[scene_id] = self._progress.add_task(scene_id, total=None, doing="")
        return self._bars[scene_id]

    def _update_total(self) -> None:
        whole = sum(self._done[scene] >= frames for scene, frames in self._frames.items())
        done, planned = self._segments
        self._progress.update(
            self._total,
            description=f"{whole}/{len(self._frames)} scenes, {done}/{planned} segments",
            total=sum(self._frames.values()),
            completed=sum(self._done.values()),
        )
