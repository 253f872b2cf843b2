"""That a chapter comes off a real cluster of three machines with the bytes it has without one."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.errors import ExitCode

from .nodes import Node

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(100)]


def test_chapter_is_the_same_as_without_a_cluster(chapter, reference: Path) -> None:
    chapter.prepare("Moving", "Plain")
    chapter.marker("Moving").touch()
    chapter.marker("Plain").touch()

    ran = chapter.end(chapter.submit("--wait"))

    assert "package:" in ran.err
    assert len(chapter.drawn()) == sum(chapter.drawn().values()) >= 4
    chapter.require_same_bytes()
    assert (chapter.root / "renders/small/tiny/small.mp4").exists()
    run = chapter.runs()[-1].id
    assert "on its way" in chapter.command("logs", run, "moving").out
    assert run in chapter.command("status").out
    assert "done" in chapter.command("status", run).out
    chapter.command("frames", run, "moving", "--at", "2s", "-o", "frame.png")
    assert (chapter.root / "frame.png").read_bytes().startswith(b"\x89PNG")
    chapter.command("fetch", run, "out")
    fetched = (chapter.root / "out/small.mp4").read_bytes()
    assert fetched == (chapter.root / "renders/small/tiny/small.mp4").read_bytes()
    assert chapter.command("status", run[:15], "--renders", "out").code == 0
    chapter.require_nothing_left()


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
    chapter.require_same_bytes()
    chapter.require_nothing_left()


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
    chapter.require_same_bytes()
    chapter.require_nothing_left()


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
    chapter.require_same_bytes()
    chapter.require_nothing_left()


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
    chapter.require_same_bytes()
    chapter.require_nothing_left()


def test_cancelled_run_ends_everywhere_and_says_so(chapter) -> None:
    chapter.prepare("Moving")
    running = chapter.submit()
    chapter.stuck("Moving")
    run = chapter.runs()[-1].id

    chapter.command("cancel", run)

    chapter.end(running, ExitCode.INTERRUPTED)
    assert f"run {run}: interrupted" in chapter.command("status", run).out
    chapter.require_nothing_left()


def test_scene_that_hangs_is_ended_at_its_limit(chapter) -> None:
    chapter.prepare("Moving", limit="6s")

    chapter.end(chapter.submit())

    (failed,) = chapter.failed()
    assert failed["how"] == "machine"
    assert "took more than its 6 s (time_limit)" in failed["message"]
    assert set(chapter.drawn().values()) == {1}
    chapter.require_same_bytes()
    chapter.require_nothing_left()


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
    chapter.require_same_bytes()
    chapter.require_nothing_left()
    chapter.marker("Poisonous").touch()
    chapter.command("retry", "--follow", "--patience", "8")
    assert set(chapter.drawn().values()) == {1}, "a retry draws what was missing, and no more"


def test_full_disk_on_one_node_sends_its_tasks_to_others(chapter) -> None:
    chapter.prepare("Moving", "Plain")
    chapter.marker("Moving").touch()
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
        chapter.end(chapter.submit())
    finally:
        filler.unlink()

    failed = chapter.failed()
    assert failed
    assert all("the disk is full" in e["message"] for e in failed), failed
    assert len({e["worker"] for e in failed}) == 1
    assert set(chapter.drawn().values()) == {1}
    chapter.require_same_bytes()


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
    chapter.require_same_bytes()


def test_two_submits_at_once_draw_everything_once_and_damage_is_mended(chapter) -> None:
    chapter.prepare("Moving")
    chapter.marker("Moving").touch()

    both = [chapter.submit(), chapter.submit()]
    for running in both:
        chapter.end(running)

    assert len(chapter.runs()) == 2
    assert sorted(chapter.drawn().values()) == [1] * len(chapter.drawn())
    chapter.require_same_bytes()

    entry = next(chapter.store.entries("segment"))
    chunk = chapter.store.folder("segment", entry.digest) / "chunk.mp4"
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"?")
    chapter.end(chapter.submit())

    (damaged,) = chapter.said("chunk-damaged")
    assert damaged["key"] == entry.digest
    assert [e["key"] for e in chapter.said("segment-done")] == [entry.digest]
    chapter.require_same_bytes()
    chapter.require_nothing_left()


@pytest.mark.parametrize(
    ("token", "says"), [("", "no token for http://"), ("f" * 64, "it refuses this token")]
)
def test_nobody_gets_in_without_the_token(chapter, token: str, says: str) -> None:
    code = ExitCode.CLUSTER_UNREACHABLE if token else ExitCode.ENVIRONMENT_MISSING
    chapter.write("Plain")
    for arguments in (["submit", "small.yaml"], ["status"], ["fetch", "x", "out"]):
        ran = chapter.command(*arguments, code=code, token=token)
        assert says in ran.err


def test_node_without_the_token_cannot_join(chapter) -> None:
    from subprocess import CalledProcessError

    from .nodes import TOKEN

    spare: Node = chapter.nodes.workers[0]
    with pytest.raises(CalledProcessError) as refused:
        spare.start(chapter.nodes.head, token="f" * 64)
    assert "uthenticat" in refused.value.stderr + refused.value.stdout
    assert len(chapter.nodes.workers) == 2
    for node in chapter.nodes.all:
        for path in (node.folder / "ray").rglob("*.log"):
            assert TOKEN not in path.read_text(errors="replace"), path
        for path in (node.folder / "farm").rglob("*.jsonl"):
            assert TOKEN not in path.read_text(errors="replace"), path
