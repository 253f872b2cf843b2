"""
What an author may ask for: the shape of manifests/*.yaml, version 1.

Parts of it are in modules of their own, asked_edits, asked_presets, asked_sound and asked_work.
Only shapes: whether a file or a preset exists is for manifest/check.py. A line under a field is
also what editors show for it, through manifest/schema.py; to change a message, see
manifest/wording.py.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from pipeline.manifest.asked_edits import Editable, EndsAsked, TransitionKey
from pipeline.manifest.asked_presets import PresetChange, ScenePresetAsked
from pipeline.manifest.asked_sound import NarrationAsked, SoundAsked
from pipeline.manifest.asked_work import BakeAsked, ResourcesAsked
from pipeline.manifest.edits import CARD
from pipeline.manifest.fields import (
    CAPTION_FILES,
    CaptionFile,
    Duration,
    Id,
    Language,
    Moment,
    Named,
    Params,
    Text,
)
from pipeline.manifest.shape import Asked
from pipeline.manifest.values import shown

VERSION = 1
CAPTIONS = "write cues, none, a .vtt, .srt or .json file, or a list of {at, until, text}"

Package = Literal["mp4", "hls", "webm", "gif", "sprite", "youtube", "player"]


def _caption_word(value: str) -> str:
    if value not in ("cues", "none") and not value.lower().endswith(CAPTION_FILES):
        raise ValueError(f"{CAPTIONS}, and not {shown(value)}")
    return value


def _caption_kind(value: Any) -> str | None:
    return "word" if isinstance(value, str) else "list" if isinstance(value, list) else None


class CueAsked(Asked):
    """One caption of a scene, timed from the scene's start."""

    at: Moment
    """When it appears: seconds, 12.5s or 1:02.5."""
    until: Moment
    """When it is gone."""
    text: Text
    """What it says; long captions are broken into lines."""

    instead = {
        "start": "write at:",
        "from": "write at:",
        "end": "write until:",
        "to": "write until:",
    }

    @model_validator(mode="after")
    def _lasts(self) -> CueAsked:
        if self.until <= self.at:
            raise ValueError("until: must be later than at:")
        return self


def _in_order(cues: tuple[CueAsked, ...]) -> tuple[CueAsked, ...]:
    for number, (before, after) in enumerate(pairwise(cues), start=2):
        if after.at < before.until:
            raise ValueError(f"caption {number} appears before the one above it is gone")
    return cues


Captions = Annotated[
    Annotated[
        str,
        AfterValidator(_caption_word),
        Field(
            json_schema_extra={
                "pattern": r"^(cues|none|.*\.([vV][tT][tT]|[sS][rR][tT]|[jJ][sS][oO][nN]))$"
            }
        ),
        Tag("word"),
    ]
    | Annotated[tuple[CueAsked, ...], AfterValidator(_in_order), Field(strict=False), Tag("list")],
    Discriminator(_caption_kind, custom_error_type="captions_kind", custom_error_message=CAPTIONS),
]


class DefaultsAsked(Asked):
    """What holds for every scene that does not say otherwise."""

    time_limit: Duration | None = None
    """How long one scene may take on a worker: 90s, 20m, 1h30m. 20m unless said."""
    resources: ResourcesAsked = ResourcesAsked()
    """What a worker sets aside for a scene."""
    params: Params = {}
    """Class attributes set on every scene, under those the scene sets itself."""
    captions: Literal["cues", "none"] = "cues"
    """Whether captions come from the scenes' own cues."""
    transition: TransitionKey = None
    """From each scene to the next: cut unless said."""


def _scene_or_card(schema: dict[str, Any]) -> None:
    schema["required"].remove("scene")
    schema["oneOf"] = [{"required": ["scene"]}, {"required": ["card"]}]


class SceneAsked(Editable):
    """One scene class, and what to make of it."""

    model_config = ConfigDict(json_schema_extra=_scene_or_card)

    id: Id
    """Names its files, logs and tasks. Unique in the chapter."""
    scene: Named
    """Which class: path/to/file.py:ClassName, relative to the project."""
    title: Text | None = None
    """Makes a chapter mark of this name at the scene's first frame."""
    params: Params = {}
    """Class attributes to set, such as {seed: 12}."""
    bakes: Annotated[tuple[Id, ...], Field(strict=False)] = ()
    """Ids of the bakes it loads."""
    preset: ScenePresetAsked = ScenePresetAsked()
    """What this scene has otherwise than the chapter's preset: samples or crf."""
    resources: ResourcesAsked | None = None
    """What a worker sets aside for it."""
    time_limit: Duration | None = None
    """How long it may take on a worker: 90s, 20m, 1h30m."""
    captions: Captions | None = None
    """cues (what the scene says of itself), none, a .vtt, .srt or .json file, or a list."""
    translations: dict[Language, CaptionFile] = {}
    """A .vtt, .srt or .json file for each other language, timed from the scene's start."""

    instead = {
        "file": "write scene: path/to/file.py:ClassName",
        "class": "write scene: path/to/file.py:ClassName",
        "class_name": "write scene: path/to/file.py:ClassName",
        "timeout": "write time_limit:",
    }

    @model_validator(mode="before")
    @classmethod
    def _card(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "card" not in value:
            return value
        if unwanted := value.keys() & {"scene", "params"}:
            raise ValueError(f"a card is drawn by the farm: take {min(unwanted)}: or card: out")
        return {**value, "scene": CARD}


class ChapterAsked(Asked):
    """A chapter for chalkfarm to render: which scenes, in which order, how well."""

    version: Literal[1]
    """Of this format: 1."""
    chapter: Id
    """Names the output."""
    title: Text
    """Of the whole video."""
    language: Language = "en"
    """Language tag of the captions, such as en, de or pt-BR."""
    translations: dict[Language, Text] = {}
    """A file of texts by scene and cue for each other language: {de: captions/de.yaml}."""
    burn_in: Annotated[tuple[Language, ...], Field(strict=False)] = ()
    """Languages in which the chapter is made once more with its captions in the picture."""
    preset: Id = "draft"
    """Name of the preset to render with, unless the command line names another."""
    project: Text | None = None
    """Root of the manimgl project the scenes belong to, relative to this file."""
    presets: dict[Id, PresetChange] = {}
    """Presets of this chapter's own, or changes to those there are."""
    defaults: DefaultsAsked = DefaultsAsked()
    """What holds for every scene that does not say otherwise."""
    bakes: Annotated[tuple[BakeAsked, ...], Field(strict=False)] = ()
    """Computations that are done before the scenes that load them."""
    narration: NarrationAsked = NarrationAsked()
    """Who speaks the scenes' cues."""
    sound: SoundAsked = SoundAsked()
    """How the chapter is mixed: loudness, music."""
    deliver: Annotated[tuple[Package, ...], Field(strict=False)] = ("mp4",)
    """In which packages: mp4 (always made), hls, webm, gif, sprite, youtube, player."""
    ends: EndsAsked = EndsAsked()
    """How it begins and ends: fade_in, fade_out."""
    scenes: Annotated[tuple[SceneAsked, ...], Field(min_length=1, strict=False)]
    """In playing order."""

    instead = {
        "schema_version": "write version: 1",
        "id": "write chapter:",
        "name": "write chapter:",
        "packages": "write deliver:",
        "<<": "merge keys are not read: repeat the keys, or put them under defaults:",
    }
