"""That a trace is found again while it holds, and that what ended it is named."""

import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.engine.job import SceneJob
from pipeline.engine.sources import parse_without_docstrings, read_digests, statement_index
from pipeline.engine.timeline import Play, Timeline
from pipeline.plan.scenes import Identity
from pipeline.store.local import Store
from pipeline.store.traces import FAMILIES, Traces, _load, _sum

SCENE = """\
from helper import turned
from manimlib import *


class Turning(Scene):
    def construct(self):
        square = Square()
        self.play(
            Rotate(square, turned(1)),
        )
        self.wait()
"""
HELPER = "def turned(step):\n    return 0.1 * step\n"
IDENTITY = Identity(engine={"manimgl": "1.7.2", "numpy": "1.26.4"}, fonts="f0", renderer="llvmpipe")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pair.py").write_text(SCENE)
    (root / "helper.py").write_text(HELPER)
    return root


@pytest.fixture
def job(root: Path) -> SceneJob:
    return SceneJob(
        root=str(root),
        file="pair.py",
        class_name="Turning",
        params={"sides": 4},
        width=160,
        height=90,
        rate="10",
        samples=0,
    )


@pytest.fixture
def traces(tmp_path: Path) -> Traces:
    return Traces(Store(tmp_path / "store"), IDENTITY)


def traced(job: SceneJob, fingerprint: str = "ab") -> str:
    """What the engine would write of the scene as it is now."""
    root = Path(job.root)
    tree = parse_without_docstrings((root / "pair.py").read_bytes())
    lines = (root / "pair.py").read_text().splitlines()
    plays = []
    for index, call in enumerate(("self.play(", "self.wait(")):
        line = 1 + next(i for i, text in enumerate(lines) if call in text)
        statement = statement_index(tree, line)
        assert statement is not None
        plays.append(
            Play(
                index=index,
                kind="play",
                label=call,
                file="pair.py",
                line=line,
                first_frame=10 * index,
                frames=10,
                statement=statement,
            )
        )
    timeline = Timeline(
        scene=job.scene,
        width=job.width,
        height=job.height,
        rate=Fraction(job.rate),
        plays=tuple(plays),
        runs=((fingerprint, 20),),
        cues=(),
        sounds=(),
        files=read_digests(root, ["pair.py", "helper.py", "picture.png"]),
        warnings=(),
        seconds=1.5,
    )
    return json.dumps(timeline.to_json())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def kept_in(folder: Path) -> list[Path]:
    return list((folder / "store" / FAMILIES).glob("??/*/*.json"))


def lines_of(timeline: Timeline) -> list[int]:
    return [play.line for play in timeline.plays]


def test_scene_was_never_traced_at_first(traces: Traces, job: SceneJob) -> None:
    assert traces.find(job) == (None, "never traced before")


def test_what_was_published_is_found(traces: Traces, job: SceneJob, tmp_path: Path) -> None:
    published = traces.publish(job, traced(job))

    assert traces.find(job) == (published, "")
    assert lines_of(published) == [8, 11]
    assert not list((tmp_path / "store" / "work").iterdir())


def test_project_may_stand_somewhere_else(traces: Traces, job: SceneJob, tmp_path: Path) -> None:
    traces.publish(job, traced(job))
    Path(job.root).rename(tmp_path / "moved")

    found, _ = traces.find(replace(job, root=str(tmp_path / "moved")))

    assert found is not None


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        pytest.param("helper.py", "0.1", "0.2", "helper.py changed", id="helper"),
        pytest.param("pair.py", "wait()", "wait(2)", "pair.py changed", id="scene"),
        pytest.param("helper.py", "return", "return return", "helper.py changed", id="broken"),
    ],
)
def test_changed_file_is_named(
    traces: Traces, job: SceneJob, root: Path, name: str, old: str, new: str, why: str
) -> None:
    traces.publish(job, traced(job))
    edit(root / name, old, new)

    assert traces.find(job) == (None, why)


def test_lost_file_and_one_that_appeared_are_named(
    traces: Traces, job: SceneJob, root: Path
) -> None:
    traces.publish(job, traced(job))
    (root / "picture.png").write_bytes(b"was not there when it was looked for")
    assert traces.find(job) == (None, "picture.png changed")

    (root / "helper.py").unlink()
    assert traces.find(job) == (None, "helper.py is gone")


