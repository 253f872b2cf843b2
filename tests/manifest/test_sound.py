"""That sound, narration and other languages are read from a manifest, and refused with their line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ManifestError
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import MusicSpec, NarrationSpec, SoundSpec

Write = Callable[..., Path]
BED = {"music/bed.wav": b"RIFF"}


def asking(write: Write, text: str, files: dict[str, bytes] = BED) -> Path:
    path = write(files=files)
    manifest = path.read_text()
    first, rest = manifest.split("scenes:", 1)
    path.write_text(f"{first}{text}scenes:{rest}")
    return path


def test_everything_is_resolved(write: Write, tmp_path: Path) -> None:
    chapter = load_chapter(
        asking(
            write,
            "sound: {loudness: -23, music: {file: music/bed.wav, gain: -12, duck: -6.5, fade: 3s}}\n"
            "narration: {voice: recorded, missing: scratch, folder: spoken, speaker: en-gb, pace: 140}\n"
            "translations: {de: de.yaml}\n"
            "burn_in: [de]\n",
            {**BED, "de.yaml": b"layer: {c1: Hallo}"},
        )
    )

    assert chapter.sound == SoundSpec(
        loudness=-23,
        music=MusicSpec(file=tmp_path / "music/bed.wav", gain=-12, duck=-6.5, fade_seconds=3),
    )
    assert chapter.narration == NarrationSpec(
        voice="recorded", missing="scratch", folder=tmp_path / "spoken", speaker="en-gb", pace=140
    )
    assert chapter.translations == {"de": tmp_path / "de.yaml"}
    assert chapter.languages == ("de",)
    assert chapter.burn_in == ("de",)


def test_nobody_speaks_unless_asked_to(write: Write, tmp_path: Path) -> None:
    chapter = load_chapter(write())

    assert chapter.narration.voice == "silence"
    assert chapter.narration.folder.relative_to(tmp_path) == Path(f"narration/{chapter.id}")
    assert chapter.sound == SoundSpec(loudness=-16, music=None)


def test_leaving_the_mix_alone_can_be_asked_for(write: Write) -> None:
    assert load_chapter(asking(write, "sound: {loudness: none}\n")).sound.loudness is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sound: {loudness: -18}\n", "sound.loudness: must be -14, -16, -23 or none, and is -18"),
        ("sound: {music: {}}\n", "sound.music.file: is missing"),
        ("sound: {music: {file: no.wav}}\n", "sound.music.file: no file no.wav"),
        (
            "sound: {music: {file: music/bed.wav, volume: 3}}\n",
            "sound.music.volume: no such key; write gain: in decibels, such as -20",
        ),
        (
            "sound: {music: {file: music/bed.wav, duck: 3}}\n",
            "sound.music.duck: must be at most 0, and is 3",
        ),
        ("narration: {voice: loud}\n", "narration.voice: must be recorded, scratch or silence"),
        ("narration: {pace: 20}\n", "narration.pace: must be at least 80, and is 20"),
        ("translations: {de: no.yaml}\n", "translations.de: no file no.yaml"),
        (
            "translations: {en: music/bed.wav}\n",
            "translations.en: is the chapter's own language",
        ),
        ("burn_in: [fr]\n", "burn_in[1]: there are captions only in en"),
    ],
    ids=lambda value: value.split(":")[0] if value.endswith("\n") else "",
)
def test_what_is_wrong_is_said_with_its_place(text: str, says: str, write: Write) -> None:
    with pytest.raises(ManifestError) as found:
        load_chapter(asking(write, text))

    assert says in str(found.value)
