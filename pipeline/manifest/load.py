"""From a manifest file to a Chapter, or to everything that is wrong with it, in one report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import ManifestError, UsageError
from pipeline.manifest.asked import ChapterAsked
from pipeline.manifest.asked_presets import PresetAsked
from pipeline.manifest.check import check_chapter, find_project, no_preset
from pipeline.manifest.document import Document, read_document
from pipeline.manifest.presets import load_presets, presets_path, resolve_preset, with_changes
from pipeline.manifest.resolve import only_scenes, resolve_chapter
from pipeline.manifest.resolve_edits import with_edits
from pipeline.manifest.resolved import Chapter
from pipeline.manifest.values import parse_size
from pipeline.manifest.wording import did_you_mean, enough, problems_of, version_problem


def load_chapter(
    path: Path,
    *,
    preset: str | None = None,
    resolution: str | None = None,
    only: Sequence[str] = (),
) -> Chapter:
    """
    Reads one manifest.

    `preset` names another than the manifest does, `resolution` (`1920x1080`) overrides its size,
    `only` keeps the scenes whose id matches one of its patterns. Reads presets.yaml and the scene
    files too, and runs none of them.

    Raises:
        UsageError: there is no such manifest, preset, or scene, or the resolution is none.
        ManifestError: the manifest or its presets cannot be rendered from. Says everything.
    """
    if not path.is_file():
        raise UsageError(_no_manifest(path))
    document = read_document(path)
    asked, presets = _read(document)
    name = preset or asked.preset
    if name not in presets:
        raise UsageError(no_preset(name, presets))
    chapter = resolve_chapter(
        asked,
        preset=resolve_preset(name, presets[name], _size(resolution)),
        project=find_project(document),
        manifest=path,
        line_of_scene=lambda index: document.line(("scenes", index)),
    )
    chapter = with_edits(chapter, asked, document.line)
    return only_scenes(chapter, only) if only else chapter


def _read(document: Document) -> tuple[ChapterAsked, dict[str, PresetAsked]]:
    """The manifest and its presets, or a ManifestError that says everything wrong with both."""
    problems = list(document.problems)
    if wrong := version_problem(document):
        raise ManifestError(path=document.path, problems=[str(wrong)])
    try:
        asked = ChapterAsked.model_validate(document.data)
    except ValidationError as error:
        problems += problems_of(error, document, ChapterAsked)
    beside: tuple[str, ...] = ()
    presets: dict[str, PresetAsked] | None = None
    try:
        presets = load_presets(presets_path(document.path))
    except ManifestError as error:
        beside = error.problems
    problems += check_chapter(document, presets)
    problems.sort(key=lambda problem: problem.line)
    if problems or presets is None:
        raise ManifestError(path=document.path, problems=enough([*map(str, problems), *beside]))
    return asked, with_changes(presets, asked.presets)


def _size(resolution: str | None) -> tuple[int, int] | None:
    try:
        return parse_size(resolution) if resolution else None
    except ValueError as error:
        raise UsageError(f"--resolution: {error}") from None


def _no_manifest(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder: name the manifest in it, {path / 'chapter.yaml'}"
    there = sorted(path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
    return f"no manifest {path}{did_you_mean(path.name, [other.name for other in there])}"
