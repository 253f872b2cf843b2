"""
Whether a stream is what its playlists say, and its playlists what was planned.

The playlists are read by the m3u8 library and the pictures by ffmpeg through them, as a player
would: neither knows how they were made.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import m3u8
import webvtt

from pipeline.media.packages.encodes import gop_frames
from pipeline.media.packages.hls import (
    KEY_SECONDS,
    MASTER,
    PLAYLIST,
    SOUND,
    Rung,
    bit_rates,
    captions_name,
)
from pipeline.media.packages.proofs import Proofs
from pipeline.media.packages.source import Source, sound_packets
from pipeline.media.probe import VIDEO_COLOURS, open_media, packets, probe
from pipeline.media.record import Check
from pipeline.media.subtitles import read_cues

NEAR_SECONDS = 0.001
"""Playlists tell lengths in millionths, added up over a chapter."""


def hls_checks(source: Source, rungs: Sequence[Rung], folder: Path, proofs: Proofs) -> list[Check]:
    """Reads the stream as it is in `folder`, and decodes every size of it."""
    master = m3u8.load(str(folder / MASTER))
    listed = [_size(playlist.stream_info.resolution) for playlist in master.playlists]
    media = sorted(f"{one.type} {one.language}" for one in master.media)
    wanted = [f"SUBTITLES {captions.language}" for captions in source.captions]
    wanted += [f"AUDIO {source.language}"] if source.sound else []
    checks = [
        Check.of("sizes in the master playlist", [rung.name for rung in rungs], listed),
        Check.of("renditions in the master playlist", sorted(wanted), media),
        Check.of("files the playlists name and are not there", [], _missing(folder, master)),
    ]
    cuts = [_cuts(folder / rung.name) for rung in rungs]
    checks.append(Check.of("sizes cut at other moments", [], _others(rungs, cuts)))
    for rung, playlist in zip(rungs, master.playlists, strict=True):
        checks += _rung_checks(source, rung, folder)
        checks.append(_rate_check(rung, playlist, folder, with_sound=source.sound is not None))
        checks += proofs.pictures(folder / rung.name / PLAYLIST, name=f"{rung.name}: ")
    checks += _sound_checks(source, folder, proofs)
    return checks + [_captions_check(source, c.language, c.path, folder) for c in source.captions]


def _rung_checks(source: Source, rung: Rung, folder: Path) -> Iterator[Check]:
    playlist = folder / rung.name / PLAYLIST
    clip = probe(playlist)
    with open_media(playlist) as container:
        stream = container.streams.video[0]
        found = sorted(
            (packet.pts * stream.time_base, packet.is_keyframe)
            for packet in packets(container, stream)
        )
    gop = gop_frames(source.rate, KEY_SECONDS)
    uneven = [n for n, (seconds, _) in enumerate(found) if seconds * source.rate != n]
    strays = [n for n, (_, key) in enumerate(found) if key != (n % gop == 0)]
    seconds = sum(segment.duration for segment in m3u8.load(str(playlist)).segments)
    yield Check.of(f"{rung.name}: size", rung.name, f"{clip.width}x{clip.height}")
    yield Check.of(f"{rung.name}: pixel format", "yuv420p", clip.pixel_format)
    yield Check.of(f"{rung.name}: colours", VIDEO_COLOURS, clip.colours)
    yield Check.of(f"{rung.name}: frames", source.frames, len(found))
    yield Check.of(f"{rung.name}: first uneven frame", [], uneven[:1])
    yield Check.of(f"{rung.name}: key frames not every {gop} frames", [], strays)
    yield Check(
        name=f"{rung.name}: seconds in the playlist",
        ok=abs(seconds - float(source.seconds)) < NEAR_SECONDS,
        expected=f"{float(source.seconds):.3f}",
        found=f"{seconds:.3f}",
    )


def _rate_check(rung: Rung, playlist: Any, folder: Path, *, with_sound: bool) -> Check:
    most = bit_rates(folder / rung.name)[0]
    most += bit_rates(folder / SOUND)[0] if with_sound else 0
    promised = playlist.stream_info.bandwidth
    return Check(
        name=f"{rung.name}: bits a second",
        ok=most <= promised,
        expected=f"at most the {promised} of the master playlist",
        found=str(most),
    )


def _sound_checks(source: Source, folder: Path, proofs: Proofs) -> list[Check]:
    if source.sound is None:
        return [Check.of("sound", "none", "some" if (folder / SOUND).exists() else "none")]
    found = sound_packets(folder / SOUND / PLAYLIST)
    if source.sound.codec != "aac":
        starts = Check.of("sound: starts with the pictures or before", True, found[0][0] <= 0)
        return [starts, *proofs.sound(folder / SOUND / PLAYLIST)]
    planned = sound_packets(source.video)
    return [
        Check.of("sound: packets", len(planned), len(found)),
        Check.of(
            "sound: packets changed or moved",
            0,
            sum(one != other for one, other in zip(planned, found, strict=False)),
        ),
        *proofs.sound(folder / SOUND / PLAYLIST),
    ]


def _captions_check(source: Source, language: str, path: Path, folder: Path) -> Check:
    """All pieces put together again are the captions there were."""
    name = captions_name(language)
    found: dict[tuple[int, int], str] = {}
    for segment in m3u8.load(str(folder / name / PLAYLIST)).segments:
        for cue in webvtt.read(str(folder / name / segment.uri)):
            frames = (
                round(cue.start_time.in_milliseconds() * source.rate / 1000),
                round(cue.end_time.in_milliseconds() * source.rate / 1000),
            )
            found[frames] = html.unescape(cue.text)
    planned = {(cue.start, cue.stop): cue.text for cue in read_cues(path, rate=source.rate)}
    differing = {
        when for when in planned.keys() | found.keys() if planned.get(when) != found.get(when)
    }
    return Check.of(f"captions {language}: differing", [], sorted(differing))


def _missing(folder: Path, master: Any) -> list[str]:
    named = [playlist.uri for playlist in master.playlists] + [one.uri for one in master.media]
    missing = []
    for playlist in named:
        if not (folder / playlist).is_file():
            missing.append(playlist)
            continue
        read = m3u8.load(str(folder / playlist))
        uris = [part.uri for part in read.segment_map] + [segment.uri for segment in read.segments]
        missing += [
            f"{playlist}: {uri}" for uri in uris if not (folder / playlist).with_name(uri).is_file()
        ]
        if not read.is_endlist:
            missing.append(f"{playlist}: its end")
    return missing


def _cuts(folder: Path) -> list[Fraction]:
    return [Fraction(str(s.duration)) for s in m3u8.load(str(folder / PLAYLIST)).segments]


def _others(rungs: Sequence[Rung], cuts: Sequence[list[Fraction]]) -> list[str]:
    return [rung.name for rung, cut in zip(rungs, cuts, strict=True) if cut != cuts[0]]


def _size(resolution: tuple[int, int] | None) -> str:
    return "{}x{}".format(*resolution) if resolution else "none"
