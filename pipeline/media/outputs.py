"""
From a drawn plan to the files in `renders/<chapter>/<preset>/`: which chunks, which captions.

Works out what media/finish.py is to make and the key that names it; makes nothing itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engine.timeline import CueMark, Timeline
from pipeline.farm.chapter import ChapterPlan
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.media.joined import joined
from pipeline.media.sounds import music_of, narration_problems, scene_sounds, sound_fields
from pipeline.plan.key import Key
from pipeline.plan.scenes import PlannedScene
from pipeline.store.local import file_digest

if TYPE_CHECKING:
    from pipeline.media.finish import FinishedScene

MEDIA_VERSION = 4
"""Counted up whenever the same chunks and cues would give other files."""


def result_folder(renders: Path, chapter: Chapter, *, partial: bool) -> Path:
    """Where a chapter's files go; a part of a chapter never takes the whole one's place."""
    name = f"{chapter.preset.name}.only" if partial else chapter.preset.name
    return renders / chapter.id / name


def packages_of(chapter: Chapter, *, partial: bool) -> tuple[str, ...]:
    """Which packages to make; a part of a chapter is only looked at, and not handed out."""
    return ("mp4",) if partial else chapter.deliver


def chapter_key(plan: ChapterPlan) -> str:
    """
    The name of a chapter's files: its chunks in order, and all that is written around them.

    Needs a plan of which every scene is traced.
    """
    chapter = plan.chapter
    fields: dict[str, Any] = {
        "media": MEDIA_VERSION,
        "chapter": chapter.id,
        "title": chapter.title,
        "language": chapter.language,
        "scenes": [
            {
                "id": scene.spec.id,
                "title": scene.spec.title,
                "chunks": [digest for digest, _ in plan.chunks(index)],
                "captions": _captions_fields(scene),
                "plays": [
                    [p.kind, p.label, p.file, p.first_frame, p.frames]
                    for p in _traced(scene.timeline).plays
                ],
            }
            for index, scene in enumerate(plan.scenes)
        ],
    }
    if chapter.burn_in:
        fields["burn_in"] = list(chapter.burn_in)
    if chapter.languages:
        fields["translations"] = {
            "chapter": {name: file_digest(path) for name, path in chapter.translations.items()},
            "scenes": {
                scene.spec.id: {
                    name: file_digest(path) for name, path in scene.spec.translations.items()
                }
                for scene in plan.scenes
            },
        }
    if sound := sound_fields(plan):
        fields["sound"] = sound
    return Key("chapter", fields).digest


def _captions_fields(scene: PlannedScene) -> Any:
    if isinstance(scene.spec.captions, Path) and scene.shot is None:
        return file_digest(scene.spec.captions)
    return [[c.id, c.text, c.start, c.stop] for c in shown_cues(scene)]


def shown_cues(scene: PlannedScene, language: str = "en") -> tuple[CueMark, ...]:
    """What is said in a scene while the chapter shows it, in the frames of its shot."""
    cues = scene_cues(scene.spec, _traced(scene.traced), language)
    return scene.shot.cues(cues) if scene.shot else cues


def scene_cues(spec: SceneSpec, timeline: Timeline, language: str = "en") -> tuple[CueMark, ...]:
    """What is said in a scene: by itself, by its manifest, or by a captions file; in its own time."""
    if spec.captions == "none":
        return ()
    if spec.captions == "cues":
        return timeline.cues
    if isinstance(spec.captions, Path):
        from pipeline.media.timings import read_captions

        return read_captions(spec.captions, rate=timeline.rate, language=language)
    return tuple(
        CueMark(
            id=f"{spec.id}-{index}",
            text=asked.text,
            start=round(asked.start_seconds * timeline.rate),
            stop=round(asked.stop_seconds * timeline.rate),
        )
        for index, asked in enumerate(spec.captions, start=1)
    )


@dataclass
class Finishing:
    """The last step of a run: once drawn, made into files, checked, and put in place."""

    chapter: Chapter
    plan: ChapterPlan
    chunk_path: Callable[[str], Path]
    folder: Path
    run_folder: Path
    problems: list[str] = field(default_factory=list)
    """Captions that could not be brought within the limits; known after `finish`."""

    def finish(self) -> Path:
        """
        Makes and checks every file, then moves them into `folder`; gives the video's path.

        Raises:
            ChalkfarmError: something could not be made, or is not what was planned.
        """
        from pipeline.media.finish import finish
        from pipeline.media.translations import lacking

        preset = self.chapter.preset
        work = self.run_folder / "work"
        finished = finish(
            chapter_id=self.chapter.id,
            title=self.chapter.title,
            language=self.chapter.language,
            rate=preset.rate,
            width=preset.width,
            height=preset.height,
            lossless=preset.lossless,
            scenes=[self._scene(index) for index in range(len(self.plan.scenes))],
            folder=self.folder,
            work=work,
            log_path=self.run_folder / "logs" / "media.log",
            key=chapter_key(self.plan),
            music=music_of(self.chapter),
            loudness=self.chapter.sound.loudness,
            burn_in=self.chapter.burn_in,
        )
        shutil.rmtree(work, ignore_errors=True)
        self.problems = [*finished.problems, *narration_problems(self.plan)]
        for scene in self.plan.scenes:
            cues = scene_cues(scene.spec, _traced(scene.traced), self.chapter.language)
            self.problems += lacking(self.chapter, scene.spec, cues)
        return finished.video

    def _translations(self, scene: PlannedScene) -> dict[str, tuple[CueMark, ...]]:
        """A scene's captions in other languages, as the chapter shows it."""
        from pipeline.media.translations import translated_cues

        timeline = _traced(scene.traced)
        cues = scene_cues(scene.spec, timeline, self.chapter.language)
        found = translated_cues(self.chapter, scene.spec, timeline, cues)
        if scene.shot is None:
            return found
        return {language: scene.shot.cues(marks) for language, marks in found.items()}

    def _scene(self, index: int) -> FinishedScene:
        from pipeline.media.finish import FinishedScene
        from pipeline.media.stitch import Chunk

        scene = self.plan.scenes[index]
        return FinishedScene(
            id=scene.spec.id,
            title=scene.spec.title,
            timeline=_traced(scene.timeline),
            chunks=tuple(
                Chunk(path=self.chunk_path(digest), frames=frames)
                for digest, frames in self.plan.chunks(index)
            ),
            captions=shown_cues(scene, self.chapter.language),
            translations=self._translations(scene),
            heard=scene_sounds(self.chapter, scene),
            joined=joined(self.plan, index),
        )


def _traced(timeline: Timeline | None) -> Timeline:
    assert timeline is not None, "a chapter is finished after its scenes are traced"
    return timeline
