"""
The work of a child process: trace a scene, or draw some of its frames.

Both run the whole scene on a Stage; they differ in what becomes of a frame. A trace writes down
its fingerprint. A drawing first checks the fingerprint against the trace's, so that a frame is
only ever drawn from the state the plan was made for, then draws it if one of its cuts asks for
it, and stops the scene after the last.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.engine.bake import Baking, announce
from pipeline.engine.display import Frame
from pipeline.engine.encode import ChunkWriter
from pipeline.engine.explain import explain
from pipeline.engine.failures import Enough, NotWritten, Strayed, Unsupported
from pipeline.engine.job import Cut, Job, SceneJob, frame_rate
from pipeline.engine.reads import Reads
from pipeline.engine.stage import Stage
from pipeline.engine.timeline import CueMark, Timeline

EVENT_SECONDS = 0.2
"""Least time between two progress events."""

Say = Callable[[dict[str, Any]], None]
"""Sends one event to the host."""


def do(job: Job, say: Say) -> None:
    """Does the job, and says how it ended: `done`, or `failed` with everything known."""
    progress = _Progress(say)
    announce(job)
    worker: _Tracing | _Drawing | Baking
    if job.kind == "bake":
        worker = Baking(job)
    elif job.kind == "trace":
        worker = _Tracing(job, progress)
    else:
        worker = _Drawing(job, progress, say)
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


def _explained(error: BaseException, worker: _Tracing | _Drawing | Baking) -> dict[str, Any]:
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

    def run(self) -> None:
        self.stage.run()

    def _frame(self, index: int, frame: Frame) -> None:
        digest = frame.fingerprint.hex()
        if self._runs and self._runs[-1][0] == digest:
            self._runs[-1] = (digest, self._runs[-1][1] + 1)
        else:
            self._runs.append((digest, 1))
        self._progress(index, self.stage.recorder.playing, 0)

    def finish(self) -> None:
        self._reads.stop()
        if not self._runs:
            raise Unsupported(
                "it plays nothing, so there is no frame to render",
                "call self.play(…) or self.wait(…) in construct, or take it out of the manifest",
            )
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


class _Drawing:
    def __init__(self, job: Job, progress: _Progress, say: Say) -> None:
        assert job.cuts
        self._job = job
        self._scene = job.scene
        self._progress = progress
        self._say = say
        self._expected = _spread(job.runs)
        self._cuts = list(job.cuts)
        self._writer: ChunkWriter | None = None
        self._drawn_digest = b""
        self._drawn = 0
        self.stage = Stage(job.scene, self._frame)

    def run(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._abandon)
            self.stage.run()

    def finish(self) -> None:
        if self._cuts:
            raise Strayed(
                f"it ended after {self.stage.recorder.frames} frames, where its trace had more",
                "make it the same every time: no clock, no unseeded randomness, no set order",
            )

    def _frame(self, index: int, frame: Frame) -> None:
        if next(self._expected, None) != frame.fingerprint.hex():
            raise Strayed(
                f"frame {index} is not what it was when the scene was traced",
                "make it the same every time: no clock, no unseeded randomness, no set order",
            )
        # A picture that stands long may end one chunk and begin the next
        while index >= (cut := self._cuts[0]).start:
            self._draw(cut, index, frame)
            if self._cuts[0] is cut:
                break
        self._progress(index, self.stage.recorder.playing, self._drawn)

    def _draw(self, cut: Cut, index: int, frame: Frame) -> None:
        shown = cut.shows[index - cut.start] if cut.shows else 1
        if not shown:
            return
        if self._writer is None:
            with _writing(cut):
                self._writer = self._open(cut)
            self._drawn_digest = b""
        if frame.fingerprint == self._drawn_digest:
            with _writing(cut):
                self._writer.hold()
        else:
            drawer = self.stage.real_drawer()
            drawer.draw(frame)
            with _writing(cut):
                self._writer.write(drawer.read())
            self._drawn_digest = frame.fingerprint
            self._drawn += 1
        with _writing(cut):
            for _ in range(shown - 1):
                self._writer.hold()
        if index + 1 == cut.stop:
            with _writing(cut):
                self._writer.close()
            self._writer = None
            del self._cuts[0]
            self._say({"event": "cut", "output": cut.output, "drawn": self._drawn})
            if not self._cuts:
                raise Enough

    def _open(self, cut: Cut) -> ChunkWriter:
        encoding = cut.encoding or self._job.encoding
        assert encoding is not None
        return ChunkWriter(
            Path(cut.output),
            width=self._scene.width,
            height=self._scene.height,
            rate=frame_rate(self._scene),
            encoding=encoding,
        )

    def _abandon(self) -> None:
        self._writer = None


@contextlib.contextmanager
def _writing(cut: Cut) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NotWritten(f"{Path(cut.output).name} could not be written: {error}") from error


def _spread(runs: tuple[tuple[str, int], ...]) -> Iterator[str]:
    for digest, count in runs:
        for _ in range(count):
            yield digest
