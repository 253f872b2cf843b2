"""
Holding a chapter's video to what was planned: before it is published, and whenever it is asked.

Every difference is reported, none raised, so that one look shows all that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.errors import ChalkfarmError, UsageError, VerificationFailed
from pipeline.media.captions import FAIL_SPEED, Caption, broken_limits
from pipeline.media.chapters import marks_of
from pipeline.media.heard import PlannedSound
from pipeline.media.loudness import Level
from pipeline.media.planned import Planned, Shown
from pipeline.media.probe import RGB_COLOURS, VIDEO_COLOURS, decodes, probe
from pipeline.media.record import TIMELINE, Check, read_timeline
from pipeline.media.soundchecks import LOUDNESS, TRUE_PEAK, loudness_checks, sound_checks
from pipeline.media.subtitles import read_cues, vtt_name
from pipeline.media.trackchecks import track_checks
from pipeline.store.local import file_digest

BOX_HEADER_BYTES = 8
WITHIN_LIMITS = f"at most {FAIL_SPEED} characters a second, two lines of 42, 5/6 to 7 s"


def verify_video(path: Path) -> list[Check]:
    """
    Holds a finished chapter to the timeline.json beside it, byte for byte and frame for frame.

    Raises:
        UsageError: there is no timeline.json, or it is of another video.
    """
    try:
        timeline = read_timeline(path.parent)
    except (FileNotFoundError, VerificationFailed) as error:
        raise UsageError(
            f"{path} has no {TIMELINE} beside it that says what it should be"
        ) from error
    if path.name != f"{timeline['chapter']}.mp4":
        raise UsageError(f"{path.parent / TIMELINE} is not of {path.name}")
    checks = [_intact(path.parent / name, output) for name, output in timeline["outputs"].items()]
    try:
        planned = planned_by(timeline, path.parent)
        return [*checks, *checks_of(path, planned, decoded=None), *told(path, planned)]
    except ChalkfarmError as error:
        return [*checks, _failed("the rest", "readable files", error)]


def checks_of(video: Path, planned: Planned, *, decoded: int | None) -> list[Check]:
    """
    Args:
        decoded: how many frames could be decoded, where that is known; otherwise it is tried.
    """
    try:
        clip = probe(video)
    except VerificationFailed as error:
        return [_failed("video", "readable", error)]
    duration = planned.frames / planned.rate
    colours = RGB_COLOURS if planned.lossless else VIDEO_COLOURS
    checks = [
        Check.of("frames", planned.frames, clip.frames),
        Check.of("frames a second", planned.rate, clip.rate),
        Check.of("first uneven frame", None, clip.uneven_at),
        Check.of("size", f"{planned.width}x{planned.height}", f"{clip.width}x{clip.height}"),
        Check.of("codec", "h264", clip.codec),
        Check.of("pixel format", "gbrp" if planned.lossless else "yuv420p", clip.pixel_format),
        Check.of("colours", colours, clip.colours),
        Check.of("start", _seconds(Fraction(0)), _seconds(clip.start)),
        Check.of("duration", _seconds(duration), _seconds(clip.duration)),
        _decodable(video, planned.frames, decoded),
        Check.of("index before the pictures", "moov", _first_of(video, ("moov", "mdat"))),
    ]
    return [*checks, *track_checks(video, planned), *sound_checks(video, planned.sound)]


def told(video: Path, planned: Planned, *, level: Level | None = None) -> list[Check]:
    """
    What is told and does not keep a chapter from being published: it is the author's to mend.

    Args:
        level: of the sound, where that was measured.
    """
    return [readable(planned), *loudness_checks(video, planned.sound, level=level)]


def not_as_loud(checks: Sequence[Check]) -> list[str]:
    """What of these is to be heard, in words."""
    return [
        f"the sound's {check.name} is {check.found}, and should be {check.expected}"
        for check in checks
        if not check.ok and check.name in (LOUDNESS, TRUE_PEAK)
    ]


def readable(planned: Planned) -> Check:
    """Whether all captions keep within the limits."""
    broken = [
        f"{text!r} {what}"
        for _, track in planned.tracks
        for start, stop, text in track
        for what, fails in broken_limits(
            Caption(start_frame=start, stop_frame=stop, lines=tuple(text.split("\n"))),
            planned.rate,
        )
        if fails
    ]
    return Check(
        name="captions within limits",
        ok=not broken,
        expected=WITHIN_LIMITS,
        found="; ".join(broken) or "all",
    )


def planned_by(timeline: dict[str, Any], folder: Path) -> Planned:
    """What a timeline.json says a video should be, with the captions of the file beside it."""
    rate = Fraction(timeline["rate"])

    def read(language: str) -> Shown:
        path = folder / vtt_name(timeline["chapter"], language)
        found = read_cues(path, rate=rate) if path.name in timeline["outputs"] else ()
        return tuple((cue.start, cue.stop, cue.text) for cue in found)

    scenes = [(scene["title"], scene["first_frame"]) for scene in timeline["scenes"]]
    return Planned(
        title=timeline["title"],
        language=timeline["language"],
        rate=rate,
        width=timeline["width"],
        height=timeline["height"],
        frames=timeline["frames"],
        lossless=timeline["lossless"],
        captions=read(timeline["language"]),
        translations=tuple((name, read(name)) for name in timeline.get("translations", [])),
        marks=marks_of(scenes, title=timeline["title"]),
        sound=PlannedSound(
            seconds=timeline["frames"] / rate, loudness=timeline["sound"]["loudness"]
        )
        if "sound" in timeline
        else None,
    )


def _decodable(video: Path, frames: int, decoded: int | None) -> Check:
    try:
        return Check.of("frames decoded", frames, decodes(video) if decoded is None else decoded)
    except VerificationFailed as error:
        return Check(
            name="frames decoded",
            ok=False,
            expected=str(frames),
            found=f"{error.what}: {error.found}",
        )


def _intact(path: Path, output: dict[str, Any]) -> Check:
    name = f"bytes of {path.name}"
    expected = f"{output['bytes']} {output['blake3'][:16]}"
    if not path.is_file():
        return Check(name=name, ok=False, expected=expected, found="missing")
    found = f"{path.stat().st_size} {file_digest(path)[:16]}"
    return Check.of(name, expected, found)


def _first_of(video: Path, kinds: Sequence[str]) -> str:
    """Which of these boxes comes first in an mp4: ISO/IEC 14496-12, 4.2."""
    with video.open("rb") as file:
        while len(header := file.read(2 * BOX_HEADER_BYTES)) >= BOX_HEADER_BYTES:
            size, kind = int.from_bytes(header[:4], "big"), header[4:8].decode("latin-1")
            if kind in kinds:
                return kind
            if size == 1:
                size = int.from_bytes(header[8:], "big")
            if size < BOX_HEADER_BYTES:
                break
            file.seek(size - len(header), 1)
    return "neither"


def _failed(name: str, expected: str, error: ChalkfarmError) -> Check:
    return Check(name=name, ok=False, expected=expected, found=str(error))


def _seconds(value: Fraction) -> str:
    return f"{value} s"
