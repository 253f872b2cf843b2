"""Presets by name: from presets.yaml, changed or added to by the manifest itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import ManifestError
from pipeline.manifest.asked_presets import PresetAsked, PresetChange, PresetsAsked
from pipeline.manifest.document import read_document
from pipeline.manifest.resolved import Preset
from pipeline.manifest.wording import enough, problems_of, version_problem

FILE_NAME = "presets.yaml"
OWN = Path(__file__).parents[2] / "manifests" / FILE_NAME
"""The farm's own presets, for manifests that have none beside them."""


def presets_path(manifest: Path) -> Path:
    """The presets a manifest means: those beside it, or else the farm's own."""
    beside = manifest.parent / FILE_NAME
    return beside if beside.is_file() else OWN


def load_presets(path: Path) -> dict[str, PresetAsked]:
    """
    Reads presets.yaml.

    Raises:
        ManifestError: with everything wrong with it.
    """
    document = read_document(path)
    problems = list(document.problems)
    if wrong := version_problem(document):
        raise ManifestError(path=path, problems=[str(wrong)])
    try:
        asked = PresetsAsked.model_validate(document.data)
    except ValidationError as error:
        problems += problems_of(error, document, PresetsAsked)
    if problems:
        problems.sort(key=lambda problem: problem.line)
        raise ManifestError(path=path, problems=enough([str(problem) for problem in problems]))
    return asked.presets


def with_changes(
    presets: Mapping[str, PresetAsked], changes: Mapping[str, PresetChange]
) -> dict[str, PresetAsked]:
    """`presets`, each with what `changes` says of it; whole new ones are added."""
    changed = dict(presets)
    for name, change in changes.items():
        known = dict(presets[name]) if name in presets else PRESET_DEFAULTS
        said = {key: value for key, value in change if value is not None}
        changed[name] = PresetAsked.model_construct(**known | said)
    return changed


PRESET_DEFAULTS = {
    name: field.default
    for name, field in PresetAsked.model_fields.items()
    if not field.is_required()
}


def resolve_preset(name: str, asked: PresetAsked, size: tuple[int, int] | None = None) -> Preset:
    """
    As drawn and encoded. `size` overrides width and height, in pixels.

    Another size is named in the preset's name: results of two sizes must not share a folder.
    """
    own_size = (asked.width, asked.height)
    width, height = size or own_size
    return Preset(
        name=name if (width, height) == own_size else f"{name}-{width}x{height}",
        width=width,
        height=height,
        rate=asked.rate,
        samples=asked.samples,
        lossless=asked.lossless,
        crf=0 if asked.lossless else asked.crf,
        encoder_preset=asked.encoder_preset,
    )
