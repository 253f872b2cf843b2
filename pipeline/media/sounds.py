"""
What a chapter's plan lets be heard, and the digests by which an edited sound is noticed.

A scene's trace knows where its sounds are and not what is in them: an edited file mixes the
chapter anew and draws nothing.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.sources import MISSING
from pipeline.engine.timeline import Timeline
from pipeline.farm.chapter import ChapterPlan
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.media.heard import Heard, Music
from pipeline.store.local import file_digest


def scene_sounds(chapter: Chapter, spec: SceneSpec, timeline: Timeline) -> tuple[Heard, ...]:
    """What a scene placed by add_sound, in seconds of the scene."""
    return tuple(
        Heard(
            path=chapter.project / sound.file,
            name=_name(chapter.project, Path(sound.file)),
            start=sound.frame / timeline.rate + Fraction(sound.offset_us, 1_000_000),
            gain=sound.gain,
            background_gain=sound.background_gain,
            asked_by=f"scene {spec.id}, {sound.asked_by or timeline.scene}",
        )
        for sound in timeline.sounds
    )


def music_of(chapter: Chapter) -> Music | None:
    """The bed the manifest asks for."""
    asked = chapter.sound.music
    if asked is None:
        return None
    return Music(
        path=asked.file,
        name=_name(chapter.project, asked.file),
        gain=asked.gain,
        duck=asked.duck,
        fade_seconds=asked.fade_seconds,
        asked_by=f"sound: music: of {chapter.manifest}",
    )


def sound_fields(plan: ChapterPlan) -> dict[str, Any]:
    """For a chapter's key: everything that decides what is heard; nothing where nothing is."""
    music = music_of(plan.chapter)
    heard = {
        scene.spec.id: [
            [
                one.name,
                _digest(one.path),
                str(one.start),
                str(one.gain),
                str(one.background_gain),
                one.is_voice,
            ]
            for one in scene_sounds(plan.chapter, scene.spec, scene.timeline)
        ]
        for scene in plan.scenes
        if scene.timeline is not None
    }
    if music is None and not any(heard.values()):
        return {}
    return {
        "loudness": plan.chapter.sound.loudness,
        "heard": heard,
        "music": music
        and [
            music.name,
            _digest(music.path),
            str(music.gain),
            str(music.duck),
            str(music.fade_seconds),
        ],
    }


def _digest(path: Path) -> str:
    return file_digest(path) if path.is_file() else MISSING


def _name(project: Path, path: Path) -> str:
    """Relative to the project, or else no more than the file's name: records travel."""
    inside = (project / path).is_relative_to(project)
    return str((project / path).relative_to(project)) if inside else path.name
