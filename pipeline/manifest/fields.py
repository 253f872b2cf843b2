"""The kinds of value that several keys of a manifest have: text, ids, languages, times, files."""

from __future__ import annotations

import keyword
import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from pipeline.manifest.values import (
    DURATION_PATTERN,
    MOMENT_PATTERN,
    parse_duration,
    parse_moment,
    shown,
)

ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
NAMED_PATTERN = r"^[^:]+\.py:[A-Za-z_]\w*$"
"""Of something in a Python file: path/to/file.py:Name."""
LONGEST_TEXT = 2000
"""Characters of a title or a caption, which no screen has room for."""
CAPTION_FILES = (".vtt", ".srt", ".json")


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
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must be at most {LONGEST_TEXT:,} characters, and has {len(value):,}")
    return value


def _attribute(value: str) -> str:
    if not value.isidentifier() or keyword.iskeyword(value) or value.startswith("__"):
        raise ValueError("cannot be an attribute of a class: letters, digits and _ only")
    return value


def _caption_file(value: str) -> str:
    if not value.lower().endswith(CAPTION_FILES):
        raise ValueError(f"must be a .vtt, .srt or .json file, and is {shown(value)}")
    return value


Text = Annotated[str, AfterValidator(_written)]
Language = Annotated[
    str, AfterValidator(_language), Field(json_schema_extra={"pattern": LANGUAGE_PATTERN})
]
CaptionFile = Annotated[Text, AfterValidator(_caption_file)]
Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": ID_PATTERN})]
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
Params = dict[Annotated[str, AfterValidator(_attribute)], Any]
Named = Annotated[Text, Field(json_schema_extra={"pattern": NAMED_PATTERN})]
