"""
Whether what a manifest names is there: its project, files, classes, presets, and each id once.

Works on the document and not on the model made of it, so that a missing file is reported beside
a misspelt key three lines further up, and not only once that has been put right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from pipeline.manifest.document import Document, Loc, Problem
from pipeline.manifest.scenefile import (
    require_function,
    require_inside,
    require_relative,
    require_scene,
)
from pipeline.manifest.wording import did_you_mean

ROOT_MARKS = ("manifests", "pyproject.toml", "custom_config.yml")
NEEDED = ("width", "height", "rate")
"""Of a preset of a new name."""
FIRST: Loc = ("scenes", 0)


def find_project(document: Document) -> Path:
    """
    The absolute root of the project a manifest belongs to.

    Raises:
        ValueError: it names one that is not there.
    """
    folder = document.path.absolute().parent
    named = document.get(("project",))
    if isinstance(named, str):
        if not (folder / named).is_dir():
            raise ValueError(f"no folder {folder / named}; it is relative to this manifest")
        return (folder / named).resolve()
    for parent in (folder, *folder.parents):
        if any((parent / mark).exists() for mark in ROOT_MARKS):
            return parent.resolve()
    return folder.resolve()


def check_chapter(document: Document, presets: Collection[str] | None) -> Iterator[Problem]:
    """Everything named and not there. `presets` are the names in presets.yaml, if it is sound."""
    yield from _clashes(document)
    yield from _unknown_bakes(document)
    if document.get((*FIRST, "transition")) not in (None, "cut"):
        why = "nothing comes before the first scene: write ends: {fade_in: 1s}, or take it out"
        yield document.problem((*FIRST, "transition"), why)
    if presets is not None:
        yield from _check_presets(document, presets)
    try:
        project = find_project(document)
    except ValueError as error:
        yield document.problem(("project",), str(error))
        return
    music = ("sound", "music", "file")
    yield from _refused(document, music, lambda text: _there(project, text))
    yield from _burned(document)
    yield from _translations(document, project, ())
    for index in range(len(_scenes(document))):
        loc = ("scenes", index)
        yield from _translations(document, project, loc)
        yield from _refused(document, (*loc, "scene"), lambda text: require_scene(project, text))
        yield from _refused(document, (*loc, "captions"), lambda text: _caption(project, text))
    for index in range(len(_bakes(document))):
        loc = ("bakes", index)
        yield from _refused(document, (*loc, "bake"), lambda text: require_function(project, text))
        yield from _refused(document, (*loc, "kept"), require_relative)


def _scenes(document: Document) -> list[Any]:
    return _list(document, ("scenes",))


def _bakes(document: Document) -> list[Any]:
    return _list(document, ("bakes",))


def _list(document: Document, loc: Loc) -> list[Any]:
    found = document.get(loc)
    return found if isinstance(found, list) else []


def _clashes(document: Document) -> Iterator[Problem]:
    first: dict[str, tuple[str, int]] = {}
    entries = [("bakes", index, "id") for index in range(len(_bakes(document)))]
    entries += [("scenes", index, "id") for index in range(len(_scenes(document)))]
    for loc in entries:
        name = document.get(loc)
        if isinstance(name, str) and name in first:
            what, line = first[name]
            yield document.problem(
                loc, f"the {what} on line {line} has this id already: give it another"
            )
        elif isinstance(name, str):
            first[name] = loc[0].removesuffix("s"), document.line(loc)


def _unknown_bakes(document: Document) -> Iterator[Problem]:
    known = [bake.get("id") for bake in _bakes(document) if isinstance(bake, dict)]
    ids = [name for name in known if isinstance(name, str)]
    for index in range(len(_scenes(document))):
        loc: Loc = ("scenes", index, "bakes")
        for place, name in enumerate(_list(document, loc)):
            if isinstance(name, str) and name not in ids:
                why = f'no bake "{name}" under bakes:{did_you_mean(name, ids)}'
                yield document.problem((*loc, place), why)


def _check_presets(document: Document, presets: Collection[str]) -> Iterator[Problem]:
    own = document.get(("presets",))
    own = own if isinstance(own, dict) else {}
    for name, change in own.items():
        missing = [key for key in NEEDED if isinstance(change, dict) and key not in change]
        if name not in presets and missing:
            why = f"is a new preset, and misses {', '.join(missing)}{did_you_mean(name, presets)}"
            yield document.problem(("presets", name), why)
    if isinstance(name := document.get(("preset",)), str) and name not in {*presets, *own}:
        yield document.problem(("preset",), no_preset(name, [*presets, *own]))


def no_preset(name: str, names: Collection[str]) -> str:
    """The sentence for a preset that is not there."""
    near = did_you_mean(name, names)
    return f'no preset "{name}"{near or ", only " + ", ".join(names)}'


def _burned(document: Document) -> Iterator[Problem]:
    """Languages to burn in of which there are no captions."""
    named = [document.get(("language",)) or "en"]
    locs: list[Loc] = [("translations",)]
    locs += [("scenes", index, "translations") for index in range(len(_scenes(document)))]
    for loc in locs:
        files = document.get(loc)
        named += files if isinstance(files, dict) else []
    asked = document.get(("burn_in",))
    for index, language in enumerate(asked if isinstance(asked, list) else []):
        if isinstance(language, str) and language not in named:
            why = f"there are captions only in {', '.join(dict.fromkeys(map(str, named)))}"
            yield document.problem(("burn_in", index), why)


def _translations(document: Document, project: Path, loc: Loc) -> Iterator[Problem]:
    files = document.get((*loc, "translations"))
    for language in files if isinstance(files, dict) else ():
        place = (*loc, "translations", language)
        if language == (document.get(("language",)) or "en"):
            why = "is the chapter's own language: its captions are under captions:"
            yield document.problem(place, why)
        yield from _refused(document, place, lambda text: _there(project, text))


def _there(project: Path, text: str) -> None:
    require_inside(project, text)


def _caption(project: Path, text: str) -> None:
    if text.lower().endswith((".vtt", ".srt", ".json")):
        require_inside(project, text)


def _refused(document: Document, loc: Loc, require: Callable[[str], None]) -> Iterator[Problem]:
    text = document.get(loc)
    try:
        if isinstance(text, str) and text.strip():
            require(text)
    except ValueError as error:
        yield document.problem(loc, str(error))
