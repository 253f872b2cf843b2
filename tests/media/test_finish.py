"""That a chapter's folder holds all of a chapter or says that it does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from PIL import Image

from pipeline.errors import StoreFailed, VerificationFailed
from pipeline.media.finish import Finished, finish, verify_video
from pipeline.media.record import is_current

pytestmark = pytest.mark.needs_ffmpeg

FILES = {
    "convolution.mp4",
    "convolution.en.vtt",
    "convolution.en.srt",
    "chapters.vtt",
    "description.txt",
    "transcript.txt",
    "poster.jpg",
    "contact-sheet.jpg",
    "checks.json",
    "timeline.json",
}


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_everything_people_get_is_made(
    chapter: dict[str, Any], numbers_in: Callable[[Path], list[int]]
) -> None:
    finished = finish(**chapter)

    assert set(files_in(chapter["folder"])) == FILES
    assert {path.name for path in finished.outputs} == FILES
    assert numbers_in(finished.video) == list(range(111))
    assert finished.frames == 111
    assert list(chapter["work"].iterdir()) == []
    with Image.open(chapter["folder"] / "poster.jpg") as poster:
        assert poster.size == (160, 96)


def test_the_timeline_tells_a_page_all_it_shows(finished: Finished) -> None:
    timeline = json.loads((finished.video.parent / "timeline.json").read_text())

    outputs = timeline.pop("outputs")
    scenes = timeline.pop("scenes")
    assert timeline == {
        "version": 1,
        "chapter": "convolution",
        "title": "Convolution, cell by cell",
        "language": "en",
        "rate": "30",
        "width": 160,
        "height": 96,
        "lossless": False,
        "frames": 111,
        "key": "k1",
    }
    assert outputs["convolution.mp4"] == {
        "bytes": finished.video.stat().st_size,
        "blake3": blake3(finished.video.read_bytes()).hexdigest(),
    }
    assert set(outputs) == FILES - {"checks.json", "timeline.json"}
    assert [(s["id"], s["title"], s["first_frame"], s["frames"]) for s in scenes] == [
        ("layer", "One layer", 0, 70),
        ("stride", None, 70, 41),
    ]
    assert scenes[1]["plays"] == [
        {
            "index": 0,
            "kind": "play",
            "label": "ShowCreation",
            "file": "scenes/demo.py",
            "line": 10,
            "first_frame": 70,
            "first_frame_in_scene": 0,
            "frames": 20,
        },
        {
            "index": 1,
            "kind": "play",
            "label": "ShowCreation",
            "file": "scenes/demo.py",
            "line": 11,
            "first_frame": 90,
            "first_frame_in_scene": 20,
            "frames": 21,
        },
    ]
    assert scenes[1]["cues"] == [
        {
            "id": "c0",
            "text": "By two pixels.",
            "start_frame": 82,
            "start_frame_in_scene": 12,
            "frames": 18,
        }
    ]


def test_captions_are_where_the_scenes_put_them(finished: Finished) -> None:
    assert (finished.video.parent / "convolution.en.vtt").read_text() == (
        "WEBVTT\n"
        "\n"
        "1\n"
        "00:00:00.100 --> 00:00:01.667\n"
        "The set {1, 2} is &lt; K.\n"
        "\n"
        "2\n"
        "00:00:01.833 --> 00:00:02.667\n"
        "Nine numbers.\n"
        "\n"
        "3\n"
        "00:00:02.733 --> 00:00:03.567\n"
        "By two pixels.\n"
    )
    assert finished.caption_problems == ()


def test_every_check_was_passed_and_is_kept(finished: Finished) -> None:
    kept = json.loads((finished.video.parent / "checks.json").read_text())

    assert kept["key"] == "k1"
    assert kept["caption_problems"] == []
    assert [check["name"] for check in kept["checks"]] == [check.name for check in finished.checks]
    assert all(check["ok"] for check in kept["checks"])
    by_name = {check["name"]: check["found"] for check in kept["checks"]}
    assert (by_name["frames"], by_name["frames decoded"]) == ("111", "111")
    assert by_name["colours"] == "bt709/bt709/bt709/tv"
    assert by_name["duration"] == "37/10 s"


def test_the_same_chapter_gives_the_same_bytes(chapter: dict[str, Any], tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "elsewhere" / "two"]
    for folder in folders:
        finish(**{**chapter, "folder": folder, "work": folder.with_suffix(".work")})

    one, two = (files_in(folder) for folder in folders)
    del one["checks.json"], two["checks.json"]
    assert one == two


def test_a_lossless_chapter_keeps_its_colour_tags(
    chapter: dict[str, Any], draw_chunks: Callable[..., Any]
) -> None:
    layer, stride = chapter["scenes"]
    scenes = (
        replace(layer, chunks=draw_chunks(70, lossless=True, folder="lossless")),
        replace(stride, chunks=draw_chunks(41, first=70, lossless=True, folder="lossless")),
    )

    done = finish(**{**chapter, "scenes": scenes, "lossless": True})

    assert all(check.ok for check in verify_video(done.video))
    with pytest.raises(VerificationFailed, match="pixel format should be yuv420p, and is gbrp"):
        finish(**{**chapter, "scenes": scenes})


def test_a_chapter_without_words_has_no_caption_files(chapter: dict[str, Any]) -> None:
    scenes = tuple(replace(scene, captions=(), title=None) for scene in chapter["scenes"])

    done = finish(**{**chapter, "scenes": scenes})

    assert set(files_in(chapter["folder"])) == {
        n for n in FILES if ".en." not in n and n not in ("description.txt", "transcript.txt")
    }
    assert (chapter["folder"] / "chapters.vtt").read_text() == "WEBVTT\n"
    assert all(check.ok for check in verify_video(done.video))


def test_captions_of_another_language_go_with_it(chapter: dict[str, Any]) -> None:
    finish(**chapter)
    (chapter["folder"] / "notes.txt").write_text("mine")

    finish(**{**chapter, "language": "de", "key": "k2"})

    assert set(files_in(chapter["folder"])) == {n.replace(".en.", ".de.") for n in FILES} | {
        "notes.txt"
    }


def test_a_caption_over_the_limits_is_told_and_published(chapter: dict[str, Any]) -> None:
    layer, stride = chapter["scenes"]
    long = "Ten words and more, said in the time it takes to say two of them, nobody can read."
    late = replace(stride.captions[0], id="late", text=long, start=39, stop=41)
    scenes = (layer, replace(stride, captions=(*stride.captions, late)))

    done = finish(**{**chapter, "scenes": scenes})

    assert [problem.cue_ids for problem in done.caption_problems if problem.fails][:1] == [
        ("stride/late",)
    ]
    assert [check.name for check in done.checks if not check.ok] == ["captions within limits"]
    assert [check.name for check in verify_video(done.video) if not check.ok] == [
        "captions within limits"
    ]


def one_frame_missing(scene: Any) -> Any:
    *rest, last = scene.chunks
    return replace(scene, chunks=(*rest, replace(last, frames=last.frames - 1)))


def chunk_missing(scene: Any) -> Any:
    return replace(scene, chunks=scene.chunks[:-1])


@pytest.mark.parametrize("spoil", [one_frame_missing, chunk_missing])
def test_a_scene_that_is_not_whole_is_refused_by_name(
    spoil: Callable[[Any], Any], chapter: dict[str, Any]
) -> None:
    layer, stride = chapter["scenes"]

    with pytest.raises(VerificationFailed, match="chunks of scene layer should be 70"):
        finish(**{**chapter, "scenes": (spoil(layer), stride)})

    assert not chapter["folder"].exists()


def test_what_was_there_before_stays_when_a_finish_fails(chapter: dict[str, Any]) -> None:
    finish(**chapter)
    before = files_in(chapter["folder"])

    with pytest.raises(VerificationFailed, match="size should be 320x96"):
        finish(**{**chapter, "width": 320, "key": "k2"})

    assert files_in(chapter["folder"]) == before
    assert is_current(chapter["folder"], "k1") is None


def test_a_full_disk_is_told_and_what_was_there_stays(
    chapter: dict[str, Any], small_disk: Path
) -> None:
    finish(**chapter)
    before = files_in(chapter["folder"])

    with pytest.raises(StoreFailed, match="the disk is full"):
        finish(**{**chapter, "work": small_disk / "work", "key": "k2"})

    assert files_in(chapter["folder"]) == before
    assert is_current(chapter["folder"], "k1") is None


def test_folders_on_two_disks_are_told_apart_from_one(
    chapter: dict[str, Any], small_disk: Path
) -> None:
    with pytest.raises(StoreFailed, match="the disk is full"):
        finish(**{**chapter, "folder": small_disk / "draft"})

    left = files_in(small_disk / "draft")
    assert "timeline.json" not in left
    assert not any(name.startswith(".") for name in left)


def test_a_finish_killed_at_any_moment_leaves_no_half_file(
    chapter: dict[str, Any],
    killed_after: Callable[[Callable[[], object], float], bool],
    tmp_path: Path,
) -> None:
    folder = chapter["folder"]
    finish(**chapter)
    whole = [set(files_in(folder).values())]
    other = {**chapter, "title": "Another title", "key": "k2", "scenes": chapter["scenes"][::-1]}
    finish(**{**other, "folder": tmp_path / "other"})
    whole.append(set(files_in(tmp_path / "other").values()))
    killed = []

    def attempt(number: int) -> Callable[[], object]:
        return lambda: finish(**{**other, "work": tmp_path / f"work-{number}"})

    for milliseconds in (1, 60, 150, 250, 350, 450, 600):
        killed.append(killed_after(attempt(milliseconds), milliseconds / 1000))
        found = files_in(folder)
        known = whole[0] | whole[1] | {found["checks.json"]}
        assert set(found.values()) <= known
        if is_current(folder, "k2") is None:
            break
        assert not any(name.startswith(".") for name in found)

    assert killed[0]
    finish(**other)
    assert is_current(folder, "k2") is None
    assert all(check.ok for check in verify_video(folder / "convolution.mp4"))


def test_a_finish_that_breaks_off_while_moving_in_is_not_believed(chapter: dict[str, Any]) -> None:
    finish(**chapter)
    (chapter["folder"] / "poster.jpg").unlink()
    (chapter["folder"] / "poster.jpg").mkdir()

    with pytest.raises(OSError, match="poster"):
        finish(**{**chapter, "key": "k2", "title": "Another title"})

    assert is_current(chapter["folder"], "k1") is not None
    assert is_current(chapter["folder"], "k2") is not None
