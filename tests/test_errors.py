"""That whatever goes wrong on a worker is still itself when it is read somewhere else."""

import copy
import inspect
import pickle
from pathlib import Path

import pytest

from pipeline import errors

FACTS = {
    "address": "http://head:8265",
    "advice": "apt-get install ffmpeg",
    "asked_by": "scene layer, scenes/layer.py:12",
    "command": ["ffmpeg", "-i", "a b.mp4"],
    "difference": "numpy: 1.26.3, was 1.26.4",
    "exit_code": -9,
    "expected": 300,
    "failures": ["scene layer: NameError", "scene outro: WorkerLost"],
    "found": 299,
    "frame": 12,
    "host": "10.0.0.7",
    "log_path": Path("runs/7/layer.1.log"),
    "message": "no scene matches x",
    "path": Path("manifests/lecture.yaml"),
    "play": 3,
    "problems": ["lecture.yaml:3: width: too small", "lecture.yaml:5: rate: none"],
    "reason": "was killed by SIGKILL",
    "run": "7",
    "scene": "layer",
    "source": "scenes/layer.py:12: self.play(Crcle())",
    "tail": "frame 12\nNameError: name 'Crcle'\n",
    "task": "render layer 0-150",
    "traceback": "Traceback (most recent call last): …",
    "what": "frames",
}
KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ChalkfarmError) and kind is not errors.ChalkfarmError
]


def made(kind: type[errors.ChalkfarmError], *, leave_out_defaults: bool) -> errors.ChalkfarmError:
    parameters = inspect.signature(kind).parameters.values()
    wanted = [p for p in parameters if not leave_out_defaults or p.default is p.empty]
    positional = [FACTS[p.name] for p in wanted if p.kind is not p.KEYWORD_ONLY]
    return kind(*positional, **{p.name: FACTS[p.name] for p in wanted if p.kind is p.KEYWORD_ONLY})


@pytest.mark.parametrize("leave_out_defaults", [False, True], ids=["all facts", "least facts"])
@pytest.mark.parametrize("kind", KINDS)
def test_survives_the_trip_from_a_worker(
    kind: type[errors.ChalkfarmError], leave_out_defaults: bool
) -> None:
    before = made(kind, leave_out_defaults=leave_out_defaults)

    for after in (pickle.loads(pickle.dumps(before)), copy.deepcopy(before)):
        assert type(after) is kind
        assert str(after) == str(before) != ""
        assert vars(after) == vars(before)
        assert after.exit_code == before.exit_code
        assert after.worth_retrying == before.worth_retrying


@pytest.mark.parametrize("kind", KINDS)
def test_keeps_its_facts(kind: type[errors.ChalkfarmError]) -> None:
    facts = vars(made(kind, leave_out_defaults=False))
    if kind is errors.ToolFailed:  # the program's exit code; `exit_code` is the farm's own
        facts["exit_code"] = facts.pop("tool_exit_code")

    assert set(inspect.signature(kind).parameters) - {"message"} <= set(facts)


def test_keeps_what_was_noted_on_the_way() -> None:
    error = made(errors.SceneError, leave_out_defaults=False)
    error.add_note("on worker 3")

    assert pickle.loads(pickle.dumps(error)).__notes__ == ["on worker 3"]


@pytest.mark.parametrize("kind", KINDS)
def test_ends_a_command_with_a_code_of_its_own(kind: type[errors.ChalkfarmError]) -> None:
    assert kind.exit_code in set(errors.ExitCode) - {errors.ExitCode.DONE}
