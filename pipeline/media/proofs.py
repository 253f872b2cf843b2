"""
That every chunk can be shown, found out once for each and kept in the store.

A chunk is decoded when it is first used, with others that are new, and never again: what came of
it goes by the chunk's bytes, so a chunk that was changed has none. A chapter is then proved by its
chunks: each decoded to all its frames, and every packet of the chapter is theirs, in their order,
under the same settings. Groups of pictures are closed, so no frame depends on another chunk's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import Image

from pipeline.errors import VerificationFailed
from pipeline.media.decoding import Picture, decode, still_size
from pipeline.media.ffmpeg import ffmpeg_version
from pipeline.media.kept import is_kept, keep
from pipeline.media.stitch import join, prove, require_packets
from pipeline.media.streams import (
    Stream,
    Wanted,
    keyframes_of,
    order_of,
    read_chunk,
    read_stream,
)
from pipeline.plan.key import Key
from pipeline.store.local import Store, file_digest

PROOFS = "proof"
"""Kind of these results in the store."""
PROOF_VERSION = 1
"""Counted up whenever the same chunk would give another proof."""
FACTS = "proof.json"
STILLS = "stills.png"
"""One below the other."""
BATCH_FRAMES = 4096
"""Decoded in one go; what is done by then is kept, whatever happens to the rest."""

Say = Callable[[int, int], None]
"""Hears how many frames, of how many chunks, are about to be decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of a chunk of which every frame was decoded."""

    stream: Stream
    packets: tuple[str, ...]
    """As ffmpeg hashes them."""
    stills: tuple[Image.Image, ...]
    """What was wanted, small."""


class Proofs:
    """The proofs of a chapter's chunks, kept in a store."""

    def __init__(
        self,
        store: Store,
        *,
        work: Path,
        log_path: Path,
        afresh: bool = False,
        say: Say | None = None,
    ) -> None:
        """
        Args:
            work: a folder nobody else uses.
            afresh: decode everything, whatever is kept.
        """
        self._store = store
        self._work = work
        self._log_path = log_path
        self._afresh = afresh
        self._say = say

    def of(
        self, wanted: Sequence[Wanted], *, rate: Fraction, width: int, height: int
    ) -> list[Proof]:
        """
        A proof for each chunk; those that are not there are made.

        Raises:
            VerificationFailed: a chunk is not as planned, or not encoded as the others are.
            ToolFailed: a chunk cannot be decoded.
        """
        size = still_size(width, height)
        keys = [self._key(one, rate, size) for one in wanted]
        by_digest = {key.digest: (key, one) for key, one in zip(keys, wanted, strict=True)}
        missing = [
            pair
            for pair in by_digest.values()
            if not is_kept(self._store, pair[0], afresh=self._afresh)
        ]
        if missing and self._say:
            self._say(sum(one.chunk.frames for _, one in missing), len(missing))
        for batch in _batches(missing):
            self._make(batch, rate=rate, size=size)
        read = {digest: self._read(key, size) for digest, (key, _) in by_digest.items()}
        return [read[key.digest] for key in keys]

    def require_joined(self, video: Path, proofs: Sequence[Proof], *, rate: Fraction) -> int:
        """
        Holds a video to the chunks it is joined from, packet by packet; gives its frames.

        Raises:
            VerificationFailed: something else is in it, or in another order.
        """
        require_packets(
            video, [row for proof in proofs for row in proof.packets], log_path=self._log_path
        )
        streams = [proof.stream for proof in proofs]
        found = read_stream(video, rate)
        for what, planned, got in (
            ("encoder settings", [streams[0].settings], [found.settings]),
            ("order of its frames", order_of(streams), found.shown_as),
            ("keyframes", keyframes_of(streams), found.keyframes),
        ):
            for one, two in zip_longest(planned, got):
                if one != two:
                    raise VerificationFailed(path=video, what=what, expected=one, found=two)
        return len(found.shown_as)

    def _key(self, wanted: Wanted, rate: Fraction, size: tuple[int, int]) -> Key:
        return Key(
            PROOFS,
            {
                "proof": PROOF_VERSION,
                "chunk": file_digest(wanted.chunk.path),
                "frames": wanted.chunk.frames,
                "rate": str(rate),
                "stills": list(wanted.stills),
                "size": list(size),
                "ffmpeg": ffmpeg_version(self._log_path),
                "pillow": PIL.__version__,
            },
        )

    def _make(
        self, batch: Sequence[tuple[Key, Wanted]], *, rate: Fraction, size: tuple[int, int]
    ) -> None:
        """Joins chunks as a chapter is, holds the result to them, and decodes it."""
        chunks = [wanted.chunk for _, wanted in batch]
        streams = [read_chunk(chunk, rate) for chunk in chunks]
        joined = self._work / "new.mp4"
        self._work.mkdir(parents=True, exist_ok=True)
        starts, frames = [], 0
        for chunk in chunks:
            starts.append(frames)
            frames += chunk.frames
        try:
            join(chunks, streams, rate=rate, output=joined)
            rows = prove(chunks, joined, log_path=self._log_path)
            pictures = decode(
                joined,
                frames=frames,
                rate=rate,
                wanted=[
                    start + still
                    for start, (_, wanted) in zip(starts, batch, strict=True)
                    for still in wanted.stills
                ],
                size=size,
                log_path=self._log_path,
            )
        finally:
            joined.unlink(missing_ok=True)
        seen = iter(pictures)
        for start, stream, (key, wanted) in zip(starts, streams, batch, strict=True):
            stills = [next(seen) for _ in wanted.stills]
            facts = {
                "stream": asdict(stream),
                "packets": rows[start : start + wanted.chunk.frames],
            }
            keep(self._store, key, partial(_write, facts, stills))

    def _read(self, key: Key, size: tuple[int, int]) -> Proof:
        folder = self._store.obtain(PROOFS, key.digest)
        facts: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        stream = facts["stream"]
        return Proof(
            stream=Stream(
                settings=stream["settings"],
                size=tuple(stream["size"]),
                shown_as=tuple(stream["shown_as"]),
                keyframes=tuple(stream["keyframes"]),
                places=tuple((start, size) for start, size in stream["places"]),
            ),
            packets=tuple(facts["packets"]),
            stills=_cut(folder / STILLS, len(key.fields["stills"]), size),
        )


def _write(facts: Mapping[str, Any], stills: Sequence[Picture], folder: Path) -> None:
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    if stills:
        Image.fromarray(np.concatenate(stills)).save(folder / STILLS, compress_level=1)


def _batches(missing: Sequence[tuple[Key, Wanted]]) -> list[list[tuple[Key, Wanted]]]:
    found: list[list[tuple[Key, Wanted]]] = []
    room = 0
    for pair in missing:
        frames = pair[1].chunk.frames
        if frames > room:
            found.append([])
            room = BATCH_FRAMES
        found[-1].append(pair)
        room -= frames
    return found


def _cut(strip: Path, count: int, size: tuple[int, int]) -> tuple[Image.Image, ...]:
    if not count:
        return ()
    width, height = size
    with Image.open(strip) as image:
        whole = image.convert("RGB")
    return tuple(whole.crop((0, n * height, width, (n + 1) * height)) for n in range(count))
