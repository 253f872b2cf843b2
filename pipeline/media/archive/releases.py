"""
What was archived: a record of every bag, which keeps what it names in the store.

`<renders>/releases/<id>.json`, one file a bag, beside the bags that were not put elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.media.publish import write_text
from pipeline.media.record import json_text

RELEASES = "releases"
RELEASE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One bag, and what of the store it was made from."""

    id: str
    """`<chapter>-<preset>-<id of the bag>`."""
    chapter: str
    preset: str
    title: str
    bag: str
    """Absolute path."""
    bytes: int
    made: str
    """When: ISO 8601, UTC."""
    keys: Mapping[str, Sequence[str]]
    """Digests in the store, by kind."""


def releases_folder(renders: Path) -> Path:
    return renders / RELEASES


def record_release(renders: Path, release: Release) -> Path:
    """Writes a record; the same bag recorded again keeps the time it was first made."""
    path = releases_folder(renders) / f"{release.id}.json"
    if path.is_file():
        known = _read(path)
        release = Release(**{**asdict(release), "made": known.made})
    write_text(path, json_text({"version": RELEASE_VERSION, **asdict(release)}))
    return path


def all_releases(renders: Path) -> list[Release]:
    """
    Every record, oldest first.

    Raises:
        UsageError: one cannot be read: then nobody knows what it keeps.
    """
    found = [_read(path) for path in sorted(releases_folder(renders).glob("*.json"))]
    return sorted(found, key=lambda release: (release.made, release.id))


def kept_keys(renders: Path) -> frozenset[tuple[str, str]]:
    """Kind and digest of everything in the store that some release names."""
    return frozenset(
        (kind, digest)
        for release in all_releases(renders)
        for kind, digests in release.keys.items()
        for digest in digests
    )


def _read(path: Path) -> Release:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data.pop("version")
        release = Release(**data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        version = "not one of ours"
    if version != RELEASE_VERSION:
        raise UsageError(
            f"{path} is no record of a release, its version is {version}: put it right, or remove"
            " it, and with it what it keeps in the store"
        )
    return release
