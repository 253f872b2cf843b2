"""
The sound track of a chapter, mixed, levelled and encoded, and kept by all that is heard in it.

Levelling measures the whole track several times. An edit that moves no sound takes the track that
was made before, and its level is the one that was measured on it then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.errors import VerificationFailed
from pipeline.media.heard import Soundtrack
from pipeline.media.kept import is_kept, keep
from pipeline.media.loudness import Level, encode
from pipeline.media.probe import packets
from pipeline.media.soundtrack import mix
from pipeline.plan.key import Key, exact
from pipeline.store.local import Store, file_digest

SOUNDS = "sound"
"""Kind of these results in the store."""
SOUND_VERSION = 1
"""Counted up whenever the same sounds would give another track."""
TRACK, LEVEL = "sound.m4a", "level.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levelled:
    """A track as it goes into the chapter."""

    path: Path
    level: Level


def levelled(track: Soundtrack, store: Store, *, afresh: bool = False) -> Levelled:
    """
    The track from the store, made and put there if it is not in it, or `afresh`.

    Raises:
        UnusableFile: names the file and what placed it.
        VerificationFailed: its peaks stay too high.
        StoreFailed: the disk is full.
    """
    key = sound_key(track)
    if not is_kept(store, key, afresh=afresh):
        keep(store, key, lambda folder: _make(track, folder))
    folder = store.obtain(SOUNDS, key.digest)
    level = json.loads((folder / LEVEL).read_text(encoding="utf-8"))
    return Levelled(path=folder / TRACK, level=Level(**level))


def sound_key(track: Soundtrack) -> Key:
    """The name of a track: every file by its bytes, where it begins, how loud it is to be."""
    music = track.music
    paths = {heard.path for heard in track.heard} | ({music.path} if music else set())
    digests = {path: file_digest(path) for path in paths if path.is_file()}
    return Key(
        SOUNDS,
        {
            "sound": SOUND_VERSION,
            "samples": track.samples,
            "loudness": track.loudness,
            "heard": [
                {
                    "file": digests.get(heard.path),
                    "first_sample": heard.first_sample,
                    "gain": exact(heard.gain),
                    "background_gain": exact(heard.background_gain),
                    "voice": heard.is_voice,
                }
                for heard in track.heard
            ],
            "music": music
            and {
                "file": digests.get(music.path),
                "gain": exact(music.gain),
                "duck": exact(music.duck),
                "fade_seconds": exact(music.fade_seconds),
            },
            "av": av.__version__,
            "numpy": np.__version__,
        },
    )


def require_same_sound(video: Path, track: Path) -> None:
    """
    Holds the sound of a video to the track it was given, packet by packet.

    Raises:
        VerificationFailed: names the first packet that differs.
    """
    with av.open(str(video)) as one, av.open(str(track)) as other:
        both = zip_longest(_packets(other), _packets(one))
        for number, (planned, found) in enumerate(both):
            if planned != found:
                raise VerificationFailed(
                    path=video,
                    what=f"sound packet {number}",
                    expected=_told(planned),
                    found=_told(found),
                )


def _make(track: Soundtrack, folder: Path) -> None:
    mixed = folder / "mixed.f32"
    mix(track, mixed)
    level = encode(mixed, folder / TRACK, lufs=track.loudness)
    mixed.unlink()
    (folder / LEVEL).write_text(json.dumps(asdict(level)), encoding="utf-8")


def _packets(container: Any) -> Iterator[tuple[Fraction, bytes]]:
    if container.streams.audio:
        stream = container.streams.audio[0]
        for packet in packets(container, stream):
            yield packet.pts * stream.time_base, bytes(packet)


def _told(packet: tuple[Fraction, bytes] | None) -> str:
    return f"{len(packet[1])} bytes at {packet[0]} s" if packet else "none"
