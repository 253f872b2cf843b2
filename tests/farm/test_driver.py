"""That the driver sees a list of tasks through, in threads as on Ray."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.farm.task import Task
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.remote import RemoteStore

from .marked import SLOTS, Farm, chunks


def test_every_scene_is_traced_and_every_chunk_is_in_the_store(farm: Farm) -> None:
    work = farm.work("Moving", "Brief")
    heard: list[tuple[str, str]] = []

    def hear(task: Task, event: Mapping[str, Any]) -> None:
        heard.append((task.id, event["event"]))

    assert farm.trace(work, on_event=hear).failures == []
    assert farm.draw(work, on_event=hear).failures == []

    plan = work.plan()
    assert plan.is_drawn
    assert [len(scene.segments) for scene in plan.scenes] == [2, 1]
    assert [scene.timeline.frames for scene in plan.scenes if scene.timeline] == [120, 5]
    assert work.damaged(plan) == []
    assert ("moving.trace", "traced") in heard
    assert sum(kind == "cut" for _, kind in heard) == 3
    assert {event["how"] for event in farm.said("attempt-ended")} == {"done"}
    assert not list((farm.store.root / "work").iterdir())
    assert work.draw_tasks(plan, SLOTS, farm.run.logs) == []


def test_every_chunk_is_drawn_once_into_a_store_at_a_url(farm: Farm, tmp_path: Path) -> None:
    work = farm.work("Brief", store=RemoteStore(f"file://{tmp_path}/there", tmp_path / "beside"))

    assert farm.trace(work).failures == []
    assert farm.draw(work).failures == []

    other = RemoteStore(f"file://{tmp_path}/there", tmp_path / "other")
    plan = farm.work("Brief", store=other).plan()
    assert plan.is_drawn
    assert work.draw_tasks(work.plan(), SLOTS, farm.run.logs) == []
    assert chunks(farm.work("Brief", store=other), plan) == chunks(work, plan)


def test_nothing_to_do_is_done_at_once(farm: Farm) -> None:
    assert farm.drive([]).failures == []
    assert list(farm.run.events()) == []
    assert list(farm.store.entries(SEGMENTS)) == []
