"""
A finished chapter as its packages see it: one video, and all that was made beside it.

Read from the folder media/finish.py filled, and believed only where the bytes are what its
timeline.json says. Digests are of packets, so that an edited caption makes no picture anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
from blake3 import blake3

from pipeline.errors import VerificationFailed
from pipeline.media.chapters import ChapterMark
from pipeline.media.probe import open_media, packets
from pipeline.media.record import read_timeline
from pipeline.store.local import file_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The chapter's audio track."""

    codec: str
    profile: str
    rate: int
    """Samples a second."""
    channels: int
    digest: str
    """Of its packets."""
    delay: Fraction
    """Seconds from its first packet to the first frame: what the encoder put before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFile:
    """Captions in one language."""

    language: str
    """BCP 47."""
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Everything packages are made from."""

    chapter: str
    title: str
    language: str
    folder: Path
    video: Path
    rate: Fraction
    """Frames a second."""
    width: int
    height: int
    frames: int
    lossless: bool
    pictures: str
    """Digest of the video's packets."""
    sound: Sound | None
    captions: tuple[CaptionFile, ...]
    marks: tuple[ChapterMark, ...]

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.rate


def load_source(folder: Path) -> Source:
    """
    Raises:
        FileNotFoundError: no chapter was finished there.
        VerificationFailed: its video is not the one that was finished.
    """
    timeline = read_timeline(folder)
    video = folder / f"{timeline['chapter']}.mp4"
    for name in (video.name, *_caption_names(timeline)):
        _require_intact(folder / name, timeline["outputs"][name])
    rate = Fraction(timeline["rate"])
    with open_media(video) as container:
        marks = tuple(
            ChapterMark(
                title=chapter["metadata"].get("title", ""),
                start_frame=round(chapter["start"] * chapter["time_base"] * rate),
            )
            for chapter in container.chapters()
        )
        pictures = _digest(
            container.streams.video[0], packets(container, container.streams.video[0])
        )
    return Source(
        chapter=timeline["chapter"],
        title=timeline["title"],
        language=timeline["language"],
        folder=folder,
        video=video,
        rate=rate,
        width=timeline["width"],
        height=timeline["height"],
        frames=timeline["frames"],
        lossless=timeline["lossless"],
        pictures=pictures,
        sound=_sound(video),
        captions=tuple(
            CaptionFile(language=name.split(".")[-2], path=folder / name)
            for name in _caption_names(timeline)
        ),
        marks=marks,
    )


def _caption_names(timeline: dict[str, Any]) -> Sequence[str]:
    """`<chapter>.<language>.vtt`, the chapter's own language first."""
    chapter, own = timeline["chapter"], timeline["language"]
    names = [
        name
        for name in timeline["outputs"]
        if name.startswith(f"{chapter}.") and name.endswith(".vtt") and name.count(".") == 2
    ]
    return sorted(names, key=lambda name: (name != f"{chapter}.{own}.vtt", name))


def _sound(video: Path) -> Sound | None:
    with open_media(video) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        found = list(packets(container, stream))
        return Sound(
            codec=stream.codec_context.name,
            profile=str(stream.codec_context.profile),
            rate=stream.codec_context.sample_rate,
            channels=stream.codec_context.channels,
            digest=_digest(stream, found),
            delay=-found[0].pts * stream.time_base if found else Fraction(0),
        )


def sound_packets(path: Path) -> list[tuple[Fraction, bytes]]:
    """Every packet of a file's first audio track, and the second it is for."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return [
            (packet.pts * stream.time_base, bytes(packet)) for packet in packets(container, stream)
        ]


def packets_digest(path: Path, kind: Literal["video", "audio"]) -> str:
    """Names all that decides what the first such track of a file or playlist decodes to, and when."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0] if kind == "video" else container.streams.audio[0]
        return _digest(stream, packets(container, stream))


def _digest(stream: Any, found: Iterable[Any]) -> str:
    hasher = blake3(bytes(stream.codec_context.extradata or b""))
    for packet in found:
        hasher.update(f"{packet.pts * packet.time_base} {packet.size}\n".encode())
        hasher.update(bytes(packet))
    return hasher.hexdigest()


def _require_intact(path: Path, output: dict[str, Any]) -> None:
    expected = f"{output['bytes']} bytes, {output['blake3'][:16]}"
    if not path.is_file():
        raise VerificationFailed(path=path, what="the file", expected=expected, found="missing")
    found = f"{path.stat().st_size} bytes, {file_digest(path)[:16]}"
    if found != expected:
        raise VerificationFailed(path=path, what="the file", expected=expected, found=found)
