"""That what is wrong with presets, resources and packages is answered with its line."""

from collections.abc import Callable

import pytest

Problems = Callable[[list[tuple[str, str]]], list[str]]
LAYER = "scene: scenes/layer.py:Layer"
STITCHED = "is the same for all scenes of a chapter, which are joined without encoding them again"


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        pytest.param(
            [("version: 1", "version: 1\npreset: drafft")],
            ['2: preset: no preset "drafft"; did you mean "draft"?'],
            id="a misspelt preset",
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
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(
    problems_in: Problems, edits: list[tuple[str, str]], says: list[str]
) -> None:
    assert problems_in(edits) == says
