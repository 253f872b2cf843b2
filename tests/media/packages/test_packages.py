"""That every package shows each picture of the chapter and plays each sound, at its time."""

import json
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import av
import m3u8
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import StoreFailed, VerificationFailed
from pipeline.media.finish import Finished, FinishedScene, finish
from pipeline.media.packages.boxes import boxes_in
from pipeline.media.packages.record import packages_current, read_packages, verify_packages
from pipeline.media.stitch import Chunk
from tests.conftest import draw_clip, files_in
from tests.media.conftest import timeline
from tests.media.packages.conftest import ALL, FRAMES, SAMPLES, relisted

pytestmark = pytest.mark.needs_ffmpeg
Pack = Callable[..., list[str]]
VIDEOS = [
    "hls/416x234/index.m3u8",
    "hls/640x360/index.m3u8",
    "convolution.webm",
    "convolution.youtube.mp4",
]
SOUNDS = ["hls/sound/index.m3u8", "convolution.webm", "convolution.youtube.mp4"]


@pytest.fixture
def packed(made: Path, tmp_path: Path) -> Path:
    """A copy to do anything with, with the times it had."""
    folder = tmp_path / "packed"
    shutil.copytree(made, folder)
    return folder


@pytest.mark.parametrize("name", VIDEOS)
def test_every_picture_is_there_in_its_order(
    made: Path, name: str, numbers_in: Callable[[Path], list[int]]
) -> None:
    assert numbers_in(made / name) == list(range(FRAMES))


