"""
`youtube`: the file to upload, as YouTube asks for it.

After "Recommended upload encoding settings", support.google.com/youtube/answer/1722171: MP4 with its
index in front and no edit lists; H.264 High, progressive, 4:2:0, two B-frames in a row, closed groups
of half the frame rate, CABAC, variable bit rate; AAC-LC, stereo, 48 or 96 kHz; BT.709. The frame rate
is the chapter's own.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from pipeline.media.mux import iso_639_2
from pipeline.media.packages.boxes import boxes_in
from pipeline.media.packages.encodes import BARE, EXACTLY, Encodes, gop_frames, x264_arguments
from pipeline.media.packages.proofs import Proofs
from pipeline.media.packages.source import Source
from pipeline.media.probe import VIDEO_COLOURS, open_media, packets, probe
from pipeline.media.publish import beside
from pipeline.media.record import Check
from pipeline.media.stitch import mp4_options

CRF = 16
"""What is uploaded is encoded once more: nothing of it should be seen twice."""
GOP_SECONDS = Fraction(1, 2)
B_FRAMES = 2
SOUND_KBPS = 384
SOUND_RATES = (48000, 96000)
"""Samples a second."""


def youtube_name(source: Source) -> str:
    return f"{source.chapter}.youtube.mp4"


def make_youtube(source: Source, encodes: Encodes, folder: Path) -> Path:
    """Joins pictures and sound so that both start at 0 without an edit list that says so."""
    output = folder / youtube_name(source)
    options = {
        **mp4_options(source.rate),
        "movflags": "+faststart+negative_cts_offsets",
        "use_editlist": "0",
    }
    with (
        beside(output) as part,
        open_media(_pictures(source, encodes)) as pictures,
        av.open(str(_sound(source, encodes))) as sound,
        av.open(str(part), "w", format="mp4", options=options) as target,
    ):
        target.metadata["title"] = source.title
        video = target.add_stream_from_template(pictures.streams.video[0])
        ways = [_onto(video, packets(pictures, pictures.streams.video[0]))]
        if source.sound:
            track = target.add_stream_from_template(sound.streams.audio[0])
            track.metadata["language"] = iso_639_2(source.language)
            # What the encoder put before the first sample would push all of it late
            heard = (p for p in packets(sound, sound.streams.audio[0]) if p.pts >= 0)
            ways.append(_onto(track, heard))
        for packet in heapq.merge(*ways, key=_decoded_at):
            target.mux(packet)
    return output


def youtube_checks(source: Source, video: Path, proofs: Proofs) -> list[Check]:
    clip = probe(video)
    gop = gop_frames(source.rate, GOP_SECONDS)
    kinds = [kind for kind, _ in boxes_in(video)]
    with open_media(video) as container:
        stream = container.streams.video[0]
        profile = stream.codec_context.profile
        found = sorted((p.pts, p.is_keyframe) for p in packets(container, stream))
        sounds = [
            f"{one.codec_context.name} {one.codec_context.profile}, "
            f"{one.codec_context.channels} channels, {one.rate} Hz, from {one.start_time}"
            for one in container.streams.audio
        ]
    rate = source.sound.rate if source.sound and _may_stay(source) else SOUND_RATES[0]
    wanted = [f"aac LC, 2 channels, {rate} Hz, from 0"] if source.sound else []
    return [
        Check.of("codec", "h264 High", f"{clip.codec} {profile}"),
        Check.of("size", f"{source.width}x{source.height}", f"{clip.width}x{clip.height}"),
        Check.of("pixel format", "yuv420p", clip.pixel_format),
        Check.of("colours", VIDEO_COLOURS, clip.colours),
        Check.of("frames", source.frames, clip.frames),
        Check.of("frames a second", source.rate, clip.rate),
        Check.of("first uneven frame", None, clip.uneven_at),
        Check.of("start", Fraction(0), clip.start),
        Check.of(
            f"key frames not every {gop} frames",
            [],
            [n for n, (_, key) in enumerate(found) if key != (n % gop == 0)],
        ),
        Check(
            name="B-frames in a row",
            ok=(most := _most_b(video)) <= B_FRAMES,
            expected=f"at most {B_FRAMES}",
            found=str(most),
        ),
        Check.of("sound", wanted, sounds),
        Check.of("edit lists", 0, kinds.count("elst")),
        Check.of("index before the pictures", True, kinds.index("moov") < kinds.index("mdat")),
        *proofs.pictures(video),
        *proofs.sound(video),
    ]


def _pictures(source: Source, encodes: Encodes) -> Path:
    arguments = x264_arguments(
        source,
        size=(source.width, source.height),
        crf=CRF,
        gop=gop_frames(source.rate, GOP_SECONDS),
        preset="medium",
        b_frames=B_FRAMES,
    )
    return encodes.encode("upload.mp4", source, arguments, of={"pictures": source.pictures})


def _sound(source: Source, encodes: Encodes) -> Path:
    """The chapter's own track where it is as asked: encoding it again can only lose."""
    if source.sound is None or _may_stay(source):
        return source.video
    arguments = [
        *("-map", "0:a:0", "-vn", *BARE, "-c:a", "aac", "-b:a", f"{SOUND_KBPS}k"),
        *("-ac", "2", "-ar", str(SOUND_RATES[0]), *EXACTLY),
    ]
    return encodes.encode("upload.m4a", source, arguments, of={"sound": source.sound.digest})


def _may_stay(source: Source) -> bool:
    sound = source.sound
    return (
        sound is not None
        and (sound.codec, sound.profile, sound.channels) == ("aac", "LC", 2)
        and sound.rate in SOUND_RATES
    )


def _onto(track: Any, found: Iterator[Any]) -> Iterator[Any]:
    for packet in found:
        packet.stream = track
        yield packet


def _decoded_at(packet: Any) -> Any:
    return packet.dts * packet.time_base


def _most_b(video: Path) -> int:
    """The longest run of frames, as decoded, that are shown before one decoded earlier."""
    most = run = latest = 0
    with open_media(video) as container:
        for packet in packets(container, container.streams.video[0]):
            run = run + 1 if packet.pts < latest else 0
            latest = max(latest, packet.pts)
            most = max(most, run)
    return most
