"""That a scene which goes wrong costs one process and is explained, and the next one is drawn."""

import os
import pickle
import shutil
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engine.job import Job
from pipeline.engine.running import LOG_LIMIT_BYTES, Limits
from pipeline.errors import SceneError, StoreFailed, WorkerLost

PLAYS_BEFORE = 2
FRAMES_BEFORE = 6
UNFINISHED = """\
from manimlib import *

class Unfinished(Scene):
    def construct(self)
        self.wait()
"""


def line_of(words: str) -> int:
    lines = (Path(__file__).parent / "faults/faulty.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def processes_of(bench) -> list[int]:
    """Every process of the bench's engine: they have its environment."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(bench.folder).encode() in environ.read_bytes():
                found.append(int(environ.parent.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory, open_bench: Callable):
    """An engine on a project of scenes that go wrong."""
    root = tmp_path_factory.mktemp("faults").resolve()
    shutil.copytree(Path(__file__).parent / "faults", root, dirs_exist_ok=True)
    (root / "unfinished.py").write_text(UNFINISHED)
    folder = tmp_path_factory.mktemp("marked").resolve()
    return replace(open_bench(root, environment={"MARK": str(folder)}), folder=folder)


@pytest.fixture(autouse=True)
def and_the_next_scene_is_drawn(faulty) -> Iterator[None]:
    """After every test of this module: nothing is left, and the same engine goes on."""
    yield
    deadline = time.monotonic() + 5
    while len(left := processes_of(faulty)) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(left) <= 1, "more than the zygote is left"
    good = faulty.scene("faulty.py:Good")
    timeline = faulty.trace(good)
    assert timeline.frames == 6
    assert len(processes_of(faulty)) == 1


def failure(faulty, name: str, kind: type[Exception], **limits) -> Exception:
    scene = faulty.scene(name if ":" in name else f"faulty.py:{name}")
    limits = {"seconds": 60, "stall_seconds": 60, **limits}
    with pytest.raises(kind) as caught:
        faulty.trace(scene, Limits(**limits))
    return caught.value


SCENE_FAULTS = {
    # scene: what is said, what to do, where it happened
    "Raises": ("KeyError: 'missing'", "", 'self.play(Rotate(cells["missing"], PI))'),
    "RaisesInUpdater": ("ValueError: halfway", "", 'raise ValueError("halfway")'),
    "RaisesFromCause": ("RuntimeError: no data to show", "", "raise RuntimeError"),
    "RaisesNothing": ("it raised KeyboardInterrupt", "take it out", ""),
    "Asserts": ("AssertionError", "", "assert self.num_plays == 100"),
    "Asks": ("EOFError", "take input() out of it", 'input("Which one? ")'),
    "Leaves": ("it ended the process (exit 3)", "take sys.exit()", ""),
    "NeedsModule": (
        "ModuleNotFoundError: No module named 'no_such_module_anywhere'",
        "install 'no_such_module_anywhere'",
        "import no_such_module_anywhere",
    ),
    "NeedsPicture": (
        "OSError: portrait_of_nobody not Found",
        "put portrait_of_nobody into the project",
        "self.add(ImageMobject(",
    ),
    "NeedsFile": (
        "FileNotFoundError",
        "put data/nowhere.npy into the project",
        'np.load("data/nowhere.npy")',
    ),
    "NeedsFormula": ("LaTeX Error", "", "self.add(Tex("),
    "DrawsItself": ("Odd overrides Mobject.render", "shader_folder", ""),
}


@pytest.mark.parametrize("name", SCENE_FAULTS)
def test_it_is_told_what_happened_where_and_what_to_do(name: str, faulty) -> None:
    reason, advice, line = SCENE_FAULTS[name]
    error = failure(faulty, name, SceneError)
    assert error.reason.startswith(reason) or reason in error.reason
    assert advice in error.advice
    if line:
        assert error.source.startswith(f"faulty.py:{line_of(line)}: {line}")
    assert error.frame >= FRAMES_BEFORE
    assert error.play >= PLAYS_BEFORE - 1


def test_the_play_that_was_running_is_named(faulty) -> None:
    error = failure(faulty, "RaisesInUpdater", SceneError)
    assert (error.play, error.frame) == (PLAYS_BEFORE, FRAMES_BEFORE)
    assert f"(in play {PLAYS_BEFORE}, frame {FRAMES_BEFORE})" in str(error)


def test_the_traceback_is_the_scenes_and_not_ours(faulty) -> None:
    told = failure(faulty, "RaisesInUpdater", SceneError).traceback
    assert told.startswith("Traceback (most recent call last):\n")
    assert told.endswith("\nValueError: halfway\n")
    assert 'faulty.py", line' in told
    assert "scene/scene.py" in told, "manimgl's frames show the way"
    assert "pipeline/engine" not in told
    assert "frozen" not in told


def test_the_traceback_has_the_cause(faulty) -> None:
    told = failure(faulty, "RaisesFromCause", SceneError).traceback
    assert "No such file or directory: 'nothing.csv'" in told
    assert "direct cause" in told


def test_before_the_first_play_there_is_no_play(faulty) -> None:
    error = failure(faulty, "RaisesAtOnce", SceneError)
    assert error.play is None
    assert "TypeError: not even made (before its first play)" in str(error)


@pytest.mark.parametrize("name", ["Shows", "HasNoConstruct"])
def test_a_scene_without_plays_is_refused(name: str, faulty) -> None:
    error = failure(faulty, name, SceneError)
    assert error.reason == "it plays nothing, so there is no frame to render"
    assert "call self.play(…) or self.wait(…)" in error.advice


def test_a_misspelt_scene_is_answered_with_those_there_are(faulty) -> None:
    error = failure(faulty, "Godo", SceneError)
    assert error.reason == "faulty.py has no scene called Godo"
    assert "it has Asks, Asserts," in error.advice
    assert "Good" in error.advice
    assert "InteractiveScene" not in error.advice, "those of manimlib are not its own"


def test_what_is_no_scene_is_refused(faulty) -> None:
    assert "has no scene called np" in failure(faulty, "np", SceneError).reason


@pytest.mark.parametrize("name", ["unfinished.py:Unfinished", "imports_unfinished.py:Fine"])
def test_a_syntax_error_is_shown_where_it_is(name: str, faulty) -> None:
    error = failure(faulty, name, SceneError)
    assert error.reason.startswith("SyntaxError: expected ':'")
    assert error.source == "unfinished.py:4: def construct(self)"


def test_a_file_that_is_not_there_is_named(faulty) -> None:
    error = failure(faulty, "nowhere.py:Scene", SceneError)
    assert "nowhere.py" in error.reason
    assert "nowhere.py into the project" in error.advice


@pytest.mark.parametrize(
    ("name", "says"), [("OwnRate", "24 frames a second"), ("OwnSize", "200x100")]
)
def test_a_scene_with_a_camera_of_its_own_is_refused(name: str, says: str, faulty) -> None:
    error = failure(faulty, name, SceneError)
    assert says in error.reason
    assert "camera_config" in error.advice


def test_a_parameter_it_does_not_know_is_refused(faulty) -> None:
    with pytest.raises(SceneError) as caught:
        faulty.trace(faulty.scene("faulty.py:Good", seeds=3))
    assert "no class attribute 'seeds'" in caught.value.reason
    assert "declare `seeds = …`" in caught.value.advice


@pytest.mark.parametrize("name", ["Hangs", "Spins"])
def test_a_scene_that_hangs_is_stopped(name: str, faulty) -> None:
    error = failure(faulty, name, WorkerLost, stall_seconds=1.0)
    assert error.reason == "no frame for 1 s, so it was stopped"
    assert error.log_path == faulty.log


def test_a_scene_that_goes_on_for_ever_is_stopped_at_its_limit(faulty) -> None:
    error = failure(faulty, "Endless", WorkerLost, seconds=2.0, stall_seconds=1.5)
    assert error.reason == "took more than its 2 s (time_limit)"


def test_a_scene_that_shouts_is_rendered_and_its_log_stays_readable(faulty) -> None:
    tracemalloc.start()
    timeline = faulty.trace(faulty.scene("faulty.py:Shouts"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert timeline.frames == FRAMES_BEFORE + 3
    assert most < 4 << 20, "what it prints is passed on and not gathered"
    size = faulty.log.stat().st_size
    assert LOG_LIMIT_BYTES <= size < LOG_LIMIT_BYTES + 100
    shouted = 5000 * 100_001 + len("the last word\n")
    assert f"{shouted - LOG_LIMIT_BYTES} bytes more, not kept" in faulty.log.read_text()[-100:]


@pytest.mark.parametrize(
    "name",
    [
        "WritesNoise",
        "WritesNoiseWithoutEnd",
        "WritesBeforeOurs",
        "ForgesChunk",
        "ForgesFailure",
        "ForgesNesting",
    ],
)
def test_a_scene_that_writes_into_the_farms_own_pipe_is_told_so(name: str, faulty) -> None:
    error = failure(faulty, name, SceneError)
    assert error.reason == "it wrote where only the farm reports how the scene is doing"
    assert "did not open" in error.advice


def test_a_message_without_end_is_cut(faulty) -> None:
    error = failure(faulty, "RaisesAtLength", SceneError)
    assert error.reason.startswith("ValueError: xxx")
    assert "99,998,012 characters more" in error.reason
    assert len(pickle.dumps(error)) < 300_000


def test_a_message_that_cannot_be_written_down_is_escaped(faulty) -> None:
    error = failure(faulty, "RaisesOddCharacters", SceneError)
    assert error.reason == "ValueError: half a pair: \\udc80"
    assert str(error).encode()


def test_an_error_that_cannot_say_why_is_the_scenes_all_the_same(faulty) -> None:
    error = failure(faulty, "CannotSayWhy", SceneError)
    assert error.reason == "Mute: (its message cannot be made: TypeError)"
    assert error.source.startswith("faulty.py:")


def test_a_scene_that_closes_its_output_is_rendered(faulty) -> None:
    assert faulty.trace(faulty.scene("faulty.py:ClosesStdout")).frames == FRAMES_BEFORE + 3


def test_a_scene_that_closes_everything_is_lost_and_not_waited_for(faulty) -> None:
    error = failure(faulty, "ClosesEverything", WorkerLost)
    assert "ended without a word" in error.reason


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("LeavesAtOnce", "its process ended without a word (exit 0)"),
        ("KillsItself", "its process was ended by SIGKILL, as when memory runs out"),
        ("Segfaults", "its process was ended by SIGSEGV"),
    ],
)
def test_a_process_that_goes_away_is_said_to_have(name: str, says: str, faulty) -> None:
    error = failure(faulty, name, WorkerLost)
    assert error.reason == says
    if name == "Segfaults":
        assert "faulty.py" in faulty.log.read_text(), "faulthandler shows where"


def test_a_scene_that_takes_too_much_memory_is_stopped(faulty) -> None:
    error = failure(faulty, "Hogs", WorkerLost, memory_bytes=600 << 20)
    assert "MiB of memory where its resources allow 600 MiB" in error.reason


def test_memory_that_is_refused_is_the_machines_failure(faulty) -> None:
    assert "allocate" in failure(faulty, "HogsAtOnce", WorkerLost).reason


@pytest.mark.parametrize("name", ["LeavesProcesses", "LeavesProcessesAndIsDone"])
def test_what_a_scene_leaves_running_ends_with_it(name: str, faulty) -> None:
    if name == "LeavesProcesses":
        assert "and is gone" in failure(faulty, name, SceneError).reason
    else:
        assert faulty.trace(faulty.scene(f"faulty.py:{name}")).frames == FRAMES_BEFORE + 3


@pytest.mark.parametrize("name", ["LooksAtTheClock", "SwallowsEverything"])
def test_a_scene_that_differs_from_its_trace_is_refused_when_drawn(name: str, faulty) -> None:
    scene = faulty.scene(f"faulty.py:{name}")
    timeline = faulty.trace(scene)
    with pytest.raises(SceneError) as caught:
        faulty.draw(scene, timeline, [(0, timeline.frames)])
    if name == "LooksAtTheClock":
        # The first frame of the play that looks at it
        assert caught.value.reason == (
            f"frame {FRAMES_BEFORE} is not what it was when the scene was traced"
        )
        assert caught.value.play == PLAYS_BEFORE
    assert "no clock" in caught.value.advice


def test_a_scene_that_ends_before_its_trace_is_refused(faulty) -> None:
    scene = faulty.scene("faulty.py:EndsWhenItLikes")
    timeline = faulty.trace(scene)
    with pytest.raises(SceneError) as caught:
        faulty.draw(scene, timeline, [(0, timeline.frames)])
    assert caught.value.reason == (
        f"it ended after {timeline.frames - 3} frames, where its trace had more"
    )


def test_a_shader_that_does_not_compile_is_shown(faulty) -> None:
    scene = faulty.scene("faulty.py:BadShader")
    timeline = faulty.trace(scene)
    with pytest.raises(SceneError) as caught:
        faulty.draw(scene, timeline, [(0, timeline.frames)])
    assert "GLSL Compiler failed" in caught.value.reason
    assert caught.value.frame == FRAMES_BEFORE


def test_a_chunk_that_cannot_be_written_is_the_machines_failure(faulty, tmp_path: Path) -> None:
    scene = faulty.scene("faulty.py:Good")
    timeline = faulty.trace(scene)
    with pytest.raises(WorkerLost) as caught:
        faulty.draw(scene, timeline, [(0, 6)], folder=tmp_path / "vanished")
    assert "0-6.mp4 could not be written" in caught.value.reason
    assert "No such file or directory" in caught.value.reason


def test_a_full_disk_is_called_that(faulty, small_disk: Path) -> None:
    scene = faulty.scene("faulty.py:Good")
    timeline = faulty.trace(scene)
    with pytest.raises(StoreFailed) as caught:
        faulty.draw(scene, timeline, [(0, 3), (3, 6)], folder=small_disk)
    assert caught.value.reason == "the disk is full"
    assert caught.value.path == small_disk


def test_a_zygote_that_is_killed_is_started_again(faulty) -> None:
    (pid,) = processes_of(faulty)
    os.kill(pid, 9)
    while ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.02)
    assert faulty.trace(faulty.scene("faulty.py:Good")).frames == 6
    assert processes_of(faulty) != [pid]


def test_a_zygote_that_is_killed_at_work_takes_its_child_along(faulty) -> None:
    (zygote,) = processes_of(faulty)

    def kill_it(_event) -> None:
        os.kill(zygote, 9)

    scene = faulty.scene("faulty.py:Endless")
    with pytest.raises(WorkerLost):
        faulty.run(
            Job(kind="trace", scene=scene, output=str(faulty.folder / "t.json")), on_event=kill_it
        )


def test_a_listener_that_fails_ends_the_job_and_is_heard_of(faulty) -> None:
    def fail(_event) -> None:
        raise LookupError("not mine")

    scene = faulty.scene("faulty.py:Endless")
    with pytest.raises(LookupError, match="not mine"):
        faulty.run(
            Job(kind="trace", scene=scene, output=str(faulty.folder / "t.json")), on_event=fail
        )
