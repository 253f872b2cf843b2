"""That a driver asks for more once what it was given is under way, and does it in its turn."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.farm.task import Ended, Task

from .driven import Driven
from .simulated import Fate, SimulatedFarm, make_task


def test_more_is_asked_for_once_all_tasks_have_a_worker(tmp_path: Path) -> None:
    more = [[make_task("b", 0, seconds=2)], [], [make_task("b", 1, seconds=2)]]
    driven = Driven(tmp_path, SimulatedFarm(2))

    driven.run(make_task("a", 0, seconds=60), more=lambda: more.pop(0) if more else ())

    order = [(e["event"], e["task"]) for e in driven.said if e["event"].startswith("attempt-")]
    ended = [task for event, task in order if event == "attempt-ended"]
    assert ended == ["b.draw-0", "b.draw-1", "a.draw-0"]
    assert more == []


def test_what_more_there_is_waits_for_its_turn_by_length(tmp_path: Path) -> None:
    more = [[make_task("b", n, seconds=2) for n in range(3)], [make_task("c", 0, seconds=9)]]
    driven = Driven(tmp_path, SimulatedFarm(1))

    driven.run(make_task("a", 0, seconds=60), more=lambda: more.pop(0) if more else ())

    started = [e["task"] for e in driven.said if e["event"] == "attempt-started"]
    assert started == ["a.draw-0", "c.draw-0", "b.draw-0", "b.draw-1", "b.draw-2"]


def test_nothing_more_is_asked_for_while_some_wait(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(1))
    started = []

    def more() -> Sequence[Task]:
        started.append(len(driven.told("attempt-started")))
        return ()

    driven.run(make_task("a", 0), make_task("a", 1), more=more)
    assert set(started) == {2}


def test_nothing_more_is_asked_for_once_something_failed(tmp_path: Path) -> None:
    farm = SimulatedFarm(2, fate=lambda t, *_: Fate(Ended.SCENE, 0) if t.id[0] == "a" else Fate())
    driven = Driven(tmp_path, farm)
    failures = []

    def more() -> Sequence[Task]:
        failures.append(len(driven.driver.failures))
        return ()

    driven.run(make_task("a", 0), make_task("b", 0, seconds=60), more=more)
    assert set(failures) == {0}
    assert [f.scene_id for f in driven.driver.failures] == ["a"]
