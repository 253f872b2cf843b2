"""That every missing segment is drawn by exactly one task, and that cutting a scene pays."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.manifest.resolved import Preset
from pipeline.plan.assign import PARTS, DrawTask, assign, draw_seconds
from pipeline.plan.key import Key
from pipeline.plan.scenes import PlannedScene, PlannedSegment, scene_job
from pipeline.plan.segments import Segment
from tests.planned import chapter, spec, timeline

PRESET = Preset(name="hd", width=1920, height=1080, rate=Fraction(30))

Pieces = Sequence[tuple[int, int, bool]]
"""Segments as frames, pictures among them, and whether they are there."""


def planned_scene(name: str, pieces: Pieces, trace_seconds: float = 1.0) -> PlannedScene:
    start, segments = 0, []
    for frames, unique, done in pieces:
        runs = (
            *((f"{name}/{start + i}", 1) for i in range(unique - 1)),
            ("held", frames - unique + 1),
        )
        segment = Segment(start=start, stop=start + frames, runs=runs)
        key = Key("segment", {"scene": name, "start": start})
        segments.append(PlannedSegment(segment=segment, key=key, done=done))
        start += frames
    asked = spec(name, preset=PRESET)
    return PlannedScene(
        spec=asked,
        job=scene_job(chapter(asked), asked, {}),
        timeline=timeline(
            asked,
            tuple(run for s in segments for run in s.segment.runs),
            seconds=trace_seconds,
        ),
        why_trace="",
        segments=tuple(segments),
    )


pieces = st.tuples(st.integers(1, 240), st.integers(1, 240), st.booleans()).map(
    lambda drawn: (drawn[0], min(drawn[0], drawn[1]), drawn[2])
)
chapters = st.lists(
    st.tuples(st.lists(pieces, min_size=1, max_size=12), st.floats(0, 100)), min_size=1, max_size=6
).map(lambda drawn: [planned_scene(f"s{i}", *scene) for i, scene in enumerate(drawn)])


def names(tasks: Sequence[DrawTask]) -> list[tuple[str, int]]:
    return [(task.scene.spec.id, s.segment.start) for task in tasks for s in task.segments]


@given(chapters, st.integers(1, 16))
def test_every_missing_segment_is_in_one_task_and_no_other_is(
    scenes: list[PlannedScene], workers: int
) -> None:
    tasks = assign(scenes, workers)

    missing = [(scene.spec.id, s.segment.start) for scene in scenes for s in scene.missing]
    assert sorted(names(tasks)) == sorted(missing)
    assert all(task.segments for task in tasks)


@given(chapters, st.integers(1, 16))
def test_tasks_are_longest_first_and_each_goes_forward(
    scenes: list[PlannedScene], workers: int
) -> None:
    tasks = assign(scenes, workers)

    seconds = [task.seconds for task in tasks]
    assert seconds == sorted(seconds, reverse=True)
    for task in tasks:
        starts = [s.segment.start for s in task.segments]
        assert starts == sorted(starts)


@given(chapters, st.integers(1, 16))
def test_scene_is_cut_into_no_more_pieces_than_ten_for_each_worker(
    scenes: list[PlannedScene], workers: int
) -> None:
    tasks = assign(scenes, workers)

    for scene in scenes:
        assert sum(task.scene is scene for task in tasks) <= min(
            PARTS[-1] * workers, len(scene.missing)
        )


@pytest.mark.parametrize(
    ("scenes", "workers", "expected"),
    [
        pytest.param([], 4, [], id="no scenes"),
        pytest.param([planned_scene("done", [(240, 240, True)] * 4)], 4, [], id="all cached"),
        pytest.param([planned_scene("a", [(240, 240, False)] * 8)], 1, [8], id="one worker"),
        pytest.param(
            [planned_scene("a", [(240, 240, False)] * 8)], 4, [2, 2, 2, 2], id="shared out evenly"
        ),
        pytest.param(
            [planned_scene("a", [(240, 240, False)])], 4, [1], id="one segment is never cut"
        ),
        pytest.param(
            [planned_scene(name, [(240, 240, False)] * 4) for name in "abcd"],
            2,
            [4, 4, 4, 4],
            id="more scenes than workers: none is stepped twice",
        ),
        pytest.param(
            [
                planned_scene("long", [(240, 240, False)] * 20),
                planned_scene("short", [(30, 1, False)]),
            ],
            2,
            [10, 10, 1],
            id="only the long one",
        ),
    ],
)
def test_scene_is_cut_only_where_that_shortens_the_run(
    scenes: list[PlannedScene], workers: int, expected: list[int]
) -> None:
    assert [len(task.segments) for task in assign(scenes, workers)] == expected


def test_held_pictures_weigh_less_and_getting_there_weighs_too() -> None:
    scene = planned_scene("a", [(240, 240, False), (240, 1, False)], trace_seconds=10)
    moving, held = scene.segments

    assert draw_seconds(scene, held) < draw_seconds(scene, moving) / 4
    late = DrawTask(scene=scene, segments=(held,))
    early = DrawTask(scene=scene, segments=(moving,))
    assert late.seconds - draw_seconds(scene, held) == pytest.approx(
        early.seconds - draw_seconds(scene, moving) + 5
    )


def test_what_is_slow_to_step_is_taken_to_be_slow_to_draw() -> None:
    quick, slow = (
        planned_scene(name, [(240, 240, False)], trace_seconds=seconds)
        for name, seconds in (("quick", 1), ("slow", 30))
    )

    assert [task.scene for task in assign([quick, slow], 1, reels={"quick", "slow"})] == [
        slow,
        quick,
    ]
