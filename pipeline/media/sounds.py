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
from pipeline.engine.timeline import CueMark, Timeline
from pipeline.farm.chapter import ChapterPlan
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.media.heard import Heard, Music
from pipeline.plan.scenes import PlannedScene
from pipeline.store.local import file_digest


def scene_sounds(chapter: Chapter, planned: PlannedScene) -> tuple[Heard, ...]:
    """What is said in a scene, and what it placed by add_sound, in seconds of the scene."""
    assert planned.timeline is not None
    return (
        *_said(planned, planned.timeline),
        *_placed(chapter, planned.spec, planned.timeline),
    )


def _said(planned: PlannedScene, timeline: Timeline) -> tuple[Heard, ...]:
    if not planned.voices:
        return ()
    starts = {cue.id: cue.start for cue in _spoken(planned)}
    return tuple(
        Heard(
            path=voice.path,
            name=voice.name,
            start=starts[voice.cue_id] / timeline.rate,
            asked_by=f"scene {planned.spec.id}, cue {voice.cue_id}",
            is_voice=True,
        )
        for voice in planned.voices
        if voice.cue_id in starts
    )


def _spoken(planned: PlannedScene) -> tuple[CueMark, ...]:
    """The cues that a voice says, where the chapter shows them; not those trimmed away."""
    from pipeline.media.voices import spoken_cues

    assert planned.traced is not None
    cues = spoken_cues(planned.spec, planned.traced)
    return planned.shot.cues(cues) if planned.shot else cues


def _placed(chapter: Chapter, spec: SceneSpec, timeline: Timeline) -> tuple[Heard, ...]:
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


def narration_problems(plan: ChapterPlan) -> list[str]:
    """What a listener would notice: cues without the voice that was asked for, or over each other."""
    narration = plan.chapter.narration
    if narration.voice == "silence":
        return []
    from pipeline.media.voices import Recorded, find_recording, overlaps

    found = []
    lacking: dict[Recorded, list[str]] = {}
    for scene in plan.scenes:
        assert scene.timeline is not None
        cues = _spoken(scene)
        found += [
            f"{scene.spec.id}: {what}" for what in overlaps(scene.voices, scene.timeline, cues)
        ]
        if narration.voice == "recorded":
            for cue in cues:
                state = find_recording(narration, scene.spec.id, cue).state
                lacking.setdefault(state, []).append(f"{scene.spec.id}/{cue.id}")
    for state in (Recorded.MISSING, Recorded.STALE):
        if names := lacking.get(state):
            shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
            found.append(f"{len(names)} recordings are {state}: {shown}")
    return found


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
            for one in scene_sounds(plan.chapter, scene)
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
