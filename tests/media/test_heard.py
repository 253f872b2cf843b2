"""That what a scene placed and a manifest asked for is heard, and an edited file is another key."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.engine.timeline import CueMark, Sound
from pipeline.farm.chapter import ChapterPlan
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.media.sounds import music_of, scene_sounds, sound_fields
from pipeline.plan.scenes import PlannedScene, Voice, scene_job

MANIFEST = """\
version: 1
chapter: talk
title: A talk
preset: tiny
presets: {tiny: {width: 320, height: 180, rate: 30}}
sound: {music: {file: bed.wav, gain: -18}}
scenes:
  - {id: one, scene: "s.py:One"}
"""
CUES = (CueMark(id="a", text="First.", start=30, stop=50),)
POP = Sound(
    file="pop.wav", frame=45, gain=-6.0, offset_us=-2500, background_gain=-3.0, asked_by="s.py:7"
)


@pytest.fixture
def chapter(tmp_path: Path) -> Chapter:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/talk.yaml").write_text(MANIFEST)
    (tmp_path / "s.py").write_text("class One: ...\n")
    for name in ("bed.wav", "pop.wav", "said.wav"):
        (tmp_path / name).write_bytes(name.encode())
    return load_chapter(tmp_path / "manifests/talk.yaml")


@pytest.fixture
def planned(chapter: Chapter, timeline_of: Callable) -> PlannedScene:
    (spec,) = chapter.scenes
    return PlannedScene(
        spec=spec,
        job=scene_job(chapter, spec, {}),
        timeline=replace(timeline_of(CUES), sounds=(POP,)),
        why_trace="",
        segments=(),
        voices=(
            Voice(cue_id="a", path=chapter.project / "said.wav", name="said.wav", seconds="1.000"),
        ),
    )


def test_voices_and_sounds_are_placed_to_the_microsecond(
    chapter: Chapter, planned: PlannedScene
) -> None:
    said, pop = scene_sounds(chapter, planned)

    assert (said.name, said.start, said.is_voice) == ("said.wav", 1, True)
    assert said.asked_by == "scene one, cue a"
    assert (pop.path, pop.name) == (chapter.project / "pop.wav", "pop.wav")
    assert pop.start == Fraction(45, 30) - Fraction(2500, 1_000_000)
    assert (pop.gain, pop.background_gain, pop.is_voice) == (-6.0, -3.0, False)
    assert pop.asked_by == "scene one, s.py:7"


def test_music_is_as_the_manifest_asks(chapter: Chapter) -> None:
    music = music_of(chapter)

    assert music is not None
    assert (music.name, music.gain, music.duck, music.fade_seconds) == ("bed.wav", -18, -12, 2)


@pytest.mark.parametrize("name", ["bed.wav", "pop.wav", "said.wav"])
def test_an_edited_file_makes_another_key(
    name: str, chapter: Chapter, planned: PlannedScene
) -> None:
    plan = ChapterPlan(chapter=chapter, scenes=(planned,))
    before = sound_fields(plan)

    (chapter.project / name).write_bytes(b"another")

    assert sound_fields(plan) != before


def test_a_chapter_without_sound_has_no_such_key(chapter: Chapter, planned: PlannedScene) -> None:
    assert planned.timeline is not None
    quiet = replace(planned, voices=(), timeline=replace(planned.timeline, sounds=()))
    silent = replace(chapter, sound=replace(chapter.sound, music=None))

    assert sound_fields(ChapterPlan(chapter=silent, scenes=(quiet,))) == {}
