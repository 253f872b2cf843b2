"""
What a child process is asked to do, and what it says while doing it. Plain data, JSON both ways.

Imports nothing of manimlib: the host writes it, the child reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneJob:
    """Which scene, and everything of the preset and manifest that can change its pixels."""

    root: str
    """Absolute path of the project."""
    file: str
    """Relative to the root."""
    class_name: str
    params: Mapping[str, Any]
    """Class attributes to set before the scene is made."""
    width: int
    height: int
    rate: str
    """Frames a second, as a fraction."""
    samples: int

    @property
    def scene(self) -> str:
        return f"{self.file}:{self.class_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How drawn frames become H.264. Part of every segment's key."""

    lossless: bool
    crf: int
    """x264's constant rate factor; lower is better. Not used when lossless."""
    preset: str
    """x264's speed preset."""
    saturation: float
    gamma: float
    """Both as manimgl's file_writer has them: 1.0 changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerators:
    """
    What makes drawing faster than manimgl's. Each can be switched off, to measure it or to doubt it.

    None changes a pixel or a byte of the result, so they are part of no key.
    """

    stepping: bool = True
    """Functions of manimlib that are called most give way to faster ones, see quicker.py."""
    passes: bool = True
    """Passes that put nothing on the picture are left out."""
    boxes: bool = True
    """The canvas for fills is cleared and composited where the group is, not everywhere."""
    damage: bool = True
    """Only what changed since the last frame drawn is drawn again."""
    culling: bool = True
    """Of a group that is drawn again in part, only the curves that touch the part are drawn."""
    uniforms: bool = True
    """Uniforms are set where they differ, without asking every program for every name."""
    blit: bool = True
    """Without multisampling, the picture is read from where it was drawn."""
    readback: bool = True
    """Only changed rows are read back, top row first, into buffers that are used again."""
    conversion: bool = True
    """Only changed rows become YUV, in a frame that is used again."""

    @classmethod
    def named(cls, names: str) -> Accelerators:
        """
        From `all`, `none`, or names with commas between.

        Raises:
            ValueError: there is none of that name.
        """
        known = [field.name for field in fields(cls)]
        chosen = {"all": known, "none": []}.get(names, names.split(","))
        if unknown := sorted(set(chosen) - set(known)):
            raise ValueError(f"{unknown[0]}: no such accelerator; there are {', '.join(known)}")
        return cls(**{name: name in chosen for name in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One chunk to draw: frames `start` up to `stop` of the scene, into `output`."""

    start: int
    stop: int
    output: str
    """Absolute path, not yet there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One child's work: a trace (no cuts) or the drawing of some cuts, in order and disjoint.

    `runs` are the fingerprints of the trace: drawing checks every frame on the way against them.
    """

    kind: Literal["trace", "draw"]
    scene: SceneJob
    output: str = ""
    """Where a trace writes its Timeline."""
    cuts: tuple[Cut, ...] = ()
    runs: tuple[tuple[str, int], ...] = ()
    encoding: Encoding | None = None
    scratch: str = ""
    """Absolute path of a folder of its own for temporary files: manimgl names its by content, and
    two processes that set the same formula would remove each other's."""
    ignored: tuple[str, ...] = ()
    """Folders whose files are not the scene's: the store, caches."""
    accelerators: Accelerators = Accelerators()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Job:
        return cls(
            kind=data["kind"],
            scene=SceneJob(**data["scene"]),
            output=data["output"],
            cuts=tuple(Cut(**cut) for cut in data["cuts"]),
            runs=tuple((digest, count) for digest, count in data["runs"]),
            encoding=Encoding(**data["encoding"]) if data["encoding"] else None,
            scratch=data["scratch"],
            ignored=tuple(data["ignored"]),
            accelerators=Accelerators(**data["accelerators"]),
        )


def frame_rate(job: SceneJob) -> Fraction:
    """Frames a second, exactly."""
    return Fraction(job.rate)


def scene_path(job: SceneJob) -> Path:
    """Absolute path of the scene's file."""
    return Path(job.root) / job.file
