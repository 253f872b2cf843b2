"""That a chapter comes off three machines whole, whatever goes wrong with one of them."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.errors import ExitCode

from .nodes import Node, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(100)]


def test_worker_killed_mid_segment_is_replaced(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    node = chapter.stuck("Moving")

    (worker,) = node.pids_of("ray::moving.draw")
    os.kill(worker, signal.SIGKILL)
    chapter.end(running)

    (failed,) = chapter.failed()
    assert failed["how"] == "machine"
    assert "its worker went away" in failed["message"]
    (again,) = chapter.said("attempt-started", attempt=2)
    assert again["avoid"] == [failed["worker"]]
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()


def test_node_killed_is_done_without(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    node = chapter.stuck("Moving")

    node.kill()
    try:
        chapter.end(running)
    finally:
        node.start(chapter.nodes.head)

    (failed,) = chapter.failed()
    assert failed["how"] in ("lost", "machine")
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()


def test_node_cut_off_in_silence_and_healed_changes_nothing(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    node = chapter.stuck("Moving")

    node.cut()
    try:
        chapter.end(running)
    finally:
        node.heal()

    (failed,) = chapter.failed()
    assert "its worker gave no sign of life for 8 s" in failed["message"]
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()


def test_driver_killed_is_gone_on_with_by_a_retry(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    chapter.stuck("Moving")

    for pid in chapter.nodes.head.pids_of("pipeline.cli job"):
        os.kill(pid, signal.SIGKILL)
    ran = chapter.end(running, ExitCode.TASKS_FAILED)
    run = chapter.runs()[-1].id
    assert f"`chalkfarm retry {run}` goes on from there" in ran.err
    assert f"run {run}: lost" in chapter.command("status", run).out
    chapter.command("retry", run, "--follow")

    assert len(chapter.runs()) == 2
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()


def test_cancelled_run_ends_everywhere_and_says_so(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    chapter.stuck("Moving")
    run = chapter.runs()[-1].id

    chapter.command("cancel", run)

    chapter.end(running, ExitCode.INTERRUPTED)
    assert f"run {run}: interrupted" in chapter.command("status", run).out
    chapter.require_explained()


def test_scene_that_hangs_is_ended_at_its_limit(chapter) -> None:
    chapter.prepare("Moving", limit="6s")

    chapter.end(chapter.submit())

    (failed,) = chapter.failed()
    assert failed["how"] == "machine"
    assert "took more than its 6 s (time_limit)" in failed["message"]
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()


def test_poison_and_hunger_fail_alone(chapter) -> None:
    chapter.prepare("Poisonous", "Hungry", "Plain", memory="1500MiB")
    chapter.marker("Plain").touch()

    ran = chapter.end(chapter.submit("--keep-going"), ExitCode.TASKS_FAILED)

    assert "poisonous" in ran.err
    assert [e["scene"] for e in chapter.said("scene-failed")] == ["poisonous"]
    attempts = [e["how"] for e in chapter.said("attempt-ended", scene="poisonous")]
    assert attempts.count("machine") == 3
    assert len({e["worker"] for e in chapter.said("attempt-ended", scene="poisonous")}) == 2
    hungry = chapter.said("attempt-ended", scene="hungry")
    assert [e["how"] for e in hungry if e["how"] != "done"] == ["machine"]
    assert "MiB of memory where its resources allow 1500 MiB" in hungry[0]["message"]
    assert set(chapter.drawn().values()) == {1}
    chapter.require_survived()
    chapter.marker("Poisonous").touch()
    chapter.command("retry", "--follow", "--patience", "8")
    assert set(chapter.drawn().values()) == {1}, "a retry draws what was missing, and no more"


def test_full_disk_on_one_node_sends_its_tasks_to_others(chapter) -> None:
    # While one node is kept waiting, the other has to take what there is
    chapter.prepare("Patient", "Plain")
    chapter.marker("Plain").touch()
    full: Node = chapter.nodes.workers[1]
    filler = full.folder / "farm" / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    try:
        running = chapter.submit()
        assert until(lambda: chapter.runs() and chapter.failed(), 60), chapter.tell()
        Path(f"{chapter.marker('Patient')}.go").touch()
        chapter.end(running)
    finally:
        filler.unlink()

    failed = chapter.failed()
    assert all("the disk is full" in e["message"] for e in failed), failed
    assert len({e["worker"] for e in failed}) == 1
    chapter.require_survived()


def test_worker_with_another_font_is_refused_and_the_difference_named(chapter) -> None:
    chapter.prepare("Moving", "Plain")
    chapter.marker("Moving").touch()
    chapter.marker("Plain").touch()
    odd: Node = chapter.nodes.workers[0]
    font = odd.folder / "home" / ".fonts" / "chalk.ttf"
    font.parent.mkdir(exist_ok=True)
    font.write_bytes(b"another font")
    try:
        chapter.end(chapter.submit())
    finally:
        font.unlink()

    (refused,) = chapter.said("worker-refused")
    assert f"worker {odd.address} is not like the others: fonts: " in refused["reason"]
    workers = {e["worker"] for e in chapter.said("segment-done")}
    assert workers
    assert refused["worker"] not in workers
    chapter.require_survived()


def test_two_submits_at_once_draw_everything_once_and_damage_is_mended(chapter) -> None:
    chapter.prepare("Moving")
    chapter.marker("Moving").touch()

    both = [chapter.submit(), chapter.submit()]
    for running in both:
        chapter.end(running)

    assert len(chapter.runs()) == 2
    assert sorted(chapter.drawn().values()) == [1] * len(chapter.drawn())
    chapter.require_survived()

    entry = next(chapter.store.entries("segment"))
    chunk = chapter.store.folder("segment", entry.digest) / "chunk.mp4"
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"?")
    chapter.end(chapter.submit())

    (damaged,) = chapter.said("chunk-damaged")
    assert damaged["key"] == entry.digest
    assert [e["key"] for e in chapter.said("segment-done")] == [entry.digest]
    chapter.require_survived()
