"""
What a worker is asked to do. Plain data that survives pickling, and knows nothing of Ray.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pipeline.engine.job import Encoding, Mix, SceneJob
from pipeline.engine.running import Limits
from pipeline.manifest.resolved import BakeSpec, Resources
from pipeline.plan.bakes import BAKES
from pipeline.plan.key import Key
from pipeline.plan.scenes import SEGMENTS, Identity

STALL_SECONDS = 300.0
"""A frame that takes longer than this will not come; a scene's time_limit may be shorter."""
HOME = "CHALKFARM_HOME"
"""Environment variable: where a machine of a cluster keeps what is the farm's; else ~/.chalkfarm."""
SHOWN = "chalkfarm"
"""What the renders of a cluster are called among the files that its dashboard gives out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One chunk to draw, and the name to publish it under. In frames as the chapter shows them."""

    start: int
    stop: int
    key: Key
    drawn: tuple[int, int] | None = None
    """The scene's frames it is drawn from, where they are counted otherwise."""
    shows: tuple[int, ...] | None = None
    """How often each of those is shown; once where None."""
    encoding: Encoding | None = None
    """In place of the task's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A transition to mix from windows in the store, and the name to publish it under."""

    mixes: tuple[Mix, ...]
    color: str
    before: str | None
    """Digest of the window of the scene before."""
    after: str | None
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A scene to trace (no pieces), some of its segments to draw, a transition, or a bake."""

    id: str
    """Unique in the run: `layer.trace`, `layer.draw-0`."""
    scene_id: str
    job: SceneJob
    limits: Limits
    resources: Resources
    identity: Identity
    store: str
    """Where the results go: a folder, or a URL."""
    beside: Path
    """Folder for what is kept between tasks and is no result, and for making results in."""
    logs: Path
    """Folder of the scene's logs, one file an attempt."""
    bake: BakeSpec | None = None
    preload: tuple[str, ...] = ()
    winds: bool = False
    """Whether a trace leaves a reel, for drawing is to follow."""
    pieces: tuple[Piece, ...] = ()
    runs: tuple[tuple[str, int], ...] = ()
    """The trace's fingerprints, for drawing."""
    encoding: Encoding | None = None
    package: str = ""
    """Folder of the job's package on the driver's machine; empty when paths are the same on all."""
    seconds: float = 0.0
    """Estimated cost: longest first."""
    priority: int = 0
    """Higher first, whatever the cost."""
    blend: Blend | None = None

    @property
    def kind(self) -> Literal["bake", "trace", "draw", "blend"]:
        if self.bake:
            return "bake"
        if self.blend:
            return "blend"
        return "draw" if self.pieces else "trace"

    @property
    def gpus(self) -> float:
        """How many it is given: nothing is drawn for a trace."""
        return 0 if self.kind == "trace" else self.resources.gpu

    @property
    def reads(self) -> tuple[tuple[str, str], ...]:
        """Kind and digest of the results in the store that it is done with."""
        if self.blend:
            windows = (self.blend.before, self.blend.after)
            return tuple((SEGMENTS, digest) for digest in windows if digest)
        return tuple((BAKES, digest) for digest in self.job.bakes.values())

    def log_path(self, attempt: int) -> Path:
        """Where the log of one attempt is, counted from 1."""
        return self.logs / f"{self.id.split('.', 1)[1]}-{attempt}.log"


class Ended(StrEnum):
    """How an attempt came out."""

    DONE = "done"
    """Nothing follows."""
    SCENE = "scene"
    """The scene's own fault: it is not tried again."""
    MACHINE = "machine"
    """A worker died, hung or ran out of something: tried again, up to a limit."""
    LOST = "lost"
    """Its whole machine went away: tried again, and hardly held against the task."""
    REFUSED = "refused"
    """The worker would draw otherwise: tried elsewhere, and never here again."""
    CANCELLED = "cancelled"
    """The run was given up: nothing follows."""


class Control(StrEnum):
    """What somebody asks of a run while it goes."""

    GO = "go"
    PAUSE = "pause"
    """What runs ends well, nothing new starts; `go` or `cancel` may come next."""
    CANCEL = "cancel"
    """Everything ends: nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing heard from an attempt: an event, or its end."""

    task_id: str
    attempt: int
    worker: str = ""
    """Where it runs; empty while that is not known."""
    event: Mapping[str, Any] = field(default_factory=dict)
    """`start`, `alive`, `progress`, `cut`, `traced`, `baked`; empty at the end."""
    ended: Ended | None = None
    error: Exception | None = None
