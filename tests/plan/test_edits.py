"""That transitions are made where they belong, and refused where they do not fit."""

from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.manifest.edits import Edits, Ends, Time, Transition
from pipeline.manifest.resolved import Chapter
from pipeline.plan.edits import Edge, edges_of, join_problems, room_problems
from pipeline.plan.joins import joins_of
from tests.planned import chapter, spec

NAMES = ("one", "two", "three")


def transition(text: str) -> Transition:
    """`crossfade 15f`."""
    kind, length = text.split()
    unit = "s" if length[-1] == "s" else "f"
    return Transition(kind=kind, length=Time(Fraction(length[:-1]), unit))  # type: ignore[arg-type]


def joined(
    *into: str, ends: tuple[str, str] | None = None, only: tuple[str, ...] = NAMES
) -> Chapter:
    """Scenes with these transitions between them, of which some are rendered."""
    scenes = []
    for index, name in enumerate(NAMES):
        asked = into[index - 1] if 0 < index <= len(into) else ""
        edits = Edits(
            transition=transition(asked) if asked else Transition(),
            follows=NAMES[index - 1] if index else "",
            lines={"transition": 10 * index + 3},
        )
        scenes.append(spec(name, captions="none", line=10 * index, edits=edits))
    fades = [transition(f"fade {length}") for length in ends or ()]
    return chapter(
        *(scene for scene in scenes if scene.id in only),
        manifest=Path("c.yaml"),
        ends=Ends(fade_in=fades[0], fade_out=fades[1], first="one", last="three")
        if fades
        else Ends(),
    )


def told(asked: Chapter) -> list[tuple[str, int | None, int | None, int]]:
    return [(j.kind, j.before, j.after, j.frames) for j in joins_of(asked)]


def test_takes_what_each_kind_needs() -> None:
    asked = joined("crossfade 1s", "fade 9f", ends=("4f", "2s"))

    assert told(asked) == [
        ("fade", None, 0, 4),
        ("crossfade", 0, 1, 15),
        ("fade", 1, 2, 9),
        ("fade", 2, None, 30),
    ]
    assert edges_of(asked, joins_of(asked)) == (
        Edge(takes=4, lead=4, gives=15),
        Edge(takes=15, gives=4),
        Edge(takes=5, gives=30, tail=30),
    )


@pytest.mark.parametrize(
    ("only", "joins"),
    [
        (("one", "two"), [("fade", None, 0, 4), ("crossfade", 0, 1, 15)]),
        (("two", "three"), [("fade", 0, 1, 9), ("fade", 1, None, 30)]),
        (("one", "three"), [("fade", None, 0, 4), ("fade", 1, None, 30)]),
        (("two",), []),
    ],
    ids=["first two", "last two", "not the second", "the second"],
)
def test_are_made_between_neighbours_only(only: tuple[str, ...], joins: list[object]) -> None:
    assert told(joined("crossfade 1s", "fade 9f", ends=("4f", "2s"), only=only)) == joins


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (27, []),
        (
            26,
            [
                "c.yaml:23: scenes.three.transition: takes 12 frames of two, which has 26, 15 of "
                "which the one before it takes: take at most 11, or hold a picture of two for longer"
            ],
        ),
        (
            14,
            [
                "c.yaml:13: scenes.two.transition: takes 15 frames of two, which has 14: take at "
                "most 14, or hold a picture of two for longer"
            ],
        ),
    ],
)
def test_two_transitions_do_not_share_a_frame(frames: int, says: list[str]) -> None:
    asked = joined("crossfade 1s", "crossfade 12f")

    assert room_problems(asked, joins_of(asked), 1, frames) == says


def test_none_is_shorter_than_a_frame() -> None:
    asked = joined("crossfade 0.01s", "fade 1f", ends=("0.01s", "1f"))

    assert join_problems(asked, joins_of(asked)) == [
        "c.yaml:1: ends.fade_in: is shorter than a frame at 15 frames a second: give it 1f or more",
        "c.yaml:13: scenes.two.transition: is shorter than a frame at 15 frames a second: give it 1f "
        "or more",
        "c.yaml:23: scenes.three.transition: is a frame long at 15 frames a second, and needs one of "
        "each scene: give it 2f or more",
    ]
