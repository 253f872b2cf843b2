"""That an edit does not wait for Ray, and that what is long, or asks for a GPU, goes there."""

from pathlib import Path

import pytest

from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.near import LONG_SECONDS, NearExecutor, is_short
from pipeline.farm.policy import Policy
from pipeline.farm.task import Blend, Task
from pipeline.manifest.resolved import Resources
from pipeline.plan.key import Key

from .simulated import SimulatedFarm, make_task


class Sides:
    """Both, with how often Ray was started. They share one time."""

    def __init__(self) -> None:
        self.here = SimulatedFarm(1, slots=2)
        self.ray = SimulatedFarm(1, slots=2)
        self.ray_starts = 0
        self.near = NearExecutor(2, lambda _: self.here, self._start_ray)

    def _start_ray(self, _slots: int) -> SimulatedFarm:
        self.ray_starts += 1
        return self.ray

    def clock(self) -> float:
        return self.here.now + self.ray.now

    def run(self, folder: Path, *tasks: Task) -> Driver:
        events = Events(folder / "events.jsonl", self.clock)
        driver = Driver(self.near, events, Policy(), clock=self.clock)
        driver.run(tasks, lambda _task, _event: None)
        events.close()
        return driver

    @property
    def started(self) -> tuple[set[str], set[str]]:
        return {name for name, _, _ in self.here.started}, {name for name, _, _ in self.ray.started}


LONG, SHORT = LONG_SECONDS, LONG_SECONDS / 2
BLEND = Blend(mixes=(), color="black", before=None, after=None, key=Key("segment", {}))


@pytest.mark.parametrize(
    ("task", "short"),
    [
        (make_task("a", 9, pieces=0), True),
        (make_task("a", 9, pieces=0, blend=BLEND), True),
        (make_task("a", 0, seconds=SHORT), True),
        (make_task("a", 0, seconds=LONG), False),
        (make_task("a", 0, seconds=SHORT, resources=Resources(gpu=1)), False),
    ],
    ids=["a trace", "a transition", "a short drawing", "a long drawing", "a drawing on a GPU"],
)
def test_short_is(task: Task, short: bool) -> None:
    assert is_short(task) is short


def test_an_edit_starts_no_ray(tmp_path: Path) -> None:
    sides = Sides()
    trace, draw = make_task("a", 9, pieces=0), make_task("a", 0, seconds=SHORT)
    assert sides.run(tmp_path, trace, draw).failures == []
    assert sides.started == ({"a.draw-9", "a.draw-0"}, set())
    assert sides.ray_starts == 0
    sides.near.close()


def test_both_sides_are_heard_and_take_no_more_together_than_there_is_room_for(
    tmp_path: Path,
) -> None:
    sides = Sides()
    tasks = [make_task(f"s{n}", 0, seconds=LONG if n % 2 else SHORT) for n in range(10)]
    assert sides.run(tmp_path, *tasks).failures == []
    here, ray = sides.started
    assert here == {f"s{n}.draw-0" for n in range(0, 10, 2)}
    assert ray == {f"s{n}.draw-0" for n in range(1, 10, 2)}
    assert sides.ray_starts == 1
    assert sides.near.room() == 2


def test_no_more_is_started_than_there_is_room_for() -> None:
    sides = Sides()
    sides.near.start(make_task("a", 0, seconds=LONG), 1, frozenset())
    assert sides.near.room() == 1
    sides.near.start(make_task("b", 0, seconds=SHORT), 1, frozenset())
    assert sides.near.room() == 0
    sides.near.cancel("a.draw-0", 1)
    while sides.near.room() < 2:
        sides.near.poll(1.0)
