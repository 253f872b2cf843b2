"""
What is known of each scene before anything is started: which trace holds, which segments are there.

Pure: the store and the traces are asked through functions handed in. Every "not done" is a reason in
words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.engine.job import OWN, Encoding, SceneJob, scene_path
from pipeline.engine.sources import source_digest
from pipeline.engine.timeline import Timeline
from pipeline.errors import SceneError
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.plan.key import Key, exact
from pipeline.plan.segments import Segment, cut
from pipeline.plan.shots import Shot

SEGMENTS = "segment"
SPEAKING_ROUNDS = 3
"""Tracing without voices, then with them; a third time where that changes what is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What draws here; two machines that agree may share results."""

    engine: Mapping[str, str]
    fonts: str
    renderer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSegment:
    """A segment with its name, and whether it is there."""

    segment: Segment
    key: Key
    done: bool
    encoding: Encoding | None = None
    """Lossless for a transition's window; None means the scene's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What is heard when a cue is said."""

    cue_id: str
    path: Path
    name: str
    """What records call it."""
    seconds: str
    """How long it takes, to the millisecond above."""
    words: tuple[tuple[str, str], ...] = ()
    """Each word and the second it begins, where the voice tells."""


Speak = Callable[[SceneSpec, Timeline], tuple[Voice, ...]]
"""Gives a traced scene's cues their voices; a cue without one is read silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScene:
    """One scene of the chapter and what there is of it."""

    spec: SceneSpec
    job: SceneJob
    timeline: Timeline | None
    """As the chapter shows it; None while it has to be traced."""
    why_trace: str
    """Why it has to be traced, in words; empty when it has not."""
    segments: tuple[PlannedSegment, ...]
    """Empty while it has to be traced. In frames of the shot, and without its windows."""
    voices: tuple[Voice, ...] = ()
    """Of its cues. The job is of a scene that knows how long they take."""
    source: Timeline | None = None
    """As it was traced, where the chapter shows it otherwise."""
    shot: Shot | None = None
    """What the chapter shows of it; None for all of it, as it is."""
    opening: PlannedSegment | None = None
    """Its first frames, where they are mixed with what comes before."""
    closing: PlannedSegment | None = None
    """Its last frames, where they are mixed with what comes after."""

    @property
    def traced(self) -> Timeline | None:
        """The scene in its own time."""
        return self.source or self.timeline

    @property
    def pieces(self) -> tuple[PlannedSegment, ...]:
        """Everything that is drawn of it, in order."""
        ends = (self.opening, *self.segments, self.closing)
        return tuple(piece for piece in ends if piece is not None)

    @property
    def missing(self) -> tuple[PlannedSegment, ...]:
        return tuple(piece for piece in self.pieces if not piece.done)

    @property
    def encoding(self) -> Encoding:
        assert self.timeline is not None
        return scene_encoding(self.spec, self.timeline)


def scene_job(chapter: Chapter, spec: SceneSpec, bakes: Mapping[str, str]) -> SceneJob:
    """What the engine is told of a scene. `bakes` are digests by id; only its own are taken."""
    return SceneJob(
        root=str(chapter.project),
        file=spec.file,
        class_name=spec.class_name,
        params=spec.params,
        width=spec.preset.width,
        height=spec.preset.height,
        rate=str(spec.preset.rate),
        samples=spec.preset.samples,
        bakes={name: bakes[name] for name in spec.bakes if name in bakes},
    )


def scene_encoding(spec: SceneSpec, timeline: Timeline) -> Encoding:
    """How a scene's chunks are encoded."""
    return Encoding(
        lossless=spec.preset.lossless,
        crf=spec.preset.crf,
        preset=spec.preset.encoder_preset,
        saturation=timeline.saturation,
        gamma=timeline.gamma,
    )


def trace_family(job: SceneJob, identity: Identity) -> Key:
    """What every trace of one scene at one size has in common: all but the files it read."""
    # A farm's own file is none that a scene is seen to read
    own = {"own": source_digest(scene_path(job))} if job.file.startswith(OWN) else {}
    return Key(
        "trace-family",
        {
            **own,
            "scene": job.scene,
            "params": exact(job.params),
            "bakes": dict(job.bakes),
            "size": [job.width, job.height],
            "rate": job.rate,
            "samples": job.samples,
            "config": source_digest(Path(job.root) / "custom_config.yml"),
            "engine": dict(identity.engine),
            "fonts": identity.fonts,
            **({"voices": exact(job.voices)} if job.voices else {}),
        },
    )


