"""That texts for cues are shown when those cues are said, and what is lacking is told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engine.timeline import CueMark
from pipeline.errors import ManifestError
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.media.translations import lacking, read_texts, translated_cues

CUES = (
    CueMark(id="a", text="First.", start=0, stop=20, spoken="The first."),
    CueMark(id="b", text="Second.", start=30, stop=60),
)
MANIFEST = """\
version: 1
chapter: talk
title: A talk
preset: tiny
presets: {tiny: {width: 320, height: 180, rate: 15}}
translations: {de: de.yaml}
scenes:
  - {id: one, scene: "s.py:One"}
  - {id: two, scene: "s.py:Two", translations: {de: two.srt, fr: two.srt}}
"""
SRT = "1\n00:00:01,000 --> 00:00:02,000\nZwei.\n"


@pytest.fixture
def chapter(tmp_path: Path) -> Chapter:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/talk.yaml").write_text(MANIFEST)
    (tmp_path / "s.py").write_text("class One: ...\nclass Two: ...\n")
    (tmp_path / "de.yaml").write_text("one: {a: Erstens., c: Drittens.}\n")
    (tmp_path / "two.srt").write_text(SRT)
    return load_chapter(tmp_path / "manifests/talk.yaml")


def test_a_text_takes_the_time_of_its_cue(chapter: Chapter, timeline_of: Callable) -> None:
    found = translated_cues(chapter, chapter.scenes[0], timeline_of(CUES), CUES)

    assert found == {"de": (replace(CUES[0], text="Erstens.", spoken=""),), "fr": ()}


def test_a_scenes_own_file_comes_with_its_times(chapter: Chapter, timeline_of: Callable) -> None:
    found = translated_cues(chapter, chapter.scenes[1], timeline_of(CUES), CUES)

    assert [(c.text, c.start, c.stop) for c in found["de"]] == [("Zwei.", 30, 60)]
    assert found["fr"] == found["de"]


def test_what_is_lacking_and_what_is_too_much_is_told(chapter: Chapter) -> None:
    assert lacking(chapter, chapter.scenes[0], CUES) == [
        "de.yaml has no de for cue one/b",
        "de.yaml has de for one/c, which is no cue",
    ]
    assert lacking(chapter, chapter.scenes[1], CUES) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"- a\n", "write the scene's id"),
        (b"one: {a: [x]}\n", "write the scene's id"),
        (b"one: {a: 'x}\n", "cannot be read"),
        (b"one:\n  a: Gr\xfc\xdfe\n", "de.yaml:2: is not UTF-8"),
    ],
    ids=["list", "no text", "broken", "latin-1"],
)
def test_what_cannot_be_read_is_told(data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "de.yaml").write_bytes(data)

    with pytest.raises(ManifestError) as found:
        read_texts(tmp_path / "de.yaml")

    assert says in str(found.value)
