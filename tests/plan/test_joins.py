"""That a transition takes the frames it says, and makes one chunk of its own of them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.job import Mix
from pipeline.plan.joins import Join, mixes, window_frames


def join(kind: str, frames: int, before: int | None = 0, after: int | None = 1) -> Join:
    return Join(
        kind=kind, frames=frames, color="#000000", before=before, after=after, line=1, field=""
    )


def written(mix: Mix) -> str:
    return f"{mix.before}>{mix.after} {mix.part}/{mix.whole}"


@pytest.mark.parametrize(
    ("one", "windows", "pictures"),
    [
        (join("crossfade", 2), (2, 2), ["0>0 1/3", "1>1 2/3"]),
        (join("crossfade", 1), (2, 2), ["0>None 0/1", "1>0 1/2", "None>1 1/1"]),
        (join("fade", 3), (1, 2), ["0>None 1/1", "None>0 0/2", "None>1 1/2"]),
        (join("fade", 2, None, 0), (0, 3), ["None>0 0/2", "None>1 1/2", "None>2 1/1"]),
        (join("fade", 2, 0, None), (3, 0), ["0>None 0/1", "1>None 1/2", "2>None 2/2"]),
    ],
    ids=["crossfade", "in windows of more", "fade", "fade in", "fade out"],
)
def test_mixes(one: Join, windows: tuple[int, int], pictures: list[str]) -> None:
    assert [written(mix) for mix in mixes(one, *windows)] == pictures


@given(
    st.sampled_from(["crossfade", "fade"]),
    st.integers(2, 90),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_every_frame_of_both_windows_is_in_it_in_order(
    kind: str, frames: int, more_before: int, more_after: int
) -> None:
    one = join(kind, frames)
    before, after = one.gives + more_before, one.takes + more_after
    made = list(mixes(one, before, after))

    assert [m.before for m in made if m.before is not None] == list(range(before))
    assert [m.after for m in made if m.after is not None] == list(range(after))
    assert len(made) == before + after - one.overlap


@pytest.mark.parametrize("rate", [Fraction(15), Fraction(30000, 1001), Fraction(60)])
@given(frames=st.integers(1, 400), takes=st.integers(0, 200), gives=st.integers(0, 200))
def test_windows_are_whole_seconds_where_the_scene_is_long_enough(
    rate: Fraction, frames: int, takes: int, gives: int
) -> None:
    frames = max(frames, takes + gives)
    opening, closing = window_frames(frames, takes, gives, rate)

    assert opening >= takes
    assert closing >= gives
    assert opening + closing <= frames
    assert (opening > 0, closing > 0) == (takes > 0, gives > 0)
