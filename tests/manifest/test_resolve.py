"""That `only` keeps what it names, in the chapter's order, or lists what there is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.manifest.load import load_chapter

Write = Callable[..., Path]
THREE = [("  - id: outro", "  - id: layer-2\n    scene: scenes/layer.py:Layer\n  - id: outro")]


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        ([], ["layer", "layer-2", "outro"]),
        (["layer"], ["layer"]),
        (["layer*"], ["layer", "layer-2"]),
        (["outro", "layer-?"], ["layer-2", "outro"]),
        (["*"], ["layer", "layer-2", "outro"]),
        (["[lo]*", "outro"], ["layer", "layer-2", "outro"]),
    ],
    ids=str,
)
def test_keeps_scenes(write: Write, only: list[str], kept: list[str]) -> None:
    assert [scene.id for scene in load_chapter(write(THREE), only=only).scenes] == kept


@pytest.mark.parametrize(
    ("only", "says"),
    [
        (["layr"], 'no scene matches "layr"; did you mean "layer"?'),
        (["conv*"], 'no scene matches "conv*"'),
        (["layer", "Outro"], 'no scene matches "Outro"; did you mean "outro"?'),
        ([""], 'no scene matches ""'),
    ],
    ids=str,
)
def test_lists_the_ids_there_are(write: Write, only: list[str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_chapter(write(THREE), only=only)

    assert str(caught.value) == f"{says}\n  scenes  layer, layer-2, outro"


def test_keeps_the_lines_of_those_kept(write: Write) -> None:
    assert [scene.line for scene in load_chapter(write(THREE), only=["outro"]).scenes] == [9]
