"""That a store at a URL keeps what a local one keeps, and believes nothing it has not read."""

import json
import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import fsspec
import pytest

from pipeline.engine.job import SceneJob
from pipeline.engine.sources import read_digests
from pipeline.engine.timeline import Timeline
from pipeline.errors import EnvironmentMissing, StoreFailed
from pipeline.plan.key import Key
from pipeline.plan.scenes import Identity
from pipeline.store.local import Store
from pipeline.store.remote import RemoteStore, open_store
from pipeline.store.traces import Traces

KEY = Key("segment", {"fingerprints": [["ab", 3]], "rate": "30"})
IDENTITY = Identity(engine={"manimgl": "1.7.2"}, fonts="f", renderer="llvmpipe")


def make(store: Store, content: bytes = b"chunk", key: Key = KEY) -> Path:
    work = store.workplace()
    (work / "chunk.mp4").write_bytes(content)
    return store.publish(key, work)


@pytest.fixture
def here(url: str, tmp_path: Path) -> RemoteStore:
    return RemoteStore(url, tmp_path / "here")


@pytest.fixture
def elsewhere(url: str, tmp_path: Path) -> Callable[[], RemoteStore]:
    """The same store, looked at from another machine that has nothing yet."""
    folders = (tmp_path / f"elsewhere-{number}" for number in range(10))
    return lambda: RemoteStore(url, next(folders))


def overwrite(url: str, name: str, content: bytes) -> None:
    files, base = fsspec.core.url_to_fs(url)
    at = f"{base}/{KEY.kind}/{KEY.digest[:2]}/{KEY.digest}/{name}"
    assert files.exists(at)
    files.pipe_file(at, content)


def all_files(url: str) -> list[str]:
    files, base = fsspec.core.url_to_fs(url)
    files.invalidate_cache()
    return [path.removeprefix(base) for path in files.find(base)]


def test_what_one_machine_publishes_another_has(
    here: RemoteStore, elsewhere: Callable[[], RemoteStore]
) -> None:
    there = elsewhere()
    assert not there.has(KEY.kind, KEY.digest)
    make(here)

    other = elsewhere()

    assert other.has(KEY.kind, KEY.digest)
    assert (other.obtain(KEY.kind, KEY.digest) / "chunk.mp4").read_bytes() == b"chunk"
    assert other.key_fields(KEY.kind, KEY.digest) == KEY.fields
    assert other.damage(KEY.kind, KEY.digest) is None
    assert other.kinds() == ("segment",)
    (entry,) = other.entries("segment")
    assert (entry.digest, entry.size > 5) == (KEY.digest, True)
    assert abs(entry.used - time.time()) < 3600


def test_what_others_published_is_there_after_a_refresh(
    here: RemoteStore, elsewhere: Callable[[], RemoteStore]
) -> None:
    assert not here.has(KEY.kind, KEY.digest)
    make(elsewhere())

    here.refresh()

    assert here.has(KEY.kind, KEY.digest)


def test_layout_is_that_of_a_local_store(here: RemoteStore, url: str, tmp_path: Path) -> None:
    make(here)
    local = Store(tmp_path / "local")
    folder = make(local)

    names = sorted(f"/{path.relative_to(local.root)}" for path in folder.iterdir())
    assert sorted(all_files(url)) == names


def test_second_publisher_changes_nothing(
    here: RemoteStore, elsewhere: Callable[[], RemoteStore]
) -> None:
    make(here, b"first")
    make(elsewhere(), b"second")

    folder = elsewhere().obtain(KEY.kind, KEY.digest)

    assert (folder / "chunk.mp4").read_bytes() == b"first"


