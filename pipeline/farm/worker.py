"""
A worker's side: one task done with the engine, its results in the store before it says so.

Runs in a Ray worker process or in a thread of the driver. An engine is kept warm for the next
task of the same project and size; starting one takes seconds.
"""

from __future__ import annotations

import atexit
import json
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
from pipeline.engine.job import BAKED_ARRAYS, BAKED_READS, Cut, Job, SceneJob
from pipeline.engine.sources import source_digest
from pipeline.farm.blend import perform_blend
from pipeline.farm.chunks import CHUNK, require_frames
from pipeline.farm.task import Piece, Task
from pipeline.manifest.resolved import BakeSpec
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store
from pipeline.store.logs import keep_log, log_key
from pipeline.store.reels import Reels
from pipeline.store.remote import open_store
from pipeline.store.traces import Traces

TIMELINE, REEL = "timeline.json", "reel"
"""What a trace leaves in its workplace."""
ALIVE_SECONDS = 5.0
"""Between two signs of life of a worker that has nothing else to say."""


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
        Does a task, yielding what happens.

        `start` first, then `alive` and `progress`, and `cut`, `traced`, `blended` or `baked` with
        what came of it.

        Raises:
            ChalkfarmError: it failed, by whoever's fault; what was published before stays.
        """
        yield {"event": "start", "pid": os.getpid(), "host": os.uname().nodename}
        store = open_store(task.store, task.beside)
        if task.blend:
            yield from perform_blend(task, task.blend, store)
            return
        work = store.workplace()
        heard: queue.Queue[Mapping[str, Any] | Exception | None] = queue.Queue()
        try:
            job = _job(task, work, store)

            def run() -> None:
                try:
                    self._warm_engine(task, store).run(
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
            while (event := _next(heard)) is not None:
                if isinstance(event, Exception):
                    if job.reel:
                        # Whatever was wrong, the next attempt steps the scene
                        Reels(store).drop(task.job, task.runs)
                    raise event
                if event["event"] in ("progress", "alive"):
                    yield event
                elif event["event"] == "cut":
                    yield _publish(store, task, pieces[event["output"]], Path(event["output"]))
            thread.join()
            if task.bake is not None:
                yield _publish_bake(store, task, task.bake, work)
            elif not task.pieces:
                yield _publish_trace(store, task, work, log_path=task.log_path(attempt))
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _warm_engine(self, task: Task, store: Store) -> Engine:
        job = task.job
        config = source_digest(Path(job.root) / "custom_config.yml")
        # Ray's way to say which GPU this task was given, not the one before
        gpu = os.environ.get("CUDA_VISIBLE_DEVICES")
        setting = (job.root, job.width, job.height, job.rate, config, task.preload, gpu)
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


def _next(heard: queue.Queue[Mapping[str, Any] | Exception | None]) -> Any:
    try:
        return heard.get(timeout=ALIVE_SECONDS)
    except queue.Empty:
        return {"event": "alive"}


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
    bakes = Bakes(store, task.identity)
    reel = work / REEL if task.winds else Reels(store).find(task.job, task.runs)
    return Job(
        kind="bake" if task.bake else "draw" if task.pieces else "trace",
        scene=task.job,
        output=str(work if task.bake else work / TIMELINE),
        cuts=tuple(_cut(piece, work) for piece in task.pieces),
        runs=task.runs,
        encoding=task.encoding,
        scratch=str(scratch),
        bakes={name: str(bakes.path(digest)) for name, digest in task.job.bakes.items()},
        ignored=(str(store.root.resolve()),),
        reel=str(reel or ""),
    )


def _cut(piece: Piece, work: Path) -> Cut:
    start, stop = piece.drawn or (piece.start, piece.stop)
    return Cut(
        start=start,
        stop=stop,
        output=str(work / f"{piece.start}.mp4"),
        shows=piece.shows,
        encoding=piece.encoding,
    )


def _publish(store: Store, task: Task, piece: Piece, made: Path) -> Mapping[str, Any]:
    require_frames(made, piece.stop - piece.start)
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


def _publish_trace(store: Store, task: Task, work: Path, *, log_path: Path) -> Mapping[str, Any]:
    text = (work / TIMELINE).read_text(encoding="utf-8")
    timeline = Traces(store, task.identity).publish(task.job, text)
    Reels(store).take_in(work / REEL, task.job, timeline.runs)
    keep_log(store, log_key(task.job, task.identity, timeline), log_path)
    return {"event": "traced", "timeline": timeline}


def _publish_bake(store: Store, task: Task, spec: BakeSpec, work: Path) -> Mapping[str, Any]:
    files = json.loads((work / BAKED_READS).read_text(encoding="utf-8"))
    digest = Bakes(store, task.identity).publish(spec, work / BAKED_ARRAYS, files)
    return {"event": "baked", "digest": digest}


_of_this_process: list[Worker] = []


def process_worker() -> Worker:
    """The worker of this process, made when first asked for and kept warm."""
    if not _of_this_process:
        _of_this_process.append(Worker())
        atexit.register(_of_this_process[0].close)
    return _of_this_process[0]
