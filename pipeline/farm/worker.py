"""
A worker's side: one task done with the engine, its results in the store before it says so.

Runs in a Ray worker process or in a thread of the driver. An engine is kept warm for the next
task of the same project and size; starting one takes seconds.
"""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.config import manimgl_config, write_config
from pipeline.engine.host import Engine, Setting
from pipeline.engine.job import Cut, Job, SceneJob
from pipeline.engine.sources import source_digest
from pipeline.errors import VerificationFailed
from pipeline.farm.task import Piece, Task
from pipeline.store.local import Store
from pipeline.store.logs import keep_log, log_key
from pipeline.store.traces import Traces

CHUNK = "chunk.mp4"
"""The one file of a segment's result."""


class Worker:
    """One place where one task runs at a time. Close it to end its engine."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._setting: tuple[object, ...] = ()
        self._scratch = Path(tempfile.mkdtemp(prefix="chalkfarm-"))

    def close(self) -> None:
        """Ends the engine, and whatever it is running."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        shutil.rmtree(self._scratch, ignore_errors=True)

    def perform(self, task: Task, attempt: int) -> Iterator[Mapping[str, Any]]:
        """
        Does a task, yielding what happens: `start`, `progress`, `cut` and `traced`.

        Raises:
            ChalkfarmError: it failed, by whoever's fault; what was published before stays.
        """
        yield {"event": "start", "pid": os.getpid(), "host": os.uname().nodename}
        store = Store(task.store)
        work = store.workplace()
        heard: queue.Queue[Mapping[str, Any] | Exception | None] = queue.Queue()
        try:
            job = _job(task, work, store)
            engine = self._warm_engine(task, store)

            def run() -> None:
                try:
                    engine.run(
                        job,
                        log_path=task.log_path(attempt),
                        limits=task.limits,
                        on_event=heard.put,
                    )
                    heard.put(None)
                except Exception as error:  # noqa: BLE001 - raised again below
                    heard.put(error)

            thread = threading.Thread(target=run, name=f"engine {task.id}", daemon=True)
            thread.start()
            pieces = {str(work / f"{piece.start}.mp4"): piece for piece in task.pieces}
            while (event := heard.get()) is not None:
                if isinstance(event, Exception):
                    raise event
                if event["event"] == "progress":
                    yield event
                elif event["event"] == "cut":
                    yield _publish(store, task, pieces[event["output"]], Path(event["output"]))
            thread.join()
            if not task.pieces:
                yield _publish_trace(
                    store, task, work / "timeline.json", log_path=task.log_path(attempt)
                )
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _warm_engine(self, task: Task, store: Store) -> Engine:
        job = task.job
        config = source_digest(Path(job.root) / "custom_config.yml")
        setting = (job.root, job.width, job.height, job.rate, config, task.preload)
        if self._engine is None or setting != self._setting:
            if self._engine is not None:
                self._engine.close()
            self._engine = Engine(
                Setting(
                    root=Path(job.root),
                    config_file=write_config(self._scratch, _settings(job, store, self._scratch)),
                    cache=store.root / "manimgl",
                    preload=task.preload,
                )
            )
            self._setting = setting
        return self._engine


def _settings(job: SceneJob, store: Store, scratch: Path) -> dict[str, Any]:
    return manimgl_config(
        root=Path(job.root),
        width=job.width,
        height=job.height,
        rate=Fraction(job.rate),
        cache=store.root / "manimgl",
        scratch=scratch,
    )


def _job(task: Task, work: Path, store: Store) -> Job:
    scratch = work / "scratch"
    scratch.mkdir()
    return Job(
        kind="draw" if task.pieces else "trace",
        scene=task.job,
        output=str(work / "timeline.json"),
        cuts=tuple(
            Cut(start=piece.start, stop=piece.stop, output=str(work / f"{piece.start}.mp4"))
            for piece in task.pieces
        ),
        runs=task.runs,
        encoding=task.encoding,
        scratch=str(scratch),
        ignored=(str(store.root.resolve()),),
    )


def _publish(store: Store, task: Task, piece: Piece, made: Path) -> Mapping[str, Any]:
    _require_frames(made, piece.stop - piece.start)
    work = store.workplace()
    made.rename(work / CHUNK)
    store.publish(piece.key, work)
    return {
        "event": "cut",
        "start": piece.start,
        "stop": piece.stop,
        "key": piece.key.digest,
        "scene": task.scene_id,
    }


def _publish_trace(store: Store, task: Task, path: Path, *, log_path: Path) -> Mapping[str, Any]:
    timeline = Traces(store, task.identity).publish(task.job, path.read_text(encoding="utf-8"))
    keep_log(store, log_key(task.job, task.identity, timeline), log_path)
    return {"event": "traced", "timeline": timeline}


def _require_frames(path: Path, expected: int) -> None:
    """Counts the packets: an encoder can end early and say nothing."""
    import av

    with av.open(str(path)) as file:
        found = sum(1 for packet in file.demux(video=0) if packet.size)
    if found != expected:
        raise VerificationFailed(path=path, what="frames", expected=expected, found=found)


_of_this_process: list[Worker] = []


def process_worker() -> Worker:
    """The worker of this process, made when first asked for and kept warm."""
    if not _of_this_process:
        _of_this_process.append(Worker())
        atexit.register(_of_this_process[0].close)
    return _of_this_process[0]
