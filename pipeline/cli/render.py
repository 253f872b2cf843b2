"""`chalkfarm render`: plan, trace, draw, finish; or see that nothing has to be done."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from pipeline.cli.common import open_work, worker_count
from pipeline.cli.progress import Watcher, make_watcher
from pipeline.errors import Cancelled, ChalkfarmError, ExitCode, SceneError, TasksFailed
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.driver import Driver, Policy, describe
from pipeline.farm.events import Events
from pipeline.farm.executors import Executor, LocalExecutor
from pipeline.farm.near import NearExecutor
from pipeline.farm.task import Task
from pipeline.media.outputs import Finishing, chapter_key, packages_of, result_folder
from pipeline.media.packages.record import PACKAGES, packages_current, read_packages
from pipeline.media.record import is_current
from pipeline.plan.scenes import SEGMENTS
from pipeline.report.runs import Run, new_run

ROUNDS = 3
"""How often chunks found damaged are drawn again in one run."""


def render(options: argparse.Namespace) -> int:
    """Makes a chapter's video; does nothing if it is there."""
    work = open_work(options)
    folder = result_folder(options.renders, work.chapter, partial=bool(options.only))
    if not rendered(work, folder, options):
        sys.stdout.write(f"{folder / f'{work.chapter.id}.mp4'} is up to date\n")
    return ExitCode.DONE


def rendered(work: Work, folder: Path, options: argparse.Namespace) -> bool:
    """Renders a chapter into a folder, with its packages; False where there is nothing to do."""
    plan = work.plan()
    packages = packages_of(work.chapter, partial=bool(options.only))
    recheck = getattr(options, "recheck", False)
    if plan.is_drawn and not recheck:
        reason = is_current(folder, chapter_key(plan)) or packages_current(folder, packages)
        if reason is None:
            return False
    run = new_run(options.renders, f"{work.chapter.id}-{work.chapter.preset.name}")
    watcher = make_watcher(plain=options.plain)
    request = {
        "preset": options.preset,
        "resolution": options.resolution,
        "only": options.only,
    }
    # Whoever stops a service or a job says TERM, and means what a person means by Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Rendering(
        work,
        run,
        "render",
        watcher,
        workers=worker_count(options),
        request=request,
        policy=Policy(silence_seconds=options.patience),
    ) as rendering:
        rendering.render(
            plan, folder, keep_going=options.keep_going, packages=packages, recheck=recheck
        )
    return True


