"""What an author may ask of editing: the shapes of trim, hold, speed, transition, card and ends."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from pipeline.manifest.edits import Time
from pipeline.manifest.fields import Text
from pipeline.manifest.shape import Asked
from pipeline.manifest.times import (
    COLOR_PATTERN,
    FRAME_PATTERN,
    LENGTH_PATTERN,
    SPEED_PATTERN,
    parse_color,
    parse_length,
    parse_place,
    parse_speed,
)
from pipeline.manifest.values import MOMENT_PATTERN, shown

TRANSITIONS = "write cut, {crossfade: 15f} or {fade: 1s}"


def _hold_place(value: object) -> Time | str:
    if value in ("first", "last"):
        return str(value)
    try:
        return parse_place(value)
    except ValueError:
        raise ValueError(
            f"write first, last or a time in the scene such as 12.5s or 45f, and not {shown(value)}"
        ) from None


_PLACES: list[dict[str, Any]] = [
    {"type": "number", "minimum": 0},
    {"type": "string", "pattern": MOMENT_PATTERN},
    {"type": "string", "pattern": FRAME_PATTERN},
]
Length = Annotated[
    Time,
    PlainValidator(parse_length),
    WithJsonSchema({"type": "string", "pattern": LENGTH_PATTERN}),
]
Place = Annotated[Time, PlainValidator(parse_place), WithJsonSchema({"anyOf": _PLACES})]
HoldPlace = Annotated[
    Time | str,
    PlainValidator(_hold_place),
    WithJsonSchema({"anyOf": [{"enum": ["first", "last"]}, *_PLACES]}),
]
Speed = Annotated[
    Fraction,
    PlainValidator(parse_speed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
                {"type": "string", "pattern": SPEED_PATTERN},
            ]
        }
    ),
]
Color = Annotated[
    str, PlainValidator(parse_color), WithJsonSchema({"type": "string", "pattern": COLOR_PATTERN})
]


class TrimAsked(Asked):
    """The part of a scene that is shown, in the scene's own time."""

    start: Place | None = None
    """The first frame shown: 12.5s, 1:02.5, or 45f for a frame; the scene's own unless said."""
    until: Place | None = None
    """The first frame not shown any more; the scene's end unless said."""

    instead = {
        "from": "write start:",
        "end": "write until:",
        "stop": "write until:",
        "to": "write until:",
    }

    @model_validator(mode="after")
    def _leaves_something(self) -> TrimAsked:
        start, until = self.start, self.until
        if start and until and start.unit == until.unit and until.amount <= start.amount:
            raise ValueError("until: must be later than start:")
        return self


class HoldAsked(Asked):
    """A picture that stands still for a while."""

    at: HoldPlace
    """first, last, or a time in the scene such as 12.5s or 45f."""
    length: Length
    """How much longer it is shown: 2s, or 30f for frames."""

    instead = dict.fromkeys(("for", "seconds", "duration", "lasts"), "write length:")


class TransitionAsked(Asked):
    """How a scene follows the one before it: cut, or one of these."""

    crossfade: Length | None = None
    """Blends the last frames of the one with the first of the other: 15f or 0.5s."""
    fade: Length | None = None
    """Out to a colour and in again, half and half: 30f or 1s."""
    color: Color | None = None
    """What a fade goes through: black unless said, white, or a quoted "#101218"."""

    instead = {
        "cut": "write transition: cut",
        "dissolve": "write crossfade:",
        "colour": "write color:",
        "length": "write crossfade: 15f",
    }

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        if value == "cut":
            return {}
        if isinstance(value, str) or value == {}:
            raise ValueError(f"{TRANSITIONS}, and not {shown(value or 'nothing')}")
        return value

    @model_validator(mode="after")
    def _one(self) -> TransitionAsked:
        if self.crossfade and self.fade:
            raise ValueError("crossfade: and fade: are two transitions: keep one of them")
        if self.color and not self.fade:
            raise ValueError("color: is what a fade goes through, and there is none")
        return self


def _or_cut(schema: dict[str, Any]) -> None:
    schema["anyOf"].insert(0, {"const": "cut"})


TransitionKey = Annotated[TransitionAsked | None, Field(json_schema_extra=_or_cut)]


class CardAsked(Asked):
    """A title on the project's own background, in place of a scene."""

    title: Text
    """In large letters."""
    length: Length
    """How long it is shown: 3s, or 90f for frames."""
    subtitle: Text | None = None
    """Below the title, smaller."""

    instead = {
        "seconds": "write length: 3s",
        "duration": "write length:",
        "text": "write title: and subtitle:",
    }


class EndsAsked(Asked):
    """How the chapter begins and ends. The first and last picture are held during a fade."""

    fade_in: Length | None = None
    """From the colour to the first picture: 15f or 0.5s."""
    fade_out: Length | None = None
    """From the last picture to the colour."""
    color: Color | None = None
    """Black unless said; white, or a quoted "#101218"."""

    instead = {
        "in": "write fade_in:",
        "out": "write fade_out:",
        "colour": "write color:",
    }


class Editable(Asked):
    """The keys of a scene that edit it."""

    card: CardAsked | None = None
    """In place of scene: a title on the project's background."""
    trim: TrimAsked | None = None
    """The part of it that is shown, in its own time."""
    hold: Annotated[tuple[HoldAsked, ...], Field(strict=False)] = ()
    """Pictures that stand still for a while."""
    speed: Speed | None = None
    """How many times as fast: 2, 0.5 or "3/2"."""
    transition: TransitionKey = None
    """From the scene before it: cut, {crossfade: 15f} or {fade: 1s}."""
