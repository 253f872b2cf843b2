"""
What a chapter says, cue by cue: how long it takes, who speaks it, and what has to be recorded.

Reads the recordings' folder and a plan of which every scene is traced; `accept` is the one thing
here that writes, and it writes texts beside recordings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import CueMark
from pipeline.errors import UsageError
from pipeline.farm.chapter import ChapterPlan
from pipeline.media.publish import write_text
from pipeline.media.voices import SUFFIXES, Recorded, Recording, find_recording, plain, spoken_cues


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cue, as its reader sees it."""

    scene_id: str
    cue: CueMark
    start: Fraction
    """Seconds of the scene."""
    seconds: Fraction
    """How long its voice takes, or it is shown where there is none."""
    voice: str
    """`recorded`, `scratch` or `silence`."""
    recording: Recording

    @property
    def name(self) -> str:
        return f"{self.scene_id}/{self.cue.id}"

    def to_json(self) -> dict[str, Any]:
        return {
            "scene": self.scene_id,
            "cue": self.cue.id,
            "text": self.cue.text,
            "spoken": self.cue.aloud,
            "start_seconds": round(float(self.start), 3),
            "seconds": round(float(self.seconds), 3),
            "voice": self.voice,
            "recording": self.recording.state.value,
            "file": str(self.recording.path),
        }


def lines_of(plan: ChapterPlan) -> list[Line]:
    """Every cue of the chapter, in order."""
    found = []
    for scene in plan.scenes:
        timeline = scene.timeline
        assert timeline is not None
        voices = {voice.cue_id: voice for voice in scene.voices}
        for cue in spoken_cues(scene.spec, timeline):
            recording = find_recording(plan.chapter.narration, scene.spec.id, cue)
            voice = voices.get(cue.id)
            shown = Fraction(cue.stop - cue.start) / timeline.rate
            found.append(
                Line(
                    scene_id=scene.spec.id,
                    cue=cue,
                    start=cue.start / timeline.rate,
                    seconds=Fraction(voice.seconds) if voice else shown,
                    voice="silence"
                    if voice is None
                    else "recorded"
                    if voice.path == recording.path
                    else "scratch",
                    recording=recording,
                )
            )
    return found


def unused_files(plan: ChapterPlan, lines: Sequence[Line]) -> list[Path]:
    """Recordings that no cue of the chapter asks for."""
    used = {line.recording.path for line in lines}
    folders = [plan.chapter.narration.folder / scene.spec.id for scene in plan.scenes]
    return sorted(
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and path not in used
    )


def script(plan: ChapterPlan, lines: Sequence[Line]) -> str:
    """A text to read from, in Markdown: for each cue its file, its length, what to say."""
    chapter = plan.chapter
    parts = [f"# {chapter.title}"]
    for scene in plan.scenes:
        said = [line for line in lines if line.scene_id == scene.spec.id]
        if said:
            parts.append(f"## {scene.spec.title or scene.spec.id}")
        for line in said:
            file = line.recording.path
            inside = file.is_relative_to(chapter.project)
            shown = file.relative_to(chapter.project) if inside else file
            parts.append(
                f"**{line.cue.id}** · {float(line.seconds):.1f} s · `{shown}` · "
                f"{line.recording.state}\n\n> {plain(line.cue.aloud)}"
            )
    return "\n\n".join(parts) + "\n"


def accept(lines: Sequence[Line], names: Sequence[str]) -> list[Line]:
    """
    Notes beside recordings the text that their cues have now; gives those noted.

    Args:
        names: `scene/cue`, or `scene` for all of one; every recording without a text when empty.

    Raises:
        UsageError: a name is of no cue, or of one that is not recorded.
    """
    for name in names:
        meant = [line for line in lines if name in (line.name, line.scene_id)]
        if not meant:
            raise UsageError(f"there is no cue {name}: `chalkfarm narration` lists them")
        if all(line.recording.state is Recorded.MISSING for line in meant):
            raise UsageError(f"{name} is not recorded: save it as {meant[0].recording.path}")
    noted = [
        line
        for line in lines
        if line.recording.state is not Recorded.MISSING
        and (
            line.name in names or line.scene_id in names
            if names
            else line.recording.state is Recorded.UNCHECKED
        )
    ]
    for line in noted:
        write_text(line.recording.text_path, plain(line.cue.aloud) + "\n")
    return noted
