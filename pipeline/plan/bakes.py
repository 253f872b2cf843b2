"""
What a bake is made from, as keys: its function and arguments, what computes, and what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.engine.job import SceneJob
from pipeline.manifest.resolved import BakeSpec, Chapter
from pipeline.plan.key import Key, exact

BAKES = "bake"
COMPUTING = ("python", "machine", "libc", "numpy", "scipy", "torch")
"""Of an engine's identity, what has a say in arrays that nobody drew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBake:
    """One bake of the chapter, and whether it is there."""

    spec: BakeSpec
    job: SceneJob
    digest: str | None
    """Of the result in the store; None while it has to be made."""
    why: str
    """Why it has to be made, in words; empty when it has not."""


def bake_job(chapter: Chapter, spec: BakeSpec) -> SceneJob:
    """What the engine is told of a bake; at the chapter's size, so that one warm engine serves."""
    preset = chapter.preset
    return SceneJob(
        root=str(chapter.project),
        file=spec.file,
        class_name=spec.function,
        params=spec.params,
        width=preset.width,
        height=preset.height,
        rate=str(preset.rate),
        samples=0,
    )


def bake_family(spec: BakeSpec, engine: Mapping[str, str]) -> Key:
    """What every result of one bake has in common: all but the files that were read."""
    return Key(
        "bake-family",
        {
            "bake": f"{spec.file}:{spec.function}",
            "params": exact(spec.params),
            "versions": {name: engine.get(name, "none") for name in COMPUTING},
            "device": "gpu" if spec.resources.gpu else "cpu",
        },
    )


def bake_key(family: Key, files: Mapping[str, str]) -> Key:
    """The name of one result, made from these files by digest."""
    return Key(BAKES, {**family.fields, "files": dict(files)})
