"""
What an author may ask for: the shape of manifests/*.yaml and presets.yaml, version 1.

Only shapes: whether a file or a preset exists is for manifest/check.py. A line under a field is
also what editors show for it, through manifest/schema.py; to change a message, see
manifest/wording.py.
"""

from __future__ import annotations

import keyword
import re
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
    model_validator,
)

from pipeline.manifest.asked_edits import Editable, EndsAsked, TransitionKey
from pipeline.manifest.edits import CARD
from pipeline.manifest.shape import Asked as Asked
from pipeline.manifest.values import (
    DURATION_PATTERN,
    LARGEST_SIDE,
    MEMORY_PATTERN,
    MOMENT_PATTERN,
    RATE_PATTERN,
    SMALLEST_SIDE,
    parse_duration,
    parse_memory,
    parse_moment,
    parse_rate,
    shown,
)

VERSION = 1
ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
SCENE_PATTERN = r"^[^:]+\.py:[A-Za-z_]\w*$"
BAKE_PATTERN = r"^[^:]+\.py:[A-Za-z_]\w*$"
STITCHED = "is the same for all scenes of a chapter, which are joined without encoding them again"
# Two x264 presets write different parameter sets and an mp4's header has room for one: joined, a
# player that goes by the header showed 30 of 60 frames right. Two crf do agree, if the encoder is
# told stitchable=1; without it they too differ
X264_PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast",
    "medium", "slow", "slower", "veryslow", "placebo",
)  # fmt: skip


def _id(value: str) -> str:
    if not re.fullmatch(ID_PATTERN, value):
        usable = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:64]
        instead = f', for instance "{usable}"' if usable else ""
        raise ValueError(f"names files: at most 64 small letters, digits, - and _{instead}")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(LANGUAGE_PATTERN, value):
        raise ValueError(f"must be a language tag such as en, de or pt-BR, and is {shown(value)}")
    return value


def _written(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _attribute(value: str) -> str:
    if not value.isidentifier() or keyword.iskeyword(value) or value.startswith("__"):
        raise ValueError("cannot be an attribute of a class: letters, digits and _ only")
    return value


def _encoder_preset(value: str) -> str:
    if value not in X264_PRESETS:
        raise ValueError(f"must be one of {', '.join(X264_PRESETS)}, and is {shown(value)}")
    return value


def _share(value: float) -> float:
    # Ray refuses 1.5 of anything, and would say so only when the task is submitted
    if value > 1 and value % 1:
        raise ValueError(f"must be whole when above 1, and is {value:g}")
    return value


def _caption_word(value: str) -> str:
    if value not in ("cues", "none") and not value.lower().endswith(CAPTION_FILES):
        raise ValueError(f"{CAPTIONS}, and not {shown(value)}")
    return value


def _caption_file(value: str) -> str:
    if not value.lower().endswith(CAPTION_FILES):
        raise ValueError(f"must be a .vtt, .srt or .json file, and is {shown(value)}")
    return value


def _caption_kind(value: Any) -> str | None:
    return "word" if isinstance(value, str) else "list" if isinstance(value, list) else None


CAPTION_FILES = (".vtt", ".srt", ".json")
CAPTIONS = "write cues, none, a .vtt, .srt or .json file, or a list of {at, until, text}"

Text = Annotated[str, AfterValidator(_written)]
Language = Annotated[
    str, AfterValidator(_language), Field(json_schema_extra={"pattern": LANGUAGE_PATTERN})
]
CaptionFile = Annotated[Text, AfterValidator(_caption_file)]
Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": ID_PATTERN})]
Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE, multiple_of=2)]
Crf = Annotated[int, Field(ge=1, le=51)]
Samples = Literal[0, 2, 4, 8, 16]
Decibels = Annotated[float, Field(ge=-60, le=24)]
EncoderPreset = Annotated[
    str, AfterValidator(_encoder_preset), Field(json_schema_extra={"enum": list(X264_PRESETS)})
]
Rate = Annotated[
    Fraction,
    PlainValidator(parse_rate),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": RATE_PATTERN}]}
    ),
]
Duration = Annotated[
    float,
    PlainValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN}),
]
Moment = Annotated[
    Fraction,
    PlainValidator(parse_moment),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": MOMENT_PATTERN}]}
    ),
]
Memory = Annotated[
    int,
    PlainValidator(parse_memory),
    WithJsonSchema({"type": "string", "pattern": MEMORY_PATTERN}),
]
Params = dict[Annotated[str, AfterValidator(_attribute)], Any]
Package = Literal["mp4", "hls", "webm", "gif", "sprite", "youtube", "player"]


