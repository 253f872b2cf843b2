"""
A voice for each cue: a recording where there is one, the scratch voice, or none.

Recordings are the author's files, `<scene>/<cue>.wav`, with the text each was made for beside it in
`<cue>.txt`. The scratch voice is kept in the store by what it says, and never made twice.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import CueMark, Timeline
from pipeline.errors import EnvironmentMissing, ToolFailed
from pipeline.manifest.resolved import Chapter, NarrationSpec, SceneSpec
from pipeline.media.espeak import version
from pipeline.media.waves import wave_seconds
from pipeline.plan.key import Key
from pipeline.plan.scenes import Voice
from pipeline.store.local import Store
from pipeline.tools import run

SUFFIXES = (".wav", ".flac", ".m4a", ".mp3", ".ogg")
"""Of recordings; the first that is there is taken."""
VOICES = "voice"
SCRATCH_VERSION = 1
"""Counted up whenever media/espeak.py would speak otherwise."""
TIMEOUT_SECONDS = 600.0
INSTALL = "apt-get install libespeak-ng1, or write `voice: silence`"


class Recorded(StrEnum):
    """What there is of a cue's recording."""

    RECORDED = "recorded"
    """Of the text as it is."""
    UNCHECKED = "unchecked"
    """Nothing says for which text: `narration --accept` does."""
    STALE = "stale"
    """The text has changed since."""
    MISSING = "missing"
    """There is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where a cue's recording is or should be."""

    state: Recorded
    path: Path
    text_path: Path


def find_recording(narration: NarrationSpec, scene_id: str, cue: CueMark) -> Recording:
    """Looks for a cue's recording, and whether it is of what the cue says now."""
    stem = narration.folder / scene_id / re.sub(r"[^\w.-]+", "-", cue.id)
    paths = [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]
    path = next((path for path in paths if path.is_file()), paths[0])
    text_path = stem.with_name(stem.name + ".txt")
    if not path.is_file():
        state = Recorded.MISSING
    elif not text_path.is_file():
        state = Recorded.UNCHECKED
    else:
        noted = text_path.read_text(encoding="utf-8", errors="replace")
        same = plain(noted) == plain(cue.aloud)
        state = Recorded.RECORDED if same else Recorded.STALE
    return Recording(state=state, path=path, text_path=text_path)


def plain(text: str) -> str:
    """A text without what cannot be heard: breaks and runs of spaces."""
    return " ".join(text.split())


def spoken_cues(spec: SceneSpec, timeline: Timeline) -> tuple[CueMark, ...]:
    """The cues that a voice can say: the scene's own, or else those of its manifest."""
    from pipeline.media.outputs import scene_cues

    if timeline.cues or isinstance(spec.captions, Path):
        return timeline.cues
    return scene_cues(spec, timeline)


