"""That a recording is known for what it is of, and voices over each other are noticed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.engine.timeline import CueMark
from pipeline.manifest.resolved import NarrationSpec
from pipeline.media.voices import Recorded, find_recording, overlaps
from pipeline.plan.scenes import Voice

CUE = CueMark(id="sum", text="y = Wx", start=0, stop=30, spoken="y equals\nW times x")
STATES = {
    "nothing": ({}, Recorded.MISSING, "sum.wav"),
    "only a text": ({"sum.txt": "y equals W times x"}, Recorded.MISSING, "sum.wav"),
    "a file": ({"sum.flac": ""}, Recorded.UNCHECKED, "sum.flac"),
    "of this text": (
        {"sum.wav": "", "sum.txt": " y equals  W times x\n"},
        Recorded.RECORDED,
        "sum.wav",
    ),
    "of another": ({"sum.wav": "", "sum.txt": "y = Wx"}, Recorded.STALE, "sum.wav"),
}


@pytest.mark.parametrize("case", STATES)
def test_what_there_is_of_a_recording(case: str, tmp_path: Path) -> None:
    files, state, name = STATES[case]
    (tmp_path / "talk").mkdir()
    for file, text in files.items():
        (tmp_path / "talk" / file).write_text(text)

    found = find_recording(NarrationSpec(folder=tmp_path), "talk", CUE)

    assert (found.state, found.path.name) == (state, name)


def test_an_id_that_is_no_file_name_is_made_one(tmp_path: Path) -> None:
    cue = CueMark(id="../b c", text="x", start=0, stop=1)

    found = find_recording(NarrationSpec(folder=tmp_path), "talk", cue)

    assert found.path == tmp_path / "talk" / "..-b-c.wav"


def test_voices_that_run_into_each_other_are_told(timeline_of: Callable) -> None:
    cues = (CUE, CueMark(id="next", text="Next.", start=60, stop=80))
    timeline = timeline_of(cues)  # 90 frames, 30 a second

    def said(**seconds: str) -> list[str]:
        voices = [
            Voice(cue_id=name, path=Path("a"), name="a", seconds=s) for name, s in seconds.items()
        ]
        return overlaps(voices, timeline, cues)

    assert said(sum="2.000", next="1.000") == []
    assert said(sum="2.500", next="1.200") == [
        "cue sum is still being said for 0.50 s when cue next begins",
        "cue next is still being said for 0.20 s when the scene ends",
    ]