class Rendering:
    """One run, from its first event to its last. Use as a context."""

    def __init__(
        self,
        work: Work,
        run: Run,
        command: str,
        watcher: Watcher,
        *,
        workers: int,
        request: Mapping[str, Any] | None = None,
        policy: Policy | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._request = request or {}
        self._policy = policy or Policy()
        self.work = work
        self.run = run
        self._command = command
        self._watcher = watcher
        self.workers = workers
        self._events = Events(run.events_path, time.time)
        self._events.listeners.append(watcher.hear)
        self._executor = executor
        self._driver: Driver | None = None
        self._failures: list[str] = []
        self._exit_codes: list[ExitCode] = []
        self._ended = False

    def __enter__(self) -> Rendering:
        self._watcher.start(self.run)
        chapter = self.work.chapter
        self._events.say(
            "run-started",
            command=self._command,
            chapter=chapter.id,
            preset=chapter.preset.name,
            manifest=str(chapter.manifest),
            store=self.work.store.where,
            pid=os.getpid(),
            workers=self.workers,
            engine=dict(self.work.identity.engine),
            renderer=self.work.identity.renderer,
        )
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not self._ended:
            how = "failed"
            # Ray, once started, turns a TERM into SystemExit
            if isinstance(error, KeyboardInterrupt | SystemExit | Cancelled):
                how = "interrupted"
            self._events.say(
                "run-ended",
                how=how,
                **describe(error if isinstance(error, Exception) else None),
            )
        if self._executor is not None:
            self._executor.close()
        self._events.close()
        self._watcher.stop()

    def render(
        self,
        plan: ChapterPlan,
        folder: Path,
        *,
        keep_going: bool,
        packages: Sequence[str] = (),
        recheck: bool = False,
    ) -> None:
        """
        Draws what is missing, finishes the chapter into `folder`, and packages it.

        Args:
            recheck: whether to decode every chunk, also those of which it is known what comes out.
        """
        plan = self.draw(plan, keep_going=keep_going)
        self.end("done", output=str(self.finish(plan, folder, packages, recheck=recheck)))

    def finish(
        self,
        plan: ChapterPlan,
        folder: Path,
        packages: Sequence[str] = (),
        *,
        recheck: bool = False,
    ) -> Path:
        """Makes and checks the chapter's files and packages in `folder`, and gives the video."""
        finishing = Finishing(
            self.work.chapter,
            plan,
            self.work.chunk_path,
            folder,
            self.run.folder,
            store=self.work.store,
            afresh=recheck,
            say=lambda frames, chunks: self.say("decode-started", frames=frames, chunks=chunks),
        )
        self.say("finish-started")
        try:
            video = finishing.finish()
            self._package(folder, packages)
        except ChalkfarmError as error:
            self.say("finish-failed", **describe(error))
            raise
        for problem in finishing.problems:
            self.say("caption-problem", message=problem)
        return video

    def say(self, event: str, **facts: Any) -> None:
        """An event of the run that is not the driver's."""
        self._events.say(event, **facts)

    def _package(self, folder: Path, packages: Sequence[str]) -> None:
        clean = bool(read_packages(folder)) or not (folder / PACKAGES).exists()
        if clean and packages_current(folder, packages) is None:
            return  # what makes them takes more than a second to import
        from pipeline.media.packages.make import make_packages

        make_packages(
            folder,
            packages,
            store=self.work.store,
            work=self.run.folder / "work",
            logs=self.run.folder / "packaging",
            workers=self.workers,
            say=lambda name: self.say("package-started", package=name),
        )
        shutil.rmtree(self.run.folder / "work", ignore_errors=True)

    def bake(self, plan: ChapterPlan, *, keep_going: bool, local: bool = False) -> ChapterPlan:
        """
        Makes the bakes that are not there; the plan as it is after that.

        Raises:
            TasksFailed: some could not be made, and nobody said to keep going.
        """
        if tasks := self.work.bake_tasks(plan, self.run.logs):
            self._drive(tasks, keep_going=keep_going, local=local)
            plan = self.work.plan()
        if self._failures and not keep_going:
            self._give_up()
        return plan

    def trace(self, plan: ChapterPlan, *, keep_going: bool, local: bool = False) -> ChapterPlan:
        """
        Bakes and traces what has to be; the plan as it is after that.

        Raises:
            TasksFailed: some bakes or scenes could not be done, and nobody said to keep going.
        """
        plan = self.bake(plan, keep_going=keep_going, local=local)
        # A scene with narration is traced again once it is known what it says
        while tasks := self.work.trace_tasks(plan, self.run.logs):
            went_well = self._drive(tasks, keep_going=keep_going, local=local)
            plan = self.work.plan()
            if not went_well:
                break
        if self._failures and not keep_going:
            self._give_up()
        for scene in plan.scenes:
            if scene.timeline is None:
                continue
            cached = sum(s.segment.frames for s in scene.pieces if s.done)
            self._events.say(
                "scene-planned",
                scene=scene.spec.id,
                frames=scene.timeline.frames,
                unique_frames=scene.timeline.unique_frames,
                cached_frames=cached,
                segments=len(scene.pieces),
                cached_segments=sum(s.done for s in scene.pieces),
                warnings=list(scene.timeline.warnings),
            )
        return plan

    def draw(self, plan: ChapterPlan, *, keep_going: bool) -> ChapterPlan:
        """Traces and draws until every chunk of the plan is in the store, whole."""
        plan = self.trace(plan, keep_going=keep_going)
        self._write_plan(plan)
        for _ in range(ROUNDS):
            plan = self._drop_damaged(plan)
            tasks = self.work.draw_tasks(plan, self.workers, self.run.logs)
            if tasks:
                if not self._drive(tasks, keep_going=keep_going):
                    break
                plan = self.work.plan()
            blends = self.work.blend_tasks(plan, self.run.logs)
            if blends:
                if not self._drive(blends, keep_going=keep_going):
                    break
                plan = self.work.plan()
            if not tasks and not blends:
                break
        if not self._failures:
            # Its author is at work on it
            self._failures = [
                f"{scene.spec.id}: {scene.why_trace} while it was being rendered\n"
                "  do    render again: what is drawn is kept"
                for scene in plan.untraced
            ]
        if self._failures:
            self._give_up()
        return plan

    def _give_up(self) -> NoReturn:
        self.end("failed")
        codes = set(self._exit_codes)
        raise TasksFailed(
            run=self.run.id,
            failures=self._failures,
            exit_code=codes.pop() if len(codes) == 1 else ExitCode.TASKS_FAILED,
        )

    def _drop_damaged(self, plan: ChapterPlan) -> ChapterPlan:
        damaged = self.work.damaged(plan)
        for scene_id, planned, damage in damaged:
            self._events.say(
                "chunk-damaged",
                scene=scene_id,
                start=planned.segment.start,
                stop=planned.segment.stop,
                key=planned.key.digest,
                message=damage,
            )
            self.work.store.drop(SEGMENTS, planned.key.digest)
        joins = self.work.damaged_joins(plan)
        for scene_id, join, damage in joins:
            self.say("transition-damaged", scene=scene_id, key=join.key.digest, message=damage)
            self.work.store.drop(SEGMENTS, join.key.digest)
        return self.work.plan() if damaged or joins else plan

    def _drive(self, tasks: list[Task], *, keep_going: bool, local: bool = False) -> bool:
        """Whether all went well; what did not is in `_failures`."""
        if self._driver is None:
            self._executor = self._executor or self._start_executor(local=local)
            policy = replace(self._policy, keep_going=keep_going)
            self._driver = Driver(self._executor, self._events, policy, control=self.run.asked)
        self._driver.run(tasks, self._heard)
        failures = self._driver.failures
        self._failures = [_failure_text(f.error, self.run, f.scene_id) for f in failures]
        self._exit_codes = [
            f.error.exit_code if isinstance(f.error, ChalkfarmError) else ExitCode.TASKS_FAILED
            for f in failures
        ]
        return not failures

    def _start_executor(self, *, local: bool) -> Executor:
        if local:
            return LocalExecutor(self.workers)
        return NearExecutor(self.workers)

    def _heard(self, task: Task, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "progress":
            # Many a second: shown, not kept
            self._watcher.progress(task.scene_id, task.kind, event)
        elif kind == "blended":
            facts = {name: value for name, value in event.items() if name != "event"}
            self._events.say("transition-done", **facts)
        elif kind == "traced":
            timeline = event["timeline"]
            self._events.say(
                "scene-traced",
                scene=task.scene_id,
                frames=timeline.frames,
                unique_frames=timeline.unique_frames,
                seconds=round(timeline.seconds, 3),
            )
        elif kind == "baked":
            self._events.say("bake-done", scene=task.scene_id, digest=event["digest"])

    def _write_plan(self, plan: ChapterPlan) -> None:
        import json

        path = self.run.folder / "plan.json"
        beside = path.with_suffix(".part")
        beside.write_text(
            json.dumps({**plan.to_json(), "request": self._request}, indent=1), encoding="utf-8"
        )
        beside.replace(path)

    def end(self, how: str, **facts: Any) -> None:
        """Writes the run's last event."""
        self._ended = True
        self._events.say("run-ended", how=how, **facts)


def _failure_text(error: Exception, run: Run, scene_id: str) -> str:
    logs = run.log_paths(scene_id)
    text = str(error)
    if isinstance(error, SceneError) and error.traceback:
        text = f"{error.traceback.rstrip()}\n{text}"
    elif not isinstance(error, ChalkfarmError):
        text = f"a bug of chalkfarm's, with its traceback in {run.events_path}:\n{text}"
    return f"{text}\n  log   {logs[-1]}" if logs and "  log   " not in text else text