def test_comments_and_docstrings_keep_the_trace_and_move_the_lines(
    traces: Traces, job: SceneJob, root: Path
) -> None:
    traces.publish(job, traced(job))
    edit(root / "pair.py", "from helper", '"""One scene."""\n\n# a comment\nfrom helper')
    edit(root / "pair.py", "        square", '        """Turns."""\n\n        square')
    edit(root / "helper.py", "    return", "    # in radians\n    return")

    found, why = traces.find(job)

    assert why == ""
    assert found is not None
    text = (root / "pair.py").read_text().splitlines()
    assert [text[line - 1].strip() for line in lines_of(found)] == ["self.play(", "self.wait()"]
    assert lines_of(found) == [13, 16]


def test_old_trace_holds_again_when_an_edit_is_taken_back(
    traces: Traces, job: SceneJob, root: Path
) -> None:
    first = traces.publish(job, traced(job, "ab"))
    edit(root / "helper.py", "0.1", "0.25")
    second = traces.publish(job, traced(job, "cd"))
    assert traces.find(job) == (second, "")

    edit(root / "helper.py", "0.25", "0.1")

    assert traces.find(job) == (first, "")


def test_newest_trace_gives_the_reason(
    traces: Traces, job: SceneJob, root: Path, tmp_path: Path
) -> None:
    traces.publish(job, traced(job))
    (first,) = kept_in(tmp_path)
    os.utime(first, (1000, 1000))
    edit(root / "helper.py", "0.1", "0.25")
    traces.publish(job, traced(job))

    edit(root / "pair.py", "wait()", "wait(3)")

    assert traces.find(job) == (None, "pair.py changed")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"params": {"sides": 5}}, "params.sides: 5, was 4", id="param"),
        pytest.param({"params": {}}, "params.sides: nothing, was 4", id="param taken out"),
        pytest.param({"rate": "15"}, "rate: 15, was 10", id="rate"),
        pytest.param({"width": 320, "height": 180}, "size: [320, 180], was [160, 90]", id="size"),
        pytest.param({"class_name": "Other"}, "never traced before", id="another scene"),
    ],
)
def test_other_request_says_what_differs_from_the_nearest_trace(
    traces: Traces, job: SceneJob, change: dict[str, object], why: str
) -> None:
    traces.publish(job, traced(job))

    assert traces.find(replace(job, **change)) == (None, why)


def test_nearest_is_the_trace_that_differs_least(traces: Traces, job: SceneJob) -> None:
    for other in (
        replace(job, rate="15", params={"sides": 7}),
        replace(job, params={"sides": 5}),
        replace(job, rate="30", samples=4),
    ):
        traces.publish(other, traced(other))

    assert traces.find(job) == (None, "params.sides: 4, was 5")


def test_projects_settings_are_part_of_it(traces: Traces, job: SceneJob, root: Path) -> None:
    traces.publish(job, traced(job))
    (root / "custom_config.yml").write_text("style: {background_color: '#101010'}\n")

    found, why = traces.find(job)

    assert found is None
    assert why.startswith("config: ")
    assert why.endswith(", was missing")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"fonts": "f1"}, "fonts: f1, was f0"),
        ({"engine": {"manimgl": "1.7.2", "numpy": "2.0.0"}}, "engine.numpy: 2.0.0, was 1.26.4"),
    ],
    ids=["fonts", "engine"],
)
def test_other_machine_says_what_differs(
    traces: Traces, job: SceneJob, tmp_path: Path, change: dict[str, object], why: str
) -> None:
    traces.publish(job, traced(job))

    elsewhere = Traces(Store(tmp_path / "store"), replace(IDENTITY, **change))

    assert elsewhere.find(job) == (None, why)


def test_trace_is_shared_by_machines_that_only_draw_otherwise(
    traces: Traces, job: SceneJob, tmp_path: Path
) -> None:
    published = traces.publish(job, traced(job))

    elsewhere = Traces(Store(tmp_path / "store"), replace(IDENTITY, renderer="another"))

    assert elsewhere.find(job) == (published, "")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"scene": 1}'])
def test_damaged_trace_is_as_good_as_none(
    traces: Traces, job: SceneJob, tmp_path: Path, text: str
) -> None:
    traces.publish(job, traced(job))
    (path,) = kept_in(tmp_path)
    path.write_text(text)

    assert traces.find(job)[0] is None


def test_flipped_fingerprint_is_traced_again_and_not_blamed_on_the_scene(tmp_path: Path) -> None:
    whole = Timeline(
        scene="a.py:A",
        width=16,
        height=16,
        rate=Fraction(15),
        plays=(),
        runs=(("ab" * 16, 3),),
        cues=(),
        sounds=(),
        files={},
        warnings=(),
        seconds=0.0,
    )
    text = json.dumps(whole.to_json())
    path = tmp_path / f"key-{_sum(text)}.json"
    path.write_text(text)
    assert _load(path) == whole

    path.write_text(text.replace("abab", "abaa", 1))
    assert _load(path) is None
