"""That a key nobody reads, and a value of another kind, is answered with its line."""

from collections.abc import Callable

import pytest

Problems = Callable[[list[tuple[str, str]]], list[str]]
LAYER = "scene: scenes/layer.py:Layer"
NAMES = "names files: at most 64 small letters, digits, - and _"
GOOD_SCENES = """\
scenes:
  - id: layer
    scene: scenes/layer.py:Layer
  - id: outro
    scene: scenes/outro.py:Outro
"""


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
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(
    problems_in: Problems, edits: list[tuple[str, str]], says: list[str]
) -> None:
    assert problems_in(edits) == says
