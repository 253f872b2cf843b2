"""That a scene is cut by its pictures alone, into chunks of a few seconds that outlive an edit."""

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.timeline import Play, Timeline
from pipeline.plan.segments import LONGEST_SECONDS, SHORTEST_SECONDS, cut

RATES = [Fraction(10), Fraction(30), Fraction(30000, 1001), Fraction(60)]

Moves = Sequence[tuple[str, int]]
"""Plays by name and frames. Those called `hold…` show one picture all the while."""


def timeline_of(moves: Moves, rate: Fraction = Fraction(30)) -> Timeline:
    plays, frames = [], []
    for index, (name, count) in enumerate(moves):
        plays.append(
            Play(
                index=index,
                kind="wait" if name.startswith("hold") else "play",
                label=name,
                file="a.py",
                line=index + 1,
                first_frame=len(frames),
                frames=count,
            )
        )
        frames += [name if name.startswith("hold") else f"{name}/{i}" for i in range(count)]
    return Timeline(
        scene="a.py:A",
        width=160,
        height=90,
        rate=rate,
        plays=tuple(plays),
        runs=run_lengths(frames),
        cues=(),
        sounds=(),
        files={},
        warnings=(),
        seconds=1.0,
    )


def run_lengths(frames: Sequence[str]) -> tuple[tuple[str, int], ...]:
    runs: list[tuple[str, int]] = []
    for digest in frames:
        if runs and runs[-1][0] == digest:
            runs[-1] = (digest, runs[-1][1] + 1)
        else:
            runs.append((digest, 1))
    return tuple(runs)


def long_lecture(seed: int) -> list[tuple[str, int]]:
    """Some ten minutes of plays and holds, of half a second to six each, 30 frames a second."""
    dice = random.Random(seed)
    kinds = [dice.choice(["move", "move", "hold"]) for _ in range(180)]
    return [(f"{kind}{seed}-{i}", dice.randrange(15, 181)) for i, kind in enumerate(kinds)]


moves = st.lists(
    st.tuples(st.sampled_from(["move", "hold"]), st.integers(0, 700)), min_size=1, max_size=30
).map(lambda drawn: [(f"{kind}{i}", count) for i, (kind, count) in enumerate(drawn)])
playing = moves.filter(lambda drawn: sum(count for _, count in drawn) > 0)


@given(playing, st.sampled_from(RATES))
def test_every_frame_is_in_one_segment_and_in_order(drawn: Moves, rate: Fraction) -> None:
    timeline = timeline_of(drawn, rate)

    segments = cut(timeline)

    assert segments[0].start == 0
    assert segments[-1].stop == timeline.frames
    assert all(a.stop == b.start for a, b in pairwise(segments))
    shown = [digest for s in segments for digest, count in s.runs for _ in range(count)]
    assert shown == list(timeline.fingerprints())
    assert all(s.runs == run_lengths([d for d, n in s.runs for _ in range(n)]) for s in segments)
    assert all(s.frames == sum(count for _, count in s.runs) for s in segments)


@given(playing, st.sampled_from(RATES))
def test_every_segment_but_the_last_takes_four_to_eight_seconds(
    drawn: Moves, rate: Fraction
) -> None:
    *whole, last = cut(timeline_of(drawn, rate))

    assert all(
        round(SHORTEST_SECONDS * rate) <= s.frames <= round(LONGEST_SECONDS * rate) for s in whole
    )
    assert 0 < last.frames <= round(LONGEST_SECONDS * rate)


@given(playing, st.sampled_from(RATES))
def test_cut_is_where_a_play_ends_or_at_a_whole_second_of_one(drawn: Moves, rate: Fraction) -> None:
    timeline = timeline_of(drawn, rate)
    ends = {play.first_frame + play.frames for play in timeline.plays}
    seconds = {
        play.first_frame + round(second * rate)
        for play in timeline.plays
        for second in range(1, 1 + int(play.frames / rate))
    }

    assert {s.stop for s in cut(timeline)} <= ends | seconds


