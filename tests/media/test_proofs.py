"""That a chunk is decoded once, and a chapter made from what was kept is the one made afresh."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ToolFailed, VerificationFailed
from pipeline.media.finish import finish, verify_video
from pipeline.media.proofs import PROOFS, Proofs
from pipeline.media.stitch import Chunk, join, stitch
from pipeline.media.streams import Wanted
from pipeline.store.local import Store

pytestmark = pytest.mark.needs_ffmpeg

RATE = Fraction(30)


class Kept:
    """A store, and what was decoded for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store")
        self.decoded: list[tuple[int, int]] = []

    def proofs(self, *, afresh: bool = False) -> Proofs:
        return Proofs(
            self.store,
            work=self.folder / "proving",
            log_path=self.folder / "log",
            afresh=afresh,
            say=self.hear,
        )

    def of(self, chunks: tuple[Chunk, ...], *, afresh: bool = False) -> Any:
        wanted = [Wanted(chunk=chunk, stills=(0, chunk.frames - 1)) for chunk in chunks]
        return self.proofs(afresh=afresh).of(wanted, rate=RATE, width=160, height=96)

    def finish(self, chapter: dict[str, Any], name: str, *, afresh: bool = False) -> Path:
        """A folder with the chapter in it."""
        folder = self.folder / name
        finish(
            **{**chapter, "folder": folder, "work": self.folder / f"{name}.work"},
            store=self.store,
            afresh=afresh,
            say=self.hear,
        )
        return folder

    def hear(self, frames: int, chunks: int) -> None:
        self.decoded.append((frames, chunks))

    def facts(self) -> list[Path]:
        return sorted(self.store.root.glob(f"{PROOFS}/*/*/proof.json"))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def files_in(folder: Path) -> dict[str, bytes]:
    """All but when each was changed."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    checks = json.loads(found.pop("checks.json"))
    return {**found, "checks": json.dumps(checks["checks"]).encode()}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_chapter_from_what_was_kept_is_the_one_made_afresh(
    kept: Kept, chapter: dict[str, Any], tmp_path: Path
) -> None:
    first = kept.finish(chapter, "first")
    again = kept.finish(chapter, "again")
    afresh = kept.finish(chapter, "afresh", afresh=True)
    alone = tmp_path / "alone"
    finish(**{**chapter, "folder": alone})

    assert kept.decoded == [(111, 3), (111, 3)]
    assert files_in(first) == files_in(again) == files_in(afresh) == files_in(alone)
    assert all(check.ok for check in verify_video(again / "convolution.mp4"))


def test_words_and_marks_decode_nothing(kept: Kept, chapter: dict[str, Any]) -> None:
    kept.finish(chapter, "first")
    layer, stride = chapter["scenes"]
    said = replace(stride.captions[0], text="By two.")

    kept.finish(
        {**chapter, "title": "Another", "scenes": (layer, replace(stride, captions=(said,)))}, "b"
    )

    assert kept.decoded == [(111, 3)]


def test_only_what_is_new_is_decoded(
    kept: Kept, chapter: dict[str, Any], draw_chunks: Callable[..., tuple[Chunk, ...]]
) -> None:
    kept.finish(chapter, "first")
    layer, stride = chapter["scenes"]
    edited = {
        **chapter,
        "scenes": (layer, replace(stride, chunks=draw_chunks(41, first=500)), stride),
    }

    folder = kept.finish(edited, "edited")

    assert kept.decoded == [(111, 3), (41, 1)]
    assert files_in(folder) == files_in(kept.finish(edited, "afresh", afresh=True))


def test_a_scene_in_another_place_decodes_nothing(kept: Kept, chapter: dict[str, Any]) -> None:
    kept.finish(chapter, "first")
    turned = {**chapter, "scenes": chapter["scenes"][::-1]}

    folder = kept.finish(turned, "turned")

    assert kept.decoded == [(111, 3)]
    assert files_in(folder) == files_in(kept.finish(turned, "afresh", afresh=True))


def test_a_changed_chunk_has_no_proof(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]]
) -> None:
    one, two = draw_chunks(20, 30)
    kept.of((one, two))
    two.path.write_bytes(draw_chunks(30, first=300, folder="other")[0].path.read_bytes())

    kept.of((one, two))

    assert kept.decoded == [(50, 2), (30, 1)]


def test_a_damaged_chunk_is_refused(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]]
) -> None:
    one, two = draw_chunks(20, 30)
    kept.of((one, two))
    data = two.path.read_bytes()
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    two.path.write_bytes(data[:middle] + b"\xff" * 300 + data[middle + 300 :])

    with pytest.raises((ToolFailed, VerificationFailed)):
        kept.of((one, two))

    assert len(kept.facts()) == 2, "of what was whole"


def test_a_damaged_proof_is_made_again(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]]
) -> None:
    chunks = draw_chunks(20, 30)
    first = kept.of(chunks)
    before = [path.read_bytes() for path in kept.facts()]
    flip(kept.facts()[0])

    again = kept.of(chunks)

    assert [sum(decoded) for decoded in kept.decoded] == [52, kept.decoded[1][0] + 1]
    assert [path.read_bytes() for path in kept.facts()] == before
    assert [[still.tobytes() for still in proof.stills] for proof in again] == [
        [still.tobytes() for still in proof.stills] for proof in first
    ]


def test_a_chunk_shown_twice_is_decoded_once(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]]
) -> None:
    (one,) = draw_chunks(20)

    found = kept.of((one, one))

    assert kept.decoded == [(20, 1)]
    assert len(found) == 2


def test_another_order_than_the_proofs_is_seen(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    one, two = draw_chunks(20, 20)
    stitch([one, two], rate=RATE, output=tmp_path / "a.mp4", log_path=tmp_path / "log")
    proofs = kept.of((one, two))

    assert kept.proofs().require_joined(tmp_path / "a.mp4", proofs, rate=RATE) == 40
    with pytest.raises(VerificationFailed, match="packet 0 should be"):
        kept.proofs().require_joined(tmp_path / "a.mp4", proofs[::-1], rate=RATE)
    with pytest.raises(VerificationFailed, match="number of packets should be 20, and is 40"):
        kept.proofs().require_joined(tmp_path / "a.mp4", proofs[:1], rate=RATE)


def test_frames_shown_in_another_order_are_seen(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    (one,) = draw_chunks(20)
    (proof,) = kept.of((one,))
    shown = list(proof.stream.shown_as)
    shown[-1], shown[-2] = shown[-2], shown[-1]
    stream = replace(proof.stream, shown_as=tuple(shown))
    join([one], [stream], rate=RATE, output=tmp_path / "a.mp4")

    with pytest.raises(VerificationFailed, match="order of its frames"):
        kept.proofs().require_joined(tmp_path / "a.mp4", [proof], rate=RATE)


def test_other_settings_are_seen(
    kept: Kept, draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> None:
    (one,) = draw_chunks(20)
    (proof,) = kept.of((one,))
    stitch([one], rate=RATE, output=tmp_path / "a.mp4", log_path=tmp_path / "log")
    other = replace(proof, stream=replace(proof.stream, settings="00"))

    with pytest.raises(VerificationFailed, match="encoder settings"):
        kept.proofs().require_joined(tmp_path / "a.mp4", [other], rate=RATE)
