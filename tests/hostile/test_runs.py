"""That a run which was damaged, cut short or left by another version can still be looked at."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.runs import LONGEST_EVENT, Run, add_up, is_plan, run_state

EVENTS: list[dict[str, Any]] = [
    {
        "time": 100.0,
        "event": "run-started",
        "command": "render",
        "chapter": "small",
        "preset": "tiny",
        "pid": 0,
    },
    {
        "time": 101.0,
        "event": "scene-planned",
        "scene": "a",
        "frames": 90,
        "cached_frames": 30,
        "segments": 3,
    },
    {"time": 102.0, "event": "attempt-started", "scene": "a", "task": "a.draw-0", "pieces": [[30, 90]]},
    {"time": 103.0, "event": "segment-done", "scene": "a", "start": 30, "stop": 60, "key": "x"},
    {"time": 104.0, "event": "chunk-damaged", "scene": "a", "start": 0, "stop": 30, "key": "y"},
    {"time": 105.0, "event": "scene-failed", "scene": "a", "message": "the chalk broke"},
    {"time": 106.0, "event": "worker-blocked", "worker": "w", "reason": "bad", "seconds": 5},
    {"time": 107.0, "event": "run-ended", "how": "failed"},
]  # fmt: skip
LINES = [json.dumps(event).encode() + b"\n" for event in EVENTS]

# The command line, which then says how much memory it took at most, in KiB
MEASURED = """
import sys
from pathlib import Path
from pipeline.cli import main
code = main(sys.argv[2:])
peak = next(l for l in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in l)
Path(sys.argv[1]).write_text(peak.split()[1])
sys.stdout.flush()
raise SystemExit(code)
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str
    kibibytes: int
    """At most, resident."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """One that has failed, with its plan and a log."""
    run = Run(tmp_path / "renders/runs/20260101-000000-small-1")
    (run.logs / "a").mkdir(parents=True)
    (run.logs / "a/trace-1.log").write_text("chalk\n")
    run.events_path.write_bytes(b"".join(LINES))
    return run


def chalkfarm(folder: Path, *arguments: str) -> Said:
    peak = folder / "peak"
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, str(peak), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return Said(ended.returncode, ended.stdout, ended.stderr, int(peak.read_text()))


TAILS = {
    "cut short": LINES[-1][:20],
    "bytes of nothing": b"\x00" * 5000,
    "noise": bytes(range(256)) * 40,
    "half a character": b'{"event": "run-ended", "how": "\xe5\n',
    "no object": b'[1, 2]\n"x"\n17\nnull\n',
    "no name": b'{"time": 1}\n{"event": 7}\n{"event": null, "scene": "a"}\n',
    "deep": b'{"event": ' + b"[" * 100_000 + b"\n",
    "odd numbers": b'{"event": "chunk-damaged", "scene": "a", "start": 1e999, "stop": NaN}\n',
    "odd types": (
        b'{"event": "scene-planned", "scene": "a", "frames": "many", "cached_frames": []}\n'
        b'{"event": "segment-done", "scene": ["a"], "start": {}, "stop": {}}\n'
        b'{"event": "run-started", "time": "now", "pid": -1}\n'
    ),
}


@pytest.mark.parametrize("name", TAILS)
def test_damage_at_the_end_hides_nothing_before_it(name: str, run: Run) -> None:
    with run.events_path.open("ab") as file:
        file.write(TAILS[name])

    state = run_state(run)

    assert state.scenes["a"].error == "the chalk broke"
    assert state.scenes["a"].attempts == 1


@pytest.mark.parametrize("name", TAILS)
def test_damage_in_the_middle_hides_nothing_after_it(name: str, run: Run) -> None:
    run.events_path.write_bytes(b"".join([*LINES[:3], TAILS[name], b"\n", *LINES[3:]]))

    state = run_state(run)

    assert state.state == "failed"
    assert state.scenes["a"].error == "the chalk broke"


def without_each_fact() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for index, event in enumerate(EVENTS):
        for name in sorted(event.keys() - {"event"}):
            less = {key: value for key, value in event.items() if key != name}
            yield f"{event['event']} without {name}", [*EVENTS[:index], less, *EVENTS[index + 1 :]]


@pytest.mark.parametrize(
    ("name", "events"), list(without_each_fact()), ids=lambda value: str(value)[:40]
)
def test_events_of_another_version_may_lack_what_ours_have(
    name: str, events: list[dict[str, Any]]
) -> None:
    state = add_up("x", events)

    assert state.state == "failed"
    assert json.dumps(state.to_json())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
FACTS = sorted({name for event in EVENTS for name in event} - {"event"} | {"output"})


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"event": st.sampled_from([event["event"] for event in EVENTS] + ["paused", "x"])},
            optional={name: st.just("a") | JSON for name in FACTS},
        )
    )
)
def test_whatever_events_hold_they_add_up(events: list[dict[str, Any]]) -> None:
    assert json.dumps(add_up("x", events).to_json())


@settings(max_examples=200, deadline=None)
@given(JSON | st.dictionaries(st.sampled_from(["manifest", "scenes", "request"]), JSON))
def test_whatever_a_plan_holds_it_is_one_or_none(data: Any) -> None:
    assert is_plan(data) in (True, False)


def test_a_line_without_end_is_not_gathered(run: Run) -> None:
    with run.events_path.open("r+b") as file:
        file.truncate(200 << 20)  # a hole after the last event, as a full disk can leave

    said = chalkfarm(run.folder.parents[2], "status", "--json")

    assert json.loads(said.out)["state"] == "failed"
    assert said.kibibytes < (150 << 10) + (3 * LONGEST_EVENT >> 10)


@pytest.mark.parametrize("how", [(), ("--json",)], ids=["as text", "as JSON"])
def test_a_log_of_200_megabytes_goes_through_little_memory(how: tuple[str, ...], run: Run) -> None:
    folder = run.folder.parents[2]
    small = chalkfarm(folder, "logs", "a", *how)
    with (run.logs / "a/trace-1.log").open("wb") as file:
        for _ in range(200):
            file.write(b"chalk on a board \xe2\x88\x80x\n" * 47_663)

    large = chalkfarm(folder, "logs", "a", *how)

    assert large.out.count("chalk on a board ∀x") == 200 * 47_663
    assert large.kibibytes - small.kibibytes < 16 << 10
    if how:
        assert len(json.loads(large.out)["logs"][0]["text"]) == 200 * 47_663 * 20


def test_the_parts_of_a_log_are_put_together_as_they_were(run: Run) -> None:
    text = '∀ "quoted" \\ back\r\nslash\t\x00\x1b[31m'
    (run.logs / "a/draw-0-1.log").write_text(text * 20_000, newline="")

    said = chalkfarm(run.folder.parents[2], "logs", "a", "--json")

    logs = {log["attempt"]: log["text"] for log in json.loads(said.out)["logs"]}
    assert logs == {"trace-1": "chalk\n", "draw-0-1": text * 20_000}


@pytest.mark.parametrize("scene", ["..", "../..", "/etc", "a/../a", "", "nobody", "x" * 5000])
def test_logs_are_those_of_a_scene_and_no_others(scene: str, run: Run) -> None:
    (run.folder / "secret.log").write_text("secret")

    assert run.log_paths(scene) == []


@pytest.mark.parametrize("plan", ["{", "[]", '{"scenes": 7}', '{"manifest": 1, "scenes": []}', ""])
def test_a_damaged_plan_is_as_good_as_none(plan: str, run: Run) -> None:
    (run.folder / "plan.json").write_text(plan)

    assert run.plan() == {}


def test_half_a_run_has_a_state(tmp_path: Path) -> None:
    folder = tmp_path / "renders/runs/20260101-000000-small-1"
    folder.mkdir(parents=True)

    assert json.loads(chalkfarm(tmp_path, "status", "--json").out)["state"] == "lost"
    assert chalkfarm(tmp_path, "logs", "a").code == 2
    assert "name a --manifest" in chalkfarm(tmp_path, "why", "a").err


def test_half_a_character_in_an_event_can_be_printed(run: Run) -> None:
    run.events_path.write_bytes(
        b"".join(LINES[:3]) + b'{"event": "scene-failed", "scene": "a", "message": "\\udc80"}\n'
    )

    said = chalkfarm(run.folder.parents[2], "status")

    assert said.code == 0
    assert "\\udc80" in said.out


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class A: pass\n")
    (tmp_path / "m.yaml").write_text(
        "version: 1\nchapter: c\ntitle: T\npreset: p\nscenes: [{id: a, scene: a.py:A}]\n"
        "presets: {p: {width: 320, height: 180, rate: 15}}\n"
    )
    (tmp_path / "store").write_text("not a folder")

    for verb in ("plan", "render"):
        said = chalkfarm(tmp_path, verb, "m.yaml", "--store", "store")

        assert said.code == 3, said.err
        assert "store: " in said.err
        assert "name another with --store" in said.err
    assert (tmp_path / "store").read_text() == "not a folder"

    said = chalkfarm(tmp_path, "plan", "m.yaml", "--store", "elsewhere", "--renders", "store")
    assert said.code == 3, said.err
    assert "name another with --renders" in said.err
