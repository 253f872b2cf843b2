"""That captions that cannot be shown are answered with their line."""

from collections.abc import Callable

import pytest

Problems = Callable[[list[tuple[str, str]]], list[str]]
LAYER = "scene: scenes/layer.py:Layer"
INSIDE = "must be a path inside the project, with / and without .."


@pytest.mark.parametrize(
    ("edits", "says"),
    [
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
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(
    problems_in: Problems, edits: list[tuple[str, str]], says: list[str]
) -> None:
    assert problems_in(edits) == says
