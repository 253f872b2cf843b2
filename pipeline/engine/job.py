"""
What a child process is asked to do, and what it says while doing it. Plain data, JSON both ways.

Imports nothing of manimlib: the host writes it, the child reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Any, Literal

BAKED_ARRAYS = "bake.npz"
BAKED_READS = "reads.json"
"""What a bake leaves in its folder: its arrays, and the digests of the files it read."""
OWN = "@chalkfarm/"
"""What the name of a scene file begins with that the farm brings to every project."""


WORD_BYTES = 1 << 20
"""Nothing a child says is longer; what a scene may make long is cut before it is said."""
WORDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "progress": {"frame": int, "play": (int, NoneType), "drawn": int},
    "cut": {"output": str, "drawn": int},
    "done": {"seconds": float},
    "failed": {
        **dict.fromkeys(("reason", "advice", "traceback", "source"), str),
        **dict.fromkeys(("machine", "full"), bool),
        **dict.fromkeys(("play", "frame"), (int, NoneType)),
    },
}
"""What a child may say, and the facts that come with it."""


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
    bakes: Mapping[str, str] = field(default_factory=dict)
    """Digest of each bake it loads, by id."""
    voices: Mapping[str, Any] = field(default_factory=dict)
    """By cue id, how long its voice takes and when each word begins; for scenes that ask."""

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
class Cut:
    """One chunk to draw: frames `start` up to `stop` of the scene, into `output`."""

    start: int
    stop: int
    output: str
    """Absolute path, not yet there."""
    shows: tuple[int, ...] | None = None
    """How often each of its frames is shown, in place of once; the first and last at least once."""
    encoding: Encoding | None = None
    """In place of the job's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A picture of a transition: `part` of `whole` the one after, the rest the one before."""

    before: int | None
    """Frame of the window before; None for the colour."""
    after: int | None
    """Frame of the window after; None for the colour."""
    part: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One child's work: a trace (no cuts), the drawing of some cuts, in order, or a bake.

    Two cuts share no more than one frame, which the first ends with and the second begins with.

    `runs` are the fingerprints of the trace: drawing checks every frame on the way against them.
    """

    kind: Literal["trace", "draw", "bake"]
    scene: SceneJob
    """Of a bake: its function in place of a class, at any size."""
    output: str = ""
    """Where a trace writes its Timeline, and into which folder a bake its arrays."""
    cuts: tuple[Cut, ...] = ()
    runs: tuple[tuple[str, int], ...] = ()
    encoding: Encoding | None = None
    scratch: str = ""
    """Absolute path of a folder of its own for temporary files: manimgl names its by content, and
    two processes that set the same formula would remove each other's."""
    bakes: Mapping[str, str] = field(default_factory=dict)
    """Absolute path of each bake the scene loads, by id."""
    ignored: tuple[str, ...] = ()
    """Folders whose files are not the scene's: the store, caches."""
    reel: str = ""
    """Absolute path of the folder a trace winds its reel into, or a drawing takes it from."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Job:
        return cls(
            kind=data["kind"],
            scene=SceneJob(**data["scene"]),
            output=data["output"],
            cuts=tuple(_cut(cut) for cut in data["cuts"]),
            runs=tuple((digest, count) for digest, count in data["runs"]),
            encoding=Encoding(**data["encoding"]) if data["encoding"] else None,
            scratch=data["scratch"],
            bakes=data["bakes"],
            ignored=tuple(data["ignored"]),
            reel=data["reel"],
        )


def _cut(data: Mapping[str, Any]) -> Cut:
    shows, encoding = data["shows"], data["encoding"]
    return Cut(
        **{
            **data,
            "shows": None if shows is None else tuple(shows),
            "encoding": None if encoding is None else Encoding(**encoding),
        }
    )


def heard_event(line: bytes, job: Job) -> Mapping[str, Any] | None:
    """
    What a child said; None when no child of ours says that.

    The pipe is open in the scene's own process, which may have written into it.
    """
    try:
        event = json.loads(line)
        facts = WORDS[event["event"]]
        known = all(isinstance(event[name], kind) for name, kind in facts.items())
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if event["event"] == "cut" and all(event["output"] != cut.output for cut in job.cuts):
        return None
    return event if known else None


def frame_rate(job: SceneJob) -> Fraction:
    """Frames a second, exactly."""
    return Fraction(job.rate)


def scene_path(job: SceneJob) -> Path:
    """Absolute path of the scene's file. The farm's own scenes are beside this module."""
    if job.file.startswith(OWN):
        return Path(__file__).parent / job.file.removeprefix(OWN)
    return Path(job.root) / job.file
