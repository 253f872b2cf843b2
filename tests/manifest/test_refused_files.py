"""That what a manifest names and is not there is answered with its line, all at once."""

from collections.abc import Callable

import pytest

Problems = Callable[[list[tuple[str, str]]], list[str]]
LAYER = "scene: scenes/layer.py:Layer"
INSIDE = "must be a path inside the project, with / and without .."


@pytest.mark.parametrize(
    ("edits", "says"),
    [
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
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(
    problems_in: Problems, edits: list[tuple[str, str]], says: list[str]
) -> None:
    assert problems_in(edits) == says
