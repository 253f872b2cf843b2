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
STITCHED = "is the same for all scenes of a chapter, which are joined without encoding them again"
INSIDE = "must be a path inside the project, with / and without .."
GOOD_SCENES = """\
scenes:
  - id: layer
    scene: scenes/layer.py:Layer
  - id: outro
    scene: scenes/outro.py:Outro
"""
NAMES = "names files: at most 64 small letters, digits, - and _"

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


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        pytest.param(
            [("title:", "titel:")],
            ['3: titel: no such key; did you mean "title"?'],
            id="a misspelt key",
        ),
        pytest.param(
            [("title:", "colour: red\ntitle:")],
            [
                "3: colour: no such key, only version, chapter, title, language, translations, burn_in, preset, project,"
                " presets, defaults, bakes, narration, sound, deliver, ends, scenes"
            ],
            id="a key unlike any",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    timeout: 90s")],
            ["7: scenes.layer.timeout: no such key; write time_limit:"],
            id="a key by another name",
        ),
        pytest.param(
            [(LAYER, "file: scenes/layer.py\n    class: Layer")],
            [
                "6: scenes.layer.file: no such key; write scene: path/to/file.py:ClassName",
                "7: scenes.layer.class: no such key; write scene: path/to/file.py:ClassName",
            ],
            id="file and class apart",
        ),
        pytest.param(
            [("version: 1", "version: 1\n<<: {preset: hd}")],
            [
                "2: <<: no such key; merge keys are not read: repeat the keys, or put them under"
                " defaults:"
            ],
            id="a merge key",
        ),
        pytest.param(
            [("chapter: convolution", "chapter: convolution\nchapter: other")],
            ["3: chapter: written twice, first on line 2: keep one of them"],
            id="a key written twice",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    id: other")],
            ["7: scenes.layer.id: written twice, first on line 5: keep one of them"],
            id="a key written twice in a scene",
        ),
        pytest.param(
            [("chapter: convolution\n", "")],
            ["1: chapter: is missing, for instance  chapter: convolution"],
            id="no chapter",
        ),
        pytest.param(
            [("chapter: convolution", "chapter:")],
            ["2: chapter: is empty: write a value after the colon, or remove the line"],
            id="no value",
        ),
        pytest.param(
            [('"Convolution, cell by cell"', "2026")],
            ['3: title: must be text: put it in quotes, "2026"'],
            id="a number for text",
        ),
        pytest.param(
            [('"Convolution, cell by cell"', "[a, b]")],
            ["3: title: must be text, and is a list"],
            id="a list for text",
        ),
        pytest.param(
            [('"Convolution, cell by cell"', '" "')], ["3: title: must not be empty"], id="a blank"
        ),
        pytest.param(
            [("chapter: convolution", "chapter: ../convolution")],
            [f'2: chapter: {NAMES}, for instance "convolution"'],
            id="a path for a chapter",
        ),
        pytest.param(
            [("id: layer", "id: Conv Layer")],
            [f'5: scenes[1].id: {NAMES}, for instance "conv-layer"'],
            id="an id with a space",
        ),
        pytest.param(
            [("id: layer", "id: «»")], [f"5: scenes[1].id: {NAMES}"], id="an id of no letters"
        ),
        pytest.param(
            [("id: layer", "id: " + "a" * 65)],
            [f'5: scenes[1].id: {NAMES}, for instance "{"a" * 64}"'],
            id="an id too long",
        ),
        pytest.param(
            [("id: outro", "id: layer")],
            ["7: scenes.layer.id: the scene on line 5 has this id already: give it another"],
            id="an id twice",
        ),
        pytest.param(
            [("version: 1", "version: 1\nlanguage: English")],
            ['2: language: must be a language tag such as en, de or pt-BR, and is "English"'],
            id="a language by name",
        ),
        pytest.param(
            [(GOOD_SCENES, "scenes: []\n")],
            ["4: scenes: needs at least one entry"],
            id="no scenes",
        ),
        pytest.param(
            [("  - id: layer", "    id: layer"), ("  - id: outro\n    scene: ", "    s: ")],
            [
                "4: scenes: must be a list, each line beginning with `- `, and is a mapping of keys",
            ],
            id="scenes without dashes",
        ),
        pytest.param(
            [("- id: layer", "- scenes/intro.py:Intro\n  - id: layer")],
            [
                "5: scenes[1]: must be a mapping of keys, each `key: value`,"
                ' and is "scenes/intro.py:Intro"'
            ],
            id="a scene that is text",
        ),
        pytest.param(
            [("version: 1", "version: 1\npreset: drafft")],
            ['2: preset: no preset "drafft"; did you mean "draft"?'],
            id="a misspelt preset",
        ),
        pytest.param(
            [("version: 1", "version: 1\ndeliver:\n  - hls\n  - yuotube")],
            [
                "4: deliver[2]: must be mp4, hls, webm, gif, sprite, youtube or player, and is"
                ' "yuotube"; did you mean "youtube"?'
            ],
            id="a misspelt package",
        ),
        pytest.param(
            [("version: 1", "version: 1\ndeliver: hls")],
            ['2: deliver: must be a list, each line beginning with `- `, and is "hls"'],
            id="a package that is no list",
        ),
        pytest.param(
            [("version: 1", "version: 1\npreset: cinema")],
            [
                '2: preset: no preset "cinema", only draft, sd, preview, hd, hd60, uhd, lossless',
            ],
            id="an unknown preset",
        ),
        pytest.param(
            [("version: 1", "version: 1\npresets: {hdd: {crf: 18, rate: 30}}")],
            ['2: presets.hdd: is a new preset, and misses width, height; did you mean "hd"?'],
            id="a new preset not whole",
        ),
        pytest.param(
            [
                (
                    "version: 1",
                    "version: 1\npresets:\n  hd:\n    fps: 30\n    rate: 29.97\n    width: 853\n"
                    "    height: 9000\n    samples: 3\n    crf: 0\n    lossless: 1\n"
                    "    encoder_preset: fastest",
                )
            ],
            [
                "4: presets.hd.fps: no such key; write rate:",
                '5: presets.hd.rate: write a whole number or a quoted fraction: 29.97 is'
                ' "30000/1001"',
                "6: presets.hd.width: must be a multiple of 2, and is 853",
                "7: presets.hd.height: must be at most 8192, and is 9000",
                "8: presets.hd.samples: must be 0, 2, 4, 8 or 16, and is 3",
                "9: presets.hd.crf: must be at least 1, and is 0",
                "10: presets.hd.lossless: must be true or false, without quotes, and is 1",
                "11: presets.hd.encoder_preset: must be one of ultrafast, superfast, veryfast,"
                " faster, fast, medium, slow, slower, veryslow, placebo, and is \"fastest\"",
            ],
            id="a preset wrong throughout",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    preset: hd")],
            [
                f"7: scenes.layer.preset: {STITCHED};"
                " one scene changes only {samples: 4, crf: 18}"
            ],
            id="a preset for one scene",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    preset:\n      width: 640\n      rate: 60\n      lossless: true\n      encoder_preset: slow\n      sample: 4")],
            [
                f"8: scenes.layer.preset.width: {STITCHED}: change it under presets:",
                f"9: scenes.layer.preset.rate: {STITCHED}: change it under presets:",
                f"10: scenes.layer.preset.lossless: {STITCHED}: change it under presets:",
                f"11: scenes.layer.preset.encoder_preset: {STITCHED}: change it under presets:",
                '12: scenes.layer.preset.sample: no such key; did you mean "samples"?',
            ],
            id="what would break stitching",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    resources: {{cpu: 1.5, gpu: -1, memory: 4}}")],
            [
                "7: scenes.layer.resources.cpu: must be whole when above 1, and is 1.5",
                "7: scenes.layer.resources.gpu: must be at least 0, and is -1",
                "7: scenes.layer.resources.memory: write an amount with its unit, 1GiB or 512MiB,"
                " and not 4",
            ],
            id="resources",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    resources: {{cpu: 1025, gpu: 65}}\n    preset: {{crf: 52}}")],
            [
                "7: scenes.layer.resources.cpu: must be at most 1024, and is 1025",
                "7: scenes.layer.resources.gpu: must be at most 64, and is 65",
                "8: scenes.layer.preset.crf: must be at most 51, and is 52",
            ],
            id="more than there is",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    resources: {{cpu: two}}")],
            ['7: scenes.layer.resources.cpu: must be a number, and is "two"'],
            id="a word for a number",
        ),
        pytest.param(
            [("version: 1", "version: 1\ndefaults: {time_limit: 20, captions: ceus}")],
            [
                "2: defaults.time_limit: write a duration with its unit, 20m, 90s or 1h30m, and"
                " not 20",
                '2: defaults.captions: must be cues or none, and is "ceus"; did you mean "cues"?',
            ],
            id="defaults",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    params: {{2nd: 1, class: 2, __init__: 3}}")],
            [
                "7: scenes.layer.params.2nd: cannot be an attribute of a class: letters, digits"
                " and _ only",
                "7: scenes.layer.params.class: cannot be an attribute of a class: letters, digits"
                " and _ only",
                "7: scenes.layer.params.__init__: cannot be an attribute of a class: letters,"
                " digits and _ only",
            ],
            id="params that are no names",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    captions: ceus")],
            [
                "7: scenes.layer.captions: write cues, none, a .vtt, .srt or .json file, or a list of"
                ' {at, until, text}, and not "ceus"'
            ],
            id="captions that are no word",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    captions: {{at: 1}}")],
            [
                "7: scenes.layer.captions: write cues, none, a .vtt, .srt or .json file, or a list of"
                " {at, until, text}, and not a mapping of keys"
            ],
            id="captions that are no list",
        ),
        pytest.param(
            [
                (
                    LAYER,
                    f"{LAYER}\n    captions:\n      - {{at: 1, until: 1, text: a}}\n      - {{at: 2, until: 3}}\n"
                    '      - {from: 4, until: "1:75", text: ""}\n      - 5',
                )
            ],
            [
                "8: scenes.layer.captions[1]: until: must be later than at:",
                '9: scenes.layer.captions[2].text: is missing, for instance  text: "What is said"',
                "10: scenes.layer.captions[3].until: has 75 seconds after the colon; a minute ends"
                " at 60",
                "10: scenes.layer.captions[3].text: must not be empty",
                "10: scenes.layer.captions[3].from: no such key; write at:",
                "11: scenes.layer.captions[4]: must be a mapping of keys, each `key: value`, and"
                " is 5",
            ],
            id="captions one by one",
        ),
        pytest.param(
            [
                (
                    LAYER,
                    f"{LAYER}\n    captions: [{{at: 1, until: 3, text: a}},"
                    " {at: 2, until: 4, text: b}]",
                )
            ],
            ["7: scenes.layer.captions: caption 2 appears before the one above it is gone"],
            id="captions that overlap",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    captions: scenes/caption.vtt")],
            [
                "7: scenes.layer.captions: no file scenes/caption.vtt in ROOT;"
                ' did you mean "scenes/captions.vtt"?'
            ],
            id="a captions file that is not there",
        ),
        pytest.param(
            [(LAYER, f"{LAYER}\n    captions: ../captions.vtt")],
            [f"7: scenes.layer.captions: ../captions.vtt {INSIDE}"],
            id="a captions file outside",
        ),
        pytest.param(
            [("scenes/layer.py", "scenes/layers.py")],
            [
                "6: scenes.layer.scene: no file scenes/layers.py in ROOT;"
                ' did you mean "scenes/layer.py"?'
            ],
            id="a misspelt file",
        ),
        pytest.param(
            [("scenes/layer.py", "layer.py")],
            ['6: scenes.layer.scene: no file layer.py in ROOT; did you mean "scenes/layer.py"?'],
            id="a file in another folder",
        ),
        pytest.param(
            [("scenes/layer.py", "zz/qq.py")],
            ["6: scenes.layer.scene: no file zz/qq.py in ROOT"],
            id="a file unlike any",
        ),
        pytest.param(
            [("py:Layer", "py:Layers")],
            ['6: scenes.layer.scene: no class Layers in scenes/layer.py; did you mean "Layer"?'],
            id="a misspelt class",
        ),
        pytest.param(
            [("version: 1", "version: 1\nproject: ../../nowhere")],
            [
                "2: project: no folder ROOT/manifests/../../nowhere; it is relative to this"
                " manifest"
            ],
            id="a project that is not there",
        ),
        pytest.param(
            [("version: 1", "version: 2"), ("title:", "titel:")],
            ["1: version: must be 1, which is all that this chalkfarm reads, and is 2"],
            id="another version, alone",
        ),
        pytest.param(
            [("version: 1", "version: true")],
            ["1: version: must be 1, which is all that this chalkfarm reads, and is true"],
            id="a version that is no number",
        ),
        pytest.param(
            [("version: 1\n", ""), ("title:", "titel:")],
            ["1: version: is missing: begin with version: 1"],
            id="no version, alone",
        ),
        pytest.param(
            [
                ("title:", "titel:"),
                ("py:Layer", "py:Lyer\n    time_limit: 20\n    captions: missing.srt"),
                ("id: outro", "id: layer\n    id: outro"),
                ("scenes/outro.py", "../outro.py"),
            ],
            [
                '3: titel: no such key; did you mean "title"?',
                '6: scenes.layer.scene: no class Lyer in scenes/layer.py; did you mean "Layer"?',
                "7: scenes.layer.time_limit: write a duration with its unit, 20m, 90s or 1h30m,"
                " and not 20",
                "8: scenes.layer.captions: no file missing.srt in ROOT",
                "9: scenes.layer.id: the scene on line 5 has this id already: give it another",
                "10: scenes.layer.id: written twice, first on line 9: keep one of them",
                f"11: scenes.layer.scene: ../outro.py {INSIDE}",
            ],
            id="everything at once, in the order of the lines",
        ),
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(
    write: Write, tmp_path: Path, edits: list[tuple[str, str]], says: list[str]
) -> None:
    path = write(edits)

    with pytest.raises(ManifestError) as caught:
        load_chapter(path)

    found = [problem.replace(str(tmp_path), "ROOT") for problem in caught.value.problems]
    assert found == [f"ROOT/manifests/lecture.yaml:{line}" for line in says]
    assert caught.value.path == path


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
