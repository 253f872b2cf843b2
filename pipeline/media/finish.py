"""
From the chunks of a chapter's scenes to everything people get, verified and then put in place.

    chunks ── stitch ─┐
    sounds ── mix ── level ── mux ── contact sheet (decodes all) ── poster ── checks ── moved in

All is made in a work folder. Files then get their final names one by one, timeline.json last: a
folder whose timeline.json names a key has all of that key's files, whatever came between.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pipeline.errors import VerificationFailed
from pipeline.media.burn import burn_in as draw_captions
from pipeline.media.burn import burned_name
from pipeline.media.captions import CaptionProblem, CaptionTrack
from pipeline.media.chapters import chapters_vtt
from pipeline.media.heard import Music
from pipeline.media.loudness import encode
from pipeline.media.mux import mux
from pipeline.media.pictures import contact_sheet, draw_poster
from pipeline.media.placed import FinishedScene, PlacedChapter, place
from pipeline.media.publish import move_in, told_plainly, write_text
from pipeline.media.record import (
    CHECKS,
    TIMELINE,
    Check,
    checks_json,
    json_text,
    outputs_of,
    read_timeline,
)
from pipeline.media.soundtrack import mix
from pipeline.media.stitch import stitch
from pipeline.media.subtitles import srt_name, srt_text, vtt_name, vtt_text
from pipeline.media.texts import description_text, transcript_text
from pipeline.media.verify import checks_of, not_as_loud, told, verify_video

__all__ = ["Finished", "FinishedScene", "finish", "verify_video"]
CHAPTERS = "chapters.vtt"
DESCRIPTION = "description.txt"
TRANSCRIPT = "transcript.txt"
POSTER = "poster.jpg"
SHEET = "contact-sheet.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A chapter in its folder."""

    video: Path
    outputs: tuple[Path, ...]
    """Every file that belongs to the chapter."""
    frames: int
    checks: tuple[Check, ...]
    caption_problems: tuple[CaptionProblem, ...]
    """Captions over the limits, which do not keep a chapter from being published."""
    problems: tuple[str, ...] = ()
    """The same of all languages, and a sound that is not as loud as was asked, in words."""


def finish(
    *,
    chapter_id: str,
    title: str,
    language: str,
    rate: Fraction,
    width: int,
    height: int,
    lossless: bool,
    scenes: Sequence[FinishedScene],
    folder: Path,
    work: Path,
    log_path: Path,
    key: str,
    music: Music | None = None,
    loudness: int | None = None,
    burn_in: Sequence[str] = (),
) -> Finished:
    """
    Makes and publishes a chapter. The same scenes give the same bytes, checks.json apart.

    Args:
        folder: where the files go; what was there of the chapter before is replaced.
        work: a folder nobody else uses, best on the same disk, and the caller's to remove.
        key: stands for all that the chapter is made from, and comes back in timeline.json.
        loudness: LUFS to bring what is heard to; None leaves it.
        burn_in: languages to make a second video of, with their captions in the picture.

    Raises:
        UnusableFile: something that is to be heard cannot be.
        VerificationFailed: something is not as planned. `folder` is as it was before.
        StoreFailed: the disk is full.
        ToolFailed: ffmpeg failed.
    """
    chapter = place(
        chapter_id=chapter_id,
        title=title,
        language=language,
        rate=rate,
        width=width,
        height=height,
        lossless=lossless,
        scenes=scenes,
        key=key,
        music=music,
        loudness=loudness,
    )
    with told_plainly(work):
        work.mkdir(parents=True, exist_ok=True)
    video = _make_video(chapter, work, log_path)
    pictures, decoded = _make_pictures(chapter, video, log_path)
    checks = _checked(chapter, video, decoded)
    # The video last: whoever watches the folder finds it with all that belongs to it
    burned = _burn_in(chapter, burn_in, video, log_path)
    made = [*_make_texts(chapter, work), *pictures, *burned, video]
    made += _make_records(chapter, made, checks, work)
    _publish(made, folder, chapter)
    return Finished(
        video=folder / video.name,
        outputs=tuple(folder / path.name for path in made),
        frames=chapter.frames,
        checks=tuple(checks),
        caption_problems=chapter.captions.problems,
        problems=(*chapter.problems, *not_as_loud(checks)),
    )


