"""
What has to be done, as tasks: the one place where a bake, a scene or a transition becomes one.

Every task says the same of where it may run, where its sources are and where its results go,
whatever it makes. Starts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engine.job import SceneJob
from pipeline.engine.running import Limits
from pipeline.engine.timeline import Timeline
from pipeline.farm.joins import pieces_of, scene_of
from pipeline.farm.task import STALL_SECONDS, Blend, Task
from pipeline.manifest.resolved import BakeSpec, Chapter, Resources, SceneSpec
from pipeline.plan.assign import DrawTask
from pipeline.plan.bakes import PlannedBake
from pipeline.plan.joins import PlannedJoin
from pipeline.plan.scenes import Identity, PlannedScene
from pipeline.store.local import Store

PRELOADED = ("torch",)
"""Libraries that take seconds to import, and are imported once a worker where a scene uses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMaker:
    """Makes the tasks of one chapter, for one store."""

    chapter: Chapter
    store: Store
    identity: Identity
    identity_of: Callable[[SceneSpec], Identity]
    """What draws a scene."""
    package: str = ""
    """Folder of the job's package on the driver's machine; empty when paths are the same on all."""
    first: frozenset[str] = frozenset()
    """Scenes before all others."""

    def bake(self, planned: PlannedBake, logs: Path) -> Task:
        """The making of a bake's arrays."""
        spec = planned.spec
        return self._task(
            spec,
            "bake",
            logs,
            stall_seconds=spec.time_limit_seconds,  # it has nothing to say meanwhile
            job=planned.job,
            resources=spec.resources,
            identity=self.identity,
            bake=spec,
        )

    def trace(self, scene: PlannedScene, logs: Path, *, winds: bool) -> Task:
        """The tracing of a scene; it `winds` a reel where drawing is to follow."""
        name = "trace-voiced" if scene.job.voices else "trace"
        return self._scene(scene, name, logs, winds=winds)

    def draw(self, drawing: DrawTask, number: int, logs: Path) -> Task:
        """The drawing of some segments of a scene."""
        scene = drawing.scene
        return self._scene(
            scene,
            f"draw-{number}",
            logs,
            pieces=pieces_of(scene, drawing.segments),
            runs=scene.traced.runs if scene.traced else (),
            encoding=scene.encoding,
            seconds=drawing.seconds,
        )

    def blend(self, planned: PlannedJoin, logs: Path) -> Task:
        """The mixing of a transition of which the windows are in the store."""
        scene_id = scene_of(self.chapter, planned)
        spec = next(spec for spec in self.chapter.scenes if spec.id == scene_id)
        return self._task(
            spec,
            f"blend-{'out' if planned.join.after is None else 'in'}",
            logs,
            job=planned.job,
            resources=Resources(),
            identity=self.identity_of(spec),
            encoding=planned.encoding,
            blend=Blend(
                mixes=planned.mixes,
                color=planned.join.color,
                before=planned.before.key.digest if planned.before else None,
                after=planned.after.key.digest if planned.after else None,
                key=planned.key,
            ),
        )

    def _scene(self, scene: PlannedScene, name: str, logs: Path, **more: Any) -> Task:
        return self._task(
            scene.spec,
            name,
            logs,
            job=scene.job,
            resources=scene.spec.resources,
            identity=self.identity_of(scene.spec),
            preload=_preload(scene.timeline, self.chapter.project),
            **more,
        )

    def _task(
        self,
        spec: SceneSpec | BakeSpec,
        name: str,
        logs: Path,
        *,
        job: SceneJob,
        resources: Resources,
        identity: Identity,
        stall_seconds: float = STALL_SECONDS,
        **more: Any,
    ) -> Task:
        limit = spec.time_limit_seconds
        return Task(
            id=f"{spec.id}.{name}",
            scene_id=spec.id,
            job=job,
            limits=Limits(
                seconds=limit,
                stall_seconds=min(limit, stall_seconds),
                memory_bytes=spec.resources.memory_bytes,
            ),
            resources=resources,
            identity=identity,
            package=self.package,
            store=self.store.where,
            beside=self.store.root,
            logs=logs / spec.id,
            priority=int(spec.id in self.first),
            **more,
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