class Voices:
    """The voices of one chapter. What it knows is in files and the store."""

    def __init__(self, chapter: Chapter, store: Store) -> None:
        self._chapter = chapter
        self._narration = chapter.narration
        self._store = store

    def speak(self, spec: SceneSpec, timeline: Timeline) -> tuple[Voice, ...]:
        """
        A voice for each cue that gets one, in their order.

        Raises:
            UnusableFile: a recording cannot be read.
            EnvironmentMissing: there is no espeak-ng.
        """
        narration = self._narration
        voices: dict[str, Voice] = {}
        scratch: list[CueMark] = []
        for cue in spoken_cues(spec, timeline):
            recording = find_recording(narration, spec.id, cue)
            if narration.voice == "recorded" and recording.state is not Recorded.MISSING:
                voices[cue.id] = self._recorded(spec, cue, recording.path)
            elif "scratch" in (narration.voice, narration.missing) and plain(cue.aloud):
                scratch.append(cue)
        voices |= self._scratch(spec, scratch)
        return tuple(voices[cue.id] for cue in spoken_cues(spec, timeline) if cue.id in voices)

    def _recorded(self, spec: SceneSpec, cue: CueMark, path: Path) -> Voice:
        seconds = wave_seconds(path, asked_by=f"scene {spec.id}, cue {cue.id}")
        inside = path.is_relative_to(self._chapter.project)
        return Voice(
            cue_id=cue.id,
            path=path,
            name=str(path.relative_to(self._chapter.project)) if inside else path.name,
            seconds=_milliseconds(seconds),
            words=_noted_words(path.with_suffix(".json")),
        )

    def _scratch(self, spec: SceneSpec, cues: Sequence[CueMark]) -> dict[str, Voice]:
        if not cues:
            return {}
        keys = {cue.id: self._key(plain(cue.aloud)) for cue in cues}
        self._make(
            {key.digest: key for key in keys.values() if not self._store.has(VOICES, key.digest)}
        )
        voices = {}
        for cue in cues:
            folder = self._store.folder(VOICES, keys[cue.id].digest)
            facts = json.loads((folder / "voice.json").read_text(encoding="utf-8"))
            voices[cue.id] = Voice(
                cue_id=cue.id,
                path=folder / "voice.wav",
                name=f"scratch/{spec.id}/{cue.id}.wav",
                seconds=_milliseconds(Fraction(facts["samples"], facts["rate"])),
                words=tuple((word, f"{start:.3f}") for word, start, _ in facts["words"]),
            )
        return voices

    def _key(self, text: str) -> Key:
        try:
            engine = version()
        except OSError as error:
            raise EnvironmentMissing(what=f"no scratch voice: {error}", advice=INSTALL) from error
        return Key(
            VOICES,
            {
                "text": text,
                "speaker": self._narration.speaker,
                "pace": self._narration.pace,
                "engine": f"espeak-ng {engine}",
                "version": SCRATCH_VERSION,
            },
        )

    def _make(self, keys: Mapping[str, Key]) -> None:
        """Speaks everything that is not in the store yet, in one process."""
        if not keys:
            return
        work = self._store.workplace()
        folders = {digest: work / digest for digest in keys}
        for folder in folders.values():
            folder.mkdir()
        request = work / "request.json"
        texts = [
            {"text": keys[digest].fields["text"], "folder": str(folder)}
            for digest, folder in folders.items()
        ]
        asked: dict[str, Any] = {
            "speaker": self._narration.speaker,
            "pace": self._narration.pace,
            "texts": texts,
        }
        request.write_text(json.dumps(asked), encoding="utf-8")
        try:
            run(
                [sys.executable, "-m", "pipeline.media.espeak", str(request)],
                log_path=work / "espeak.log",
                timeout_seconds=TIMEOUT_SECONDS,
                cwd=Path(__file__).parents[2],
            )
            for digest, folder in folders.items():
                self._store.publish(keys[digest], folder)
        except ToolFailed as error:
            raise EnvironmentMissing(
                what=f"the scratch voice failed: {error.tail.strip()}",
                advice=f"name one of espeak-ng's voices with `speaker:`; or {INSTALL}",
            ) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _milliseconds(seconds: Fraction) -> str:
    return f"{math.ceil(seconds * 1000) / 1000:.3f}"


def _noted_words(path: Path) -> tuple[tuple[str, str], ...]:
    """Word times beside a recording, `[[word, start, end], …]`; none where it has no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return tuple((str(word), f"{float(start):.3f}") for word, start, *_ in found)
    except (OSError, ValueError, TypeError):
        return ()


def overlaps(voices: Iterable[Voice], timeline: Timeline, cues: Sequence[CueMark]) -> list[str]:
    """What is still being said when something else is to begin."""
    starts = {cue.id: cue.start for cue in cues}
    spoken = sorted(
        (starts[v.cue_id], v.cue_id, math.floor(Fraction(v.seconds) * timeline.rate))
        for v in voices
    )
    found = []
    nexts = [*((start, f"cue {name}") for start, name, _ in spoken[1:]), (timeline.frames, "")]
    for (start, name, frames), (until, what) in zip(spoken, nexts, strict=True):
        late = start + frames - until
        if late > 0:
            seconds = float(late / timeline.rate)
            begins = f"when {what} begins" if what else "when the scene ends"
            found.append(f"cue {name} is still being said for {seconds:.2f} s {begins}")
    return found
