"""That a sound track is made once for what is heard in it, and is the one that is in the video."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UnusableFile, VerificationFailed
from pipeline.media.heard import Heard, Music, Soundtrack
from pipeline.media.levelled import SOUNDS, levelled, require_same_sound, sound_key
from pipeline.media.loudness import measure_track
from pipeline.store.local import Store

pytestmark = pytest.mark.needs_ffmpeg


@pytest.fixture
def track(write_wav: Callable[..., Path], tone: Callable[..., Any]) -> Soundtrack:
    return Soundtrack(
        heard=(
            Heard(
                path=write_wav("a.wav", tone(0.5)),
                name="a.wav",
                start=Fraction(1, 4),
                asked_by="scene stride, stride.py:7",
            ),
        ),
        music=Music(
            path=write_wav("bed.wav", tone(0.4, hertz=220)),
            name="bed.wav",
            gain=-12.0,
            duck=-9.0,
            fade_seconds=0.1,
            asked_by="music",
        ),
        seconds=Fraction(2),
        loudness=-23,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def made(store: Store) -> list[Path]:
    return sorted(store.root.glob(f"{SOUNDS}/*/*/sound.m4a"))


def test_it_is_made_once_and_as_it_would_be_made_again(track: Soundtrack, store: Store) -> None:
    first = levelled(track, store)
    content, when = first.path.read_bytes(), first.path.stat().st_mtime_ns

    again = levelled(track, store)
    assert (again, again.path.stat().st_mtime_ns) == (first, when)

    afresh = levelled(track, store, afresh=True)
    assert afresh == first
    assert afresh.path.stat().st_mtime_ns != when
    assert afresh.path.read_bytes() == content
    assert afresh.level == measure_track(afresh.path)


def later(track: Soundtrack) -> Soundtrack:
    return replace(track, heard=(replace(track.heard[0], start=Fraction(1, 3)),))


def softer(track: Soundtrack) -> Soundtrack:
    return replace(track, heard=(replace(track.heard[0], gain=-1.5),))


def as_a_voice(track: Soundtrack) -> Soundtrack:
    return replace(track, heard=(replace(track.heard[0], is_voice=True),))


def longer(track: Soundtrack) -> Soundtrack:
    return replace(track, seconds=Fraction(3))


def louder(track: Soundtrack) -> Soundtrack:
    return replace(track, loudness=-16)


def without_music(track: Soundtrack) -> Soundtrack:
    return replace(track, music=None)


def other_bytes(track: Soundtrack) -> Soundtrack:
    path = track.heard[0].path
    data = bytearray(path.read_bytes())
    data[-1] ^= 64
    path.write_bytes(data)
    return track


def other_file_of_that_name(track: Soundtrack) -> Soundtrack:
    assert track.music is not None
    return replace(track, heard=(replace(track.heard[0], name="bed.wav"),))


@pytest.mark.parametrize(
    "change", [later, softer, as_a_voice, longer, louder, without_music, other_bytes]
)
def test_what_is_heard_otherwise_has_another_name(
    change: Callable[[Soundtrack], Soundtrack], track: Soundtrack
) -> None:
    before = sound_key(track).digest

    assert sound_key(change(track)).digest != before


def test_files_of_one_name_are_told_apart(track: Soundtrack) -> None:
    named = other_file_of_that_name(track)
    before = sound_key(named).digest

    assert sound_key(other_bytes(named)).digest != before


def test_a_damaged_track_is_made_again(track: Soundtrack, store: Store) -> None:
    content = levelled(track, store).path.read_bytes()
    (kept,) = made(store)
    kept.write_bytes(content[:-9] + b"otherwise")

    assert levelled(track, store).path.read_bytes() == content


def test_a_sound_that_cannot_be_read_leaves_nothing(
    track: Soundtrack, store: Store, tmp_path: Path
) -> None:
    gone = replace(track, heard=(replace(track.heard[0], path=tmp_path / "gone.wav"),))

    with pytest.raises(UnusableFile, match="there is no such file"):
        levelled(gone, store)

    assert made(store) == []
    assert list((store.root / "work").iterdir()) == []


def test_another_sound_in_the_video_is_seen(
    track: Soundtrack, store: Store, tmp_path: Path
) -> None:
    own, other = levelled(track, store).path, levelled(softer(track), store).path
    short = tmp_path / "short.mp4"
    command = ["ffmpeg", "-v", "error", "-i", own, "-t", "1", "-c", "copy", short]
    subprocess.run(command, check=True)

    require_same_sound(own, own)
    for video in (other, short):
        with pytest.raises(VerificationFailed, match="sound packet"):
            require_same_sound(video, own)