@pytest.mark.parametrize("name", SOUNDS)
def test_every_click_is_where_it_was(made: Path, name: str) -> None:
    # As a player plays it: by its timestamps, from the first picture on
    decoded = subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-copyts", "-i", str(made / name), "-map", "0:a"),
            *("-af", f"aresample={SAMPLES}:first_pts=0", "-ac", "1", "-f", "s16le", "-"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    loud = np.flatnonzero(np.abs(np.frombuffer(decoded, "<i2")) > 8000)

    starts = loud[np.insert(np.diff(loud) > SAMPLES // 2, 0, True)]
    assert len(starts) == FRAMES // 30
    assert np.abs(starts - SAMPLES * np.arange(1, len(starts) + 1)).max() <= SAMPLES / 1000


def test_stream_is_one_that_another_library_reads(made: Path) -> None:
    master = m3u8.load(str(made / "hls" / "master.m3u8"))

    sizes = [playlist.stream_info.resolution for playlist in master.playlists]
    rates = [playlist.stream_info.bandwidth for playlist in master.playlists]
    assert sizes == [(416, 234), (640, 360)]
    assert rates == sorted(set(rates))
    assert [playlist.stream_info.codecs for playlist in master.playlists] == [
        "avc1.64000d,mp4a.40.2",
        "avc1.64001e,mp4a.40.2",
    ]
    assert [(one.type, one.language, one.uri) for one in master.media] == [
        ("AUDIO", "en", "sound/index.m3u8"),
        ("SUBTITLES", "en", "captions-en/index.m3u8"),
    ]


def test_stream_is_cut_alike_in_every_size(made: Path) -> None:
    for name in VIDEOS[:2]:
        with av.open(str(made / name)) as container:
            found = sorted((p.pts, p.is_keyframe) for p in container.demux(video=0) if p.size)
        assert [number for number, (_, key) in enumerate(found) if key] == [0, 60, 120, 180]
        segments = m3u8.load(str(made / name)).segments
        assert [round(segment.duration * 30) for segment in segments] == [180, 20]


def test_caption_across_a_cut_is_in_both_pieces(made: Path) -> None:
    pieces = sorted((made / "hls" / "captions-en").glob("*.vtt"))

    assert len(pieces) == 2
    assert all("Said across the cut" in piece.read_text() for piece in pieces)
    assert all("X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0" in p.read_text() for p in pieces)


def test_upload_has_no_edit_list_and_its_index_first(made: Path) -> None:
    kinds = [kind for kind, _ in boxes_in(made / "convolution.youtube.mp4")]

    assert "elst" not in kinds
    assert kinds.index("moov") < kinds.index("mdat")
    assert "elst" in [kind for kind, _ in boxes_in(made / "convolution.mp4")], (
        "where one is, it is seen"
    )


def test_title_and_marks_come_through_whatever_they_are_made_of(made: Path) -> None:
    with av.open(str(made / "convolution.webm")) as container:
        assert container.metadata["title"] == "Convolution; cell = by # cell"
        assert [one["metadata"]["title"] for one in container.chapters()] == ["One layer"]


@pytest.mark.parametrize("name", SOUNDS[1:])
def test_sound_says_its_language(made: Path, name: str) -> None:
    with av.open(str(made / name)) as container:
        assert container.streams.audio[0].metadata["language"] == "eng"


def test_preview_is_small_and_short(made: Path) -> None:
    with Image.open(made / "convolution.gif") as image:
        assert (image.format, image.size) == ("GIF", (320, 180))
        assert image.n_frames == 60


def test_thumbnails_show_the_second_they_stand_for(
    made: Path, number_on: Callable[[np.ndarray], int]
) -> None:
    cues = (made / "thumbnails.vtt").read_text().split("\n\n")[1:]
    with Image.open(made / "sprite-1.jpg") as sheet:
        for second, cue in enumerate(cues):
            assert cue.startswith(f"00:00:0{second}.000 --> ")
            left, top, width, height = map(int, cue.split("#xywh=")[1].split(","))
            still = sheet.crop((left, top, left + width, top + height))
            assert number_on(np.asarray(still)) == 30 * second
    assert len(cues) == 7


def test_every_check_is_kept(made: Path) -> None:
    packages = read_packages(made)

    assert set(packages) == set(ALL) - {"mp4"}
    assert all(check.ok for one in packages.values() for check in one.checks)
    found = {check.name: check.found for check in packages["youtube"].checks}
    assert found["sound in step"] == "+0.00 ms"
    assert found["frames out of step"] == "0"
    assert all(check.ok for check in verify_packages(made))


def test_nothing_is_made_again_while_nothing_changed(
    packed: Path, tmp_path: Path, pack_in: Pack
) -> None:
    before = files_in(packed)

    assert packages_current(packed, ALL) is None
    assert pack_in(packed, tmp_path) == []
    assert files_in(packed) == before
    assert not (tmp_path / "store").exists()


def test_what_is_damaged_is_made_again_and_nothing_else(
    packed: Path, tmp_path: Path, pack_in: Pack
) -> None:
    before = files_in(packed)
    (packed / "convolution.gif").write_bytes(b"no")
    (packed / "thumbnails.vtt").unlink()

    assert str(packages_current(packed, ALL)) == "convolution.gif was changed"
    assert [check.name for check in verify_packages(packed) if not check.ok] == [
        "gif: bytes of convolution.gif",
        "sprite: bytes of thumbnails.vtt",
    ]
    assert pack_in(packed, tmp_path) == ["gif", "sprite"]
    after = files_in(packed)
    assert {name for name in before if after[name] != before[name]} <= {"packages.json"}


def test_what_is_no_longer_asked_for_goes(packed: Path, tmp_path: Path, pack_in: Pack) -> None:
    (packed / "hls" / "mine.txt").write_text("not from here")

    pack_in(packed, tmp_path, ("mp4", "gif"))

    left = set(files_in(packed))
    assert {name for name in left if name.startswith("hls")} == {"hls/mine.txt"}
    assert "convolution.gif" in left
    assert "convolution.webm" not in left
    assert set(read_packages(packed)) == {"gif"}


def test_same_bytes_in_another_place_by_one_worker_and_a_title_encodes_nothing(
    made: Path, sounding: Path, tmp_path: Path, pack_in: Pack
) -> None:
    folder = tmp_path / "again"
    shutil.copytree(sounding, folder)
    for name in ALL[1:]:
        for file in read_packages(made)[name].outputs:
            (folder / file).unlink(missing_ok=True)
    (folder / "packages.json").unlink(missing_ok=True)

    assert pack_in(folder, tmp_path, workers=1) == list(ALL[1:])

    one, two = files_in(made), files_in(folder)
    del one["packages.json"], two["packages.json"]
    assert one == two

    encoded = {path.name for path in (tmp_path / "store" / "encode").glob("*/*")}
    retitle(folder, "Another title")
    assert pack_in(folder, tmp_path) == ["webm", "youtube", "player"]
    assert packages_current(folder, ALL) is None
    assert {path.name for path in (tmp_path / "store" / "encode").glob("*/*")} == encoded
    with av.open(str(folder / "convolution.youtube.mp4")) as container:
        assert container.metadata["title"] == "Another title"


def test_another_caption_writes_texts_anew_and_decodes_nothing(
    sounding: Path, tmp_path: Path, pack_in: Pack
) -> None:
    folder = tmp_path / "captioned"
    shutil.copytree(sounding, folder)
    (folder / "packages.json").unlink(missing_ok=True)
    pack_in(folder, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(tmp_path / "logs")

    captions = folder / "convolution.en.vtt"
    captions.write_text(captions.read_text().replace("Said across", "Spoken across"))
    relisted(folder)
    assert str(packages_current(folder, ALL)) == "gif was made from something else"
    assert pack_in(folder, tmp_path) == ["hls", "player"]

    assert packages_current(folder, ALL) is None
    changed = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_mtime_ns != before.get(path)
    }
    assert changed == {
        *("convolution.en.vtt", "timeline.json", "packages.json", "player/index.html"),
        *("hls/captions-en/00000.vtt", "hls/captions-en/00001.vtt"),
    }
    assert "Spoken across" in (folder / "hls" / "captions-en" / "00001.vtt").read_text()
    assert "Spoken across" in (folder / "player" / "index.html").read_text()
    logs = {path.name for path in (tmp_path / "logs").glob("*")}
    assert not {name for name in logs if name.startswith(("step-", "sound-"))}
    assert all(check.ok for check in verify_packages(folder))


def retitle(folder: Path, title: str) -> None:
    path = folder / "timeline.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "title": title}))


def test_small_silent_chapter_has_packages_too(
    finished: Finished, tmp_path: Path, pack_in: Pack, numbers_in: Callable[[Path], list[int]]
) -> None:
    folder = finished.video.parent

    assert pack_in(folder, tmp_path) == list(ALL[1:])

    for name in ("hls/160x96/index.m3u8", "convolution.webm", "convolution.youtube.mp4"):
        assert numbers_in(folder / name) == list(range(111))
        with av.open(str(folder / name)) as container:
            assert not container.streams.audio
    assert "AUDIO" not in (folder / "hls" / "master.m3u8").read_text()


HIGH, LOW = 180, 16
BARS = np.array(list(product((HIGH, LOW), repeat=3)), np.uint8)
"""Colour bars at three quarters."""


@pytest.mark.parametrize("lossless", [False, True], ids=["from 4:2:0", "from RGB"])
def test_colours_come_through_at_a_rate_of_television(
    chapter: dict[str, Any], tmp_path: Path, pack_in: Pack, *, lossless: bool
) -> None:
    rate = Fraction(30000, 1001)
    picture = np.repeat(np.repeat(BARS[None], 20, axis=1), 96, axis=0)
    path = tmp_path / "bars.mp4"
    draw_clip(path, [picture] * 70, rate, lossless=lossless, crf=10)
    scene = FinishedScene(
        id="bars",
        title=None,
        timeline=timeline("Bars", (70,)),
        chunks=(Chunk(path=path, frames=70),),
        captions=(),
    )
    done = finish(**{**chapter, "scenes": [scene], "rate": rate, "lossless": lossless})
    folder = done.video.parent

    pack_in(folder, tmp_path, ("hls", "webm", "youtube", "player"))

    played = "player/convolution.mp4"
    for name in ("hls/160x96/index.m3u8", "convolution.webm", "convolution.youtube.mp4", played):
        with av.open(str(folder / name)) as container:
            assert container.streams.video[0].pix_fmt == "yuv420p"
            frames = list(container.decode(video=0))
        assert len(frames) == 70
        shown = frames[35].reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()
        middles = shown[48, 10::20].astype(int)
        assert np.abs(middles - BARS).max() <= 6, name


def test_truncated_video_is_refused_and_the_packages_stay(
    packed: Path, tmp_path: Path, pack_in: Pack
) -> None:
    before = files_in(packed)
    video = packed / "convolution.mp4"
    video.write_bytes(before["convolution.mp4"][:-1000])
    retitle(packed, "Another title")

    with pytest.raises(VerificationFailed, match=r"convolution.mp4: the file should be 3\d+ bytes"):
        pack_in(packed, tmp_path)

    left = files_in(packed)
    assert all(
        left[name] == before[name] for name in before if name not in {video.name, "timeline.json"}
    )


def test_full_disk_is_told_and_the_packages_stay(
    packed: Path, tmp_path: Path, pack_in: Pack, small_disk: Path
) -> None:
    before = files_in(packed)
    retitle(packed, "Another title")

    for full in ("work", "store"):
        with pytest.raises(StoreFailed, match="the disk is full"):
            pack_in(packed, tmp_path, **{full: small_disk / full})

    left = files_in(packed)
    records = ("timeline.json", "packages.json")
    assert left == {**before, **{name: left[name] for name in records}}
    assert packages_current(packed, ALL) is not None
