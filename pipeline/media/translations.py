"""
Captions in other languages than a chapter's own, from what its manifest names.

A scene's own file brings its own times. A file for the whole chapter has only texts, by scene and
cue, and is shown when those cues are said; a cue it does not have is told, and left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml

from pipeline.engine.timeline import CueMark, Timeline
from pipeline.errors import ManifestError
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.media.timings import read_captions

Texts = Mapping[str, Mapping[str, str]]
"""What is shown, by scene and cue."""


def translated_cues(
    chapter: Chapter, spec: SceneSpec, timeline: Timeline, cues: Sequence[CueMark]
) -> dict[str, tuple[CueMark, ...]]:
    """A scene's cues by language, for every language the manifest has beside its own."""
    found = {}
    for language in chapter.languages:
        if own := spec.translations.get(language):
            found[language] = read_captions(own, rate=timeline.rate, language=language)
        elif shared := chapter.translations.get(language):
            texts = read_texts(shared).get(spec.id, {})
            found[language] = tuple(
                replace(cue, text=texts[cue.id], spoken="") for cue in cues if texts.get(cue.id)
            )
        else:
            found[language] = ()
    return found


def require_readable(chapter: Chapter) -> None:
    """
    Reads every file of captions that a chapter names, long before they are needed.

    Raises:
        ManifestError: everything that is wrong with them.
    """
    problems: list[str] = []

    def attempt(read: Callable[[], object]) -> None:
        try:
            read()
        except ManifestError as error:
            problems.extend(error.problems)

    rate = chapter.preset.rate
    for spec in chapter.scenes:
        files = [*spec.translations.items()]
        if isinstance(spec.captions, Path):
            files.insert(0, (chapter.language, spec.captions))
        for language, path in files:
            attempt(partial(read_captions, path, rate=rate, language=language))
    for path in chapter.translations.values():
        attempt(partial(read_texts, path))
    if problems:
        raise ManifestError(path=chapter.manifest, problems=list(dict.fromkeys(problems)))


def lacking(chapter: Chapter, spec: SceneSpec, cues: Sequence[CueMark]) -> list[str]:
    """Cues that a translation does not have, and what it has for cues that there are not."""
    found = []
    for language, path in chapter.translations.items():
        if language in spec.translations:
            continue
        texts = read_texts(path).get(spec.id, {})
        ids = [cue.id for cue in cues]
        missing = [f"{spec.id}/{name}" for name in ids if not texts.get(name)]
        extra = [f"{spec.id}/{name}" for name in texts if name not in ids]
        if missing:
            found.append(f"{path.name} has no {language} for cue {', '.join(missing)}")
        if extra:
            found.append(f"{path.name} has {language} for {', '.join(extra)}, which is no cue")
    return found


def read_texts(path: Path) -> Texts:
    """
    A file `scene: {cue: text}`, YAML or JSON.

    Raises:
        ManifestError: it is not of that shape.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise ManifestError(path=path, problems=[f"{path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        advice = "is not UTF-8: save it again with that encoding"
        raise ManifestError(path=path, problems=[f"{path}:{line}: {advice}"]) from error
    except (ValueError, yaml.YAMLError) as error:
        first = str(error).splitlines()[0]
        raise ManifestError(path=path, problems=[f"{path}: cannot be read: {first}"]) from error
    shaped = isinstance(data, dict) and all(
        isinstance(cues, dict) and all(isinstance(said, str) for said in cues.values())
        for cues in data.values()
    )
    if not shaped:
        advice = "write the scene's id, and under it a text for each cue: `layer: {c1: …}`"
        raise ManifestError(path=path, problems=[f"{path}: {advice}"])
    return {str(scene): {str(k): v for k, v in cues.items()} for scene, cues in data.items()}