def _make_video(chapter: PlacedChapter, work: Path, log_path: Path) -> Path:
    stitched, video = work / "stitched.mp4", work / f"{chapter.id}.mp4"
    sound = _make_sound(chapter, work)
    stitch(chapter.chunks, rate=chapter.rate, output=stitched, log_path=log_path)
    mux(
        stitched,
        output=video,
        rate=chapter.rate,
        frames=chapter.frames,
        title=chapter.title,
        language=chapter.language,
        captions=chapter.captions.captions,
        translations=chapter.translated,
        marks=chapter.marks,
        sound=sound,
    )
    stitched.unlink()
    if sound:
        sound.unlink()
    return video


def _make_sound(chapter: PlacedChapter, work: Path) -> Path | None:
    if chapter.soundtrack is None:
        return None
    mixed, sound = work / "mixed.f32", work / "sound.m4a"
    mix(chapter.soundtrack, mixed)
    encode(mixed, sound, lufs=chapter.soundtrack.loudness)
    mixed.unlink()
    return sound


def _burn_in(
    chapter: PlacedChapter, languages: Sequence[str], video: Path, log_path: Path
) -> list[Path]:
    shown = {chapter.language: chapter.captions.captions}
    shown |= {track.language: track.captions for track in chapter.translated}
    made = []
    for language in languages:
        output = video.with_name(burned_name(chapter.id, language))
        draw_captions(
            video,
            shown.get(language, ()),
            rate=chapter.rate,
            frames=chapter.frames,
            language=language,
            output=output,
            log_path=log_path,
        )
        made.append(output)
    return made


def _make_pictures(chapter: PlacedChapter, video: Path, log_path: Path) -> tuple[list[Path], int]:
    """The pictures, and how many frames were decoded on the way."""
    sheet, poster = video.with_name(SHEET), video.with_name(POSTER)
    looked = contact_sheet(
        video, chapter.stills, rate=chapter.rate, output=sheet, log_path=log_path
    )
    draw_poster(video, looked.richest, frames=chapter.frames, output=poster)
    return [poster, sheet], looked.decoded


def _make_texts(chapter: PlacedChapter, work: Path) -> list[Path]:
    texts = {CHAPTERS: chapters_vtt(chapter.marks, frames=chapter.frames, rate=chapter.rate)}
    own = CaptionTrack(language=chapter.language, captions=chapter.captions.captions)
    for track in (own, *chapter.translated):
        if track.captions:
            texts[vtt_name(chapter.id, track.language)] = vtt_text(track.captions, chapter.rate)
            texts[srt_name(chapter.id, track.language)] = srt_text(track.captions, chapter.rate)
    for track in chapter.translated:
        said = chapter.said_in(track.language)
        texts[f"transcript.{track.language}.txt"] = transcript_text(chapter.title, said)
    if chapter.marks:
        texts[DESCRIPTION] = description_text(
            chapter.title, chapter.marks, frames=chapter.frames, rate=chapter.rate
        )
    if said := chapter.said:
        texts[TRANSCRIPT] = transcript_text(chapter.title, said)
    for name, text in texts.items():
        write_text(work / name, text)
    return [work / name for name in texts]


def _checked(chapter: PlacedChapter, video: Path, decoded: int) -> list[Check]:
    checks = checks_of(video, chapter.planned, decoded=decoded)
    for check in checks:
        if not check.ok:
            raise VerificationFailed(
                path=video, what=check.name, expected=check.expected, found=check.found
            )
    return [*checks, *told(video, chapter.planned)]


def _make_records(
    chapter: PlacedChapter, made: Sequence[Path], checks: Sequence[Check], work: Path
) -> list[Path]:
    problems = chapter.problems
    timeline = chapter.timeline_json(outputs_of(made))
    write_text(work / CHECKS, json_text(checks_json(chapter.key, checks, problems, made)))
    write_text(work / TIMELINE, json_text(timeline))
    return [work / CHECKS, work / TIMELINE]


def _publish(made: Sequence[Path], folder: Path, chapter: PlacedChapter) -> None:
    """Moves the files in, in their order, and removes those of an earlier finish just before the last."""
    names = {path.name for path in made}
    for path in made[:-1]:
        move_in(path, folder / path.name)
    for path in _earlier(folder, chapter.id):
        if path.name not in names:
            path.unlink(missing_ok=True)
    move_in(made[-1], folder / made[-1].name)


def _earlier(folder: Path, chapter_id: str) -> Iterable[Path]:
    """Captions in other languages, and whatever the timeline.json there lists."""
    yield from folder.glob(f"{glob.escape(chapter_id)}.*.vtt")
    yield from folder.glob(f"{glob.escape(chapter_id)}.*.srt")
    try:
        listed = read_timeline(folder)["outputs"]
    except (FileNotFoundError, VerificationFailed):
        return
    yield from (folder / Path(name).name for name in listed)
