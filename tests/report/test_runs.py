"""That a run is what its events say, whoever reads them and however they broke off."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.farm.events import Events
from pipeline.report.runs import (
    Run,
    SceneState,
    all_runs,
    find_run,
    last_planned,
    new_run,
    run_state,
)

STARTED = {
    "event": "run-started",
    "command": "render",
    "chapter": "small",
    "preset": "tiny",
    "pid": os.getpid(),
}
PLANNED = {"event": "scene-planned", "scene": "a", "frames": 100, "cached_frames": 40}
TRACING = {"event": "attempt-started", "scene": "a", "pieces": []}
DRAWING = {"event": "attempt-started", "scene": "a", "pieces": [[40, 100]]}
FIRST = {"event": "segment-done", "scene": "a", "start": 40, "stop": 80}
LAST = {"event": "segment-done", "scene": "a", "start": 80, "stop": 100}
FAILED = {"event": "scene-failed", "scene": "a", "message": "the chalk broke"}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return new_run(tmp_path, "small-tiny")


def record(run: Run, *events: dict[str, Any]) -> Run:
    """Written as a run writes them, a second apart."""
    seconds = iter(range(1000, 2000))
    file = Events(run.events_path, lambda: next(seconds))
    for event in events:
        facts = dict(event)
        file.say(facts.pop("event"), **facts)
    file.close()
    return run


def pid_of_nobody() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("events", "scene"),
    [
        pytest.param([TRACING], SceneState("a", "tracing", attempts=1), id="tracing"),
        pytest.param([PLANNED], SceneState("a", "waiting", 100, 40), id="waiting"),
        pytest.param(
            [{**PLANNED, "cached_frames": 100}], SceneState("a", "cached", 100, 100), id="cached"
        ),
        pytest.param(
            [TRACING, PLANNED, DRAWING], SceneState("a", "drawing", 100, 40, 2), id="drawing"
        ),
        pytest.param(
            [PLANNED, DRAWING, FIRST], SceneState("a", "drawing", 100, 80, 1), id="part drawn"
        ),
        pytest.param(
            [PLANNED, DRAWING, FIRST, LAST], SceneState("a", "done", 100, 100, 1), id="done"
        ),
        pytest.param(
            [PLANNED, DRAWING, FIRST, DRAWING, LAST],
            SceneState("a", "done", 100, 100, 2),
            id="tried again",
        ),
        pytest.param(
            [PLANNED, DRAWING, FIRST, FAILED],
            SceneState("a", "failed", 100, 80, 1, "the chalk broke"),
            id="failed",
        ),
        pytest.param(
            [
                {**PLANNED, "cached_frames": 100},
                {"event": "chunk-damaged", "scene": "a", "start": 40, "stop": 80},
            ],
            SceneState("a", "waiting", 100, 60),
            id="found damaged",
        ),
        pytest.param(
            [
                {**PLANNED, "cached_frames": 100},
                {"event": "chunk-damaged", "scene": "a", "start": 40, "stop": 80},
                DRAWING,
                FIRST,
            ],
            SceneState("a", "done", 100, 100, 1),
            id="drawn again",
        ),
    ],
)
def test_scene_is_as_far_as_its_events_say(
    run: Run, events: list[dict[str, Any]], scene: SceneState
) -> None:
    state = run_state(record(run, STARTED, *events))

    assert state.state == "running"
    assert state.scenes == {"a": scene}
    assert state.seconds == len(events)


@pytest.mark.parametrize("how", ["done", "failed", "interrupted"])
def test_run_that_ended_says_how_whether_its_process_lives_or_not(run: Run, how: str) -> None:
    end = {"event": "run-ended", "how": how, "output": "a.mp4"}
    state = run_state(record(run, {**STARTED, "pid": pid_of_nobody()}, PLANNED, end))

    assert (state.state, state.output, state.seconds) == (how, "a.mp4", 2)
    assert (state.command, state.chapter, state.preset) == ("render", "small", "tiny")


def test_run_whose_process_is_gone_without_a_word_is_lost(run: Run) -> None:
    record(run, {**STARTED, "pid": pid_of_nobody()}, PLANNED, DRAWING)

    assert run_state(run).state == "lost"


def test_run_without_a_record_is_lost(run: Run) -> None:
    assert run_state(run).state == "lost"
    assert list(run.events()) == []


def test_line_cut_short_or_damaged_is_passed_over(run: Run) -> None:
    record(run, STARTED, PLANNED, DRAWING, FIRST, LAST)
    lines = run.events_path.read_bytes().splitlines(keepends=True)
    lines[3] = b'{"event": "segment-do\xff\n'
    lines[4] = lines[4][:30]
    run.events_path.write_bytes(b"".join([*lines[:4], b"[1]\n", b"\n", *lines[4:]]))

    state = run_state(run)

    assert state.scenes == {"a": SceneState("a", "drawing", 100, 40, 1)}
    assert [event["event"] for event in run.events()] == [
        "run-started",
        "scene-planned",
        "attempt-started",
    ]


def test_every_cut_of_the_record_can_be_read(run: Run) -> None:
    record(run, STARTED, PLANNED, DRAWING, FIRST, LAST)
    whole = run.events_path.read_bytes()
    drawn = []
    for length in range(0, len(whole), 7):
        run.events_path.write_bytes(whole[:length])
        state = run_state(run)
        drawn.append(sum(scene.drawn_frames for scene in state.scenes.values()))
        assert state.state in ("running", "lost")

    assert drawn == sorted(drawn)


def test_state_as_json_is_plain_values(run: Run) -> None:
    state = run_state(record(run, STARTED, PLANNED, FAILED)).to_json()

    assert json.loads(json.dumps(state)) == state
    assert state["scenes"][0]["error"] == "the chalk broke"


def test_runs_are_found_by_name_or_the_last_of_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        find_run(tmp_path, None)
    for name in ("20250101-000000-small-1", "20250102-000000-small-2", "20250103-000000-big-3"):
        (tmp_path / "runs" / name).mkdir(parents=True)

    assert [run.id[-1] for run in all_runs(tmp_path)] == ["1", "2", "3"]
    assert find_run(tmp_path, None).id.endswith("big-3")
    assert find_run(tmp_path, "20250102").id.endswith("small-2")
    assert find_run(tmp_path, "20250101-000000-small-1").id.endswith("small-1")
    with pytest.raises(UsageError, match="no run called 1999"):
        find_run(tmp_path, "1999")


def test_last_plan_is_that_of_the_last_run_that_had_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was rendered"):
        last_planned(tmp_path)
    for name, plan in (("1", '{"manifest": "m.yaml", "scenes": []}'), ("2", '{"chap'), ("3", None)):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        if plan is not None:
            (folder / "plan.json").write_text(plan)

    assert last_planned(tmp_path).plan()["manifest"] == "m.yaml"


def test_logs_are_those_of_the_scene_oldest_first(run: Run) -> None:
    for age, name in enumerate(("draw-0-2", "draw-0-1", "trace-1")):
        path = run.logs / "a" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (1000 - age, 1000 - age))
    (run.logs / "b").mkdir()

    assert [path.stem for path in run.log_paths("a")] == ["trace-1", "draw-0-1", "draw-0-2"]
    assert run.log_paths("b") == run.log_paths("c") == []