@given(playing)
def test_nothing_but_pictures_and_plays_decides(drawn: Moves) -> None:
    timeline = timeline_of(drawn)
    otherwise = replace(
        timeline,
        scene="b.py:B",
        seconds=99.0,
        files={"b.py": "00"},
        warnings=("another",),
        plays=tuple(replace(play, line=play.line + 7, label="x") for play in timeline.plays),
    )

    assert cut(otherwise) == cut(timeline)
    assert cut(Timeline.from_json(timeline.to_json())) == cut(timeline)


@pytest.mark.parametrize(
    ("frames", "stops"),
    [
        pytest.param(1, [1], id="one frame"),
        pytest.param(240, [240], id="as long as a segment may be"),
        pytest.param(241, None, id="one more"),
        pytest.param(30 * 95 + 11, None, id="a minute and a half"),
    ],
)
def test_scene_of_one_play_is_cut_at_whole_seconds(frames: int, stops: list[int] | None) -> None:
    *inner, last = cut(timeline_of([("move", frames)]))

    assert stops is None or [s.stop for s in (*inner, last)] == stops
    assert all(s.stop % 30 == 0 for s in inner)
    assert len(inner) >= (frames - 1) // (LONGEST_SECONDS * 30)


def test_end_of_a_play_is_taken_before_any_second_inside_one() -> None:
    stops = [s.stop for s in cut(timeline_of([("move", 151), ("other", 200)]))]

    assert stops == [151, 351]


def test_long_hold_is_cut_evenly_and_each_piece_is_one_picture() -> None:
    *whole, _ = cut(timeline_of([("hold", 30 * 60)]))

    assert {s.runs for s in whole} == {(("hold", SHORTEST_SECONDS * 30),)}


def share_kept(before: Moves, after: Moves) -> float:
    """How much of what there was is still there after an edit."""
    old = {s.runs for s in cut(timeline_of(before))}
    new = {s.runs for s in cut(timeline_of(after))}
    return len(old & new) / len(old)


SEEDS = range(24)


def inserted(lecture: list[tuple[str, int]], seed: int) -> Moves:
    place = random.Random(f"place {seed}").randrange(len(lecture))
    return [*lecture[:place], ("new", 77), *lecture[place:]]


def lengthened(lecture: list[tuple[str, int]], seed: int) -> Moves:
    place = random.Random(f"place {seed}").randrange(len(lecture))
    name, count = lecture[place]
    return [*lecture[:place], (name, count + 31), *lecture[place + 1 :]]


def removed(lecture: list[tuple[str, int]], seed: int) -> Moves:
    place = random.Random(f"place {seed}").randrange(len(lecture))
    return [*lecture[:place], *lecture[place + 1 :]]


@pytest.mark.parametrize("edit", [inserted, lengthened, removed])
def test_edit_of_one_play_leaves_most_segments_as_they_were(edit) -> None:
    shares = [share_kept(long_lecture(seed), edit(long_lecture(seed), seed)) for seed in SEEDS]

    assert sum(shares) / len(shares) >= 0.7, shares


def test_edit_leaves_what_is_before_it_alone_and_what_is_far_behind_it() -> None:
    for seed in SEEDS:
        lecture = long_lecture(seed)
        place = len(lecture) // 2
        before = cut(timeline_of(lecture))
        after = cut(timeline_of([*lecture[:place], ("new", 77), *lecture[place:]]))
        edited = sum(count for _, count in lecture[:place])
        untouched = [s for s in before if s.stop + LONGEST_SECONDS * 30 < edited]

        assert list(after[: len(untouched)]) == untouched
        assert before[-1].runs == after[-1].runs, f"seed {seed}: the cuts never met again"


def test_steady_beat_of_plays_finds_its_cuts_again() -> None:
    """With plays all alike in length, counting from the last cut would never meet the old ones."""
    shares = []
    for seed in SEEDS:
        beat = [(f"move{seed}-{i}", 30) for i in range(300)]
        shares.append(share_kept(beat, [*beat[:10], ("new", 30), *beat[10:]]))

    assert sum(shares) / len(shares) >= 0.7, shares
