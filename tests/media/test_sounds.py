"""That what is heard of an edited scene is heard with the pictures it belongs to."""

from dataclasses import replace
from pathlib import Path

from pipeline.engine.timeline import CueMark, Sound
from pipeline.farm.chapter import ChapterPlan
from pipeline.manifest.resolved import Chapter, NarrationSpec
from pipeline.media.sounds import narration_problems, scene_sounds
from pipeline.plan.scenes import PlannedScene, Voice, scene_job
from pipeline.plan.shots import Shot, edited
from tests.planned import chapter, spec, timeline

SPEC = spec("talk")


def spoken(folder: Path) -> Chapter:
    """A chapter of one scene, spoken by the scratch voice."""
    narration = replace(NarrationSpec(folder=folder / "narration"), voice="scratch")
    return chapter(SPEC, project=folder, narration=narration)


def planned(asked: Chapter, shot: Shot) -> PlannedScene:
    """Cues a, b and c at 1, 2 and 3 seconds, each spoken for half of one; and two ticks."""
    whole = timeline(
        SPEC,
        tuple((f"{n:032x}", 1) for n in range(60)),
        cues=tuple(
            CueMark(id=name, text=name, start=15 * n, stop=15 * n + 10)
            for n, name in enumerate("abc", start=1)
        ),
        sounds=tuple(Sound(file="tick.wav", frame=frame, gain=0.0) for frame in (17, 40)),
    )
    voices = (
        Voice(cue_id=name, path=Path(f"/{name}.wav"), name=f"{name}.wav", seconds="0.500")
        for name in "abc"
    )
    return PlannedScene(
        spec=SPEC,
        job=scene_job(asked, SPEC, {}),
        timeline=edited(whole, shot),
        why_trace="",
        segments=(),
        voices=tuple(voices),
        source=whole,
        shot=shot,
    )


def test_voices_and_sounds_begin_with_their_pictures_or_not_at_all(tmp_path: Path) -> None:
    asked = spoken(tmp_path)
    scene = planned(asked, Shot(start=18, stop=60, lead=5, holds=((35, 10),)))

    heard = [(sound.name, sound.start * 15) for sound in scene_sounds(asked, scene)]

    # a was begun before what is shown; c comes after the picture that stands
    assert heard == [("b.wav", 17), ("c.wav", 42), ("tick.wav", 37)]
    assert [cue.id for cue in scene.timeline.cues] == ["a", "b", "c"], "it is shown for the rest"


def test_a_voice_that_the_trim_leaves_no_time_is_told(tmp_path: Path) -> None:
    asked = spoken(tmp_path)
    scene = planned(asked, Shot(start=0, stop=48))

    assert narration_problems(ChapterPlan(chapter=asked, scenes=(scene,))) == [
        "talk: cue c is still being said for 0.27 s when the scene ends"
    ]
