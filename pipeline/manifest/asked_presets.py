"""What an author may ask of quality: the shapes of presets.yaml, presets: and a scene's preset:."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from pipeline.manifest.fields import Id
from pipeline.manifest.shape import Asked
from pipeline.manifest.values import (
    LARGEST_SIDE,
    RATE_PATTERN,
    SMALLEST_SIDE,
    parse_rate,
    shown,
)

STITCHED = "is the same for all scenes of a chapter, which are joined without encoding them again"
# Two x264 presets write different parameter sets and an mp4's header has room for one: joined, a
# player that goes by the header showed 30 of 60 frames right. Two crf do agree, if the encoder is
# told stitchable=1; without it they too differ
X264_PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast",
    "medium", "slow", "slower", "veryslow", "placebo",
)  # fmt: skip


def _encoder_preset(value: str) -> str:
    if value not in X264_PRESETS:
        raise ValueError(f"must be one of {', '.join(X264_PRESETS)}, and is {shown(value)}")
    return value


Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE, multiple_of=2)]
Crf = Annotated[int, Field(ge=1, le=51)]
Samples = Literal[0, 2, 4, 8, 16]
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
    crf: Crf = 23
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
