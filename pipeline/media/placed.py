"""
A chapter whose scenes have found their places: first frames, captions, marks, and how it is told.

Pure. Counted in frames of the chapter unless a name says `in_scene`: of the scene, as the chapter
shows it. Made into files by media/finish.py, and held against them by media/verify.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import CueMark, Play, Timeline
from pipeline.errors import VerificationFailed
from pipeline.media.captions import Captions, CaptionTrack, lay_out
from pipeline.media.chapters import ChapterMark, marks_of
from pipeline.media.heard import Heard, Music, Soundtrack
from pipeline.media.joined import Joined
from pipeline.media.pictures import Still
from pipeline.media.planned import Planned, shown
from pipeline.media.record import TIMELINE_VERSION
from pipeline.media.stitch import Chunk
from pipeline.store.local import file_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedScene:
    """A scene of which every frame is drawn."""

    id: str
    title: str | None
    """Makes a chapter mark."""
    timeline: Timeline
    chunks: tuple[Chunk, ...]
    """All of its frames, in order; and the transition into it."""
    captions: tuple[CueMark, ...]
    """In frames of the scene, as the chapter shows it."""
    joined: Joined = field(default_factory=Joined)
    """With its neighbours."""
    heard: tuple[Heard, ...] = ()
    """In seconds of the scene, as the chapter shows it."""
    translations: Mapping[str, tuple[CueMark, ...]] = field(default_factory=dict)
    """Its captions in other languages, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedScene:
    """A scene and where in the chapter it begins."""

    first_frame: int
    scene: FinishedScene


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChapter:
    """Everything decided about a chapter before any of it is written."""

    id: str
    title: str
    language: str
    """BCP 47."""
    rate: Fraction
    width: int
    height: int
    lossless: bool
    scenes: tuple[PlacedScene, ...]
    captions: Captions
    marks: tuple[ChapterMark, ...]
    frames: int
    key: str
    soundtrack: Soundtrack | None = None
    """None where there is nothing to hear."""
    translations: Mapping[str, Captions] = field(default_factory=dict)
    """Its captions in other languages."""

    @property
    def chunks(self) -> list[Chunk]:
        return [chunk for placed in self.scenes for chunk in placed.scene.chunks]

    @property
    def planned(self) -> Planned:
        """What its video has to be."""
        return Planned(
            title=self.title,
            language=self.language,
            rate=self.rate,
            width=self.width,
            height=self.height,
            frames=self.frames,
            lossless=self.lossless,
            captions=shown(self.captions.captions),
            marks=self.marks,
            sound=self.soundtrack.planned if self.soundtrack else None,
            translations=tuple((t.language, shown(t.captions)) for t in self.translated),
        )

    @property
    def translated(self) -> tuple[CaptionTrack, ...]:
        """Every other language in which something is shown."""
        return tuple(
            CaptionTrack(language=language, captions=found.captions)
            for language, found in self.translations.items()
            if found.captions
        )

    @property
    def problems(self) -> list[str]:
        """Captions over the limits, in all languages."""
        found = [str(problem) for problem in self.captions.problems]
        for language, captions in self.translations.items():
            found += [f"{language}, {problem}" for problem in captions.problems]
        return found

    def said_in(self, language: str) -> list[tuple[str | None, list[str]]]:
        """As `said`, in another language."""
        return [
            (placed.scene.title, [c.text for c in placed.scene.translations.get(language, ())])
            for placed in self.scenes
        ]

    @property
    def said(self) -> list[tuple[str | None, list[str]]]:
        """Title of each scene in which something is said, and what."""
        found = [
            (placed.scene.title, [cue.text for cue in placed.scene.captions])
            for placed in self.scenes
        ]
        return found if any(said for _, said in found) else []

    @property
    def stills(self) -> list[Still]:
        """The last frame of every play that has frames, before it is mixed with another scene's."""
        found = [
            Still(
                scene=placed.scene.id,
                play=play.index,
                frame=placed.first_frame + _clear(placed.scene, play),
            )
            for placed in self.scenes
            for play in placed.scene.timeline.plays
            if play.frames
        ]
        return found or [Still(scene=self.id, play=0, frame=self.frames - 1)]

    def timeline_json(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """What timeline.json says; see media/record.py for who reads it."""
        return {
            "version": TIMELINE_VERSION,
            "chapter": self.id,
            "title": self.title,
            "language": self.language,
            "rate": str(self.rate),
            "width": self.width,
            "height": self.height,
            "lossless": self.lossless,
            "frames": self.frames,
            "key": self.key,
            "scenes": [_scene_json(placed) for placed in self.scenes],
            "outputs": dict(outputs),
            **({"sound": _sound_json(self.soundtrack)} if self.soundtrack else {}),
            **(
                {"translations": [track.language for track in self.translated]}
                if self.translated
                else {}
            ),
        }


def place(
    *,
    chapter_id: str,
    title: str,
    language: str,
    rate: Fraction,
    width: int,
    height: int,
    lossless: bool,
    scenes: Sequence[FinishedScene],
    key: str,
    music: Music | None = None,
    loudness: int | None = None,
) -> PlacedChapter:
    """
    Puts the scenes one after the other.

    Raises:
        VerificationFailed: the chunks of a scene are not all of its frames.
    """
    firsts, frames = [], 0
    for scene in scenes:
        firsts.append(frames - scene.joined.overlap)
        frames = firsts[-1] + scene.timeline.frames
    placed = []
    for first, scene in zip(firsts, scenes, strict=True):
        _require_whole(scene)
        placed.append(PlacedScene(first_frame=first, scene=scene))

    def laid_out(name: str, cues_of: Callable[[FinishedScene], Sequence[CueMark]]) -> Captions:
        cues = [
            replace(
                cue,
                id=f"{one.scene.id}/{cue.id}",
                start=one.first_frame + cue.start,
                stop=one.first_frame + min(cue.stop, one.scene.timeline.frames),
            )
            for one in placed
            for cue in cues_of(one.scene)
        ]
        return lay_out(cues, rate=rate, frames=frames, language=name, cuts=firsts)

    languages = dict.fromkeys(name for scene in scenes for name in scene.translations)
    return PlacedChapter(
        id=chapter_id,
        title=title,
        language=language,
        rate=rate,
        width=width,
        height=height,
        lossless=lossless,
        scenes=tuple(placed),
        captions=laid_out(language, lambda scene: scene.captions),
        translations={
            name: laid_out(name, lambda scene, name=name: scene.translations.get(name, ()))  # type: ignore[misc]
            for name in languages
        },
        marks=marks_of([(one.scene.title, one.first_frame) for one in placed], title=title),
        frames=frames,
        key=key,
        soundtrack=_soundtrack(placed, music, loudness, frames / rate),
    )


def _soundtrack(
    placed: Sequence[PlacedScene], music: Music | None, loudness: int | None, seconds: Fraction
) -> Soundtrack | None:
    heard = tuple(
        replace(heard, start=one.first_frame / one.scene.timeline.rate + heard.start)
        for one in placed
        for heard in one.scene.heard
    )
    if not heard and music is None:
        return None
    return Soundtrack(heard=heard, music=music, seconds=seconds, loudness=loudness)


def _sound_json(track: Soundtrack) -> dict[str, Any]:
    return {
        "loudness": track.loudness,
        "heard": [
            {
                "file": heard.name,
                "start_seconds": round(float(heard.start), 6),
                "gain": heard.gain,
                "voice": heard.is_voice,
            }
            for heard in track.heard
        ],
        "music": track.music.name if track.music else None,
        "files": {name: file_digest(path) for name, path in sorted(track.files.items())},
    }


def _require_whole(scene: FinishedScene) -> None:
    found = sum(chunk.frames for chunk in scene.chunks) - scene.joined.borrowed
    if found != scene.timeline.frames:
        raise VerificationFailed(
            path=Path(scene.timeline.scene),
            what=f"frames in the chunks of scene {scene.id}",
            expected=scene.timeline.frames,
            found=found,
        )


def _clear(scene: FinishedScene, play: Play) -> int:
    """The frame of a scene that shows a play best: its last, or the last that is all its own."""
    last = play.first_frame + play.frames - 1
    return max(play.first_frame, min(last, scene.timeline.frames - scene.joined.mixed - 1))


def _scene_json(placed: PlacedScene) -> dict[str, Any]:
    scene, first = placed.scene, placed.first_frame
    return {
        "id": scene.id,
        "title": scene.title,
        "scene": scene.timeline.scene,
        "first_frame": first,
        "frames": scene.timeline.frames,
        "plays": [
            {
                "index": play.index,
                "kind": play.kind,
                "label": play.label,
                "file": play.file,
                "line": play.line,
                "first_frame": first + play.first_frame,
                "first_frame_in_scene": play.first_frame,
                "frames": play.frames,
            }
            for play in scene.timeline.plays
        ],
        "cues": [
            {
                "id": cue.id,
                "text": cue.text,
                "start_frame": first + cue.start,
                "start_frame_in_scene": cue.start,
                "frames": cue.stop - cue.start,
            }
            for cue in scene.captions
        ],
    }
