"""That a manifest is either understood whole, or answered line by line in plain words."""

import pickle
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import ManifestError, UsageError
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import (
    CaptionAsked,
    Chapter,
    NarrationSpec,
    Preset,
    Resources,
    SceneSpec,
)

Write = Callable[..., Path]
DRAFT = Preset(name="draft", width=854, height=480, rate=Fraction(15))
LAYER = "scene: scenes/layer.py:Layer"

FULL = """\
version: 1
chapter: convolution
title: "Convolution, cell by cell"
language: no
preset: sd
presets: {sd: {crf: 18}, cinema: {width: 2048, height: 858, rate: "24000/1001"}}
defaults:
  time_limit: 5m
  params: {seed: 1, pace: slow}
  resources: {cpu: 2}
scenes:
  - id: layer
    scene: scenes/layer.py:Layer
    title: "One layer, every multiplication"   # makes a chapter mark
    params: {seed: 12}
    preset: {samples: 4, crf: 12}
    resources: {cpu: 0.5, gpu: 0.25, memory: 1GiB}
    time_limit: 1h30m
    captions:
      - {at: 0, until: 2.1, text: First}
      - {at: "2.5s", until: 1:02.5, text: Second}
  - id: outro
    scene: scenes/outro.py:Outro
    captions: scenes/captions.vtt
"""


def test_resolves_everything(write: Write, tmp_path: Path) -> None:
    path = write(text=FULL)
    sd = Preset(name="sd", width=854, height=480, rate=Fraction(30), crf=18)

    assert load_chapter(path) == Chapter(
        id="convolution",
        title="Convolution, cell by cell",
        language="no",
        preset=sd,
        project=tmp_path,
        manifest=path,
        narration=NarrationSpec(folder=tmp_path / "narration/convolution", speaker="no"),
        scenes=(
            SceneSpec(
                id="layer",
                file="scenes/layer.py",
                class_name="Layer",
                title="One layer, every multiplication",
                params={"seed": 12, "pace": "slow"},
                preset=Preset(
                    name="sd", width=854, height=480, rate=Fraction(30), crf=12, samples=4
                ),
                resources=Resources(cpu=0.5, gpu=0.25, memory_bytes=2**30),
                time_limit_seconds=5400.0,
                captions=(
                    CaptionAsked(
                        start_seconds=Fraction(0), stop_seconds=Fraction(21, 10), text="First"
                    ),
                    CaptionAsked(
                        start_seconds=Fraction(5, 2), stop_seconds=Fraction(125, 2), text="Second"
                    ),
                ),
                line=12,
            ),
            SceneSpec(
                id="outro",
                file="scenes/outro.py",
                class_name="Outro",
                title=None,
                params={"seed": 1, "pace": "slow"},
                preset=sd,
                resources=Resources(cpu=2),
                time_limit_seconds=300.0,
                captions=tmp_path / "scenes/captions.vtt",
                line=22,
            ),
        ),
    )


def test_fills_in_what_is_not_said(write: Write) -> None:
    chapter = load_chapter(write())

    assert (chapter.language, chapter.preset) == ("en", DRAFT)
    assert [scene.scene for scene in chapter.scenes] == [
        "scenes/layer.py:Layer",
        "scenes/outro.py:Outro",
    ]
    assert chapter.scenes[0] == SceneSpec(
        id="layer",
        file="scenes/layer.py",
        class_name="Layer",
        title=None,
        params={},
        preset=DRAFT,
        resources=Resources(cpu=1, gpu=0, memory_bytes=None),
        time_limit_seconds=1200.0,
        captions="cues",
        line=5,
    )


@pytest.mark.parametrize(
    "line",
    [
        "captions: [{at: 1, until: 3, text: a}, {at: 3, until: 4, text: b}]",
        "captions: []",
        "captions: none",
        "resources: {cpu: 0.1, gpu: 1.0}",
        "resources: {cpu: 1024, gpu: 64}",
        "preset: {crf: 51, samples: 16}",
        "preset: {crf: 1, samples: 0}",
        "params:\n      _seed: {a: [1, 2.5, null, text]}",
        "title:",
    ],
)
def test_takes(write: Write, line: str) -> None:
    load_chapter(write([(LAYER, f"{LAYER}\n    {line}")]))


def test_delivers_each_package_once_and_the_video_always(write: Write) -> None:
    chapter = load_chapter(write([("version: 1", "version: 1\ndeliver: [hls, gif, hls]")]))

    assert chapter.deliver == ("mp4", "hls", "gif")


def test_survives_the_trip_to_a_worker(write: Write) -> None:
    chapter = load_chapter(write(text=FULL))

    assert pickle.loads(pickle.dumps(chapter)) == chapter


@pytest.mark.parametrize(
    ("folders", "edit", "root"),
    [
        pytest.param(["course/manifests"], "", "course", id="above its manifests folder"),
        pytest.param(["course/a/b"], "", "course/a/b", id="its own folder"),
        pytest.param(
            ["course/a/b", "course/custom_config.yml"], "", "course", id="with manimgl's settings"
        ),
        pytest.param(
            ["course/a/b", "course/pyproject.toml"], "", "course", id="with a pyproject.toml"
        ),
        pytest.param(
            ["course/manifests", "other/x"], "project: ../../other\n", "other", id="named"
        ),
        pytest.param(["course/manifests"], "project: .\n", "course/manifests", id="named as here"),
    ],
)
def test_finds_the_project(tmp_path: Path, folders: list[str], edit: str, root: str) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / root / "intro.py").write_text("class Intro: ...\n")
    path = tmp_path / folders[0] / "lecture.yaml"
    path.write_text(
        f"version: 1\n{edit}chapter: a\ntitle: A\nscenes: [{{id: a, scene: intro.py:Intro}}]\n"
    )

    assert load_chapter(path).project == tmp_path / root


@pytest.mark.parametrize("text", ["- version: 1\n", "hello\n", "3\n"])
def test_refuses_what_is_no_mapping(write: Write, text: str) -> None:
    path = write(text=text)

    with pytest.raises(ManifestError) as caught:
        load_chapter(path)

    assert str(caught.value) == f"{path}:1: must be a mapping of keys, beginning with version: 1"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lectrue.yaml", 'no manifest {}/lectrue.yaml; did you mean "lecture.yaml"?'),
        ("zz.txt", "no manifest {}/zz.txt"),
        ("no/such/lecture.yaml", "no manifest {}/no/such/lecture.yaml"),
        ("", "{} is a folder: name the manifest in it, {}/chapter.yaml"),
    ],
)
def test_says_which_manifest_may_have_been_meant(write: Write, name: str, says: str) -> None:
    folder = write().parent

    with pytest.raises(UsageError) as caught:
        load_chapter(folder / name)

    assert str(caught.value) == says.replace("{}", str(folder))
