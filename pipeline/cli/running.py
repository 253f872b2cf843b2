"""One run as it goes: its events, its driver, and how it ends. What is done in it is rendering.py's."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, Self

from pipeline.cli.progress import Watcher
from pipeline.errors import Cancelled, ChalkfarmError, ExitCode, SceneError, TasksFailed
from pipeline.farm.ahead import Ahead
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.driver import Driver
from pipeline.farm.events import Events, describe
from pipeline.farm.executors import Executor, LocalExecutor
from pipeline.farm.near import NearExecutor
from pipeline.farm.policy import Policy
from pipeline.farm.task import Task
from pipeline.plan.once import Repeat
from pipeline.report.runs import Run


class Running:
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
        self._repeats: Mapping[str, Sequence[Repeat]] = {}
        """Where else in the chapter the pictures of a key are."""
        self._planned: set[str] = set()
        """Scenes of which it was said what is to be drawn."""
        self._ahead = Ahead(work)

    def __enter__(self) -> Self:
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

    def say(self, event: str, **facts: Any) -> None:
        """An event of the run that is not the driver's."""
        self._events.say(event, **facts)

    def end(self, how: str, **facts: Any) -> None:
        """Writes the run's last event."""
        self._ended = True
        self._events.say("run-ended", how=how, **facts)

    def _drive(
        self,
        tasks: list[Task],
        *,
        keep_going: bool,
        local: bool = False,
        more: Callable[[], Sequence[Task]] = tuple,
    ) -> bool:
        """Whether all went well; what did not is in `_failures`. `more` is as for the driver."""
        if self._driver is None:
            self._executor = self._executor or self._start_executor(local=local)
            policy = replace(self._policy, keep_going=keep_going)
            self._driver = Driver(self._executor, self._events, policy, control=self.run.asked)
        self._driver.run(tasks, self._heard, more)
        failures = self._driver.failures
        self._failures = [_failure_text(f.error, self.run, f.scene_id) for f in failures]
        self._exit_codes = [
            f.error.exit_code if isinstance(f.error, ChalkfarmError) else ExitCode.TASKS_FAILED
            for f in failures
        ]
        return not failures

    @property
    def failed(self) -> frozenset[str]:
        """Scenes that were given up."""
        return frozenset(self._driver.ledger.failed_scenes) if self._driver else frozenset()

    def _may_go_on(self, *, keep_going: bool) -> bool:
        """Whether others may still be drawn: what a failed scene was to draw for them, too."""
        return keep_going and self._driver is not None and not self._driver.ledger.stopped

    def _start_executor(self, *, local: bool) -> Executor:
        if local:
            return LocalExecutor(self.workers)
        return NearExecutor(self.workers)

    def _heard(self, task: Task, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "progress":
            # Many a second: shown, not kept
            self._watcher.progress(task.scene_id, task.kind, event)
        elif kind == "cut":
            for repeat in self._repeats.get(event["key"], ()):
                self.say(
                    "segment-shared",
                    scene=repeat.scene_id,
                    start=repeat.start,
                    stop=repeat.stop,
                    key=event["key"],
                    drawn_for=task.scene_id,
                )
        elif kind == "blended":
            facts = {name: value for name, value in event.items() if name != "event"}
            self._events.say("transition-done", **facts)
        elif kind == "traced":
            self._ahead.news = True
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
        path = self.run.folder / "plan.json"
        beside = path.with_suffix(".part")
        beside.write_text(
            json.dumps({**plan.to_json(), "request": self._request}, indent=1), encoding="utf-8"
        )
        beside.replace(path)

    def _give_up(self) -> NoReturn:
        self.end("failed")
        codes = set(self._exit_codes)
        raise TasksFailed(
            run=self.run.id,
            failures=self._failures,
            exit_code=codes.pop() if len(codes) == 1 else ExitCode.TASKS_FAILED,
        )


def _failure_text(error: Exception, run: Run, scene_id: str) -> str:
    logs = run.log_paths(scene_id)
    text = str(error)
    if isinstance(error, SceneError) and error.traceback:
        text = f"{error.traceback.rstrip()}\n{text}"
    elif not isinstance(error, ChalkfarmError):
        text = f"a bug of chalkfarm's, with its traceback in {run.events_path}:\n{text}"
    return f"{text}\n  log   {logs[-1]}" if logs and "  log   " not in text else text