class PresetChange(Asked):
    """What a manifest changes of a preset, or all of a new one."""

    width: Side | None = None
    """Pixels. Even, since video keeps colour at half the size."""
    height: Side | None = None
    """Pixels. Even, as width is."""
    rate: Rate | None = None
    """Frames a second: a whole number, or a quoted fraction such as "30000/1001"."""
    samples: Samples | None = None
    """Samples a pixel for smoother edges in 3D: 0, 2, 4, 8 or 16. 0 unless said."""
    lossless: bool | None = None
    """Whether the video decodes to exactly the RGB that manimgl drew. Players may not show it."""
    crf: Crf | None = None
    """x264's quality, 1 (best) to 51; 21 unless said. Means nothing when lossless."""
    encoder_preset: EncoderPreset | None = None
    """x264's speed against size: veryfast unless said."""

    instead = {
        "resolution": "write width: and height:",
        "fps": "write rate:",
        "frame_rate": "write rate:",
        "lossles": "write lossless: true",
    }


class PresetAsked(PresetChange):
    """A whole preset, from presets.yaml."""

    width: Side
    """Pixels. Even, since video keeps colour at half the size."""
    height: Side
    """Pixels. Even, as width is."""
    rate: Rate
    """Frames a second: a whole number, or a quoted fraction such as "30000/1001"."""
    samples: Samples = 0
    """Samples a pixel for smoother edges in 3D: 0, 2, 4, 8 or 16."""
    lossless: bool = False
    """Whether the video decodes to exactly the RGB that manimgl drew. Players may not show it."""
    crf: Crf = 21
    """x264's quality, 1 (best) to 51. Means nothing when lossless."""
    encoder_preset: EncoderPreset = "veryfast"
    """x264's speed against size."""


class PresetsAsked(Asked):
    """The file presets.yaml."""

    version: Literal[1]
    """Of this format: 1."""
    presets: Annotated[dict[Id, PresetAsked], Field(min_length=1)]
    """By name."""


class ScenePresetAsked(Asked):
    """What one scene may have otherwise than its chapter's preset."""

    samples: Samples | None = None
    """Samples a pixel for smoother edges in 3D: 0, 2, 4, 8 or 16."""
    crf: Crf | None = None
    """x264's quality, 1 (best) to 51."""

    instead = dict.fromkeys(
        ("width", "height", "rate", "lossless", "encoder_preset", "resolution", "fps"),
        f"{STITCHED}: change it under presets:",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(  # noqa: TRY004 - pydantic gathers ValueErrors
                f"{STITCHED}; one scene changes only {{samples: 4, crf: 18}}"
            )
        return value


class ResourcesAsked(Asked):
    """What a worker sets aside for a scene."""

    cpu: Annotated[float, Field(ge=0.1, le=1024), AfterValidator(_share)] = 1
    """Cores; a part of one, or a whole number."""
    gpu: Annotated[float, Field(ge=0, le=64), AfterValidator(_share)] = 0
    """Devices; a part of one, or a whole number. Draws on the CPU when 0."""
    memory: Memory | None = None
    """With its unit: 1GiB, 512MiB."""


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


class BakeAsked(Asked):
    """A long computation, done once by the farm; scenes load its arrays."""

    id: Id
    """What scenes load it by. Unique in the chapter, among the scenes too."""
    bake: Annotated[Text, Field(json_schema_extra={"pattern": BAKE_PATTERN})]
    """Which function: path/to/file.py:function, giving numpy arrays by name."""
    params: Params = {}
    """Arguments of the function, such as {seed: 12}."""
    resources: ResourcesAsked = ResourcesAsked()
    """What a worker sets aside for it."""
    time_limit: Duration | None = None
    """How long it may take: 90s, 20m, 1h30m. 1h unless said."""
    kept: Annotated[str, Field(pattern=r"\.npz$")] | None = None
    """An .npz file of the project to take it from while nothing it was made from has changed."""

    instead = {
        "function": "write bake: path/to/file.py:function",
        "file": "write bake: path/to/file.py:function",
        "timeout": "write time_limit:",
    }


def _scene_or_card(schema: dict[str, Any]) -> None:
    schema["required"].remove("scene")
    schema["oneOf"] = [{"required": ["scene"]}, {"required": ["card"]}]


class SceneAsked(Editable):
    """One scene class, and what to make of it."""

    model_config = ConfigDict(json_schema_extra=_scene_or_card)

    id: Id
    """Names its files, logs and tasks. Unique in the chapter."""
    scene: Annotated[Text, Field(json_schema_extra={"pattern": SCENE_PATTERN})]
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
    pace: Annotated[int, Field(ge=80, le=400)] = 165
    """Words a minute of the scratch voice; 165 unless said."""

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
