"""What an author may ask of what is heard: the shapes of narration and sound."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.manifest.fields import Duration, Text
from pipeline.manifest.shape import Asked

Decibels = Annotated[float, Field(ge=-60, le=24)]


class NarrationAsked(Asked):
    """Who speaks the scenes' cues."""

    voice: Literal["recorded", "scratch", "silence"] = "silence"
    """recorded (a file for each cue), scratch (synthesised), or silence; silence unless said."""
    missing: Literal["scratch", "silence"] = "silence"
    """Who speaks a cue that is not recorded yet; silence unless said."""
    folder: Text | None = None
    """Of the recordings, in the project: narration/CHAPTER unless said."""
    speaker: Text | None = None
    """Voice of espeak-ng, such as en-us or de; that of language: unless said."""
    pace: Annotated[int, Field(ge=80, le=400)] = 150
    """Words a minute of the scratch voice; 150 unless said."""

    instead = {"speed": "write pace: in words a minute", "path": "write folder:"}


class MusicAsked(Asked):
    """Music under the whole chapter, repeated to its end."""

    file: Text
    """A sound file of the project."""
    gain: Decibels = -20
    """How much louder than its file, in decibels; -20 unless said."""
    duck: Annotated[float, Field(ge=-60, le=0)] = -12
    """By how much it steps back while somebody speaks, in decibels; -12 unless said."""
    fade: Duration = 2.0
    """How long it takes to come in and to go out: 2s unless said."""

    instead = {"path": "write file:", "volume": "write gain: in decibels, such as -20"}


class SoundAsked(Asked):
    """How the chapter is mixed."""

    loudness: Literal[-14, -16, -23, "none"] = -16
    """LUFS: -14 for music platforms, -16 for the web, -23 for broadcast, none to leave it; -16 unless said."""
    music: MusicAsked | None = None
    """Music under the whole chapter."""

    instead = {"lufs": "write loudness:", "volume": "write loudness:"}
