"""That pictures which are in a chapter twice are drawn once, whatever becomes of a scene."""

from dataclasses import replace

import pytest

from pipeline.plan.key import Key
from pipeline.plan.once import Repeat, drawn_once, repeats
from pipeline.plan.scenes import PlannedScene

from .test_assign import planned_scene

TITLE, OTHER = Key("segment", {"of": "a title"}), Key("segment", {"of": "another"})


def scene(name: str, *keys: Key, done: bool = False) -> PlannedScene:
    """A scene of segments of ten frames, by their keys."""
    whole = planned_scene(name, [(10, 5, done)] * len(keys))
    segments = tuple(replace(s, key=k) for s, k in zip(whole.segments, keys, strict=True))
    return replace(whole, segments=segments)


def left(scenes: tuple[PlannedScene, ...]) -> list[tuple[str, int]]:
    """What is left to be drawn: scene and first frame."""
    return [(s.spec.id, piece.segment.start) for s in scenes for piece in s.missing]


def test_a_title_of_two_scenes_is_drawn_for_the_first() -> None:
    scenes = (scene("a", TITLE, OTHER), scene("b", TITLE), scene("c", TITLE))
    assert left(drawn_once(scenes)) == [("a", 0), ("a", 10)]
    assert repeats(scenes) == {TITLE.digest: [Repeat("b", 0, 10), Repeat("c", 0, 10)]}


def test_what_a_scene_shows_twice_is_drawn_once() -> None:
    scenes = (scene("a", TITLE, OTHER, TITLE),)
    assert left(drawn_once(scenes)) == [("a", 0), ("a", 10)]
    assert repeats(scenes) == {TITLE.digest: [Repeat("a", 20, 30)]}


def test_windows_of_transitions_count_too() -> None:
    (title,) = scene("x", TITLE).segments
    scenes = (scene("a", TITLE), replace(scene("b", OTHER), opening=title))
    assert left(drawn_once(scenes)) == [("a", 0), ("b", 0)]
    assert [p.key for s in drawn_once(scenes) for p in s.missing] == [TITLE, OTHER]


@pytest.mark.parametrize("done", [False, True])
def test_what_a_failed_scene_leaves_is_drawn_for_the_next(done: bool) -> None:
    scenes = (scene("a", TITLE, done=done), scene("b", TITLE), scene("c", TITLE))
    assert left(drawn_once(scenes, but_for={"a"})) == [("b", 0)]
    assert repeats(scenes, but_for={"a"}) == {TITLE.digest: [Repeat("c", 0, 10)]}
