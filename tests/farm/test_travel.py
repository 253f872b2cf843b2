"""That a machine which shares no folder with the driver does every kind of task, to the same bytes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import WorkerLost
from pipeline.farm.arrivals import Arrivals
from pipeline.farm.chapter import Work
from pipeline.farm.identity import find_identity
from pipeline.farm.parcels import Parcel, pack_result, unpack_result
from pipeline.farm.task import Task
from pipeline.farm.travel import carry
from pipeline.farm.worker import Worker
from pipeline.manifest.load import load_chapter
from pipeline.plan.bakes import BAKES
from pipeline.plan.key import Key
from pipeline.plan.scenes import SEGMENTS, Identity
from pipeline.store.local import Store, file_digest
from pipeline.store.logs import LOGS
from pipeline.store.remote import RemoteStore

FILES = {
    "making.py": """\
import numpy as np


def sides():
    print("counting sides")
    return {"sides": 5, "more": np.arange(1000.0)}
""",
    "scenes.py": """\
import json
import os

from manimlib import *


class Baked(Scene):
    def construct(self):
        with np.load(json.loads(os.environ["CHALKFARM_BAKES"])["sides"]) as arrays:
            shape = RegularPolygon(int(arrays["sides"]))
        print("in", os.getcwd())
        self.play(ShowCreation(shape), run_time=1)


class Plain(Scene):
    def construct(self):
        self.play(Rotate(Square(), PI / 3), run_time=1)
""",
    "small.yaml": """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 160, height: 90, rate: 10}
bakes:
  - {id: sides, bake: "making.py:sides"}
scenes:
  - {id: baked, scene: "scenes.py:Baked", bakes: [sides]}
  - {id: plain, scene: "scenes.py:Plain", transition: {crossfade: 4f}}
""",
}


@dataclass
class Side:
    """A folder with the project, and a store."""

    folder: Path
    store: Store
    heard: list[str] = field(default_factory=list)

    def work(self, identity: Identity, **how: Any) -> Work:
        return Work(load_chapter(self.folder / "small.yaml"), self.store, identity, **how)

    def chunks(self) -> dict[str, str]:
        """What is in every chunk of the store."""
        return {
            entry.digest: file_digest(self.store.obtain(SEGMENTS, entry.digest) / "chunk.mp4")
            for entry in self.store.entries(SEGMENTS)
        }


def write_project(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def steps(work: Work, logs: Path) -> Iterator[list[Task]]:
    """What a run of the chapter drives, one list after another."""
    yield work.bake_tasks(work.plan(), logs)
    yield work.trace_tasks(work.plan(), logs)
    yield work.draw_tasks(work.plan(), 1, logs)
    yield work.blend_tasks(work.plan(), logs)
    assert work.plan().is_drawn


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, worker: Worker) -> Side:
    """The chapter as one machine makes it by itself."""
    folder = tmp_path_factory.mktemp("here").resolve()
    side = Side(write_project(folder / "project"), Store(folder / "store"))
    work = side.work(find_identity(side.store.root))
    for tasks in steps(work, folder / "logs"):
        assert tasks
        for task in tasks:
            side.heard += [event["event"] for event in worker.perform(task, 1)]
    return side


@pytest.fixture
def home(here: Side, tmp_path: Path) -> Path:
    """Another machine's folder. It has asked what draws there."""
    shutil.copytree(here.store.root / "renderer", tmp_path / "home" / "renderer")
    return tmp_path / "home"


def make_there(
    driver: Side, worker: Worker, here: Side, home: Path, mark: str | None = None
) -> None:
    """The chapter as a driver has it made on another machine, which has the project elsewhere."""
    work = driver.work(find_identity(here.store.root), package=str(driver.folder.parent))
    root = home / "package"
    write_project(root / driver.folder.name)
    arrivals = Arrivals(driver.store)
    asked: set[str] = set()

    def fetch(kind: str, digest: str) -> Parcel | None:
        if digest not in asked:
            asked.add(digest)
            return None  # still on its way
        return pack_result(driver.store, kind, digest)

    for tasks in steps(work, driver.folder.parent / "logs"):
        assert tasks
        for task in tasks:
            for event in carry(
                worker,
                task,
                1,
                home=home,
                root=root,
                mark=arrivals.mark if mark is None else mark,
                host="there",
                fetch=fetch,
            ):
                driver.heard.append(arrivals.take(task, 1, event)["event"])


def test_bakes_transitions_and_logs_travel(
    here: Side, home: Path, worker: Worker, tmp_path: Path
) -> None:
    driver = Side(write_project(tmp_path / "job" / "tree"), Store(tmp_path / "store"))

    make_there(driver, worker, here, home, mark="no store over there has this mark")

    assert driver.chunks() == here.chunks()
    assert {"baked", "traced", "cut", "blended"} <= set(driver.heard)
    (bake,) = driver.store.entries(BAKES)
    assert here.store.has(BAKES, bake.digest), "it goes by the same name"
    logs = [entry.folder / "log.txt" for entry in driver.store.entries(LOGS)]
    (said,) = {text for path in logs if (text := path.read_text())}
    assert f"in {home}/package/tree" in said, "done with the sources over there"
    there = Store(home / "store")
    assert [entry.digest for entry in there.entries(BAKES)] == [bake.digest], "for what follows"
    assert list(there.entries(SEGMENTS)) == []
    assert not list((home / "store/work").iterdir())


@pytest.mark.parametrize("place", ["folder", "url"])
def test_where_the_store_is_seen_nothing_travels(
    here: Side, home: Path, worker: Worker, tmp_path: Path, place: str
) -> None:
    store = (
        Store(tmp_path / "store")
        if place == "folder"
        else RemoteStore(f"file://{tmp_path}/there", tmp_path / "beside")
    )
    driver = Side(write_project(tmp_path / "job" / "tree"), store)

    make_there(driver, worker, here, home)

    assert driver.chunks() == here.chunks()
    assert list(Store(home / "store").entries(SEGMENTS)) == [], "nor does anything stay"


def test_result_damaged_on_its_way_is_not_taken(tmp_path: Path) -> None:
    sent, taken = Store(tmp_path / "sent"), Store(tmp_path / "taken")
    key = Key(SEGMENTS, {"n": 1})
    work = sent.workplace()
    (work / "chunk.mp4").write_bytes(b"a chunk")
    sent.publish(key, work)
    parcel = dict(pack_result(sent, SEGMENTS, key.digest))
    assert (unpack_result(parcel, taken, "a.draw-0") / "chunk.mp4").read_bytes() == b"a chunk"

    with pytest.raises(WorkerLost, match=r"chunk\.mp4 is not what was written"):
        unpack_result({**parcel, "chunk.mp4": b"a chonk"}, taken, "a.draw-0")
