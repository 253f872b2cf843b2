"""
pydantic's findings in the words of someone who has a lecture tomorrow.

Every type of error that manifest/asked*.py can cause has its sentence here; tests hold that none
of pydantic's own comes through.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.manifest.asked import CAPTIONS, VERSION
from pipeline.manifest.document import Document, Loc, Problem
from pipeline.manifest.shape import Asked
from pipeline.manifest.values import shown

LONGEST_WORD = 200
"""Longer ones are near nothing, and comparing them takes seconds."""
MOST_PROBLEMS = 100
"""Of one report: nobody reads on, and a generated manifest can have a million."""


def enough(problems: Sequence[str]) -> list[str]:
    """As many as a person reads, and how many there are besides."""
    left = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f"… and {left:,} more like these"] if left > 0 else [])]


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The end of a sentence: `; did you mean "preset"?`, or nothing where none is near."""
    if len(word) > LONGEST_WORD:
        return ""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def version_problem(document: Document) -> Problem | None:
    """What is said alone: against another version's shape, all the rest would be noise."""
    if not isinstance(document.data, dict):
        return document.problem((), "must be a mapping of keys, beginning with version: 1")
    if "version" not in document.data:
        return document.problem((), f"version: is missing: begin with version: {VERSION}")
    version = document.data["version"]
    if type(version) is int and version == VERSION:
        return None
    return document.problem(
        ("version",),
        f"must be {VERSION}, which is all that this chalkfarm reads, and is {_described(version)}",
    )


def problems_of(error: ValidationError, document: Document, model: type[Asked]) -> list[Problem]:
    """Everything pydantic found, one Problem each, with the lines of `document`."""
    errors = error.errors(include_url=False)
    meant = {
        (*found["loc"][:-1], _meant(str(found["loc"][-1]), _model_at(model, found["loc"][:-1])))
        for found in errors
        if found["type"] == "extra_forbidden"
    }
    return [
        document.problem(_written_loc(found["loc"], document), _why(found, model))
        for found in errors
        # What a misspelt key stands for is missing too, and that is no second mistake
        if not (found["type"] == "missing" and found["loc"] in meant)
        # pydantic calls a list too short whose entries are all wrong: said of each already
        and not (found["type"] == "too_short" and found["input"])
    ]


def _written_loc(loc: Loc, document: Document) -> Loc:
    """Without the steps pydantic puts in itself: branches of a union, `[key]` of a mapping."""
    kept: Loc = ()
    for depth, step in enumerate(loc):
        value = document.get(kept)
        last = depth == len(loc) - 1
        there = isinstance(value, dict) and (step in value or (last and step != "[key]"))
        if there or (isinstance(value, list) and isinstance(step, int)):
            kept = (*kept, step)
    return kept


def _why(found: ErrorDetails, model: type[Asked]) -> str:
    kind, value, facts = found["type"], found["input"], found.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(found["loc"][-1]), _model_at(model, found["loc"][:-1]))
    if kind == "missing":
        return "is missing" + _example(str(found["loc"][-1]))
    if value is None and kind != "value_error":
        return "is empty: write a value after the colon, or remove the line"
    sentence = SENTENCES.get(kind)
    return sentence(value, facts) if sentence else found["msg"]


def _unknown(key: str, model: type[Asked]) -> str:
    if key in model.instead:
        said = model.instead[key]
        return said if said.startswith("is ") else f"no such key; {said}"
    near = did_you_mean(key, model.model_fields)
    return f"no such key{near or ', only ' + ', '.join(model.model_fields)}"


def _meant(key: str, model: type[Asked]) -> str:
    """The field an unknown key stands for, where that can be told."""
    if instead := re.match(r"write (\w+):", model.instead.get(key, "")):
        return instead[1]
    return next(iter(difflib.get_close_matches(key, model.model_fields, n=1)), "")


def _example(key: str) -> str:
    written = EXAMPLES.get(key)
    return f", for instance  {key}: {written}" if written else ""


def _model_at(model: type[Asked], loc: Loc) -> type[Asked]:
    """The model of the mapping at `loc`; steps that are no field of it lead no deeper."""
    for step in loc:
        field = model.model_fields.get(str(step))
        model = (_model_in(field.annotation) if field else None) or model
    return model


def _model_in(annotation: Any) -> type[Asked] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation if issubclass(annotation, Asked) else None
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _must_be(what: str) -> Callable[[Any, Mapping[str, Any]], str]:
    return lambda value, _: f"must be {what}, and is {_described(value)}"


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping of keys"
    return "a list" if isinstance(value, list) else shown(value)


def _text(value: Any, _: Mapping[str, Any]) -> str:
    if isinstance(value, dict | list):
        return f"must be text, and is {_described(value)}"
    return f'must be text: put it in quotes, "{shown(value)}"'


def _literal(value: Any, facts: Mapping[str, Any]) -> str:
    choices = facts["expected"].replace("'", "")
    near = (
        did_you_mean(value, choices.replace(" or ", ", ").split(", "))
        if isinstance(value, str)
        else ""
    )
    return f"must be {choices}, and is {_described(value)}{near}"


SENTENCES: Mapping[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "value_error": lambda _, facts: str(facts["error"]),
    "captions_kind": lambda value, _: f"{CAPTIONS}, and not {_described(value)}",
    "string_type": _text,
    "int_type": _must_be("a whole number"),
    "float_type": _must_be("a number"),
    "bool_type": _must_be("true or false, without quotes"),
    "dict_type": _must_be("a mapping of keys, each `key: value`"),
    "model_type": _must_be("a mapping of keys, each `key: value`"),
    "tuple_type": _must_be("a list, each line beginning with `- `"),
    "literal_error": _literal,
    "multiple_of": lambda value, facts: (
        f"must be a multiple of {facts['multiple_of']}, and is {value}"
    ),
    "greater_than_equal": lambda value, facts: f"must be at least {facts['ge']:g}, and is {value}",
    "less_than_equal": lambda value, facts: f"must be at most {facts['le']:g}, and is {value}",
    "too_short": lambda _, __: "needs at least one entry",
}
EXAMPLES = {
    "chapter": "convolution",
    "title": '"Convolution, cell by cell"',
    "id": "layer",
    "scene": "scenes/layer.py:Layer",
    "scenes": "[{id: layer, scene: scenes/layer.py:Layer}]",
    "at": "12.5",
    "until": "16",
    "text": '"What is said"',
    "width": "1920",
    "height": "1080",
    "rate": "30",
    "file": "music/bed.wav",
}
