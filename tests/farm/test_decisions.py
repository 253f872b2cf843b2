"""That the driver's decisions are right, each an event, and all it knows is in its events."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Cancelled, NoWorker
from pipeline.farm.ledger import TaskState, replay
from pipeline.farm.policy import Policy
from pipeline.farm.task import Control, Ended, Task

from .driven import Driven
from .simulated import Fate, SimulatedFarm, make_task


def bad_workers(*names: str, ended: Ended = Ended.MACHINE) -> Any:
    return lambda _task, _attempt, worker: Fate(ended, 0) if worker in names else Fate()


def always(ended: Ended | None) -> Any:
    return lambda _task, _attempt, _worker: Fate(ended, 0)


def test_task_that_fails_everywhere_is_tried_on_three_distinct_workers(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(5, fate=always(Ended.MACHINE)))

    driven.run(make_task("a", 0))

    assert len({worker for _, _, worker in driven.farm.started}) == 3 == len(driven.farm.started)
    (failed,) = driven.told("scene-failed")
    assert failed["given_up"] == "it failed 3 times"
    assert driven.ledger.tasks["a.draw-0"].state is TaskState.FAILED


def test_farm_of_one_worker_fails_fast_and_says_so(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(1, fate=always(Ended.MACHINE)))

    driven.run(make_task("a", 0))

    assert len(driven.farm.started) == 2
    (failed,) = driven.told("scene-failed")
    assert failed["given_up"] == "it failed 2 times on the only worker there is"


def test_only_worker_at_which_all_fails_ends_the_run(tmp_path: Path) -> None:
    policy = Policy(keep_going=True)
    driven = Driven(tmp_path, SimulatedFarm(1, fate=always(Ended.MACHINE)), policy)

    driven.run(*(make_task(f"s{i}", 0) for i in range(10)))

    assert len(driven.farm.started) <= 6
    (stopped,) = driven.told("stopped")
    assert stopped["reason"].startswith("the only worker is blocked, since 3 tasks failed there")
    assert isinstance(driven.driver.failures[-1].error, NoWorker)


def test_worker_is_blocked_after_three_tasks_and_forgiven_later(tmp_path: Path) -> None:
    farm = SimulatedFarm(3, fate=bad_workers("w1"))
    driven = Driven(tmp_path, farm, Policy(forgiven_seconds=50))

    driven.run(*(make_task("a", i, seconds=2) for i in range(200)))

    assert driven.driver.failures == []
    first, *_ = driven.told("worker-blocked")
    assert first["worker"] == "w1"
    assert first["reason"].count("a.draw-") == 3
    forgiven = driven.told("worker-forgiven")
    assert forgiven[0]["time"] - first["time"] == pytest.approx(50, abs=2)
    assert len(driven.told("worker-blocked")) >= 2, "one more failure is enough then"
    during = [
        e
        for e in driven.told("attempt-placed", worker="w1")
        if first["time"] < e["time"] < forgiven[0]["time"]
    ]
    assert len(during) <= 1, "what was on its way there when it was blocked"


def test_one_poisonous_task_blocks_no_worker(tmp_path: Path) -> None:
    def fate(task: Task, _attempt: int, _worker: str) -> Fate:
        return Fate(Ended.MACHINE, 0) if task.scene_id == "poison" else Fate()

    driven = Driven(tmp_path, SimulatedFarm(3, fate=fate), Policy(keep_going=True))

    driven.run(make_task("poison", 0), *(make_task("well", i) for i in range(30)))

    assert driven.told("worker-blocked") == []
    assert [f.scene_id for f in driven.driver.failures] == ["poison"]
    assert {r.state for t, r in driven.ledger.tasks.items() if t != "poison.draw-0"} == {
        TaskState.DONE
    }


def test_silent_worker_s_task_goes_to_another_and_its_late_word_changes_nothing(
    tmp_path: Path,
) -> None:
    def fate(_task: Task, attempt: int, _worker: str) -> Fate:
        return Fate(None, 1) if attempt == 1 else Fate()

    driven = Driven(tmp_path, SimulatedFarm(2, fate=fate), Policy(silence_seconds=20))

    driven.run(make_task("a", 0, pieces=3, seconds=3))

    (first, second) = driven.told("attempt-started")
    assert second["pieces"] == first["pieces"][1:], "what it published is not drawn again"
    assert second["time"] - first["time"] == pytest.approx(1 + 20, abs=2)
    (ended, _) = driven.told("attempt-ended")
    assert ended["message"].endswith("its worker gave no sign of life for 20 s")
    assert second["avoid"] == [ended["worker"]]
    assert set(driven.ledger.published.values()) == {1}


def test_what_is_left_of_a_failed_task_is_shared_out_among_idle_workers(tmp_path: Path) -> None:
    def fate(_task: Task, attempt: int, worker: str) -> Fate:
        return Fate(Ended.MACHINE, 2) if (attempt, worker) == (1, "w0") else Fate()

    driven = Driven(tmp_path, SimulatedFarm(4, fate=fate))

    driven.run(make_task("a", 0, pieces=8, seconds=80))

    first, *others = [e["pieces"] for e in driven.told("attempt-started")]
    assert len(first) == 8
    assert sorted(len(pieces) for pieces in others) == [1, 1, 2, 2]
    assert sorted(p for pieces in others for p in pieces) == first[2:]
    assert driven.farm.now == pytest.approx(20 + 20, abs=1)
    assert all(e["avoid"] == ["w0"] for e in driven.told("attempt-started")[1:])
    assert set(driven.ledger.published.values()) == {1}
    assert replay(driven.said) == driven.ledger


def test_failed_task_is_not_shared_out_while_others_wait(tmp_path: Path) -> None:
    def fate(_task: Task, attempt: int, _worker: str) -> Fate:
        return Fate(Ended.MACHINE, 2) if attempt == 1 else Fate()

    driven = Driven(tmp_path, SimulatedFarm(2, fate=fate))

    driven.run(*(make_task("a", i, pieces=4, seconds=8) for i in range(9)))

    retried = [e["task"] for e in driven.told("retry")]
    assert {e["of"] for e in driven.told("task-branched")} <= set(retried[-2:])


def test_chunk_that_is_said_twice_counts_once(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(1, fate=lambda _t, _a, _w: Fate(again=1)))

    driven.run(make_task("a", 0, pieces=5, seconds=20))

    assert len(driven.told("segment-done")) == 5


def test_worker_that_would_draw_otherwise_is_refused_for_good(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(3, fate=bad_workers("w0", ended=Ended.REFUSED)))

    driven.run(*(make_task("a", i) for i in range(12)))

    assert driven.driver.failures == []
    (refused,) = driven.told("worker-refused")
    assert "numpy: 1, was 2" in refused["reason"]
    assert [worker for _, _, worker in driven.farm.started].count("w0") == 1


def test_farm_of_refused_workers_ends_the_run_with_the_difference(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(2, fate=always(Ended.REFUSED)))

    driven.run(*(make_task("a", i) for i in range(4)))

    (stopped,) = driven.told("stopped")
    assert stopped["reason"].startswith("no worker fits this run: w0: worker odd is not like")


def test_lost_machines_are_not_held_against_a_task(tmp_path: Path) -> None:
    def fate(task: Task, attempt: int, _worker: str) -> Fate:
        return Fate(Ended.LOST, 0) if task.scene_id == "a" and attempt < 6 else Fate()

    driven = Driven(tmp_path, SimulatedFarm(9, fate=fate))

    driven.run(make_task("a", 0), *(make_task("b", i) for i in range(40)))

    assert driven.driver.failures == []
    assert driven.ledger.tasks["a.draw-0"].lost == 5


def test_run_in_which_nothing_comes_out_is_stopped(tmp_path: Path) -> None:
    policy = Policy(keep_going=True, suspicious=100)
    driven = Driven(tmp_path, SimulatedFarm(4, fate=always(Ended.LOST)), policy)

    driven.run(*(make_task(f"s{i}", 0) for i in range(100)))

    assert len(driven.farm.started) < 30
    (stopped,) = driven.told("stopped")
    assert stopped["reason"] == "18 attempts in a row failed on 4 workers, and none came out well"


def test_urgent_scene_comes_first_and_then_the_longest(tmp_path: Path) -> None:
    driven = Driven(tmp_path, SimulatedFarm(1))

    driven.run(
        make_task("short", 0, seconds=1),
        make_task("long", 0, seconds=9),
        make_task("urgent", 0, seconds=2, priority=1),
    )

    assert [e["scene"] for e in driven.told("attempt-started")] == ["urgent", "long", "short"]


def test_paused_run_finishes_what_runs_and_starts_nothing_until_it_is_resumed(
    tmp_path: Path,
) -> None:
    farm = SimulatedFarm(1)

    def control() -> Control:
        return Control.PAUSE if 3 <= farm.now < 60 else Control.GO

    driven = Driven(tmp_path, farm, control=control)
    driven.run(*(make_task("a", i, seconds=5) for i in range(4)))

    starts = [e["time"] for e in driven.told("attempt-started")]
    assert starts[0] == 0
    assert all(time >= 60 for time in starts[1:])
    assert [e["event"] for e in driven.said if e["event"] in ("paused", "resumed")] == [
        "paused",
        "resumed",
    ]
    assert {r.state for r in driven.ledger.tasks.values()} == {TaskState.DONE}


def test_cancelled_run_ends_what_runs(tmp_path: Path) -> None:
    farm = SimulatedFarm(2)
    driven = Driven(tmp_path, farm, control=lambda: Control.CANCEL if farm.now > 3 else Control.GO)

    with pytest.raises(Cancelled):
        driven.run(*(make_task("a", i, seconds=60) for i in range(4)))

    assert len(driven.told("attempt-cancelled")) == 2
    assert len(driven.told("task-dropped")) == 4
    assert {record.state for record in driven.driver.ledger.tasks.values()} == {TaskState.DROPPED}


FATES = st.builds(
    Fate,
    ended=st.sampled_from([*(e for e in Ended if e is not Ended.CANCELLED), None, Ended.DONE]),
    pieces=st.none() | st.integers(0, 3),
    again=st.integers(0, 2),
)


@settings(max_examples=150, deadline=None)
@given(
    fates=st.lists(FATES, max_size=40),
    workers=st.integers(1, 4),
    scenes=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4),
    keep_going=st.booleans(),
)
def test_what_the_driver_knows_is_in_its_events(
    tmp_path_factory: pytest.TempPathFactory,
    fates: list[Fate],
    workers: int,
    scenes: list[tuple[int, int]],
    keep_going: bool,
) -> None:
    left = iter(fates)

    def fate(task: Task, _attempt: int, _worker: str) -> Fate:
        one = next(left, Fate())
        # Whoever says done has made everything
        return Fate(again=one.again) if one.ended is Ended.DONE else one

    farm = SimulatedFarm(workers, fate=fate)
    driven = Driven(tmp_path_factory.getbasetemp(), farm, Policy(keep_going=keep_going))
    driven.run(
        *(
            make_task(f"s{n}", i, pieces=pieces, seconds=pieces)
            for n, (tasks, pieces) in enumerate(scenes)
            for i in range(tasks)
        )
    )

    ledger = replay(driven.said)
    assert ledger == driven.ledger
    assert ledger.running == 0
    assert {r.state for r in ledger.tasks.values()} <= {
        TaskState.DONE,
        TaskState.FAILED,
        TaskState.DROPPED,
    }
    assert bool(driven.driver.failures) == any(
        r.state is not TaskState.DONE for r in ledger.tasks.values()
    )
    for record in ledger.tasks.values():
        assert not (record.state is TaskState.DONE and record.left)


@pytest.mark.parametrize("seed", range(3))
def test_large_farm_with_mishaps_loses_nothing_and_wastes_little(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)

    def fate(_task: Task, _attempt: int, _worker: str) -> Fate:
        throw = chance.random()
        if throw < 0.02:
            return Fate(Ended.LOST, 0)
        return Fate(again=3) if throw < 0.05 else Fate()

    farm = SimulatedFarm(50, fate=fate)
    driven = Driven(tmp_path, farm)
    tasks = [make_task(f"s{i % 40}", i, seconds=chance.uniform(1, 20)) for i in range(1000)]

    driven.run(*tasks)

    assert driven.driver.failures == []
    assert Counter(driven.ledger.published.values()) == {1: 1000}
    assert farm.now < 1.1 * farm.worked / 50
