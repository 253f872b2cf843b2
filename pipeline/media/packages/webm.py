"""`webm`: VP9 and Opus in one file, for players that will not have H.264."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from pipeline.media.chapters import spans
from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.mux import iso_639_2
from pipeline.media.packages.encodes import (
    BARE,
    BT709,
    EXACTLY,
    Encodes,
    gop_frames,
    pictures_filter,
)
from pipeline.media.packages.proofs import Proofs
from pipeline.media.packages.source import Source
from pipeline.media.probe import VIDEO_COLOURS, open_media, packets, probe
from pipeline.media.publish import write_text
from pipeline.media.record import Check

CRF = 31
KEY_SECONDS = Fraction(4)
SOUND_KBPS = 128
TICK = Fraction(1, 1000)
"""WebM counts milliseconds, so a frame may come half of one early or late."""


def webm_name(source: Source) -> str:
    return f"{source.chapter}.webm"


def make_webm(source: Source, encodes: Encodes, folder: Path, *, logs: Path) -> Path:
    """Joins pictures and sound, each encoded once, with title and chapter marks."""
    output, facts = folder / webm_name(source), folder / "chapters.ffmetadata"
    arguments = ["-i", str(_pictures(source, encodes))]
    if source.sound:
        arguments += ["-i", str(_sound(source, encodes))]
    write_text(facts, _metadata(source))
    arguments += ["-f", "ffmetadata", "-i", str(facts)]
    last = 2 if source.sound else 1
    arguments += ["-map", "0:v", *(["-map", "1:a"] if source.sound else []), "-c", "copy"]
    if source.sound:
        arguments += ["-metadata:s:a:0", f"language={iso_639_2(source.language)}"]
    arguments += ["-map_metadata", str(last), "-map_chapters", str(last), "-fflags", "+bitexact"]
    try:
        run_ffmpeg(
            [*arguments, "-f", "webm", str(output)], output=output, log_path=logs / "webm.log"
        )
    finally:
        facts.unlink(missing_ok=True)
    return output


def webm_checks(source: Source, video: Path, proofs: Proofs) -> list[Check]:
    clip = probe(video)
    with open_media(video) as container:
        stream = container.streams.video[0]
        stamps = sorted(packet.pts * stream.time_base for packet in packets(container, stream))
        sounds = [f"{one.codec_context.name} {one.rate}" for one in container.streams.audio]
        marks = [
            (chapter["metadata"].get("title"), chapter["start"] * chapter["time_base"])
            for chapter in container.chapters()
        ]
    late = [n for n, stamp in enumerate(stamps) if abs(stamp - n / source.rate) > TICK / 2]
    planned = [
        (title, round(start / source.rate * 1000) * TICK) for title, start, _ in _spans(source)
    ]
    return [
        Check.of("codec", "vp9", clip.codec.removeprefix("libvpx-")),
        Check.of("size", f"{source.width}x{source.height}", f"{clip.width}x{clip.height}"),
        Check.of("colours", VIDEO_COLOURS, clip.colours),
        Check.of("frames", source.frames, len(stamps)),
        Check.of("first frame off its time", [], late[:1]),
        Check.of("sound", ["opus 48000"] if source.sound else [], [_opus(one) for one in sounds]),
        Check.of("chapter marks", planned, marks),
        *proofs.pictures(video),
        *proofs.sound(video),
    ]


def _opus(name: str) -> str:
    return name.removeprefix("lib")


def _pictures(source: Source, encodes: Encodes) -> Path:
    arguments = [
        *("-map", "0:v:0", "-an", *BARE),
        *("-vf", pictures_filter(source, (source.width, source.height))),
        *("-c:v", "libvpx-vp9", "-crf", str(CRF), "-b:v", "0"),
        *("-g", str(gop_frames(source.rate, KEY_SECONDS))),
        # Rows shared between threads would make the bytes depend on their number
        *("-deadline", "good", "-cpu-used", "3", "-row-mt", "0", "-tile-columns", "1"),
        *BT709,
        *EXACTLY,
        *("-fps_mode", "passthrough"),
    ]
    return encodes.encode("pictures.webm", source, arguments, of={"pictures": source.pictures})


def _sound(source: Source, encodes: Encodes) -> Path:
    assert source.sound is not None
    arguments = [
        *("-map", "0:a:0", "-vn", *BARE),
        *("-c:a", "libopus", "-b:a", f"{SOUND_KBPS}k", "-ar", "48000"),
        *EXACTLY,
    ]
    return encodes.encode("sound.webm", source, arguments, of={"sound": source.sound.digest})


def _metadata(source: Source) -> str:
    """In the form of https://ffmpeg.org/ffmpeg-formats.html#Metadata-1."""
    lines = [";FFMETADATA1", f"title={_escaped(source.title)}"]
    for title, start, stop in _spans(source):
        first, last = (round(1000 * frame / source.rate) for frame in (start, stop))
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={first}", f"END={last}"]
        lines.append(f"title={_escaped(title)}")
    return "\n".join([*lines, ""])


def _spans(source: Source) -> list[tuple[str, int, int]]:
    return list(spans(source.marks, source.frames))


def _escaped(text: str) -> str:
    for letter in "\\=;#\n":
        text = text.replace(letter, f"\\{letter}")
    return text
