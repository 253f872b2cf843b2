"""
A chapter on its way: planned from the store, traced, cut into tasks, drawn.

Ties the pure plan to a store and a driver, for every command that wants to know or change what
there is of a chapter. Starts nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engine.host import Limits
from pipeline.engine.timeline import Timeline
from pipeline.farm.task import Piece, Task
from pipeline.farm.worker import CHUNK
from pipeline.manifest.resolved import BakeSpec, Chapter
from pipeline.plan.assign import DrawTask, assign
from pipeline.plan.bakes import PlannedBake, bake_job
from pipeline.plan.scenes import SEGMENTS, Identity, PlannedScene, PlannedSegment, Speak, plan_scene
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store
from pipeline.store.traces import Traces

STALL_SECONDS = 300.0
"""A frame that takes longer than this will not come; a scene's time_limit may be shorter."""
PRELOADED = ("torch",)
"""Libraries that take seconds to import, and are imported once a worker where a scene uses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterPlan:
    """What has to be done for a chapter, and why."""

    chapter: Chapter
    scenes: tuple[PlannedScene, ...]
    bakes: tuple[PlannedBake, ...] = ()

    @property
    def unbaked(self) -> tuple[PlannedBake, ...]:
        return tuple(bake for bake in self.bakes if bake.digest is None)

    @property
    def untraced(self) -> tuple[PlannedScene, ...]:
        return tuple(scene for scene in self.scenes if scene.timeline is None)

    @property
    def is_drawn(self) -> bool:
        """Whether every segment of every scene is in the store."""
        return not self.untraced and not any(scene.missing for scene in self.scenes)

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
        }


class Work:
    """One chapter, one store, one identity."""

    def __init__(
        self,
        chapter: Chapter,
        store: Store,
        identity: Identity,
        first: Sequence[str] = (),
        speak: Speak | None = None,
    ) -> None:
        self.speak = speak
        self.chapter = chapter
        self._first = frozenset(first)
        """Scenes before all others."""
        self.store = store
        self.identity = identity
        self.traces = Traces(store, identity)
        self.bakes = Bakes(store, identity)

    def plan(self) -> ChapterPlan:
        """What there is, looked up now."""
        self.store.refresh()
        bakes = tuple(self._planned_bake(spec) for spec in self.chapter.bakes)
        digests = {bake.spec.id: bake.digest for bake in bakes if bake.digest is not None}
        return ChapterPlan(
            chapter=self.chapter,
            bakes=bakes,
            scenes=tuple(
                plan_scene(
                    self.chapter,
                    spec,
                    self.identity,
                    digests,
                    self.traces.find,
                    self.store.has,
                    self.speak,
                )
                for spec in self.chapter.scenes
            ),
        )

    def bake_tasks(self, plan: ChapterPlan, logs: Path) -> list[Task]:
        """One task for each bake that has to be made."""
        return [
            Task(
                id=f"{bake.spec.id}.bake",
                scene_id=bake.spec.id,
                job=bake.job,
                bake=bake.spec,
                limits=Limits(
                    seconds=bake.spec.time_limit_seconds,
                    stall_seconds=bake.spec.time_limit_seconds,  # it has nothing to say meanwhile
                    memory_bytes=bake.spec.resources.memory_bytes,
                ),
                resources=bake.spec.resources,
                identity=self.identity,
                store=self.store.where,
                beside=self.store.root,
                logs=logs / bake.spec.id,
            )
            for bake in plan.unbaked
        ]

    def trace_tasks(self, plan: ChapterPlan, logs: Path) -> list[Task]:
        """One task for each scene that has to be traced, and that has its bakes."""
        return [
            self._task(scene, "trace-voiced" if scene.job.voices else "trace", logs)
            for scene in plan.untraced
            if scene.job.bakes.keys() == set(scene.spec.bakes)
        ]

    def draw_tasks(self, plan: ChapterPlan, workers: int, logs: Path) -> list[Task]:
        """Tasks for every missing segment, cut for this many workers."""
        counts: dict[str, int] = {}
        tasks = []
        for drawing in assign(plan.scenes, workers):
            scene_id = drawing.scene.spec.id
            count = counts[scene_id] = counts.get(scene_id, -1) + 1
            tasks.append(self._task(drawing.scene, f"draw-{count}", logs, drawing))
        return tasks

    def damaged(self, plan: ChapterPlan) -> list[tuple[str, PlannedSegment, str]]:
        """Every chunk of the plan whose bytes are not what was written: scene, segment, what."""
        found = []
        for scene in plan.scenes:
            for planned in scene.segments:
                if planned.done:
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

    def _task(
        self, scene: PlannedScene, name: str, logs: Path, drawing: DrawTask | None = None
    ) -> Task:
        spec = scene.spec
        limit = spec.time_limit_seconds
        segments = drawing.segments if drawing else ()
        return Task(
            id=f"{spec.id}.{name}",
            scene_id=spec.id,
            job=scene.job,
            limits=Limits(
                seconds=limit,
                stall_seconds=min(limit, STALL_SECONDS),
                memory_bytes=spec.resources.memory_bytes,
            ),
            resources=spec.resources,
            identity=self.identity,
            store=self.store.where,
            beside=self.store.root,
            logs=logs / spec.id,
            preload=_preload(scene.timeline, self.chapter.project),
            pieces=tuple(
                Piece(start=s.segment.start, stop=s.segment.stop, key=s.key) for s in segments
            ),
            runs=scene.timeline.runs if drawing and scene.timeline else (),
            encoding=scene.encoding if drawing else None,
            seconds=drawing.seconds if drawing else 0.0,
            priority=int(spec.id in self._first),
        )


def _preload(timeline: Timeline | None, project: Path) -> tuple[str, ...]:
    if timeline is None:
        return ()
    sources: Sequence[str] = [
        (project / name).read_text(encoding="utf-8", errors="replace")
        for name in timeline.files
        if name.endswith(".py") and (project / name).is_file()
    ]
    return tuple(
        name for name in PRELOADED if any(f"import {name}" in source for source in sources)
    )


def _scene_json(scene: PlannedScene) -> Mapping[str, Any]:
    timeline = scene.timeline
    return {
        "id": scene.spec.id,
        "scene": scene.spec.scene,
        "why_trace": scene.why_trace,
        "plays": len(timeline.plays) if timeline else None,
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
