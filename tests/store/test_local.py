"""That a store holds whole results or none, and knows when one is not what was written."""

import errno
import os
import time
from pathlib import Path

import pytest

from pipeline.errors import ExitCode, StoreFailed
from pipeline.plan.key import Key
from pipeline.store.local import STALE_SECONDS, Store, store_failed

KEY = Key("segment", {"fingerprints": [["ab", 3]], "rate": "30"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def make(store: Store, content: bytes = b"chunk", key: Key = KEY) -> Path:
    work = store.workplace()
    (work / "chunk.mp4").write_bytes(content)
    return store.publish(key, work)


def left_over(store: Store) -> list[Path]:
    return list((store.root / "work").iterdir())


def test_result_is_not_there_until_it_is_published_whole(store: Store) -> None:
    work = store.workplace()
    (work / "chunk.mp4").write_bytes(b"half")
    assert not store.has(KEY.kind, KEY.digest)
    assert store.kinds() == ()

    folder = store.publish(KEY, work)

    assert store.has(KEY.kind, KEY.digest)
    assert folder == store.folder(KEY.kind, KEY.digest)
    assert sorted(path.name for path in folder.iterdir()) == ["chunk.mp4", "key.json", "sum.json"]
    assert left_over(store) == []
    assert store.key_fields(KEY.kind, KEY.digest) == KEY.fields
    assert store.damage(KEY.kind, KEY.digest) is None


def test_workplaces_are_never_shared(store: Store) -> None:
    assert store.workplace() != store.workplace()


def test_second_publisher_drops_theirs(store: Store) -> None:
    first, second = store.workplace(), store.workplace()
    (first / "chunk.mp4").write_bytes(b"first")
    (second / "chunk.mp4").write_bytes(b"second")

    assert store.publish(KEY, first) == store.publish(KEY, second)

    assert (store.folder(KEY.kind, KEY.digest) / "chunk.mp4").read_bytes() == b"first"
    assert store.damage(KEY.kind, KEY.digest) is None
    assert left_over(store) == []


def test_half_a_result_in_the_way_is_put_out(store: Store) -> None:
    folder = make(store, b"old")
    (folder / "sum.json").unlink()
    assert not store.has(KEY.kind, KEY.digest)

    make(store, b"new")

    assert (folder / "chunk.mp4").read_bytes() == b"new"
    assert store.damage(KEY.kind, KEY.digest) is None


def flip_a_byte(folder: Path) -> None:
    (folder / "chunk.mp4").write_bytes(b"chunj")


def lose_a_file(folder: Path) -> None:
    (folder / "chunk.mp4").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "chunk.bak").write_bytes(b"chunk")


def change_the_key(folder: Path) -> None:
    (folder / "key.json").write_text("{}")


def empty_the_sums(folder: Path) -> None:
    (folder / "sum.json").write_bytes(b"")


def lose_the_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (flip_a_byte, "chunk.mp4 is not what was written"),
        (lose_a_file, "chunk.mp4 is missing"),
        (add_a_file, "chunk.bak does not belong there"),
        (change_the_key, "key.json is not what was written"),
        (empty_the_sums, "cannot be read"),
        (lose_the_folder, "cannot be read"),
    ],
)
def test_damage_is_found_and_named(store: Store, harm, said: str) -> None:
    harm(make(store))

    assert (store.damage(KEY.kind, KEY.digest) or "nothing").startswith(said)


def test_result_is_dropped_while_somebody_reads_it(store: Store) -> None:
    folder = make(store, bytes(100_000))
    with (folder / "chunk.mp4").open("rb") as reading:
        assert reading.read(10) == bytes(10)

        store.drop(KEY.kind, KEY.digest)

        assert len(reading.read()) == 99_990
    assert not store.has(KEY.kind, KEY.digest)
    assert not folder.exists()
    assert left_over(store) == []
    store.drop(KEY.kind, KEY.digest)  # once more is no mistake


def test_entries_say_what_is_there_and_since_when(store: Store) -> None:
    make(store, bytes(1000))
    make(store, bytes(10), Key("chapter", {"a": "b"}))
    os.utime(store.folder(KEY.kind, KEY.digest), (1000, 1000))

    assert store.kinds() == ("chapter", "segment")
    (entry,) = store.entries("segment")
    assert (entry.kind, entry.digest) == (KEY.kind, KEY.digest)
    assert 1000 < entry.size < 3000
    assert entry.used == 1000

    store.touch(KEY.kind, KEY.digest)
    (entry,) = store.entries("segment")
    assert entry.used > time.time() - 60
    store.touch("segment", "00" * 32)  # what is not there was not used


def test_sweep_takes_what_was_left_long_ago_and_no_work_of_today(store: Store) -> None:
    old, new = store.workplace(), store.workplace()
    (old / "chunk.mp4").write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    make(store)

    store.sweep()

    assert not old.exists()
    assert new.exists()
    assert store.has(KEY.kind, KEY.digest)


def test_store_where_nothing_can_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of a folder")

    with pytest.raises(StoreFailed, match="make the folder writable, or name another") as caught:
        Store(tmp_path / "file").workplace()

    assert caught.value.exit_code is ExitCode.ENVIRONMENT_MISSING
    assert Store(tmp_path / "file").kinds() == ()


def test_result_that_cannot_be_dropped_is_said(store: Store) -> None:
    make(store)
    (store.root / "work").rmdir()
    (store.root / "work").write_text("in the way of a folder")

    with pytest.raises(StoreFailed, match="make the folder writable"):
        store.drop(KEY.kind, KEY.digest)


def test_full_disk_is_called_that_and_no_half_result_takes_room(small_disk: Path) -> None:
    store = Store(small_disk / "store")
    work = store.workplace()
    with (
        pytest.raises(OSError, match="No space left") as full,
        (work / "chunk.mp4").open("wb") as file,
    ):
        while True:
            file.write(bytes(512))
            file.flush()
    assert full.value.errno == errno.ENOSPC

    with pytest.raises(StoreFailed, match="the disk is full"):
        store.publish(KEY, work)

    assert not store.has(KEY.kind, KEY.digest)
    assert left_over(store) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "Read-only file system"),
        (errno.EACCES, "Permission denied"),
    ],
)
def test_disk_error_is_told_as_a_person_would(number: int, said: str, tmp_path: Path) -> None:
    assert store_failed(tmp_path, OSError(number, os.strerror(number))).reason == said
