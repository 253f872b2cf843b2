"""
That what is drawn from a reel is what stepping the scene gives, byte for byte, or is not drawn.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engine.job import Cut, Job
from pipeline.engine.repeatable import seems_repeatable
from pipeline.engine.timeline import Timeline
from pipeline.errors import WorkerLost
from tests.engine.varied import LOSSLESS, SCENES


def wind(bench, name: str, reel: Path, **params) -> Timeline:
    path = bench.folder / "wound.json"
    job = Job(kind="trace", scene=bench.scene(name, **params), output=str(path), reel=str(reel))
    bench.run(job)
    return Timeline.from_json(json.loads(path.read_text()))


def unwind(
    bench,
    name: str,
    timeline: Timeline,
    reel: Path,
    pieces: Sequence[tuple[int, int]],
    told: list[str] | None = None,
    **params,
) -> list[bytes]:
    """The chunks of some pieces, drawn from the reel in one child; its events go into `told`."""
    folder = reel.parent / "unwound"
    folder.mkdir(exist_ok=True)
    cuts = tuple(Cut(start=a, stop=b, output=str(folder / f"{a}-{b}.mp4")) for a, b in pieces)
    bench.run(
        Job(
            kind="draw",
            scene=bench.scene(name, **params),
            cuts=cuts,
            runs=timeline.runs,
            encoding=LOSSLESS,
            reel=str(reel),
        ),
        on_event=lambda event: None if told is None else told.append(event["event"]),
    )
    return [Path(cut.output).read_bytes() for cut in cuts]


def stepped(bench, name: str, timeline: Timeline, piece: tuple[int, int], **params) -> bytes:
    (path,) = bench.draw(bench.scene(name, **params), timeline, [piece])
    return path.read_bytes()


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_from_its_reel_has_the_bytes_it_has_when_stepped(
    name: str, bench, tmp_path: Path
) -> None:
    timeline = wind(bench, name, tmp_path / "reel")
    assert timeline.runs == bench.traced(name).runs
    assert (tmp_path / "reel").is_dir()
    whole = (0, timeline.frames)
    assert unwind(bench, name, timeline, tmp_path / "reel", [whole]) == [
        stepped(bench, name, timeline, whole)
    ]


def test_so_it_has_where_pixels_are_sampled_more_than_once(bench, tmp_path: Path) -> None:
    name = "solids.py:Saddle"
    timeline = wind(bench, name, tmp_path / "reel", samples=4)
    whole = (0, timeline.frames)
    assert unwind(bench, name, timeline, tmp_path / "reel", [whole], samples=4) == [
        stepped(bench, name, timeline, whole, samples=4)
    ]


def test_pieces_may_begin_anywhere_and_leave_out_what_is_between(bench, tmp_path: Path) -> None:
    name = "updaters.py:Redrawn"
    timeline = wind(bench, name, tmp_path / "reel")
    last = timeline.frames
    pieces = [(2, 5), (last // 2, last // 2 + 3), (last - 2, last)]
    found = unwind(bench, name, timeline, tmp_path / "reel", pieces)
    assert found == [stepped(bench, name, timeline, piece) for piece in pieces]


def test_a_frame_that_ends_one_piece_and_begins_the_next_is_in_each_once(
    bench, tmp_path: Path
) -> None:
    name = "updaters.py:Redrawn"
    timeline = wind(bench, name, tmp_path / "reel")
    pieces = [(0, 5), (4, 9), (9, 12)]
    found = unwind(bench, name, timeline, tmp_path / "reel", pieces)
    assert found == [path.read_bytes() for path in bench.draw(bench.scene(name), timeline, pieces)]


def test_a_scene_that_is_on_a_reel_is_not_run(bench, tmp_path: Path) -> None:
    name = "transforms.py:" + next(s.split(":")[1] for s in SCENES if s.startswith("transforms"))
    timeline = wind(bench, name, tmp_path / "reel")
    gone = replace(bench, root=tmp_path)  # where there is no such file
    whole = (0, timeline.frames)
    found = unwind(gone, name, timeline, tmp_path / "reel", [whole])
    assert found == [stepped(bench, name, timeline, whole)]


@pytest.mark.parametrize("file", ["data", "index"])
def test_a_damaged_reel_is_no_fault_of_the_scene_and_nothing_is_drawn_from_it(
    file: str, bench, tmp_path: Path
) -> None:
    name = "updaters.py:Redrawn"
    timeline = wind(bench, name, tmp_path / "reel")
    path = tmp_path / "reel" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    told: list[str] = []
    with pytest.raises(WorkerLost, match="kept for drawing is damaged"):
        unwind(bench, name, timeline, tmp_path / "reel", [(0, timeline.frames)], told)
    assert "cut" not in told


def test_a_reel_of_another_trace_is_refused(bench, tmp_path: Path) -> None:
    wind(bench, "updaters.py:Redrawn", tmp_path / "reel")
    other = bench.traced("solids.py:Saddle")
    with pytest.raises(WorkerLost, match="of another trace"):
        unwind(bench, "solids.py:Saddle", other, tmp_path / "reel", [(0, other.frames)])


def test_without_the_accelerator_no_reel_is_left(project: Path, open_bench, tmp_path: Path) -> None:
    plain = open_bench(project, environment={"CHALKFARM_ACCELERATORS": "damage"})
    wind(plain, "updaters.py:Redrawn", tmp_path / "reel")
    assert not (tmp_path / "reel").exists()


def test_a_scene_that_looks_at_the_clock_leaves_no_reel_and_is_found_out_by_stepping(
    bench, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "late.py").write_text(
        "from time import time_ns\n"
        "from manimlib import *\n"
        "class Late(Scene):\n"
        "    def construct(self):\n"
        "        self.add(Dot().shift(1e-9 * (time_ns() % 10**9) * RIGHT))\n"
        "        self.wait(0.2)\n"
    )
    elsewhere = replace(bench, root=project)
    wind(elsewhere, "late.py:Late", tmp_path / "reel")
    assert not (tmp_path / "reel").exists()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import datetime", False),
        ("    from time import perf_counter as now", False),
        ("import numpy as np, time", False),
        ("rng = np.random.default_rng()", False),
        ("order = sorted(parts, key=lambda part: id(part))", False),
        ("random_seed = None", False),
        ("exec(code)", False),
        ("rng = np.random.default_rng(7)", True),
        ("model.eval()", True),
        ("self.play(run_time=2)  # all in good time", True),
        ("from manimlib import *", True),
        ("width = get_grid(3)", True),
    ],
)
def test_what_may_go_another_way_is_told_by_what_it_names(
    line: str, expected: bool, tmp_path: Path
) -> None:
    (tmp_path / "scene.py").write_text(f"x = 1\n{line}\n")
    assert seems_repeatable(tmp_path / "scene.py") is expected
