"""That ten thousand segments on two hundred workers, with mishaps, are drawn once each, and soon."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.farm.chapter import Work
from pipeline.farm.ledger import TaskState, replay
from pipeline.report.runs import run_state
from pipeline.store.local import Store

from .course import (
    IDENTITY,
    Drive,
    Mishaps,
    draw_tasks,
    drive,
    keep_chunks,
    keep_traces,
    planned_course,
    write_course,
)

WORKERS = 200
SEGMENTS = 10_000
HUGE = 7680, 4320
"""Half an hour of two hundred workers, beside which the minute until a dead one is missed is short."""


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> list[Drive]:
    """The same course with other mishaps each time."""
    folder = tmp_path_factory.mktemp("large")
    scenes = planned_course(write_course(folder, 200, 77, HUGE), plays=77)
    assert sum(len(scene.segments) for scene in scenes) >= SEGMENTS
    in_one_go = sum(task.seconds for task in draw_tasks(scenes, 1))
    tasks = draw_tasks(scenes, WORKERS)
    return [drive(tasks, in_one_go, WORKERS, Mishaps(n), folder / str(n)) for n in range(3)]


def test_no_segment_is_lost_and_none_is_published_twice(drives: list[Drive]) -> None:
    for one in drives:
        wanted = {piece.key.digest for task in one.tasks for piece in task.pieces}
        assert one.driver.failures == []
        assert one.driver.ledger.published.keys() == wanted
        assert set(one.driver.ledger.published.values()) == {1}


def test_nothing_is_drawn_more_often_than_mishaps_explain(drives: list[Drive]) -> None:
    for one in drives:
        failed = Counter(e["how"] for e in one.run.events() if e["event"] == "attempt-ended")
        del failed["done"]
        assert failed.total() > 10, "there were mishaps"
        assert one.redrawn() <= failed.total()
        branched = sum(e["event"] == "task-branched" for e in one.run.events())
        assert len(one.farm.started) <= len(one.tasks) + failed.total() + branched


def test_it_is_done_within_a_tenth_of_the_least_time(drives: list[Drive]) -> None:
    for one in drives:
        assert 0 < one.excess < 0.1


def test_all_of_it_can_be_read_from_the_events(drives: list[Drive]) -> None:
    for one in drives:
        events = list(one.run.events())
        assert replay(events) == one.driver.ledger
        assert {r.state for r in one.driver.ledger.tasks.values()} == {TaskState.DONE}
        shown = run_state(one.run).scenes
        drawn = Counter({name: scene.drawn_frames for name, scene in shown.items()})
        assert drawn == Counter({f"s{n}": 77 * 120 for n in range(200)})


def test_large_course_is_planned_from_the_cache(tmp_path: Path) -> None:
    chapter = write_course(tmp_path, 60, plays=4)
    store = Store(tmp_path / "store")
    keep_traces(chapter, store, plays=4)
    work = Work(chapter, store, IDENTITY)
    assert work.plan().untraced == ()
    assert not work.plan().is_drawn

    count = keep_chunks(work.plan().scenes, store)

    plan = Work(chapter, store, IDENTITY).plan()
    assert plan.is_drawn
    assert sum(len(scene.segments) for scene in plan.scenes) == count
