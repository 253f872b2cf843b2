"""
That what a manifest edits is shown to the frame, said and heard there too, and costs no more.

Two scenes of which every frame carries its number are rendered losslessly once. What an edited
chapter has to show is then put together from their frames, and compared byte for byte.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ExitCode
from tests.cli.edited import CROSSED, FADED, ONE_SHOWN, TRIMMED, Edited


@pytest.fixture(scope="module")
def truth(warm_store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """Every frame of both scenes as they are, by id; drawn into the shared store."""
    project = Edited(tmp_path_factory.mktemp("truth"), warm_store)
    project.rendered()
    frames = project.frames()
    assert len(frames) == 390
    return {"one": frames[:300], "two": frames[300:]}


@pytest.fixture
def edited(tmp_path: Path, truth: dict[str, np.ndarray], warm_store: Path) -> Edited:
    """A project on the shared store."""
    return Edited(tmp_path, warm_store)


@pytest.fixture(scope="module")
def faded(
    truth: dict[str, np.ndarray], warm_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Edited:
    """The chapter with trims, holds, a crossfade and fades, rendered by one worker."""
    project = Edited(tmp_path_factory.mktemp("faded"), warm_store)
    project.write_manifest(TRIMMED, CROSSED, head=FADED)
    before = project.chunks()
    project.rendered("--workers", "1")
    project.reused = before  # type: ignore[attr-defined]
    return project


def mix(one: np.ndarray, other: np.ndarray, part: int, whole: int) -> np.ndarray:
    """`part` of `whole` of the other, rounded to nearest."""
    exact = (one.astype(float) * (whole - part) + other.astype(float) * part) / whole
    return np.floor(exact + 0.5).astype(np.uint8)


def require_equal(found: np.ndarray, expected: list[np.ndarray]) -> None:
    assert len(found) == len(expected)
    wrong = [n for n, (a, b) in enumerate(zip(found, expected, strict=True)) if (a != b).any()]
    assert wrong == []


def test_every_frame_is_what_the_manifest_says(faded: Edited, truth) -> None:
    white = np.full((96, 160, 3), 255, np.uint8)
    one = [truth["one"][n] for n in ONE_SHOWN]
    two = [*truth["two"], *[truth["two"][-1]] * 15]
    for n in range(5):
        one[n] = mix(white, one[n], n, 5)
    for n in range(15):
        two[90 + n] = mix(two[90 + n], white, n + 1, 15)
    crossed = [mix(one[-10 + n], two[n], n + 1, 11) for n in range(10)]

    require_equal(faded.frames(), [*one[:-10], *crossed, *two[10:]])
    assert (faded.frames()[0] == 255).all(), "it begins with the colour"
    assert (faded.frames()[-1] == 255).all(), "and ends with it"


def test_only_what_the_edits_touch_is_drawn(faded: Edited) -> None:
    drawn = faded.drawn()
    reused: set[str] = faded.reused  # type: ignore[attr-defined]
    one, _two = faded.plan_now().scenes

    # Frames 135 to 209 of `one` are a segment that no edit falls into
    kept = [s for s in one.segments if s.key.digest in reused]
    assert [(s.segment.start, s.segment.frames) for s in kept] == [(143, 75)]
    assert sorted({frame for scene, a, b in drawn if scene == "one" for frame in range(a, b)}) == [
        *range(143),
        *range(218, 278),
    ]
    assert [(a, b) for scene, a, b in drawn if scene == "two"] == [(0, 15), (15, 90), (90, 105)]
    assert faded.mixed() == ["one", "two", "two"]


def test_captions_marks_and_sounds_go_where_their_pictures_go(faded: Edited) -> None:
    one, two = faded.plan_now().scenes
    assert one.timeline is not None
    assert two.timeline is not None
    first_of_two = len(ONE_SHOWN) - 10

    # One cue is said from frame 30 to 60, the next over 150 to 180, the last is trimmed away
    starts = [ONE_SHOWN.index(31) - 1, ONE_SHOWN.index(150)]
    assert [(c.start, c.stop) for c in one.timeline.cues] == [(s, s + 30) for s in starts]
    assert [s.frame for s in one.timeline.sounds] == [ONE_SHOWN.index(45), ONE_SHOWN.index(225)]
    assert [s.frame for s in two.timeline.sounds] == [30]
    timeline = json.loads((faded.results / "timeline.json").read_text())
    heard = [round(sound["start_seconds"] * 15, 3) for sound in timeline["sound"]["heard"]]
    assert heard == [ONE_SHOWN.index(45), ONE_SHOWN.index(225), first_of_two + 30]
    captions = (faded.results / "small.en.vtt").read_text()
    times = re.findall(r"(\d\d:\d\d:\d\d\.\d\d\d) -->", captions)
    frames = [*starts, first_of_two + 15]
    assert times == [f"00:00:{frame / 15:06.3f}" for frame in frames]
    marks = (faded.results / "chapters.vtt").read_text()
    assert f"00:00:00.000 --> 00:00:{first_of_two / 15:06.3f}\nOne" in marks
    assert [s["first_frame"] for s in timeline["scenes"]] == [0, first_of_two]


def test_two_workers_make_the_same_bytes(faded: Edited, tmp_path: Path) -> None:
    other = Edited(tmp_path, tmp_path / "store")
    other.write_manifest(TRIMMED, CROSSED, head=FADED)
    other.rendered("--workers", "2")

    assert other.video.read_bytes() == faded.video.read_bytes()


def test_another_transition_is_mixed_and_nothing_drawn(
    faded: Edited, edited: Edited, truth
) -> None:
    edited.write_manifest(TRIMMED, "transition: {crossfade: 12f}", head=FADED)
    longer = edited.plan_now()
    assert [scene.missing for scene in longer.scenes] == [(), ()]
    assert [planned.done for planned in longer.joins] == [True, False, True]

    edited.write_manifest(TRIMMED, "transition: {fade: 9f}", head=FADED)
    planned = edited.run("plan", "manifests/small.yaml")
    assert "one to two: fade, 9 frames (0.6s), to be mixed" in planned.out
    assert "one: shows 2s to 18s of 20s, stands 0.5333s before it begins, stands 2s at 5s" in (
        planned.out
    )
    edited.rendered()
    assert (edited.drawn(), edited.mixed()) == ([], ["two"])
    black = np.zeros((96, 160, 3), np.uint8)
    shown = edited.frames()[len(ONE_SHOWN) - 5 : len(ONE_SHOWN) + 6]
    one, two = truth["one"][265:270], truth["two"][:6]
    out = [mix(one[1 + n], black, n + 1, 4) for n in range(4)]
    into = [mix(black, two[n], n, 5) for n in range(5)]
    require_equal(shown, [one[0], *out, *into, two[5]])

    # A chunk of a transition that was damaged is mixed again
    (*_, planned_join) = [j for j in edited.plan_now().joins if j.join.before == 0]
    chunk = edited.store / "segment" / planned_join.key.digest[:2] / planned_join.key.digest
    whole = edited.video.read_bytes()
    data = bytearray((chunk / "chunk.mp4").read_bytes())
    data[len(data) // 2] ^= 1
    (chunk / "chunk.mp4").write_bytes(data)
    edited.video.unlink()
    again = edited.rendered()
    assert "a cached chunk is damaged" in again.err
    assert (edited.drawn(), edited.mixed()) == ([], ["two"])
    assert edited.video.read_bytes() == whole


def test_speed_takes_frames_by_time_and_a_card_is_a_scene(edited: Edited, truth) -> None:
    edited.write_manifest(
        more='  - {id: fast, scene: "counter.py:Counter", params: {first: 500, seconds: 6}, '
        'speed: "3/2", captions: [{at: 3, until: 5, text: Fast}]}\n'
        "  - {id: end, card: {title: The end, length: 2s}, transition: {crossfade: 15f}}\n"
    )
    edited.rendered()
    frames = edited.frames()
    fast = [truth["two"][n * 3 // 2] for n in range(60)]
    card = frames[-1]

    assert len(frames) == 390 + 60 + 30 - 15
    crossed = [mix(fast[45 + n], card, n + 1, 16) for n in range(15)]
    require_equal(frames[390:], [*fast[:45], *crossed, *[card] * 15])
    assert card.max() > 200, "there is something on the card"
    scene = edited.plan_now().scenes[2]
    assert scene.shot is not None
    captions = re.findall(r"(\d\d:\d\d:\d\d\.\d\d\d) --> \S+\nFast", edited_captions(edited))
    assert captions == [f"00:00:{(390 + 30) / 15:06.3f}"]

    # A time is the scene's own: 3 s into it is frame 45, which the chapter shows as its 30th
    shown = edited.run("frames", "fast", "--at", "3s", "-o", "fast.png", "--json").json()
    assert shown["frame"] == 45
    assert (np.asarray(Image.open(edited.root / "fast.png")) == fast[30]).all()


def edited_captions(project: Edited) -> str:
    return (project.results / "small.en.vtt").read_text()


def test_part_of_a_chapter_fades_only_where_the_whole_one_does(edited: Edited) -> None:
    edited.write_manifest(TRIMMED, CROSSED, head=FADED)

    assert [j.join.field for j in edited.plan_now("two").joins] == ["ends.fade_out"]
    assert [j.join.field for j in edited.plan_now("one").joins] == ["ends.fade_in"]


def test_what_is_trimmed_away_is_not_to_be_had(faded: Edited) -> None:
    asked = faded.run("frames", "one", "--at", "1s")

    assert asked.code == ExitCode.BAD_MANIFEST
    assert "frame 15 of one is trimmed away on line 9 of the manifest" in asked.err
