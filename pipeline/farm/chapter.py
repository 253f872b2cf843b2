"""
A chapter on its way: planned from the store, traced, cut into tasks, drawn.

Ties the pure plan to a store and a driver, for every command that wants to know or change what
there is of a chapter. Starts nothing by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.farm.chunks import CHUNK
from pipeline.farm.joins import join_json, scene_of
from pipeline.farm.task import Task
from pipeline.farm.tasks import TaskMaker
from pipeline.manifest.resolved import BakeSpec, Chapter, SceneSpec
from pipeline.plan.assign import assign
from pipeline.plan.bakes import PlannedBake, bake_job
from pipeline.plan.chapter import plan_chapter
from pipeline.plan.joins import PlannedJoin
from pipeline.plan.once import drawn_once
from pipeline.plan.scenes import SEGMENTS, Identity, PlannedScene, PlannedSegment, Speak
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store
from pipeline.store.reels import Reels
from pipeline.store.traces import Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterPlan:
    """What has to be done for a chapter, and why."""

    chapter: Chapter
    scenes: tuple[PlannedScene, ...]
    bakes: tuple[PlannedBake, ...] = ()
    joins: tuple[PlannedJoin, ...] = ()
    """Transitions between traced scenes, in order."""

    @property
    def unbaked(self) -> tuple[PlannedBake, ...]:
        return tuple(bake for bake in self.bakes if bake.digest is None)

    @property
    def untraced(self) -> tuple[PlannedScene, ...]:
        return tuple(scene for scene in self.scenes if scene.timeline is None)

    @property
    def is_drawn(self) -> bool:
        """Whether every segment of every scene, and every transition, is in the store."""
        return (
            not self.untraced
            and not any(scene.missing for scene in self.scenes)
            and all(join.done for join in self.joins)
        )

    def join_into(self, index: int) -> PlannedJoin | None:
        """The transition a scene begins with."""
        return next((planned for planned in self.joins if planned.join.after == index), None)

    def join_out_of(self, index: int) -> PlannedJoin | None:
        """The transition a scene ends with."""
        return next((planned for planned in self.joins if planned.join.before == index), None)

    def chunks(self, index: int) -> tuple[tuple[str, int], ...]:
        """
        Key and frames of the chunks of a scene, in order.

        A transition counts to the scene it leads into, the last fade to the last scene.
        """
        into, out = self.join_into(index), self.join_out_of(index)
        found = [(into.key.digest, into.frames)] if into else []
        found += [(s.key.digest, s.segment.frames) for s in self.scenes[index].segments]
        if out and out.join.after is None:
            found.append((out.key.digest, out.frames))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """As kept in a run's plan.json."""
        return {
            "version": 1,
            "chapter": self.chapter.id,
            "preset": self.chapter.preset.name,
            "manifest": str(self.chapter.manifest),
            "bakes": [
                {"id": bake.spec.id, "digest": bake.digest, "why": bake.why} for bake in self.bakes
            ],
            "scenes": [_scene_json(scene) for scene in self.scenes],
            "transitions": [join_json(self.chapter, planned) for planned in self.joins],
        }


