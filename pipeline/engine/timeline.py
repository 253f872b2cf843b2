"""
What a trace learns of a scene: every play, frame, cue, sound and file, without a pixel drawn.

A Timeline is pure data, written as JSON into the store. Time in it is whole frames of `rate`;
intervals are half-open. Made by engine/trace.py, cut into segments by plan/segments.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One call of Scene.play or Scene.wait."""

    index: int
    """Counted from 0 in the scene."""
    kind: str
    """`play` or `wait`."""
    label: str
    """Names of the animations, such as `ShowCreation, FadeIn`; what a person calls this play."""
    file: str
    """Project-relative path of the line that asked for it; empty where it is outside."""
    line: int
    """Line in `file`, counted from 1; 0 where unknown."""
    first_frame: int
    frames: int
    """May be 0: a play of no run time still changes the scene."""
    statement: int = -1
    """Which statement of `file` it is, see sources.py: finds `line` again after a comment moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CueMark:
    """Something said during the scene, from its own `say` or a manifest."""

    id: str
    text: str
    start: int
    """First frame."""
    stop: int
    """The frame after the last."""
    spoken: str = ""
    """What a voice says instead of `text`; empty where that is the same."""

    @property
    def aloud(self) -> str:
        """What a voice says."""
        return self.spoken or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A sound placed by Scene.add_sound."""

    file: str
    """Path as resolved when traced; relative to the project where it is inside."""
    frame: int
    """Frame it starts on; may be negative with a negative offset."""
    gain: float
    """Decibels."""
    offset_us: int = 0
    """Microseconds from the start of `frame`: a time_offset need not be whole frames."""
    background_gain: float = 0.0
    """Decibels for all other sounds while it plays."""
    asked_by: str = ""
    """`file.py:line` of the line that placed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything known of a scene before drawing it."""

    scene: str
    """`file.py:Class`, project-relative."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    rate: Fraction
    """Frames a second."""
    plays: tuple[Play, ...]
    runs: tuple[tuple[str, int], ...]
    """Fingerprints run-length coded: (hex digest, how many frames in a row)."""
    cues: tuple[CueMark, ...]
    sounds: tuple[Sound, ...]
    files: Mapping[str, str]
    """Digest by path of everything the scene read: project-relative, absolute if outside."""
    warnings: tuple[str, ...]
    """What went on silently: fonts replaced, plays without frames."""
    seconds: float
    """Wall time the trace took. Not part of any key."""
    saturation: float = 1.0
    """Of the project's custom_config.yml, which manimgl applies while encoding."""
    gamma: float = 1.0
    """Likewise."""

    @property
    def frames(self) -> int:
        return sum(count for _, count in self.runs)

    @property
    def unique_frames(self) -> int:
        """How many pictures have to be drawn when each held frame is drawn once."""
        return len(self.runs)

    def fingerprints(self) -> Iterator[str]:
        """One digest for each frame, in order."""
        for digest, count in self.runs:
            for _ in range(count):
                yield digest

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal Timeline."""
        return {
            "scene": self.scene,
            "width": self.width,
            "height": self.height,
            "rate": str(self.rate),
            "plays": [
                [p.index, p.kind, p.label, p.file, p.line, p.first_frame, p.frames, p.statement]
                for p in self.plays
            ],
            "runs": [list(run) for run in self.runs],
            "cues": [
                [c.id, c.text, c.start, c.stop, *([c.spoken] if c.spoken else [])]
                for c in self.cues
            ],
            "sounds": [
                [s.file, s.frame, s.gain, s.offset_us, s.background_gain, s.asked_by]
                for s in self.sounds
            ],
            "files": dict(sorted(self.files.items())),
            "warnings": list(self.warnings),
            "seconds": self.seconds,
            "saturation": self.saturation,
            "gamma": self.gamma,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Timeline:
        """Reads what to_json wrote."""
        play = ("index", "kind", "label", "file", "line", "first_frame", "frames", "statement")
        cue = ("id", "text", "start", "stop", "spoken")
        sound = ("file", "frame", "gain", "offset_us", "background_gain", "asked_by")
        return cls(
            scene=data["scene"],
            width=data["width"],
            height=data["height"],
            rate=Fraction(data["rate"]),
            plays=tuple(Play(**dict(zip(play, row, strict=True))) for row in data["plays"]),
            runs=tuple((digest, count) for digest, count in data["runs"]),
            cues=tuple(CueMark(**dict(zip(cue, row, strict=False))) for row in data["cues"]),
            sounds=tuple(Sound(**dict(zip(sound, row, strict=True))) for row in data["sounds"]),
            files=data["files"],
            warnings=tuple(data["warnings"]),
            seconds=data["seconds"],
            saturation=data["saturation"],
            gamma=data["gamma"],
        )
