"""A chapter's way through one run: baked, traced, drawn, finished and packaged."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.cli.running import Running
from pipeline.errors import ChalkfarmError
from pipeline.farm.chapter import ChapterPlan
from pipeline.farm.events import describe
from pipeline.farm.task import Task
from pipeline.media.outputs import Finishing
from pipeline.media.packages.record import PACKAGES, packages_current, read_packages
from pipeline.plan.once import repeats
from pipeline.plan.scenes import SEGMENTS, PlannedScene

ROUNDS = 3
"""How often chunks found damaged are drawn again in one run."""


class Rendering(Running):
    """One run, from its first event to its last. Use as a context."""

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

    def trace(
        self, plan: ChapterPlan, *, keep_going: bool, local: bool = False, winds: bool = False
    ) -> ChapterPlan:
        """
        Bakes and traces what has to be; the plan as it is after that.

        Raises:
            TasksFailed: some bakes or scenes could not be done, and nobody said to keep going.
        """
        plan = self.bake(plan, keep_going=keep_going, local=local)
        # A scene with narration is traced again once it is known what it says. One that is drawn
        # already is not: `draw` says that its sources moved meanwhile
        while tasks := self._to_trace(plan, winds=winds):
            more = self._draw_ahead if winds else tuple
            went_well = self._drive(tasks, keep_going=keep_going, local=local, more=more)
            plan = self.work.plan()
            if not went_well:
                break
        if self._failures and not keep_going:
            self._give_up()
        self._say_planned(plan.scenes)
        return plan

    def _to_trace(self, plan: ChapterPlan, *, winds: bool) -> list[Task]:
        tasks = self.work.trace_tasks(plan, self.run.logs, winds=winds)
        return [task for task in tasks if task.scene_id not in self._ahead.scenes]

    def _draw_ahead(self) -> list[Task]:
        """Drawing for workers that wait for the last traces: of scenes that were traced meanwhile."""
        plan = self._ahead.plan()
        if plan is None:
            return []
        taken = self._ahead.take(plan)
        self._say_planned(scene for scene in plan.scenes if self._ahead.covers(scene))
        # Whoever is drawn comes first: the others have its pictures
        self._repeats = repeats(
            sorted(plan.scenes, key=lambda s: s.spec.id not in self._ahead.scenes)
        )
        others = {scene.spec.id for scene in plan.scenes} - taken
        return self.work.draw_tasks(plan, self.workers, self.run.logs, but_for=others)

    def _say_planned(self, scenes: Iterable[PlannedScene]) -> None:
        for scene in scenes:
            if scene.timeline is None or scene.spec.id in self._planned:
                continue
            self._planned.add(scene.spec.id)
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

    def draw(self, plan: ChapterPlan, *, keep_going: bool) -> ChapterPlan:
        """Traces and draws until every chunk of the plan is in the store, whole."""
        plan = self.trace(plan, keep_going=keep_going, winds=True)
        self._write_plan(plan)
        for _ in range(ROUNDS):
            plan = self._drop_damaged(plan)
            failed = self.failed
            self._repeats = repeats(plan.scenes, but_for=failed)
            tasks = self.work.draw_tasks(plan, self.workers, self.run.logs, but_for=failed)
            if tasks:
                went_well = self._drive(tasks, keep_going=keep_going)
                plan = self.work.plan()
                if not went_well and not self._may_go_on(keep_going=keep_going):
                    break
            blends = self.work.blend_tasks(plan, self.run.logs, but_for=self.failed)
            if blends:
                went_well = self._drive(blends, keep_going=keep_going)
                plan = self.work.plan()
                if not went_well and not self._may_go_on(keep_going=keep_going):
                    break
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
        self.work.forget_reels(plan)
        return plan

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