class Work:
    """One chapter, one store, one identity."""

    def __init__(
        self,
        chapter: Chapter,
        store: Store,
        identity: Identity,
        *,
        first: Sequence[str] = (),
        speak: Speak | None = None,
        package: str = "",
        gpu_renderer: str | None = None,
    ) -> None:
        self.speak = speak
        self.chapter = chapter
        self._gpu_renderer = gpu_renderer
        """What draws scenes that ask for a GPU, where that is not what draws here."""
        self.store = store
        self.identity = identity
        self.traces = Traces(store, identity)
        self.bakes = Bakes(store, identity)
        self._reels = Reels(store)
        self._make = TaskMaker(
            chapter=chapter,
            store=store,
            identity=identity,
            identity_of=self._identity,
            package=package,
            first=frozenset(first),
        )

    def plan(self) -> ChapterPlan:
        """What there is, looked up now."""
        self.store.refresh()
        bakes = tuple(self._planned_bake(spec) for spec in self.chapter.bakes)
        scenes, joins = plan_chapter(
            self.chapter,
            self._identity,
            self.traces.find,
            self.store.has,
            bakes={bake.spec.id: bake.digest for bake in bakes if bake.digest is not None},
            speak=self.speak,
        )
        return ChapterPlan(chapter=self.chapter, scenes=scenes, joins=joins, bakes=bakes)

    def bake_tasks(self, plan: ChapterPlan, logs: Path) -> list[Task]:
        """One task for each bake that has to be made."""
        return [self._make.bake(bake, logs) for bake in plan.unbaked]

    def _identity(self, spec: SceneSpec) -> Identity:
        if spec.resources.gpu and self._gpu_renderer is not None:
            return replace(self.identity, renderer=self._gpu_renderer)
        return self.identity

    def trace_tasks(self, plan: ChapterPlan, logs: Path, *, winds: bool = False) -> list[Task]:
        """
        One task for each scene that has to be traced, and that has its bakes.

        Traces leave reels if they are told that they `winds`, for drawing that follows at once.
        """
        return [
            self._make.trace(scene, logs, winds=winds)
            for scene in plan.untraced
            if scene.job.bakes.keys() == set(scene.spec.bakes)
        ]

    def draw_tasks(
        self, plan: ChapterPlan, workers: int, logs: Path, *, but_for: Collection[str] = ()
    ) -> list[Task]:
        """Tasks for every missing segment, cut for this many workers; none of scenes `but_for`."""
        counts: dict[str, int] = {}
        tasks = []
        scenes = drawn_once(plan.scenes, but_for=but_for)
        reels = {
            scene.spec.id
            for scene in scenes
            if scene.missing and scene.traced and self._reels.find(scene.job, scene.traced.runs)
        }
        for drawing in assign(scenes, workers, reels=reels):
            scene_id = drawing.scene.spec.id
            count = counts[scene_id] = counts.get(scene_id, -1) + 1
            tasks.append(self._make.draw(drawing, count, logs))
        return tasks

    def blend_tasks(
        self, plan: ChapterPlan, logs: Path, *, but_for: Collection[str] = ()
    ) -> list[Task]:
        """A task for every missing transition with its windows drawn; none of scenes `but_for`."""
        ready = {
            planned.key.digest: planned
            for planned in plan.joins
            if not planned.done
            and all(w.done for w in (planned.before, planned.after) if w)
            and scene_of(plan.chapter, planned) not in but_for
        }
        return self.mixing_tasks(ready.values(), logs)

    def mixing_tasks(self, joins: Iterable[PlannedJoin], logs: Path) -> list[Task]:
        """A task for each of these transitions, whether it is done or not."""
        return [self._make.blend(planned, logs) for planned in joins]

    def forget_reels(self, plan: ChapterPlan) -> None:
        """Takes away what the traces of a chapter left for drawing it."""
        for scene in plan.scenes:
            if scene.traced is not None:
                self._reels.drop(scene.job, scene.traced.runs)

    def damaged_joins(self, plan: ChapterPlan) -> list[tuple[str, PlannedJoin, str]]:
        """Every transition whose bytes are not what was written: its scene, itself, what."""
        return [
            (scene_of(plan.chapter, planned), planned, damage)
            for planned in plan.joins
            if planned.done and (damage := self.store.damage(SEGMENTS, planned.key.digest))
        ]

    def damaged(self, plan: ChapterPlan) -> list[tuple[str, PlannedSegment, str]]:
        """
        Every chunk of the plan whose bytes are not what was written: scene, segment, what.

        The windows of a transition count while it has to be mixed from them.
        """
        found = []
        needed = {
            window.key.digest
            for planned in plan.joins
            if not planned.done
            for window in (planned.before, planned.after)
            if window
        }
        for scene in plan.scenes:
            for planned in scene.pieces:
                is_window = planned in (scene.opening, scene.closing)
                if planned.done and (not is_window or planned.key.digest in needed):
                    damage = self.store.damage(SEGMENTS, planned.key.digest)
                    if damage:
                        found.append((scene.spec.id, planned, damage))
        return found

    def chunk_path(self, digest: str) -> Path:
        """Where a segment's chunk can be read."""
        return self.store.obtain(SEGMENTS, digest) / CHUNK

    def _planned_bake(self, spec: BakeSpec) -> PlannedBake:
        digest, why = self.bakes.find(spec, self.chapter.project)
        return PlannedBake(spec=spec, job=bake_job(self.chapter, spec), digest=digest, why=why)


def _scene_json(scene: PlannedScene) -> Mapping[str, Any]:
    timeline = scene.timeline
    return {
        "id": scene.spec.id,
        "scene": scene.spec.scene,
        "why_trace": scene.why_trace,
        "plays": len(timeline.plays) if timeline else None,
        "play_frames": [[p.first_frame, p.frames] for p in timeline.plays] if timeline else [],
        "rate": str(timeline.rate) if timeline else None,
        "frames": timeline.frames if timeline else None,
        "unique_frames": timeline.unique_frames if timeline else None,
        "segments": [
            {
                "start": s.segment.start,
                "stop": s.segment.stop,
                "key": s.key.digest,
                "done": s.done,
            }
            for s in scene.segments
        ],
    }
