"""That a preset means the same wherever it is named, and nothing of it is lost in overriding."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import ManifestError, UsageError
from pipeline.manifest.load import load_chapter
from pipeline.manifest.presets import OWN, load_presets, resolve_preset
from pipeline.manifest.resolved import Preset

Write = Callable[..., Path]
BESIDE = "version: 1\npresets:\n  house: {width: 640, height: 360, rate: 25}\n"
OWN_SIZES = {
    "draft": (854, 480, 15),
    "sd": (854, 480, 30),
    "preview": (1280, 720, 30),
    "hd": (1920, 1080, 30),
    "hd60": (1920, 1080, 60),
    "uhd": (3840, 2160, 60),
    "lossless": (854, 480, 30),
}


def test_the_farm_has_its_own() -> None:
    presets = {name: resolve_preset(name, asked) for name, asked in load_presets(OWN).items()}

    assert presets == {
        name: Preset(
            name=name,
            width=width,
            height=height,
            rate=Fraction(rate),
            lossless=name == "lossless",
            crf=0 if name == "lossless" else 23,
        )
        for name, (width, height, rate) in OWN_SIZES.items()
    }


@pytest.mark.parametrize(
    ("edit", "options", "preset"),
    [
        pytest.param(
            "",
            {"preset": "hd60"},
            Preset(name="hd60", width=1920, height=1080, rate=Fraction(60)),
            id="named by the command line",
        ),
        pytest.param(
            "preset: uhd\n",
            {"preset": "sd"},
            Preset(name="sd", width=854, height=480, rate=Fraction(30)),
            id="named by both",
        ),
        pytest.param(
            "presets: {draft: {crf: 18, rate: 30000/1001}}\n",
            {},
            Preset(name="draft", width=854, height=480, rate=Fraction(30000, 1001), crf=18),
            id="changed by the manifest",
        ),
        pytest.param(
            "preset: wide\npresets: {wide: {width: 1280, height: 536, rate: 24,"
            " encoder_preset: slow, samples: 8}}\n",
            {},
            Preset(
                name="wide",
                width=1280,
                height=536,
                rate=Fraction(24),
                samples=8,
                encoder_preset="slow",
            ),
            id="added by the manifest",
        ),
        pytest.param(
            "",
            {"preset": "lossless", "resolution": "1920x1080"},
            Preset(
                name="lossless-1920x1080",
                width=1920,
                height=1080,
                rate=Fraction(30),
                lossless=True,
                crf=0,
            ),
            id="of another size",
        ),
        pytest.param(
            "",
            {"preset": "hd", "resolution": "1920x1080"},
            Preset(name="hd", width=1920, height=1080, rate=Fraction(30)),
            id="of its own size",
        ),
    ],
)
def test_is_the_one_asked_for(
    write: Write, edit: str, options: dict[str, str], preset: Preset
) -> None:
    chapter = load_chapter(write([("version: 1\n", f"version: 1\n{edit}")]), **options)

    assert chapter.preset == preset
    assert [scene.preset for scene in chapter.scenes] == [preset, preset]


@pytest.mark.parametrize(
    ("name", "crf", "samples"), [("draft", 30, 4), ("lossless", 0, 4)], ids=["lossy", "lossless"]
)
def test_a_scene_changes_its_own_only(write: Write, name: str, crf: int, samples: int) -> None:
    path = write([("py:Layer\n", "py:Layer\n    preset: {samples: 4, crf: 30}\n")])
    layer, outro = load_chapter(path, preset=name).scenes

    assert (layer.preset.crf, layer.preset.samples) == (crf, samples)
    assert outro.preset == load_chapter(path, preset=name).preset


def test_those_beside_a_manifest_take_the_place_of_the_farms(write: Write) -> None:
    path = write([("version: 1", "version: 1\npreset: house")], {"manifests/presets.yaml": BESIDE})

    assert load_chapter(path).preset == Preset(
        name="house", width=640, height=360, rate=Fraction(25)
    )
    with pytest.raises(UsageError, match=r'^no preset "draft", only house$'):
        load_chapter(path, preset="draft")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"preset": "hd6"}, 'no preset "hd6"; did you mean "hd60"?'),
        ({"resolution": "1080p"}, '--resolution: write a size as 1920x1080, and not "1080p"'),
        (
            {"resolution": "853x480"},
            "--resolution: the width must be even and between 16 and 8192 pixels, and is 853",
        ),
    ],
    ids=str,
)
def test_says_what_there_is_instead(write: Write, options: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_chapter(write(), **options)

    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "version: 1\npresets:\n  hd: {width: 1921, height: 1080, rate: 30, crff: 2}\n  hd: {}\n"
            "  sd: {width: 854}\n",
            [
                "3: presets.hd.width: must be a multiple of 2, and is 1921",
                '3: presets.hd.crff: no such key; did you mean "crf"?',
                "4: presets.hd: written twice, first on line 3: keep one of them",
                "5: presets.sd.height: is missing, for instance  height: 1080",
                "5: presets.sd.rate: is missing, for instance  rate: 30",
            ],
            id="wrong throughout",
        ),
        pytest.param(
            "version: 1\npresets: {}\n", ["2: presets: needs at least one entry"], id="none"
        ),
        pytest.param("presets: {}\n", ["1: version: is missing: begin with version: 1"], id="new"),
        pytest.param("a: [\n", ["2: cannot be read as YAML: a value is missing, or a bracket or"
                                " comma too many"], id="not yaml"),
    ],
)  # fmt: skip
def test_their_own_problems_follow_those_of_the_manifest(
    write: Write, text: str, says: list[str]
) -> None:
    path = write([("title:", "titel:")], {"manifests/presets.yaml": text})

    with pytest.raises(ManifestError) as caught:
        load_chapter(path)

    beside = path.with_name("presets.yaml")
    assert caught.value.problems == (
        f'{path}:3: titel: no such key; did you mean "title"?',
        *(f"{beside}:{line}" for line in says),
    )
