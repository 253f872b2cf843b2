"""That an edited scene shows the frames it should, and that all that has a place in it goes along."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.timeline import CueMark, Play, Sound, Timeline
from pipeline.plan.segments import cut
from pipeline.plan.shots import Shot, edited, paced_frames, shot_segments, shows

FRAMES = 600


def timeline(*, cues=(), sounds=(), plays=((0, FRAMES),), frames: int = FRAMES) -> Timeline:
    return Timeline(
        scene="a.py:A",
        width=320,
        height=180,
        rate=Fraction(15),
        plays=tuple(
            Play(index=i, kind="play", label="", file="", line=0, first_frame=a, frames=n)
            for i, (a, n) in enumerate(plays)
        ),
        runs=tuple((f"{n:04d}", 1) for n in range(frames)),
        cues=tuple(CueMark(id=f"c{i}", text="x", start=a, stop=b) for i, (a, b) in enumerate(cues)),
        sounds=tuple(Sound(file="tick.wav", frame=frame, gain=0.0) for frame in sounds),
        files={},
        warnings=(),
        seconds=1.0,
    )


def shown(shot: Shot, whole: Timeline) -> list[int]:
    return [int(digest) for digest in edited(whole, shot).fingerprints()]


@pytest.mark.parametrize(
    ("shot", "sequence"),
    [
        (Shot(stop=5), [0, 1, 2, 3, 4]),
        (Shot(start=2, stop=5), [2, 3, 4]),
        (Shot(start=2, stop=5, lead=2), [2, 2, 2, 3, 4]),
        (Shot(stop=3, holds=((1, 2),)), [0, 1, 1, 1, 2]),
        (Shot(stop=3, holds=((2, 2),)), [0, 1, 2, 2, 2]),
        (Shot(speed=Fraction(2), stop=paced_frames(7, Fraction(2))), [0, 2, 4, 6]),
        (Shot(speed=Fraction(1, 2), stop=paced_frames(3, Fraction(1, 2))), [0, 0, 1, 1, 2, 2]),
        (Shot(speed=Fraction(3, 2), stop=paced_frames(6, Fraction(3, 2))), [0, 1, 3, 4]),
        (Shot(speed=Fraction(2), start=1, stop=3, lead=1, holds=((2, 1),)), [2, 2, 4, 4]),
    ],
    ids=["whole", "trim", "first", "hold", "last", "twice", "half", "by a half", "all of it"],
)
def test_shows(shot: Shot, sequence: list[int]) -> None:
    whole = timeline(frames=7, plays=((0, 7),))

    assert shot.sequence() == sequence
    assert shown(shot, whole) == sequence
    assert shot.frames == len(sequence)


shots = st.builds(
    lambda speed, start, length, lead, holds: Shot(
        speed=speed,
        start=start,
        stop=start + length,
        lead=lead,
        holds=tuple(sorted({start + where % length: n for where, n in holds}.items())),
    ),
    st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3), Fraction(7, 5)]),
    st.integers(0, 150),
    st.integers(1, 100),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), max_size=4),
)


@given(shots, st.integers(1, FRAMES - 1))
def test_a_sound_comes_with_the_picture_it_came_with(shot: Shot, frame: int) -> None:
    (*placed,) = (sound.frame for sound in edited(timeline(sounds=(frame,)), shot).sounds)
    sequence = shot.sequence()
    shown_from = [i for i in range(shot.lead, len(sequence)) if sequence[i] >= frame]
    paced = shot.paced(frame)

    if shot.start <= paced < shot.stop:
        assert placed == shown_from[:1]
    else:
        assert placed == []


@given(shots, st.integers(0, FRAMES - 2), st.integers(1, 60))
def test_a_cue_stands_while_what_it_was_said_to_is_shown(
    shot: Shot, start: int, length: int
) -> None:
    stop = min(start + length, FRAMES)
    cue = CueMark(id="c", text="x", start=start, stop=stop)
    moved = shot.cue(cue)
    sequence = shot.sequence()
    inside = [i for i in range(shot.lead, len(sequence)) if start <= sequence[i] < stop]

    if shot.speed == 1:
        assert (moved is None) == (not inside)
    if moved and inside:
        assert moved.start == inside[0]
        last = sequence[inside[-1]]
        assert sequence[moved.stop - 1] == last, "and ends with the same picture"
    if moved:
        assert 0 <= moved.start < moved.stop <= shot.frames


@given(shots)
def test_finds_the_frame_that_is_shown_at_a_time(shot: Shot) -> None:
    sequence = shot.sequence()
    for frame in range(0, FRAMES, 7):
        where = shot.find(frame)
        if where is not None:
            assert sequence[where] <= frame < sequence[where] + max(1, shot.speed)
        else:
            assert frame not in sequence[shot.lead :] or shot.speed < 1


@given(shots, st.integers(0, 30), st.integers(0, 30))
def test_segments_cover_every_frame_between_the_windows(
    shot: Shot, opening: int, closing: int
) -> None:
    whole = timeline()
    first, last = min(opening, shot.frames), max(shot.frames - closing, 0)
    segments = shot_segments(whole, shot, first, last)

    assert [s.start for s in segments] == [first, *(s.stop for s in segments)][: len(segments)]
    prints = [d for s in segments for d, n in s.runs for _ in range(n)]
    assert [int(digest) for digest in prints] == shot.sequence()[first:last]
    for segment in segments:
        start, stop, counts = shows(shot.sequence()[segment.start : segment.stop])
        again = [start + i for i, n in enumerate(counts) for _ in range(n)]
        assert again == shot.sequence()[segment.start : segment.stop]
        assert (stop - start, bool(counts[0]), bool(counts[-1])) == (len(counts), True, True)


def test_an_edit_leaves_every_segment_it_does_not_fall_into() -> None:
    whole = timeline(plays=tuple((n * 30, 30) for n in range(20)))
    before = {segment.runs for segment in cut(whole)}
    shot = Shot(start=20, stop=FRAMES, holds=((300, 45),), lead=15)
    after = {segment.runs for segment in shot_segments(whole, shot, 0, shot.frames)}

    assert len(before) > 4
    assert len(after - before) == 2, "the trimmed one and the held one"


def test_plays_stay_side_by_side_and_those_trimmed_away_are_gone() -> None:
    whole = timeline(plays=((0, 100), (100, 100), (200, 0), (200, 400)))
    plays = edited(whole, Shot(start=120, stop=300, lead=10, holds=((250, 5),))).plays

    assert [(p.index, p.first_frame, p.frames) for p in plays] == [
        (1, 0, 90),
        (2, 90, 0),
        (3, 90, 105),
    ]


def test_what_a_trim_costs_is_said() -> None:
    whole = timeline(cues=((0, 30), (100, 160), (300, 310)), sounds=(0, 200))
    cuts = edited(whole, Shot(start=50, stop=150))

    assert [(c.id, c.start, c.stop) for c in cuts.cues] == [("c1", 50, 100)]
    assert cuts.warnings == (
        "the trim cuts cue c0: nothing of it is left",
        "the trim cuts cue c1: the rest of it is shown",
        "the trim cuts cue c2: nothing of it is left",
        "2 sounds begin where the scene is trimmed away, and are left out",
    )
