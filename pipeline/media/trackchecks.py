"""Holding what goes along with the pictures, title, captions and chapter marks, to what was planned."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.media.chapters import spans
from pipeline.media.mux import iso_639_2
from pipeline.media.planned import Planned
from pipeline.media.probe import open_media
from pipeline.media.record import Check


def track_checks(video: Path, planned: Planned) -> list[Check]:
    """Of every track of captions, the chapter marks and the title."""
    with open_media(video) as container:
        title = container.metadata.get("title")
        languages = [stream.metadata.get("language") for stream in container.streams.subtitles]
        chapters = tuple(
            (
                chapter["metadata"].get("title"),
                chapter["start"] * chapter["time_base"] * planned.rate,
                chapter["end"] * chapter["time_base"] * planned.rate,
            )
            for chapter in container.chapters()
        )
    wanted = [iso_639_2(language) for language, _ in planned.tracks]
    return [
        Check.of("title", planned.title, title),
        Check.of("languages of captions", wanted, languages),
        *(
            _same_list(
                "captions" if index == 0 else f"captions in {language}",
                captions,
                _captions_in(video, index, planned.rate),
            )
            for index, (language, captions) in enumerate(planned.tracks)
        ),
        _same_list("chapter marks", tuple(spans(planned.marks, planned.frames)), chapters),
    ]


def _captions_in(video: Path, index: int, rate: Fraction) -> tuple[Any, ...]:
    found = []
    with open_media(video) as container:
        tracks = container.streams.subtitles
        for packet in container.demux(tracks[index]) if index < len(tracks) else ():
            data = bytes(packet)
            text = data[2 : 2 + int.from_bytes(data[:2], "big")].decode()
            if packet.pts is not None and text:
                start = packet.pts * packet.time_base * rate
                found.append((start, start + packet.duration * packet.time_base * rate, text))
    return tuple(found)


def _same_list(name: str, expected: Sequence[Any], found: Sequence[Any]) -> Check:
    """Shows how many there are, and the first that differs."""
    if tuple(expected) == tuple(found):
        return Check.of(name, f"{len(expected)} as planned", f"{len(found)} as planned")
    for one, other in zip(expected, found, strict=False):
        if one != other:
            return Check(name=name, ok=False, expected=_shown(one), found=_shown(other))
    return Check.of(name, len(expected), len(found))


def _shown(item: Sequence[Any]) -> str:
    return ", ".join(part if isinstance(part, str) else str(part) for part in item)