def segment_key(segment: Segment, job: SceneJob, encoding: Encoding, identity: Identity) -> Key:
    """
    The name of a chunk: its pictures, in order, and how they are encoded.

    Neither the scene nor its sources are in it: an edit that changes no pixel changes no key.
    """
    return Key(
        SEGMENTS,
        {
            "fingerprints": [list(run) for run in segment.runs],
            **key_settings(job, encoding, identity),
        },
    )


def key_settings(job: SceneJob, encoding: Encoding, identity: Identity) -> dict[str, Any]:
    """Everything in the key of a chunk but its pictures."""
    return {
        "size": [job.width, job.height],
        "rate": job.rate,
        "encoding": {
            "lossless": encoding.lossless,
            "crf": encoding.crf,
            "preset": encoding.preset,
            "saturation": str(encoding.saturation),
            "gamma": str(encoding.gamma),
        },
        "engine": dict(identity.engine),
        "renderer": identity.renderer,
    }


def window_encoding(encoding: Encoding) -> Encoding:
    """How the window of a transition is kept: exactly as drawn, and quickly."""
    return replace(encoding, lossless=True, crf=0, preset="ultrafast", saturation=1.0, gamma=1.0)


def plan_scene(
    chapter: Chapter,
    spec: SceneSpec,
    identity: Identity,
    find_trace: Callable[[SceneJob], tuple[Timeline | None, str]],
    has: Callable[[str, str], bool],
    *,
    bakes: Mapping[str, str] | None = None,
    speak: Speak | None = None,
) -> PlannedScene:
    """
    What there is of one scene.

    `bakes` are the digests of those that are there, by id. `find_trace` gives the trace that
    holds, or None and why; `has` whether a result of a kind and digest is in the store.

    Which cues there are is known from a trace, and how long they take decides the next one: a scene
    with voices is traced twice, the first time as if there were none.

    Raises:
        SceneError: what the scene says changes with how long saying it takes.
    """
    job = scene_job(chapter, spec, bakes or {})
    if waiting := [name for name in spec.bakes if name not in job.bakes]:
        why = f"waits for the bake {waiting[0]}"
        return PlannedScene(spec=spec, job=job, timeline=None, why_trace=why, segments=())
    timeline, why = find_trace(job)
    voices: tuple[Voice, ...] = ()
    for _ in range(SPEAKING_ROUNDS):
        if speak is None or timeline is None:
            break
        voices = speak(spec, timeline)
        spoken = {v.cue_id: {"seconds": v.seconds, "words": v.words} for v in voices}
        if not timeline.cues or exact(spoken) == exact(job.voices):
            break
        job = replace(job, voices=spoken)
        timeline, why = find_trace(job)
        why = why and f"it is timed to its narration: {why}"
    else:
        raise SceneError(
            scene=spec.scene,
            reason="what it says changes with how long saying it takes",
            advice="give every cue an id and a text that do not depend on time",
        )
    segments: tuple[PlannedSegment, ...] = ()
    if timeline is not None:
        segments = plan_segments(spec, job, timeline, identity, has)
    return PlannedScene(
        spec=spec, job=job, timeline=timeline, why_trace=why, segments=segments, voices=voices
    )


def plan_segments(
    spec: SceneSpec,
    job: SceneJob,
    timeline: Timeline,
    identity: Identity,
    has: Callable[[str, str], bool],
) -> tuple[PlannedSegment, ...]:
    """Cuts a traced scene and names the pieces."""
    encoding = scene_encoding(spec, timeline)
    return tuple(
        planned_segment(segment, job, encoding, identity, has) for segment in cut(timeline)
    )


def planned_segment(
    segment: Segment,
    job: SceneJob,
    encoding: Encoding,
    identity: Identity,
    has: Callable[[str, str], bool],
    *,
    own_encoding: bool = False,
) -> PlannedSegment:
    """Names one piece, and looks whether it is there. `own_encoding`: it is not its scene's."""
    key = segment_key(segment, job, encoding, identity)
    done = has(SEGMENTS, key.digest)
    own = encoding if own_encoding else None
    return PlannedSegment(segment=segment, key=key, done=done, encoding=own)