def test_result_without_its_sums_is_not_there(
    here: RemoteStore, url: str, elsewhere: Callable[[], RemoteStore]
) -> None:
    make(here)
    files, base = fsspec.core.url_to_fs(url)
    files.rm_file(f"{base}/{KEY.kind}/{KEY.digest[:2]}/{KEY.digest}/sum.json")

    cut_short = elsewhere()

    assert not cut_short.has(KEY.kind, KEY.digest)
    make(cut_short)
    assert elsewhere().damage(KEY.kind, KEY.digest) is None


def test_damaged_bytes_are_never_given_to_anybody(
    here: RemoteStore, url: str, elsewhere: Callable[[], RemoteStore]
) -> None:
    make(here)
    overwrite(url, "chunk.mp4", b"chalk")
    other = elsewhere()

    with pytest.raises(StoreFailed, match=r"chunk\.mp4 is not what was written"):
        other.obtain(KEY.kind, KEY.digest)

    assert other.damage(KEY.kind, KEY.digest) == "chunk.mp4 is not what was written"
    assert list((other.root / "work").iterdir()) == []
    other.drop(KEY.kind, KEY.digest)
    assert not elsewhere().has(KEY.kind, KEY.digest)
    make(other)
    assert elsewhere().damage(KEY.kind, KEY.digest) is None


def test_damage_to_the_local_copy_is_mended_from_the_url(here: RemoteStore) -> None:
    folder = make(here)
    (folder / "chunk.mp4").write_bytes(b"chalk")

    assert here.damage(KEY.kind, KEY.digest) is None
    assert (here.obtain(KEY.kind, KEY.digest) / "chunk.mp4").read_bytes() == b"chunk"


def test_local_copy_may_be_taken_away(here: RemoteStore) -> None:
    folder = make(here)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()

    assert (here.obtain(KEY.kind, KEY.digest) / "chunk.mp4").read_bytes() == b"chunk"


def test_dropped_result_is_gone_for_all(
    here: RemoteStore, url: str, elsewhere: Callable[[], RemoteStore]
) -> None:
    make(here)
    here.drop(KEY.kind, KEY.digest)
    here.drop(KEY.kind, KEY.digest)

    assert not here.has(KEY.kind, KEY.digest)
    assert not elsewhere().has(KEY.kind, KEY.digest)
    assert all_files(url) == []


def test_wiped_store_is_empty(here: RemoteStore, url: str) -> None:
    make(here)
    here.wipe()

    assert all_files(url) == []
    assert here.kinds() == ()
    assert not here.has(KEY.kind, KEY.digest)


def test_trace_of_one_machine_holds_on_another(
    here: RemoteStore, elsewhere: Callable[[], RemoteStore], tmp_path: Path
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    job = SceneJob(
        root=str(root),
        file="a.py",
        class_name="A",
        params={},
        width=16,
        height=16,
        rate="10",
        samples=0,
    )
    timeline = Timeline(
        scene="a.py:A",
        width=16,
        height=16,
        rate=Fraction(10),
        plays=(),
        runs=(("ab", 10),),
        cues=(),
        sounds=(),
        files=read_digests(root, ["a.py"]),
        warnings=(),
        seconds=1.0,
    )
    Traces(here, IDENTITY).publish(job, json.dumps(timeline.to_json()))

    found, why = Traces(elsewhere(), IDENTITY).find(job)
    assert (found, why) == (timeline, "")
    (root / "a.py").write_text("x = 2\n")
    assert Traces(elsewhere(), IDENTITY).find(job) == (None, "a.py changed")


def test_place_that_cannot_be_written_says_so_by_its_url(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    store = RemoteStore(f"file://{tmp_path}/file/there", tmp_path / "here")

    with pytest.raises(StoreFailed, match=f"file://{tmp_path}/file/there"):
        make(store)


def test_address_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="cannot be a store here"):
        open_store("nonsense://bucket", tmp_path)


def test_folder_is_a_store_as_it_is(tmp_path: Path) -> None:
    store = open_store(tmp_path / "there", tmp_path / "beside")

    assert type(store) is Store
    assert store.where == os.fspath(tmp_path / "there")
