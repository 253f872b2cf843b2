"""`chalkfarm job`: a render on the cluster that this process is a job of. `submit` starts it."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.cli.common import open_store, require_captions, speaker
from pipeline.cli.progress import PlainWatcher
from pipeline.cli.rendering import Rendering
from pipeline.errors import ExitCode
from pipeline.farm.chapter import Work
from pipeline.farm.cluster import ClusterExecutor, home_folder, require_job
from pipeline.farm.identity import find_identity
from pipeline.farm.pack import KNOWN
from pipeline.farm.policy import Policy
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.media.outputs import chapter_key, packages_of, result_folder
from pipeline.media.packages.record import PACKAGES, packages_current, read_packages
from pipeline.media.record import CHECKS, TIMELINE, is_current, read_timeline
from pipeline.report.runs import CHAPTER, RUNS, STORE, Run
from pipeline.store.local import Store


def job(options: argparse.Namespace) -> int:
    """Makes a chapter's video with the workers of the cluster, into this machine's home folder."""
    require_job()
    options.renders = home_folder() / "renders"
    run = Run(options.renders / RUNS / options.run_id)
    run.folder.mkdir(parents=True)
    chapter = load_chapter(
        options.manifest,
        preset=options.preset,
        resolution=options.resolution,
        only=options.only,
    )
    require_captions(chapter)
    store = open_store(options)
    # By which frames of the run are found, wherever its store is
    (run.folder / STORE).symlink_to(store.root)
    executor = ClusterExecutor(store)
    # After Ray's own, which would leave no time to say how it ended
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    executor.show(options.renders)
    rendering = Rendering(
        _work(options, chapter, store, executor),
        run,
        "render",
        PlainWatcher(),
        workers=executor.slots(),
        request={
            "preset": options.preset,
            "resolution": options.resolution,
            "only": options.only,
        },
        policy=Policy(silence_seconds=options.patience),
        executor=executor,
    )
    with rendering:
        return _render(rendering, options, chapter)


def _work(
    options: argparse.Namespace, chapter: Chapter, store: Store, executor: ClusterExecutor
) -> Work:
    wants_gpu = any(spec.resources.gpu for spec in chapter.scenes)
    work = Work(
        chapter,
        store,
        find_identity(store.root),
        first=options.first,
        speak=speaker(chapter, store),
        package="" if options.shared else str(Path.cwd()),
        gpu_renderer=executor.ask_renderer() if wants_gpu else None,
    )
    if not options.shared:
        known = Path.cwd() / KNOWN
        work.traces.take_in(known)
        work.bakes.take_in(Store(known))
    return work


def _render(rendering: Rendering, options: argparse.Namespace, chapter: Chapter) -> int:
    folder = result_folder(options.renders, chapter, partial=bool(options.only))
    with _alone(rendering, folder.with_name(f"{folder.name}.lock")):
        plan = rendering.draw(rendering.work.plan(), keep_going=options.keep_going)
        packages = packages_of(chapter, partial=bool(options.only))
        if (is_current(folder, chapter_key(plan)) or packages_current(folder, packages)) is None:
            video = folder / f"{chapter.id}.mp4"
        else:
            video = rendering.finish(plan, folder, packages)
        _keep(folder, rendering.run.folder / CHAPTER)
    rendering.end("done", output=str(video))
    return ExitCode.DONE


@contextmanager
def _alone(rendering: Rendering, path: Path) -> Iterator[None]:
    """
    One run of a chapter at a time.

    Two at once would draw everything twice; the second finds it drawn by the first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            rendering.say("waiting", reason="another run of this chapter has not ended")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(folder: Path, target: Path) -> None:
    """The chapter's files as this run left them, whatever a later one makes of the folder."""
    target.mkdir()
    packaged = [name for one in read_packages(folder).values() for name in one.outputs]
    records = [name for name in (TIMELINE, CHECKS, PACKAGES) if (folder / name).is_file()]
    for name in dict.fromkeys([*read_timeline(folder)["outputs"], *packaged, *records]):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / name, target / name)
        except OSError:
            shutil.copy2(folder / name, target / name)
