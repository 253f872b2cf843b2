"""
A chapter on its way: planned from the store, traced, cut into tasks, drawn.

Ties the pure plan to a store and a driver, for every command that wants to know or change what
there is of a chapter. Starts nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.engine.host import Limits
from pipeline.engine.timeline import Timeline
from pipeline.farm.task import Piece, Task
from pipeline.farm.worker import CHUNK
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.plan.assign import DrawTask, assign
from pipeline.plan.scenes import SEGMENTS, Identity, PlannedScene, PlannedSegment, plan_scene
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
        *,
        package: str = "",
        gpu_renderer: str | None = None,
    ) -> None:
        self.chapter = chapter
        self._package = package
        self._gpu_renderer = gpu_renderer
        """What draws scenes that ask for a GPU, where that is not what draws here."""
        self._first = frozenset(first)
        """Scenes before all others."""
        self.store = store
        self.identity = identity
        self.traces = Traces(store, identity)

    def plan(self) -> ChapterPlan:
        """What there is, looked up now."""
        self.store.refresh()
        return ChapterPlan(
            chapter=self.chapter,
            scenes=tuple(
                plan_scene(
                    self.chapter, spec, self._identity(spec), self.traces.find, self.store.has
                )
                for spec in self.chapter.scenes
            ),
        )

    def _identity(self, spec: SceneSpec) -> Identity:
        if spec.resources.gpu and self._gpu_renderer is not None:
            return replace(self.identity, renderer=self._gpu_renderer)
        return self.identity

    def trace_tasks(self, plan: ChapterPlan, logs: Path) -> list[Task]:
        """One task for each scene that has to be traced."""
        return [self._task(scene, "trace", logs) for scene in plan.untraced]

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
            identity=self._identity(spec),
            package=self._package,
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
