"""The text files that go with a chapter: captions, chapter marks, description, transcripts."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.captions import CaptionTrack
from pipeline.media.chapters import chapters_vtt
from pipeline.media.placed import PlacedChapter
from pipeline.media.publish import write_text
from pipeline.media.subtitles import srt_name, srt_text, vtt_name, vtt_text
from pipeline.media.texts import description_text, transcript_text

CHAPTERS = "chapters.vtt"
DESCRIPTION = "description.txt"
TRANSCRIPT = "transcript.txt"


def write_texts(chapter: PlacedChapter, work: Path) -> list[Path]:
    """Writes those that have something to say, and gives them."""
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
