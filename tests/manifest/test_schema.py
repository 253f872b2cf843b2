"""That an editor with the schema takes what the farm takes, and marks what it would refuse."""

from typing import Any

import jsonschema
import pytest
import yaml

from pipeline.manifest.schema import json_schema

EXAMPLE = """
version: 1
chapter: convolution
title: "Convolution, cell by cell"
language: en
preset: draft
project: .
presets: {hd: {crf: 18}, cinema: {width: 2048, height: 858, rate: "24000/1001"}}
defaults: {time_limit: 20m}
scenes:
  - id: layer
    scene: scenes/convolution/layer.py:ConvLayerThreeToThree
    title: "One layer, every multiplication"
    params: {seed: 12, sizes: [1, 2.5, {deep: null}]}
    preset: {samples: 4}
    resources: {cpu: 1, gpu: 0, memory: 1GiB}
    captions: cues
  - id: listed
    scene: scenes/a.py:A
    captions: [{at: 1.5, until: "1:02.5", text: Here}]
  - {id: filed, scene: scenes/a.py:A, captions: words/a.vtt}
"""


def example() -> Any:
    return yaml.safe_load(EXAMPLE)


def complaints(document: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return [f"{error.json_path}: {error.validator}" for error in validator.iter_errors(document)]


def test_is_a_schema_of_the_dialect_it_says() -> None:
    schema = json_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


def test_takes_the_example() -> None:
    assert complaints(example()) == []


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (["titel"], "x", ["$: additionalProperties"]),
        (["version"], 2, ["$.version: const"]),
        (["chapter"], "Conv 1", ["$.chapter: pattern"]),
        (["language"], "English", ["$.language: pattern"]),
        (["defaults", "time_limit"], 20, ["$.defaults.time_limit: anyOf"]),
        (["scenes", 0, "sceen"], "x", ["$.scenes[0]: additionalProperties"]),
        (["scenes", 0, "scene"], "layer.py", ["$.scenes[0].scene: pattern"]),
        (["scenes", 0, "preset", "width"], 640, ["$.scenes[0].preset: additionalProperties"]),
        (["scenes", 0, "resources", "memory"], 4, ["$.scenes[0].resources: anyOf"]),
        (["scenes", 0, "resources", "cpu"], 0, ["$.scenes[0].resources: anyOf"]),
        (["scenes", 0, "captions"], "ceus", ["$.scenes[0].captions: anyOf"]),
        (["scenes", 1, "captions", 0, "untl"], 3, ["$.scenes[1].captions: anyOf"]),
        (["presets", "cinema", "rate"], 29.97, ["$.presets.cinema.rate: anyOf"]),
        (["scenes"], [], ["$.scenes: minItems"]),
    ],
    ids=str,
)
def test_marks(path: list[str | int], value: object, says: list[str]) -> None:
    document = example()
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert complaints(document) == says


def test_says_something_of_every_key() -> None:
    schema = json_schema()
    silent = [
        f"{name}.{key}"
        for name, part in {"": schema, **schema["$defs"]}.items()
        for key, field in part["properties"].items()
        if "description" not in field and "$ref" not in field
    ]

    assert silent == []
