"""That a trace tells what a scene does: its plays, where they are written, its words and sounds."""

from collections.abc import Callable
from dataclasses import astuple
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.engine.job import Job
from pipeline.engine.running import Limits
from pipeline.engine.timeline import Timeline

SCENE = """\
from dataclasses import dataclass

from fractions import Fraction
from helper import twice
from manimlib import *


@dataclass
class Cue:
    id: str
    text: str
    start: Fraction
    stop: Fraction


class Lecture(Scene):
    speed = 1
    words = ("one", "two")
    cues = (Cue("a", "First.", Fraction(0), Fraction(1, 2)), Cue("b", "Then.", 0.5, 1.1))

    def construct(self):
        square = Square()
        self.play(
            ShowCreation(square),
            FadeIn(Circle()),
            FadeIn(Dot()),
            run_time=0.4 / self.speed,
        )
        twice(self, square)
        self.add_sound("tick.wav", time_offset=0.12, gain=-6)
        self.wait(0.2)
        for word in self.words: self.wait(0.2)
        self.play(Rotate(square, run_time=0))
        (lambda: self.play(FadeOut(square), run_time=0.2))()
        self.add_sound("tick.wav", time_offset=-5)


class Careless(Scene):
    random_seed = None

    def construct(self):
        self.wait(0.2)


class Nested(Lecture):
    speed = 2
"""
HELPER = """\
from manimlib import *


def twice(scene, mob):
    for _ in range(2):
        scene.play(Rotate(mob), run_time=0.2)
"""
CONFIG = "file_writer: {saturation: 1.5, gamma: 0.9}\ncamera: {background_color: '#123456'}\n"


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory, project: Path, open_bench: Callable):
    root = tmp_path_factory.mktemp("traced").resolve()
    (root / "chapters/one").mkdir(parents=True)
    (root / "chapters/one/lecture.py").write_text(SCENE)
    (root / "helper.py").write_text(HELPER)
    (root / "custom_config.yml").write_text(CONFIG)
    (root / "tick.wav").write_bytes((project / "beep.wav").read_bytes())
    return open_bench(root)


@pytest.fixture(scope="module")
def traced(lecture) -> Timeline:
    return lecture.trace(lecture.scene("chapters/one/lecture.py:Lecture"))


def line_of(words: str) -> int:
    return next(n for n, line in enumerate(SCENE.splitlines(), 1) if words in line)


def test_every_play_is_there_with_its_frames(traced: Timeline) -> None:
    told = [(p.index, p.kind, p.label, p.first_frame, p.frames) for p in traced.plays]
    assert told == [
        (0, "play", "ShowCreation, FadeIn", 0, 6),
        (1, "play", "Rotate", 6, 3),
        (2, "play", "Rotate", 9, 3),
        (3, "wait", "wait", 12, 3),
        (4, "wait", "wait", 15, 3),
        (5, "wait", "wait", 18, 3),
        (6, "play", "Rotate", 21, 0),
        (7, "play", "FadeOut", 21, 3),
    ]
    assert traced.frames == 24


def test_a_play_is_known_by_its_line_in_the_scenes_own_file(traced: Timeline) -> None:
    assert {p.file for p in traced.plays} == {"chapters/one/lecture.py"}
    words = [*["twice(self"] * 2, "wait(0.2)", *["for word"] * 2, "run_time=0)", "FadeOut"]
    lines = [line_of("square = ") + 1, *(line_of(each) for each in words)]
    assert [p.line for p in traced.plays] == lines


def test_plays_of_one_statement_share_it_and_others_do_not(traced: Timeline) -> None:
    found = [p.statement for p in traced.plays]
    assert found[1] == found[2]
    assert found[4] == found[5]
    assert len({*found}) == 6
    assert -1 not in found


def test_words_are_in_whole_frames(traced: Timeline) -> None:
    assert [astuple(cue) for cue in traced.cues] == [
        ("a", "First.", 0, 8, ""),
        ("b", "Then.", 8, 16, ""),
    ]


def test_sounds_are_where_they_are_heard(traced: Timeline, lecture) -> None:
    # 0.8 s and 0.12 s more; the second starts before the scene does
    assert [(s.frame, s.gain) for s in traced.sounds] == [(14, -6.0), (-51, 0.0)]
    assert [s.offset_us for s in traced.sounds] == [-13333, 0]
    assert [s.asked_by.split(":")[0] for s in traced.sounds] == ["chapters/one/lecture.py"] * 2
    assert all(
        (lecture.root / sound.file).samefile(lecture.root / "tick.wav") for sound in traced.sounds
    )


def test_size_rate_and_look_are_those_it_was_traced_with(traced: Timeline) -> None:
    assert (traced.width, traced.height, traced.rate) == (320, 180, Fraction(15))
    assert (traced.saturation, traced.gamma) == (1.5, 0.9)


def test_a_play_without_frames_is_pointed_out(traced: Timeline) -> None:
    assert traced.warnings == ("play 6 emits no frame",)


def test_a_scene_that_asks_not_to_be_seeded_is_told(lecture) -> None:
    timeline = lecture.trace(lecture.scene("chapters/one/lecture.py:Careless"))
    assert timeline.warnings == (
        "random_seed is None: seeded with 0, so that every render is the same",
    )


def test_params_are_set_on_the_class(lecture, traced: Timeline) -> None:
    scene = lecture.scene("chapters/one/lecture.py:Lecture", speed=2, words=["a", "b", "c"])
    timeline = lecture.trace(scene)
    assert timeline.plays[0].frames == traced.plays[0].frames / 2
    assert len(timeline.plays) == len(traced.plays) + 1
    nested = lecture.trace(lecture.scene("chapters/one/lecture.py:Nested"))
    assert nested.frames == traced.frames - 3


def test_it_survives_being_written_down(traced: Timeline) -> None:
    assert Timeline.from_json(traced.to_json()) == traced


def test_progress_is_heard_on_the_way_and_the_end_at_the_end(bench) -> None:
    heard = []
    bench.run(
        Job(
            kind="trace",
            scene=bench.scene("updaters.py:Redrawn"),
            output=str(bench.folder / "timeline.json"),
        ),
        on_event=heard.append,
        limits=Limits(seconds=60, stall_seconds=60),
    )
    assert heard[-1]["event"] == "done"
    assert {event["event"] for event in heard[:-1]} <= {"progress"}
    frames = [event["frame"] for event in heard[:-1]]
    assert frames == sorted(frames)
