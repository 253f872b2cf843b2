"""That the driver sees a list of tasks through, in threads as on Ray, whatever scenes do."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SceneError, WorkerLost
from pipeline.farm.task import Task
from pipeline.store.local import Store
from tests.faults import require_explained

from .marked import SLOTS, Farm, chunks, ends_soon, read_pids


def test_failed_scene_ends_the_rest(farm: Farm) -> None:
    driver = farm.trace(farm.work("Broken", "Slow", "Brief"))

    (failure,) = driver.failures
    assert failure.scene_id == "broken"
    assert isinstance(failure.error, SceneError)
    assert "ValueError: the chalk broke" in str(failure.error)
    (failed,) = farm.said("scene-failed")
    assert failed["source"].startswith("scenes.py:")
    assert [e["attempt"] for e in farm.said("attempt-started", "broken")] == [1], "tried once"
    assert [e["how"] for e in farm.said("attempt-ended", "slow")] == ["cancelled"]
    assert farm.said("attempt-started", "brief") == []
    require_explained(farm.run)


def test_failed_scene_leaves_the_rest_alone_when_asked_to_keep_going(farm: Farm) -> None:
    work = farm.work("Broken", "Moving", "Brief")

    driver = farm.trace(work, keep_going=True)

    assert [failure.scene_id for failure in driver.failures] == ["broken"]
    assert [scene.timeline is None for scene in work.plan().scenes] == [True, False, False]
    assert farm.draw(work, keep_going=True).failures == []
    assert not [s for scene in work.plan().scenes for s in scene.missing]
    require_explained(farm.run)


def test_worker_whose_task_was_cancelled_draws_the_next_scene(farm: Farm) -> None:
    both, brief = farm.work("BreaksHanging"), farm.work("Brief")
    marker = farm.marker("BreaksHanging")
    marker.touch()
    traced = marker.with_name(f"{marker.name}.traced")
    traced.touch()
    assert farm.trace(both).failures == []
    assert farm.trace(brief).failures == []
    traced.unlink()
    marker.unlink()
    tasks = [
        task
        for work in (both, brief)
        for task in work.draw_tasks(work.plan(), SLOTS, farm.run.logs)
    ]
    assert [task.id for task in tasks] == [
        "breakshanging.draw-0",
        "breakshanging.draw-1",
        "brief.draw-0",
    ]

    driver = farm.drive(tasks, keep_going=True)

    assert [failure.scene_id for failure in driver.failures] == ["breakshanging"]
    assert sorted(e["how"] for e in farm.said("attempt-ended", "breakshanging")) == [
        "cancelled",
        "done",
        "scene",
    ]
    assert len(farm.said("scene-failed")) == 1
    assert brief.plan().is_drawn
    require_explained(farm.run)


def test_killed_scene_is_tried_again_and_only_what_was_not_published_is_drawn(
    farm: Farm, tmp_path: Path
) -> None:
    work = farm.work("DiesOnce")
    farm.marker("DiesOnce").touch()
    assert farm.trace(work).failures == []
    undisturbed = farm.work("DiesOnce", store=Store(tmp_path / "undisturbed"))
    assert farm.trace(undisturbed).failures == []
    assert farm.draw(undisturbed, workers=1).failures == []
    farm.run.events_path.unlink()
    farm.marker("DiesOnce").unlink()
    made: list[int] = []

    def hear(_task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "cut":
            made.append(event["start"])

    assert farm.draw(work, workers=1, on_event=hear).failures == []

    first, second = farm.said("attempt-started")
    assert second["attempt"] == 2
    assert second["pieces"] == first["pieces"][1:], "the first was published before the kill"
    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine", "done"]
    (retry,) = farm.said("retry")
    assert "was ended by SIGKILL" in retry["reason"]
    assert made == [piece[0] for piece in first["pieces"]], "each was drawn once"
    plan = work.plan()
    assert plan.is_drawn
    assert chunks(work, plan) == chunks(undisturbed, undisturbed.plan())
    assert [path.stem for path in farm.run.log_paths("diesonce")][-2:] == ["draw-0-1", "draw-0-2"]
    require_explained(farm.run)


def test_killed_worker_is_replaced_and_the_result_is_the_same(farm: Farm, tmp_path: Path) -> None:
    work, plain = farm.work("HangsOnce"), farm.work("Moving", store=Store(tmp_path / "undisturbed"))
    farm.marker("HangsOnce").touch()
    for each in (work, plain):
        assert farm.trace(each).failures == []
    assert farm.draw(plain, workers=1).failures == []
    farm.run.events_path.unlink()
    farm.marker("HangsOnce").unlink()
    workers: list[int] = []
    all_but_last = threading.Event()

    def hear(task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "start":
            workers.append(event["pid"])
        elif event["event"] == "cut" and event["stop"] >= task.pieces[-1].start:
            all_but_last.set()

    def kill() -> None:
        # Two pieces left would be shared out over the two slots
        assert all_but_last.wait(60)
        while len(pids := read_pids(farm.marker("HangsOnce"))) < 2:
            time.sleep(0.05)
        # In threads the worker is this very process, and what it has of its own is the engine
        os.kill(pids[1] if workers[0] == os.getpid() else workers[0], signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    assert farm.draw(work, workers=1, on_event=hear).failures == []
    killing.join()

    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine", "done"]
    assert all(ends_soon(pid) for pid in read_pids(farm.marker("HangsOnce")))
    assert work.plan().is_drawn
    assert chunks(work, work.plan()) == chunks(plain, plain.plan())
    require_explained(farm.run)


def test_hanging_scene_is_ended_and_tried_once_more_where_there_is_no_other_worker(
    farm: Farm,
) -> None:
    driver = farm.trace(farm.work("Hanging", seconds=1.5))

    (failure,) = driver.failures
    assert isinstance(failure.error, WorkerLost)
    assert "took more than its 1.5 s" in str(failure.error)
    assert [e["how"] for e in farm.said("attempt-ended")] == ["machine"] * 2
    (failed,) = farm.said("scene-failed")
    assert failed["given_up"] == "it failed 2 times on the only worker there is"
    require_explained(farm.run)


def test_interrupt_ends_what_is_running_and_leaves_no_process(farm: Farm) -> None:
    def interrupt(task: Task, event: Mapping[str, Any]) -> None:
        if event["event"] == "progress":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        farm.trace(farm.work("Slow"), on_event=interrupt)

    scene, zygote = (int(pid) for pid in farm.marker("Slow").read_text().split())
    assert os.getpid() not in (scene, zygote)
    # Its end is still heard, or the next driver would find no free slot
    deadline = time.monotonic() + 30
    heard = []
    while not any(message.ended for message in heard) and time.monotonic() < deadline:
        heard += farm.executor.poll(0.25)
    assert [message.ended for message in heard if message.ended] == ["cancelled"]
    assert ends_soon(scene)
    assert ends_soon(zygote)
    assert farm.trace(farm.work("Brief")).failures == []
    require_explained(farm.run)
