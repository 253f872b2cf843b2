"""
What will be done: a chapter with every default, preset and override worked out.

Plain frozen dataclasses without pydantic, so that the engine, the plan and Ray's workers can take
them without loading a validator. Made by manifest/resolve.py out of manifest/asked.py; nothing in
here has to be checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from pipeline.manifest.edits import Edits, Ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How every frame of a scene is drawn and encoded."""

    name: str
    """Names the folder of the results. Says the size too where that was overridden."""
    width: int
    """Pixels. Even."""
    height: int
    """Pixels. Even."""
    rate: Fraction
    """Frames a second."""
    samples: int = 0
    """Of multisampling: 0, 2, 4, 8 or 16."""
    lossless: bool = False
    """Whether the decoded RGB must equal what was drawn, byte for byte."""
    crf: int = 23
    """x264's constant rate factor; 0 where lossless."""
    encoder_preset: str = "veryfast"
    """x264's name for how long it may think."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a worker sets aside for a scene. Cannot change a pixel."""

    cpu: float = 1
    """Cores."""
    gpu: float = 0
    """Devices."""
    memory_bytes: int | None = None
    """None sets nothing aside and limits nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionAsked:
    """One caption written in the manifest. Times count from the start of its scene."""

    start_seconds: Fraction
    stop_seconds: Fraction
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BakeSpec:
    """A computation that scenes load the arrays of."""

    id: str
    """What scenes load it by; names its logs and tasks."""
    file: str
    """Posix path relative to the project root."""
    function: str
    params: Mapping[str, Any]
    """Arguments by name, as JSON values."""
    resources: Resources
    time_limit_seconds: float
    kept: Path | None
    """Absolute .npz path it may be taken from; it need not be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """One scene class, with the parameters it is drawn with."""

    id: str
    """Unique in the chapter; names folders, logs and tasks."""
    file: str
    """Posix path relative to the project root."""
    class_name: str
    title: str | None
    """Of the chapter mark at its first frame; None makes no mark."""
    params: Mapping[str, Any]
    """Class attributes to set, as JSON values."""
    preset: Preset
    """The chapter's, with what this scene overrides."""
    resources: Resources
    time_limit_seconds: float
    captions: Literal["cues", "none"] | tuple[CaptionAsked, ...] | Path
    """From the scene's own cues, written in the manifest, or an absolute path of a .vtt, .srt or .json."""
    line: int
    """Where the scene starts in the manifest, counted from 1."""
    bakes: tuple[str, ...] = ()
    """Ids of those it loads."""
    translations: Mapping[str, Path] = field(default_factory=dict)
    """Absolute path of its captions in other languages, by language."""
    edits: Edits = field(default_factory=Edits)
    """What the chapter changes of it."""

    @property
    def scene(self) -> str:
        """`file.py:Class`, as a Timeline names it."""
        return f"{self.file}:{self.class_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrationSpec:
    """Who speaks the cues."""

    voice: Literal["recorded", "scratch", "silence"] = "silence"
    missing: Literal["scratch", "silence"] = "silence"
    """Who speaks a cue that is not recorded, where the voice is."""
    folder: Path = Path("narration")
    """Absolute. Recordings are in `<scene id>/<cue id>.wav`."""
    speaker: str = "en"
    """espeak-ng's name of the scratch voice."""
    pace: int = 150
    """Words a minute of the scratch voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicSpec:
    """A bed under the whole chapter."""

    file: Path
    """Absolute."""
    gain: float
    """Decibels."""
    duck: float
    """Decibels more while somebody speaks; 0 or negative."""
    fade_seconds: float
    """At both ends of the chapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSpec:
    """How a chapter is mixed. Of no account where nothing is heard."""

    loudness: int | None = -16
    """LUFS; None leaves the mix as it adds up."""
    music: MusicSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One video to be made."""

    id: str
    """Names the output."""
    title: str
    language: str
    """BCP 47 tag of the captions, such as `en` or `pt-BR`."""
    preset: Preset
    """Of the chapter, before any scene's overrides."""
    project: Path
    """Absolute. Working folder and import root of its scenes."""
    manifest: Path
    """As it was named when loaded."""
    scenes: tuple[SceneSpec, ...]
    """In playing order; never empty."""
    bakes: tuple[BakeSpec, ...] = ()
    """Those its scenes load."""
    sound: SoundSpec = SoundSpec()
    deliver: tuple[str, ...] = ("mp4",)
    """Packages to make, `mp4` first, each once."""
    narration: NarrationSpec = NarrationSpec()
    translations: Mapping[str, Path] = field(default_factory=dict)
    """Absolute path of the texts of other languages, by language."""
    burn_in: tuple[str, ...] = ()
    """Languages whose captions are drawn into a video of their own."""
    ends: Ends = field(default_factory=Ends)

    @property
    def languages(self) -> tuple[str, ...]:
        """Of its captions beside `language`, in the order of the manifest."""
        scenes = (language for scene in self.scenes for language in scene.translations)
        return tuple(dict.fromkeys([*self.translations, *scenes]))
