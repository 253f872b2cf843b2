"""
Everything a chapter was read from: its manifest and presets, the files its scenes read, their media.

Keeps every file where it is seen from the others, so that a manifest finds its project and a scene its
helpers in the bag as they did at home. The names above that are the machine's, and stay out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.engine.timeline import Timeline
from pipeline.errors import UsageError
from pipeline.manifest.presets import FILE_NAME, presets_path
from pipeline.manifest.resolved import Chapter

CONFIG = "custom_config.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was copied into a bag."""

    manifest: str
    """Where the manifest is, from the top of the sources."""
    project: str
    """Where the project is, likewise."""
    files: tuple[str, ...]
    """Every file, likewise."""
    folders: tuple[str, ...]
    """Folders a scene listed, and those in them: a bag cannot hold an empty one."""
    outside: tuple[str, ...]
    """Absolute paths of what was read from elsewhere on the machine; kept apart."""


def copy_sources(
    chapter: Chapter,
    timelines: Iterable[Timeline],
    *,
    more: Iterable[str],
    target: Path,
    outside: Path,
) -> Sources:
    """
    Args:
        more: names as a timeline has them, of what was read by others than scenes.
        target: where the tree of sources goes.
        outside: where those go that are not in it, under their absolute paths.
    """
    _require_relative(chapter)
    manifest = chapter.manifest.absolute()
    base = Path(os.path.commonpath([chapter.project, manifest.parent.resolve()]))
    manifest = manifest.parent.resolve() / manifest.name
    read = [name for timeline in timelines for name in _read_by(timeline)]
    wanted, listed = _wanted(chapter, [*read, *more])
    names, others, folders = [], [], []
    for path in sorted(wanted | {manifest}):
        if path.is_relative_to(base):
            names.append(path.relative_to(base).as_posix())
            _copy(path, target / names[-1])
        else:
            others.append(str(path))
            _copy(path, outside / path.relative_to(path.anchor))
    for folder in sorted(listed):
        if folder.is_relative_to(base):
            inside = [entry for entry in folder.iterdir() if entry.is_dir()]
            folders += [
                one.relative_to(base).as_posix()
                for one in (folder, *sorted(inside))
                if one.name != "__pycache__"
            ]
    presets = presets_path(manifest)
    beside = (manifest.parent / FILE_NAME).relative_to(base).as_posix()
    if beside not in names:
        _copy(presets, target / beside)
        names.append(beside)
    return Sources(
        manifest=manifest.relative_to(base).as_posix(),
        project=chapter.project.relative_to(base).as_posix(),
        files=tuple(sorted(names)),
        folders=tuple(folders),
        outside=tuple(others),
    )


def _read_by(timeline: Timeline) -> Iterator[str]:
    yield from timeline.files
    yield from (sound.file for sound in timeline.sounds)


def _wanted(chapter: Chapter, read: Iterable[str]) -> tuple[set[Path], set[Path]]:
    """Files to copy, and folders that were listed."""
    wanted: set[Path] = set()
    listed: set[Path] = set()
    for name in read:
        path = Path(os.path.normpath(chapter.project / name))
        if path.is_dir():
            listed.add(path)
            wanted |= {entry for entry in path.iterdir() if entry.is_file()}
        elif path.is_file():
            wanted.add(path)
    for path in _paths_in(chapter):
        # Recordings are named by their folder, bakes by their arrays
        found = path.rglob("*") if path.is_dir() else (path, path.with_suffix(".json"))
        wanted |= {one for one in found if one.is_file()}
    if (chapter.project / CONFIG).is_file():
        wanted.add(chapter.project / CONFIG)
    return wanted, listed


def _paths_in(value: Any) -> Iterator[Path]:
    """Every absolute path a chapter names beside its project: captions, recordings, music."""
    if isinstance(value, Path):
        if value.is_absolute():
            yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            if one.name not in ("project", "manifest"):
                yield from _paths_in(getattr(value, one.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _paths_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths_in(item)


def _require_relative(chapter: Chapter) -> None:
    named = yaml.safe_load(chapter.manifest.read_text(encoding="utf-8")).get("project")
    if named and Path(named).is_absolute():
        raise UsageError(
            f"{chapter.manifest}: project: {named} is a path of this machine, and a bag is read on"
            " others: write it relative to the manifest"
        )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
