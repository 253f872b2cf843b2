"""
The work of a child process: trace a scene, draw some of its frames (drawing.py), or bake (bake.py).

A trace runs the whole scene on a Stage, and writes down the fingerprint of each frame.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

from pipeline.engine.bake import Baking, announce
from pipeline.engine.display import Frame
from pipeline.engine.drawing import Drawing, Say
from pipeline.engine.explain import explain
from pipeline.engine.failures import Enough, Unsupported
from pipeline.engine.job import Job, SceneJob, frame_rate
from pipeline.engine.reads import Reads
from pipeline.engine.stage import Stage
from pipeline.engine.timeline import CueMark, Timeline
from pipeline.engine.winding import ReelWriter

EVENT_SECONDS = 0.2
"""Least time between two progress events."""


def do(job: Job, say: Say) -> None:
    """Does the job, and says how it ended: `done`, or `failed` with everything known."""
    progress = _Progress(say)
    announce(job)
    worker: _Tracing | Drawing | Baking
    if job.kind == "bake":
        worker = Baking(job)
    elif job.kind == "trace":
        worker = _Tracing(job, progress)
    else:
        worker = Drawing(job, progress, say)
    try:
        with contextlib.suppress(Enough):
            worker.run()
        worker.finish()
    except Exception as error:  # noqa: BLE001 - whatever a stranger's scene raises
        say({"event": "failed", **_explained(error, worker)})
    except SystemExit as error:
        reason = Unsupported(
            f"it ended the process (exit {error.code})", "take sys.exit() and quit() out of it"
        )
        say({"event": "failed", **_explained(reason, worker)})
    else:
        say({"event": "done", "seconds": progress.seconds()})


def _explained(error: BaseException, worker: _Tracing | Drawing | Baking) -> dict[str, Any]:
    if isinstance(worker, Baking):
        return explain(error, worker.root)
    recorder = worker.stage.recorder
    root = Path(worker.stage.job.root)
    return explain(error, root, play=recorder.playing, frame=recorder.frames)


class _Progress:
    """Says how far a scene is, not too often."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._started = time.monotonic()
        self._last = self._started

    def seconds(self) -> float:
        return time.monotonic() - self._started

    def __call__(self, index: int, play: int | None, drawn: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVENT_SECONDS:
            self._last = now
            self._say({"event": "progress", "frame": index + 1, "play": play, "drawn": drawn})


class _Tracing:
    def __init__(self, job: Job, progress: _Progress) -> None:
        self._job = job
        self._scene = job.scene
        self._progress = progress
        root = Path(job.scene.root)
        self._reads = Reads(root, ignored=tuple(Path(name) for name in job.ignored))
        self._runs: list[tuple[str, int]] = []
        self.stage = Stage(job.scene, self._frame)
        self._reel = ReelWriter(Path(job.reel)) if job.reel and self.stage.use.reel else None

    def run(self) -> None:
        self.stage.run()

    def _frame(self, index: int, frame: Frame) -> None:
        digest = frame.fingerprint.hex()
        if self._runs and self._runs[-1][0] == digest:
            self._runs[-1] = (digest, self._runs[-1][1] + 1)
        else:
            self._runs.append((digest, 1))
            if self._reel is not None:
                self._reel.add(frame)
        self._progress(index, self.stage.recorder.playing, 0)

    def finish(self) -> None:
        self._reads.stop()
        if not self._runs:
            raise Unsupported(
                "it plays nothing, so there is no frame to render",
                "call self.play(…) or self.wait(…) in construct, or take it out of the manifest",
            )
        if self._reel is not None:
            root = Path(self._scene.root)
            read = self._reads.names()
            sources = [root / n for n in read if n.endswith(".py") and not n.startswith("/")]
            self._reel.close(self.stage.samples, sources)
        timeline = _timeline(self._scene, self.stage, tuple(self._runs), self._reads)
        data = timeline.to_json() | {"seconds": self._progress.seconds()}
        Path(self._job.output).write_text(json.dumps(data), encoding="utf-8")


def _timeline(
    scene: SceneJob, stage: Stage, runs: tuple[tuple[str, int], ...], reads: Reads
) -> Timeline:
    from manimlib.config import manim_config

    from pipeline.engine.sources import read_digests

    rate = frame_rate(scene)
    names = reads.names()
    empty = [str(p.index) for p in stage.recorder.plays if p.frames == 0]
    warnings = [f"play {', '.join(empty)} emits no frame"] if empty else []
    if stage.scene.random_seed is None:
        warnings.append("random_seed is None: seeded with 0, so that every render is the same")
    return Timeline(
        scene=scene.scene,
        width=scene.width,
        height=scene.height,
        rate=rate,
        plays=tuple(stage.recorder.plays),
        runs=runs,
        cues=tuple(
            CueMark(
                id=str(cue.id),
                text=str(cue.text),
                start=round(cue.start * rate),
                stop=round(cue.stop * rate),
                spoken=str(getattr(cue, "spoken", "") or ""),
            )
            for cue in getattr(stage.scene, "cues", ())
        ),
        sounds=tuple(stage.recorder.sounds),
        files=read_digests(Path(scene.root), names),
        warnings=tuple(warnings),
        seconds=0.0,
        saturation=float(manim_config.file_writer.saturation),
        gamma=float(manim_config.file_writer.gamma),
    )
