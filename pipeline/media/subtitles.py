"""
Captions as files: WebVTT and SRT written, and read where a manifest brings its own.

Time becomes milliseconds here, rounded once from the exact value, and back to the same frame on
reading. What captions look like is decided in media/captions.py.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import webvtt

from pipeline.engine.timeline import CueMark
from pipeline.errors import ManifestError
from pipeline.media.captions import Caption

WORD_JOINER = "\u2060"
"""Shown as nothing. SRT has no way to write `<b` or `-->` as text, so they are taken apart."""
SRT_MARKUP = re.compile(r"</?(?:b|i|u|s|font|c|v)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
SRT_LOOKS_LIKE_MARKUP = re.compile(r"(?<=<)(?=[a-zA-Z/])|(?<=\{)(?=\\)")
ARROW = "-->"


def vtt_name(chapter: str, language: str) -> str:
    return f"{chapter}.{language}.vtt"


def srt_name(chapter: str, language: str) -> str:
    return f"{chapter}.{language}.srt"


def vtt_text(captions: Iterable[Caption], rate: Fraction) -> str:
    """A WebVTT file: https://www.w3.org/TR/webvtt1/."""
    cues = (
        f"{number}\n{vtt_time(caption.start_frame, rate)} --> {vtt_time(caption.stop_frame, rate)}\n"
        f"{html.escape(chr(10).join(caption.lines), quote=False)}\n"
        for number, caption in enumerate(captions, start=1)
    )
    return "\n".join(["WEBVTT\n", *cues])


def srt_text(captions: Iterable[Caption], rate: Fraction) -> str:
    """A SubRip file, in the form all players agree on."""
    return "\n".join(
        f"{number}\n"
        f"{vtt_time(caption.start_frame, rate)} --> {vtt_time(caption.stop_frame, rate)}\n".replace(
            ".", ","
        )
        + f"{_srt_escaped(chr(10).join(caption.lines))}\n"
        for number, caption in enumerate(captions, start=1)
    )


def vtt_time(frame: int, rate: Fraction) -> str:
    """
    When a frame starts.

    >>> vtt_time(107892, Fraction(30000, 1001))
    '00:59:59.996'
    """
    ms = round(1000 * frame / rate)
    hours, ms = divmod(ms, 3_600_000)
    minutes, ms = divmod(ms, 60_000)
    seconds, ms = divmod(ms, 1000)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{ms:03d}"


def read_cues(path: Path, *, rate: Fraction) -> tuple[CueMark, ...]:
    """
    The cues of a .vtt or .srt file, on the nearest frames, called after the file and numbered.

    Raises:
        ManifestError: everything that is wrong with the file, by line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ManifestError(path=path, problems=[f"{path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        advice = "is not UTF-8: save it again with that encoding"
        raise ManifestError(path=path, problems=[f"{path}:{line}: {advice}"]) from error
    lines = text.splitlines()
    timed = [number for number, line in enumerate(lines, start=1) if ARROW in line]
    found = _parsed(path, text)
    if not found:
        raise ManifestError(path=path, problems=[f"{path}: has no cues in it"])
    if len(found) != len(timed):
        advice = (
            f"{len(timed)} lines hold {ARROW} and only {len(found)} could be read as cues: write "
            "a number, a line `00:00:01,000 --> 00:00:02,500`, the text, and an empty line"
        )
        raise ManifestError(path=path, problems=[f"{path}: {advice}"])
    problems = [
        f"{path}:{line}: {problem}"
        for line, previous, cue in zip(timed, [None, *found], found, strict=False)
        for problem in _problems(previous, cue)
    ]
    if problems:
        raise ManifestError(path=path, problems=problems)
    return tuple(
        CueMark(
            id=f"{path.name}:{number}",
            text=text,
            start=round(start * rate / 1000),
            stop=round(stop * rate / 1000),
        )
        for number, (start, stop, text) in enumerate(found, start=1)
    )


_Cue = tuple[int, int, str]
"""Start and stop in milliseconds, and the text without markup."""


def _parsed(path: Path, text: str) -> Sequence[_Cue]:
    is_srt = path.suffix.lower() == ".srt"
    try:
        file = (
            webvtt.from_buffer(io.StringIO(text), format="srt")
            if is_srt
            else webvtt.from_string(text, strict=True)
        )
    except webvtt.errors.MalformedFileError as error:
        if not text.strip():
            return []
        first = "a number on its first line" if is_srt else "WEBVTT as its first word"
        raise ManifestError(path=path, problems=[f"{path}:1: does not have {first}"]) from error
    except webvtt.errors.MalformedCaptionError as error:
        raise ManifestError(path=path, problems=[f"{path}: {error}"]) from error
    return [
        (
            caption.start_time.in_milliseconds(),
            caption.end_time.in_milliseconds(),
            _srt_plain(caption.raw_text) if is_srt else html.unescape(caption.text),
        )
        for caption in file
    ]


def _problems(previous: _Cue | None, cue: _Cue) -> Iterator[str]:
    start, stop, text = cue
    if stop <= start:
        yield "ends before it starts"
    if previous is not None and start < previous[1]:
        yield f"starts {previous[1] - start} ms before the cue above it ends"
    if not text.strip():
        yield "has no text"


def _srt_escaped(text: str) -> str:
    text = text.replace(ARROW, f"--{WORD_JOINER}>")
    return SRT_LOOKS_LIKE_MARKUP.sub(WORD_JOINER, text)


def _srt_plain(text: str) -> str:
    return SRT_MARKUP.sub("", text).replace(WORD_JOINER, "")
