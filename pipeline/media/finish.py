"""
From the chunks of a chapter's scenes to everything people get, verified and then put in place.

    chunks ── decode, once each ── join ─┐
    sounds ── mix ── level ───────────── mux ── held to the chunks ── pictures ── checks ── moved in

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
from pipeline.media.captions import CaptionProblem
from pipeline.media.companions import write_texts
from pipeline.media.heard import Music
from pipeline.media.levelled import Levelled, levelled, require_same_sound
from pipeline.media.mux import mux
from pipeline.media.pictures import Still
from pipeline.media.placed import FinishedScene, PlacedChapter, place
from pipeline.media.poster import POSTER, draw_poster
from pipeline.media.proofs import Proof, Proofs, Say
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
from pipeline.media.sheet import contact_sheet
from pipeline.media.stitch import join
from pipeline.media.streams import wanted_of
from pipeline.media.verify import checks_of, not_as_loud, told, verify_video
from pipeline.store.local import Store

__all__ = ["Finished", "FinishedScene", "finish", "verify_video"]
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
    store: Store | None = None,
    afresh: bool = False,
    say: Say | None = None,
) -> Finished:
    """
    Makes and publishes a chapter. The same scenes give the same bytes, checks.json apart.

    Args:
        folder: where the files go; what was there of the chapter before is replaced.
        work: a folder nobody else uses, best on the same disk, and the caller's to remove.
        key: stands for all that the chapter is made from, and comes back in timeline.json.
        loudness: LUFS to bring what is heard to; None leaves it.
        burn_in: languages to make a second video of, with their captions in the picture.
        store: keeps what was found out about each chunk, and the sound track; without one, that
            is done again.
        afresh: do it again, whatever is kept.

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
    stills = {still.frame: still for still in chapter.stills}
    wanted = wanted_of(chapter.chunks, sorted(stills))
    own = Store(work / "store")
    keep = store or own
    keeper = Proofs(keep, work=work, log_path=log_path, afresh=afresh, say=say)
    proofs = keeper.of(wanted, rate=rate, width=width, height=height)
    track = chapter.soundtrack
    sound = levelled(track, keep, afresh=afresh) if track else None
    video = _make_video(chapter, proofs, sound, work)
    decoded = keeper.require_joined(video, proofs, rate=rate)
    shown = [stills[frame] for frame in sorted(stills)]
    pictures = _make_pictures(chapter, shown, proofs, work, store=keep, afresh=afresh)
    checks = _checked(chapter, video, decoded, sound)
    # The video last: whoever watches the folder finds it with all that belongs to it
    burned = _burn_in(chapter, burn_in, video, log_path)
    made = [*write_texts(chapter, work), *pictures, *burned, video]
    made += _make_records(chapter, made, checks, work)
    own.wipe()
    _publish(made, folder, chapter)
    return Finished(
        video=folder / video.name,
        outputs=tuple(folder / path.name for path in made),
        frames=chapter.frames,
        checks=tuple(checks),
        caption_problems=chapter.captions.problems,
        problems=(*chapter.problems, *not_as_loud(checks)),
    )


def _make_video(
    chapter: PlacedChapter, proofs: Sequence[Proof], sound: Levelled | None, work: Path
) -> Path:
    stitched, video = work / "stitched.mp4", work / f"{chapter.id}.mp4"
    streams = [proof.stream for proof in proofs]
    join(chapter.chunks, streams, rate=chapter.rate, output=stitched)
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
        sound=sound.path if sound else None,
    )
    stitched.unlink()
    if sound:
        require_same_sound(video, sound.path)
    return video


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


def _make_pictures(
    chapter: PlacedChapter,
    stills: Sequence[Still],
    proofs: Sequence[Proof],
    work: Path,
    *,
    store: Store,
    afresh: bool,
) -> list[Path]:
    sheet, poster = work / SHEET, work / POSTER
    images = [image for proof in proofs for image in proof.stills]
    richest, image = contact_sheet(
        list(zip(stills, images, strict=True)), rate=chapter.rate, output=sheet
    )
    draw_poster(chapter.chunks, richest, image, store=store, output=poster, afresh=afresh)
    return [poster, sheet]


def _checked(
    chapter: PlacedChapter, video: Path, decoded: int, sound: Levelled | None
) -> list[Check]:
    checks = checks_of(video, chapter.planned, decoded=decoded)
    for check in checks:
        if not check.ok:
            raise VerificationFailed(
                path=video, what=check.name, expected=check.expected, found=check.found
            )
    return [*checks, *told(video, chapter.planned, level=sound.level if sound else None)]


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
