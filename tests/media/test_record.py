"""That a folder is believed to be finished only while all of it is as it was."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.media.finish import Finished, verify_video
from pipeline.media.record import is_current

pytestmark = pytest.mark.needs_ffmpeg


def test_a_finished_chapter_is_current(finished: Finished) -> None:
    assert is_current(finished.video.parent, "k1") is None


def test_another_key_is_not(finished: Finished) -> None:
    assert str(is_current(finished.video.parent, "k2")) == "it was made from something else"


def test_an_empty_folder_is_not(tmp_path: Path) -> None:
    assert str(is_current(tmp_path, "k1")) == "it was never finished here"


def spoil_timeline(folder: Path) -> None:
    (folder / "timeline.json").write_text("{")


def remove_captions(folder: Path) -> None:
    (folder / "convolution.en.srt").unlink()


def shorten_video(folder: Path) -> None:
    os.truncate(folder / "convolution.mp4", 1000)


def change_a_byte(folder: Path) -> None:
    path = folder / "poster.jpg"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_timeline, "timeline.json is not one of ours"),
        (remove_captions, "convolution.en.srt is gone"),
        (shorten_video, "convolution.mp4 was changed"),
        (change_a_byte, "poster.jpg was changed"),
    ],
)
def test_what_was_touched_is_named(spoil: Any, reason: str, finished: Finished) -> None:
    spoil(finished.video.parent)

    assert str(is_current(finished.video.parent, "k1")) == reason


def test_files_that_were_only_copied_are_current(finished: Finished) -> None:
    for path in finished.outputs:
        os.utime(path, (1, 1))

    assert is_current(finished.video.parent, "k1") is None

    (finished.video.parent / "checks.json").unlink()
    assert is_current(finished.video.parent, "k1") is None


def test_looking_reads_no_video(finished: Finished) -> None:
    with finished.video.open("r+b") as file:
        file.truncate(2_000_000_000)
    changed = finished.video.stat()
    folder = finished.video.parent
    timeline = json.loads((folder / "timeline.json").read_text())
    timeline["outputs"]["convolution.mp4"]["bytes"] = changed.st_size
    (folder / "timeline.json").write_text(json.dumps(timeline))
    checks = json.loads((folder / "checks.json").read_text())
    checks["changed_ns"]["convolution.mp4"] = changed.st_mtime_ns
    (folder / "checks.json").write_text(json.dumps(checks))

    opened: list[str] = []
    listening = [True]
    sys.addaudithook(
        lambda event, facts: opened.append(str(facts[0])) if event == "open" and listening else None
    )
    assert is_current(folder, "k1") is None
    listening.clear()
    assert str(folder / "timeline.json") in opened
    assert str(finished.video) not in opened


FOUND = {
    "convolution.en.vtt": "bytes of convolution.en.vtt",
    "chapters.vtt": "bytes of chapters.vtt",
    "poster.jpg": "bytes of poster.jpg",
}


def test_a_good_chapter_passes_every_check(finished: Finished) -> None:
    checks = verify_video(finished.video)

    assert [check for check in checks if not check.ok] == []
    assert len(checks) > 20


@pytest.mark.parametrize("name", FOUND)
def test_a_changed_file_is_named(name: str, finished: Finished) -> None:
    path = finished.video.parent / name
    path.write_bytes(path.read_bytes().replace(b"\n", b" ", 1) + b"\n")

    assert FOUND[name] in [check.name for check in verify_video(finished.video) if not check.ok]


def test_a_cut_video_fails_without_falling_over(finished: Finished) -> None:
    os.truncate(finished.video, finished.video.stat().st_size * 2 // 3)

    failed = {check.name for check in verify_video(finished.video) if not check.ok}

    assert "bytes of convolution.mp4" in failed
    assert {"frames", "frames decoded", "video"} & failed


def test_a_video_that_is_no_video_fails_without_falling_over(finished: Finished) -> None:
    finished.video.write_bytes(b"no video" * 1000)

    failed = {check.name: check.found for check in verify_video(finished.video) if not check.ok}

    assert "unreadable" in failed["video"]


@pytest.mark.parametrize("field", ["frames", "rate", "width", "title", "scenes"])
def test_a_video_is_held_to_its_timeline(field: str, finished: Finished) -> None:
    path = finished.video.parent / "timeline.json"
    timeline = json.loads(path.read_text())
    timeline[field] = {
        "frames": 112,
        "rate": "25",
        "width": 320,
        "title": "Something else",
        "scenes": [{"title": "Other", "first_frame": 0}],
    }[field]
    path.write_text(json.dumps(timeline))

    assert [check for check in verify_video(finished.video) if not check.ok]


def test_a_video_of_nobody_is_refused(finished: Finished, tmp_path: Path) -> None:
    finished.video.rename(finished.video.with_name("other.mp4"))
    with pytest.raises(UsageError, match="is not of other"):
        verify_video(finished.video.with_name("other.mp4"))

    with pytest.raises(UsageError, match="beside it"):
        verify_video(tmp_path / "other.mp4")
