"""
From a stitched video, its captions and its chapter marks to the one file people get.

The video's packets are copied. Captions are written as the track's samples themselves and not
through ffmpeg, which turns text into ASS on the way and back: `{1, 2}` came out as `\\{1, 2\\}`, and
times were rounded to milliseconds. Here both are exact, and the same input gives the same bytes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import icu

from pipeline.errors import UsageError
from pipeline.media.captions import Caption, CaptionTrack
from pipeline.media.chapters import ChapterMark, spans
from pipeline.media.probe import open_media, packets
from pipeline.media.publish import beside
from pipeline.media.stitch import mp4_options, timescale

STYLE = b"""[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""What the track says captions look like: white, centred, at the bottom. Players may differ."""


def mux(
    video: Path,
    *,
    output: Path,
    rate: Fraction,
    frames: int,
    title: str,
    language: str,
    captions: Sequence[Caption] = (),
    translations: Sequence[CaptionTrack] = (),
    marks: Sequence[ChapterMark] = (),
    sound: Path | None = None,
) -> None:
    """
    Args:
        video: as media/stitch.py leaves it.
        sound: as media/loudness.py leaves it; its packets are copied too.
        language: BCP 47, such as `en` or `pt-BR`.
    """
    options = {**mp4_options(rate), "movflags": "+faststart"}
    tick = Fraction(1, timescale(rate))
    per_frame = int(1 / rate / tick)
    with (
        beside(output) as part,
        open_media(video) as source,
        _sound_of(sound) as heard,
        av.open(str(part), "w", format="mp4", options=options) as target,
    ):
        target.metadata["title"] = title
        picture = source.streams.video[0]
        copy = target.add_stream_from_template(picture)
        copy.time_base = tick
        spoken = target.add_stream_from_template(heard.streams.audio[0]) if heard else None
        if spoken:
            spoken.metadata["language"] = iso_639_2(language)
        texts = [
            (_caption_track(target, tick, track.language), track.captions)
            for track in (
                CaptionTrack(language=language, captions=tuple(captions)),
                *translations,
            )
            if track.captions
        ]
        target.set_chapters(
            [
                {
                    "id": number,
                    "start": start * per_frame,
                    "end": stop * per_frame,
                    "time_base": tick,
                    "metadata": {"title": name},
                }
                for number, (name, start, stop) in enumerate(spans(marks, frames))
            ]
        )
        # In the order they are decoded, or the writer holds back ten seconds of video
        for packet in heapq.merge(
            _onto(copy, packets(source, picture)),
            _onto(spoken, packets(heard, heard.streams.audio[0])) if heard else (),
            *(_samples(text, shown, tick, per_frame) for text, shown in texts),
            key=_decoded_at,
        ):
            target.mux(packet)


def iso_639_2(language: str) -> str:
    """
    The three letters that mp4 has for a language.

    Raises:
        UsageError: there is no such language.

    >>> iso_639_2("en"), iso_639_2("pt-BR"), iso_639_2("zh-Hans")
    ('eng', 'por', 'zho')
    """
    try:
        letters: str = icu.Locale.forLanguageTag(language).getISO3Language()
    except icu.ICUError:
        letters = ""
    if not letters:
        raise UsageError(f"{language!r} is not a language: write one such as en, de or pt-BR")
    return letters


@contextmanager
def _sound_of(path: Path | None) -> Iterator[Any]:
    if path is None:
        yield None
    else:
        with av.open(str(path)) as container:
            yield container


def _decoded_at(packet: Any) -> Fraction:
    return Fraction(packet.dts * packet.time_base)


def _caption_track(target: Any, tick: Fraction, language: str) -> Any:
    track = target.add_stream("mov_text")
    track.metadata["language"] = iso_639_2(language)
    track.time_base = track.codec_context.time_base = tick
    track.codec_context.subtitle_header = STYLE
    return track


def _onto(track: Any, found: Iterator[Any]) -> Iterator[Any]:
    for packet in found:
        packet.stream = track
        yield packet


def _samples(
    track: Any, captions: Sequence[Caption], tick: Fraction, per_frame: int
) -> Iterator[Any]:
    """A text track has no holes: where nothing is said, it says nothing."""
    shown_to = 0
    for caption in captions:
        if caption.start_frame > shown_to:
            yield _sample(track, "", shown_to, caption.start_frame, tick, per_frame)
        text = "\n".join(caption.lines)
        yield _sample(track, text, caption.start_frame, caption.stop_frame, tick, per_frame)
        shown_to = caption.stop_frame


def _sample(track: Any, text: str, start: int, stop: int, tick: Fraction, per_frame: int) -> Any:
    data = text.encode()
    # The length in two bytes, then the text: 3GPP TS 26.245, 5.17
    packet = av.Packet(len(data).to_bytes(2, "big") + data)
    packet.stream = track
    packet.time_base = tick
    packet.pts = packet.dts = start * per_frame
    packet.duration = (stop - start) * per_frame
    return packet
