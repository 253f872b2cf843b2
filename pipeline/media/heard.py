"""
What is heard in a chapter, and when, before any of it is read.

Plain data, made by media/sounds.py, mixed by media/soundtrack.py. Imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

SAMPLE_RATE = 48_000
"""Of everything that is mixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One file, somewhere in a chapter."""

    path: Path
    name: str
    """What records call it: its path in the project."""
    start: Fraction
    """Seconds from the start of its scene or, once placed, of the chapter. What is before 0 is cut."""
    gain: float = 0.0
    """Decibels."""
    background_gain: float = 0.0
    """Decibels for all that was placed before it, while it plays: manimgl's gain_to_background."""
    asked_by: str
    """For errors: a scene and line, or a cue."""
    is_voice: bool = False
    """Whether music steps back for it."""

    @property
    def first_sample(self) -> int:
        return round(self.start * SAMPLE_RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """A bed under the whole chapter, repeated to its end."""

    path: Path
    name: str
    gain: float
    """Decibels."""
    duck: float
    """Decibels more while somebody speaks; negative."""
    fade_seconds: float
    """At both ends of the chapter."""
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSound:
    """What the track in a finished video has to be."""

    seconds: Fraction
    loudness: int | None
    """LUFS; None leaves it as it adds up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """What a chapter sounds like, before anything is read."""

    heard: tuple[Heard, ...]
    """In the order in which they are laid over each other."""
    music: Music | None
    seconds: Fraction
    """Length of the chapter."""
    loudness: int | None
    """LUFS it is brought to; None leaves it as it adds up."""

    @property
    def samples(self) -> int:
        return round(self.seconds * SAMPLE_RATE)

    @property
    def files(self) -> dict[str, Path]:
        """Each once, by name."""
        music = {self.music.name: self.music.path} if self.music else {}
        return {**music, **{heard.name: heard.path for heard in self.heard}}

    @property
    def planned(self) -> PlannedSound:
        return PlannedSound(seconds=self.seconds, loudness=self.loudness)
