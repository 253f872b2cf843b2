"""That a key moves with whatever can change a result, and with nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.job import Encoding, SceneJob
from pipeline.plan.key import Key, canonical, first_difference
from pipeline.plan.scenes import Identity, exact, segment_key, trace_family
from pipeline.plan.segments import Segment

FIELDS: dict[str, Any] = {
    "fingerprints": [["ab", 3], ["cd", 1]],
    "size": [160, 90],
    "rate": "30000/1001",
    "encoding": {"lossless": False, "crf": 21},
}
SEGMENT = Segment(start=0, stop=4, runs=(("ab", 3), ("cd", 1)))
JOB = SceneJob(
    root="/a",
    file="pair.py",
    class_name="Turning",
    params={"sides": 4},
    width=160,
    height=90,
    rate="10",
    samples=0,
)
ENCODING = Encoding(lossless=False, crf=21, preset="veryfast", saturation=1.0, gamma=1.0)
IDENTITY = Identity(engine={"manimgl": "1.7.2"}, fonts="f0", renderer="llvmpipe")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
structures = st.dictionaries(st.text(max_size=3), values, max_size=4)


def test_key_of_today_is_the_key_of_tomorrow() -> None:
    # Another digest here forgets everything that was ever drawn: then KEY_VERSION goes up too
    assert Key("segment", FIELDS).digest == (
        "cf34b931419b22d95e90201c8fc082d66246cedfbd52478b7f00cdb6444db815"
    )


def test_value_has_one_spelling() -> None:
    assert canonical({"b": [1, (2, None)], "a": {"ü": True}}) == (
        b'{"a":{"\\u00fc":true},"b":[1,[2,null]]}'
    )


@given(structures)
def test_order_of_writing_is_no_part_of_it(fields: dict[str, Any]) -> None:
    backwards = dict(reversed(fields.items()))

    assert Key("segment", backwards).digest == Key("segment", fields).digest


@given(structures, structures)
def test_keys_are_equal_when_nothing_differs_and_only_then(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    equal = Key("segment", one).digest == Key("segment", other).digest

    assert equal == (first_difference(one, other) is None)


def test_kind_is_part_of_it() -> None:
    assert Key("segment", FIELDS).digest != Key("chapter", FIELDS).digest


@pytest.mark.parametrize(
    "value",
    [1.0, [1, 2.5], {"a": {"b": [0.5]}}, (float("nan"),)],
    ids=["bare", "list", "deep", "nan"],
)
def test_number_with_a_point_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="write it as a string or a whole number"):
        canonical({"field": value})


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        pytest.param(FIELDS, FIELDS, None, id="nothing"),
        pytest.param({"a": 2, "b": 3}, {"a": 1, "b": 1}, "a: 2, was 1", id="first by name"),
        pytest.param(
            {"encoding": {"crf": 21, "lossless": False}},
            {"encoding": {"crf": 23, "lossless": False}},
            "encoding.crf: 21, was 23",
            id="nested",
        ),
        pytest.param({"a": {"b": {"c": "x"}}}, {"a": {"b": {}}}, "a.b.c: x, was nothing", id="new"),
        pytest.param({}, {"a": "x"}, "a: nothing, was x", id="gone"),
        pytest.param({"a": None}, {}, "a: null, was nothing", id="null is something"),
        pytest.param({"a": True}, {"a": 1}, "a: true, was 1", id="true is not one"),
        pytest.param({"a": {"b": 1}}, {"a": 1}, 'a: {"b": 1}, was 1', id="mapping or not"),
        pytest.param({"a": "x" * 99}, {}, f"a: {'x' * 37}…, was nothing", id="long"),
        pytest.param({"a": (1, 2)}, {"a": [1, 2]}, None, id="read back from JSON"),
    ],
)
def test_first_field_that_differs_is_named(
    now: Mapping[str, Any], then: Mapping[str, Any], said: str | None
) -> None:
    assert first_difference(now, then) == said


@pytest.mark.parametrize(
    "change",
    [
        {"segment": replace(SEGMENT, runs=(("ab", 2), ("cd", 2)))},
        {"segment": replace(SEGMENT, runs=(("cd", 1), ("ab", 3)))},
        {"job": replace(JOB, width=320)},
        {"job": replace(JOB, height=180)},
        {"job": replace(JOB, rate="10000/1001")},
        {"encoding": replace(ENCODING, crf=20)},
        {"encoding": replace(ENCODING, preset="slow")},
        {"encoding": replace(ENCODING, lossless=True)},
        {"encoding": replace(ENCODING, saturation=1.1)},
        {"encoding": replace(ENCODING, gamma=0.9)},
        {"identity": replace(IDENTITY, renderer="another")},
        {"identity": replace(IDENTITY, engine={"manimgl": "1.7.3"})},
    ],
    ids=str,
)
def test_chunk_is_another_when_its_pictures_or_their_coding_are(change: dict[str, Any]) -> None:
    same: dict[str, Any] = {
        "segment": SEGMENT,
        "job": JOB,
        "encoding": ENCODING,
        "identity": IDENTITY,
    }

    assert segment_key(**same | change).digest != segment_key(**same).digest


@pytest.mark.parametrize(
    "change",
    [
        {"segment": replace(SEGMENT, start=100, stop=104)},
        {"job": replace(JOB, root="/b")},
        {"job": replace(JOB, file="other.py", class_name="Other")},
        {"job": replace(JOB, params={"sides": 5})},
        {"identity": replace(IDENTITY, fonts="f1")},
    ],
    ids=["where it is", "project", "scene", "params", "fonts"],
)
def test_chunk_is_the_same_wherever_its_pictures_come_from(change: dict[str, Any]) -> None:
    same: dict[str, Any] = {
        "segment": SEGMENT,
        "job": JOB,
        "encoding": ENCODING,
        "identity": IDENTITY,
    }

    assert segment_key(**same | change).digest == segment_key(**same).digest


@pytest.mark.parametrize(
    ("job", "identity"),
    [
        pytest.param({"class_name": "Other"}, {}, id="scene"),
        pytest.param({"params": {"sides": 5}}, {}, id="param"),
        pytest.param({"params": {"sides": 4.0}}, {}, id="a number with a point"),
        pytest.param({"width": 320}, {}, id="size"),
        pytest.param({"rate": "15"}, {}, id="rate"),
        pytest.param({"samples": 4}, {}, id="samples"),
        pytest.param({}, {"fonts": "f1"}, id="fonts"),
        pytest.param({}, {"engine": {"numpy": "1"}}, id="engine"),
    ],
)
def test_trace_is_another_when_anything_that_steps_the_scene_is(
    tmp_path: Path, job: dict[str, Any], identity: dict[str, Any]
) -> None:
    here = replace(JOB, root=str(tmp_path))
    before = trace_family(here, IDENTITY)

    assert trace_family(replace(here, **job), replace(IDENTITY, **identity)).digest != before.digest
    assert trace_family(here, replace(IDENTITY, renderer="another")).digest == before.digest
    (tmp_path / "custom_config.yml").write_text("style: {background_color: '#101010'}\n")
    assert trace_family(here, IDENTITY).digest != before.digest


def test_params_keep_what_sort_of_number_they_are() -> None:
    assert exact({"a": 1, "b": [0.1, True], "c": {"d": 2.0}}) == {
        "a": 1,
        "b": [{"float": "0.1"}, True],
        "c": {"d": {"float": "2.0"}},
    }
