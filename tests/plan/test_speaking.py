"""That a scene is planned as long as its voices, from traces that know them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engine.job import SceneJob
from pipeline.engine.timeline import CueMark, Timeline
from pipeline.errors import SceneError
from pipeline.plan.scenes import Identity, Voice, plan_scene, trace_family
from tests.planned import chapter, spec, timeline

IDENTITY = Identity(engine={"engine": "1"}, fonts="f", renderer="r")
SPEC = spec("talk")
CHAPTER = chapter(SPEC)


def said_for(frames: int) -> Timeline:
    """The scene with one cue, from its first frame to its last."""
    cue = CueMark(id="a", text="One.", start=0, stop=frames)
    return timeline(SPEC, (("0" * 32, frames),), cues=(cue,))


def voice(seconds: str) -> Voice:
    return Voice(cue_id="a", path=Path("/a.wav"), name="a.wav", seconds=seconds)


def traces(known: dict[str, Timeline]) -> Callable[[SceneJob], tuple[Timeline | None, str]]:
    """Finds by how long the voice of cue a takes; "" is without."""

    def find(job: SceneJob) -> tuple[Timeline | None, str]:
        found = known.get(job.voices["a"]["seconds"] if job.voices else "")
        return found, "" if found else "never traced before"

    return find


def planned(known: dict[str, Timeline], speak: Callable | None):
    return plan_scene(CHAPTER, SPEC, IDENTITY, traces(known), lambda *_: False, speak=speak)


def test_without_anybody_who_speaks_the_first_trace_is_the_one() -> None:
    scene = planned({"": said_for(20)}, None)

    assert scene.timeline.frames == 20
    assert scene.voices == ()
    assert "voices" not in trace_family(scene.job, IDENTITY).fields


def test_the_first_trace_tells_what_the_second_is_timed_to() -> None:
    known = {"": said_for(20)}

    waiting = planned(known, lambda *_: (voice("3.000"),))

    assert waiting.timeline is None
    assert waiting.job.voices == {"a": {"seconds": "3.000", "words": ()}}
    assert waiting.why_trace == "it is timed to its narration: never traced before"
    scene = planned({**known, "3.000": said_for(45)}, lambda *_: (voice("3.000"),))
    assert scene.timeline.frames == 45
    assert scene.voices == (voice("3.000"),)


def test_how_long_it_takes_is_in_the_traces_key() -> None:
    scene = planned({"": said_for(20)}, lambda *_: (voice("3.000"),))
    longer = replace(scene.job, voices={"a": {"seconds": "3.001", "words": ()}})

    digests = {
        trace_family(job, IDENTITY).digest
        for job in (scene.job, longer, replace(scene.job, voices={}))
    }

    assert len(digests) == 3


def test_a_scene_whose_words_never_settle_is_refused() -> None:
    known = {"": said_for(20), "1": said_for(1), "2": said_for(2), "3": said_for(3)}
    said = iter("123")

    with pytest.raises(SceneError, match="what it says changes with how long saying it takes"):
        planned(known, lambda *_: (voice(next(said)),))
