"""That a scene takes as long as its narration, and runs the same under plain manimgl without."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

NARRATION = Path(__file__).parents[2] / "scenes/components/narration.py"
SPOKEN = '''\
from manimlib import *
from narration import Narrated


class Spoken(Narrated, Scene):
    def construct(self):
        square = Square()
        with self.say("Nine products, one sum.", id="sum") as cue:
            self.play(ShowCreation(square), run_time=cue.seconds)
        with self.say("y = Wx", id="formula", spoken="y equals W times x"):
            self.wait_for("times")
            self.play(FadeOut(square), run_time=0.2)


class Own(Scene):
    """Has cues and knows nothing of voices."""

    def construct(self):
        self.cues = []
        self.wait(0.4)
'''
VOICES = {
    "sum": {"seconds": "3.210", "words": [["Nine", "0.000"], ["products", "0.500"]]},
    "formula": {
        "seconds": "2.000",
        "words": [["y", "0"], ["equals", "0.4"], ["W", "0.9"], ["times", "1.1"], ["x", "1.6"]],
    },
}


@pytest.fixture(scope="module")
def talk(project: Path, bench):
    shutil.copy(NARRATION, project / "narration.py")
    (project / "spoken.py").write_text(SPOKEN)
    return bench.scene("spoken.py:Spoken")


def spans(timeline) -> list[tuple[str, int, int]]:
    return [(cue.id, cue.start, cue.stop) for cue in timeline.cues]


def test_without_a_voice_it_is_as_long_as_reading_takes(
    talk, bench, drawn_by_stock: Callable
) -> None:
    timeline = bench.trace(talk)

    assert timeline.frames == len(drawn_by_stock("spoken.py:Spoken"))
    # 23 and 18 characters at 14 a second, in frames of 15 a second
    assert spans(timeline) == [("sum", 0, 25), ("formula", 25, 45)]
    assert [cue.aloud for cue in timeline.cues] == [
        "Nine products, one sum.",
        "y equals W times x",
    ]


def test_with_a_voice_animations_stretch_and_holds_are_added(talk, bench) -> None:
    timeline = bench.trace(replace(talk, voices=VOICES))

    # 3.21 s and 2 s, each in as many frames as it begins
    assert spans(timeline) == [("sum", 0, 49), ("formula", 49, 79)]
    assert [play.frames for play in timeline.plays] == [49, 17, 3, 10]


def test_a_longer_voice_moves_what_comes_after_and_nothing_before(talk, bench) -> None:
    longer = {**VOICES, "formula": {"seconds": "4.000"}}

    timeline = bench.trace(replace(talk, voices=longer))

    assert spans(timeline) == [("sum", 0, 49), ("formula", 49, 109)]


def test_a_scene_that_knows_of_no_voices_stays_as_it_is(talk, bench) -> None:
    scene = bench.scene("spoken.py:Own")

    assert bench.trace(replace(scene, voices=VOICES)).frames == bench.trace(scene).frames
