"""What of a chapter each package is made from: while that stays, so does the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.media.packages.record import PACKAGES_VERSION, POSTER
from pipeline.media.packages.source import Source
from pipeline.plan.key import Key
from pipeline.store.local import file_digest


def _pictures(source: Source) -> Any:
    return [
        source.pictures,
        str(source.rate),
        source.width,
        source.height,
        source.frames,
        source.lossless,
    ]


def _captions(source: Source) -> Any:
    return [[one.language, file_digest(one.path)] for one in source.captions]


PARTS: Mapping[str, Callable[[Source], Any]] = {
    "title": lambda source: source.title,
    "language": lambda source: source.language,
    "pictures": _pictures,
    "sound": lambda source: source.sound and source.sound.digest,
    "captions": _captions,
    "marks": lambda source: [[mark.title, mark.start_frame] for mark in source.marks],
    "poster": lambda source: file_digest(source.folder / POSTER),
    "video": lambda source: file_digest(source.video),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "hls": ("language", "pictures", "sound", "captions"),
    "webm": ("title", "language", "pictures", "sound", "marks"),
    "gif": ("pictures",),
    "sprite": ("pictures",),
    "youtube": ("title", "language", "pictures", "sound"),
    "player": tuple(PARTS),
}


def made_from(name: str, source: Source) -> str:
    """The name of all that this package of the chapter is made from."""
    fields = {
        "package": name,
        "version": PACKAGES_VERSION,
        "chapter": source.chapter,
        **{part: PARTS[part](source) for part in NEEDS[name]},
    }
    return Key("package-made-from", fields).digest
