"""That the doctor judges a machine: its disk, its memory, its cores."""

from pathlib import Path

import pytest

from pipeline.report.doctor import (
    check_disk,
    check_shm,
    disk_finding,
    machine_finding,
    usable_memory,
)

GIB = 2**30


def test_looks_at_the_disk_a_store_will_be_on(tmp_path: Path) -> None:
    store = tmp_path / "not" / "yet"

    assert check_disk(store).found.endswith(f"free at {store}")
    assert not store.parent.exists()


def test_a_full_disk_will_not_do() -> None:
    finding = check_disk(Path("/proc/chalkfarm"))  # a file system of no size

    assert (finding.state, finding.found) == ("missing", "0 MiB free at /proc/chalkfarm")


@pytest.mark.parametrize(
    ("free", "state", "found"),
    [
        (10 * GIB, "ok", "10 GiB free at renders"),
        (10 * GIB - 1, "warning", "10 GiB free at renders"),
        (GIB, "warning", "1 GiB free at renders"),
        (GIB - 1, "missing", "1023 MiB free at renders"),
    ],
)
def test_judges_a_disk_by_what_is_free(free: int, state: str, found: str) -> None:
    finding = disk_finding(Path("renders"), free)

    assert (finding.state, finding.found) == (state, found)


@pytest.mark.parametrize(
    ("cores", "memory", "state", "advice"),
    [
        (4, 4 * GIB, "ok", ""),
        (4, 3 * GIB, "warning", "render with --workers 3: each takes 1 GiB"),
        (4, GIB // 2, "missing", "render with --workers 1: each takes 1 GiB"),
    ],
)
def test_judges_a_machine_by_the_workers_it_feeds(
    cores: int, memory: int, state: str, advice: str
) -> None:
    finding = machine_finding(cores, memory)

    assert (finding.state, finding.advice) == (state, advice)


@pytest.mark.parametrize("folder", ["/proc", "/nowhere"])
def test_warns_of_little_shared_memory(folder: str) -> None:
    finding = check_shm(Path(folder))

    assert (finding.state, finding.found) == ("warning", "0 MiB: Ray uses the disk instead")


@pytest.mark.parametrize(
    ("limit", "usable"),
    [(None, 4 * 2**30), ("max", 4 * 2**30), ("1073741824", 2**30), ("99999999999", 4 * 2**30)],
)
def test_counts_the_memory_a_container_may_take(
    tmp_path: Path, limit: str | None, usable: int
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:        4194304 kB\nMemFree:  1 kB\n")
    if limit:
        (tmp_path / "memory.max").write_text(f"{limit}\n")

    assert usable_memory(tmp_path / "meminfo", tmp_path / "memory.max") == usable
