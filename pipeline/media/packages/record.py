"""
What was packaged: packages.json beside a chapter's timeline.json, written and believed.

As with the chapter itself (media/record.py), a package is whole when the record names the key that is
asked for and every file it lists is as it was. Imports nothing heavy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import VerificationFailed
from pipeline.media.publish import write_text
from pipeline.media.record import Check, Reason, json_text, read_timeline
from pipeline.plan.key import Key
from pipeline.store.local import file_digest

PACKAGES = "packages.json"
PACKAGES_VERSION = 2
"""Counted up whenever the same chapter would be packaged otherwise."""
READ_BY_ALL = (".mp4", ".vtt")
"""Endings of the chapter's files that packages are made from; the player shows its poster too."""
POSTER = "poster.jpg"
CHAPTER_ITSELF = "mp4"
"""The package that is always made, by media/finish.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """One package in its chapter's folder."""

    key: str
    """Of the chapter it belongs to."""
    made_from: str
    """Of what of that chapter it was made from: media/packages/needs.py."""
    outputs: Mapping[str, Mapping[str, Any]]
    """Bytes and blake3 of each file, by its path in the folder."""
    checks: tuple[Check, ...]
    encodes: tuple[str, ...]
    """What of the store it was put together from."""
    changed_ns: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "made_from": self.made_from,
            "outputs": dict(self.outputs),
            "checks": [
                {"name": c.name, "ok": c.ok, "expected": c.expected, "found": c.found}
                for c in self.checks
            ],
            "encodes": list(self.encodes),
            "changed_ns": dict(self.changed_ns),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Packaged:
        return cls(
            key=data["key"],
            made_from=data["made_from"],
            outputs=data["outputs"],
            checks=tuple(Check(**check) for check in data["checks"]),
            encodes=tuple(data["encodes"]),
            changed_ns=data["changed_ns"],
        )


def package_key(name: str, timeline: Mapping[str, Any]) -> str:
    """
    The name of a package of this chapter: of every byte it can be made from.

    Worked out without reading the chapter. Where it is another, the package may yet be made from
    the same: see media/packages/needs.py.
    """
    fields = {
        "package": name,
        "version": PACKAGES_VERSION,
        "chapter": {
            field: timeline[field]
            for field in ("chapter", "title", "language", "rate", "width", "height", "frames")
        },
        "files": {
            file: output["blake3"]
            for file, output in timeline["outputs"].items()
            if file.endswith(READ_BY_ALL) or (name == "player" and file == POSTER)
        },
    }
    return Key("package", fields).digest


def packages_current(folder: Path, names: Sequence[str]) -> Reason | None:
    """Why these are not all the packages of the chapter in this folder; None when they are."""
    wanted = set(names) - {CHAPTER_ITSELF}
    known = read_packages(folder)
    if not wanted and not known:
        return None
    timeline = read_timeline(folder)
    for name in sorted(wanted):
        if name not in known:
            return Reason(what=f"{name} was never made")
        if known[name].key != package_key(name, timeline):
            return Reason(what=f"{name} was made from something else")
        if changed := first_changed(folder, known[name]):
            return Reason(what=changed)
    for name in sorted(known.keys() - wanted):
        return Reason(what=f"{name} is no longer asked for")
    return None


def first_changed(folder: Path, packaged: Packaged) -> str:
    """The first file that is not as it was made, in words; nothing when all are."""
    for name, output in packaged.outputs.items():
        try:
            stat = (folder / name).stat()
        except FileNotFoundError:
            return f"{name} is gone"
        same_size = stat.st_size == output["bytes"]
        same_time = stat.st_mtime_ns == packaged.changed_ns.get(name)
        if not same_size or (not same_time and file_digest(folder / name) != output["blake3"]):
            return f"{name} was changed"
    return ""


def read_packages(folder: Path) -> dict[str, Packaged]:
    """All there are; none where the record is missing or not one of ours."""
    try:
        data = json.loads((folder / PACKAGES).read_text(encoding="utf-8"))
        if data["version"] != PACKAGES_VERSION:
            return {}
        return {name: Packaged.from_json(one) for name, one in data["packages"].items()}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def write_packages(folder: Path, packages: Mapping[str, Packaged]) -> None:
    data = {
        "version": PACKAGES_VERSION,
        "packages": {name: one.to_json() for name, one in sorted(packages.items())},
    }
    write_text(folder / PACKAGES, json_text(data))


def verify_packages(folder: Path) -> list[Check]:
    """Holds every file of every package to what it was, byte for byte."""
    checks = []
    for name, packaged in read_packages(folder).items():
        for file, output in packaged.outputs.items():
            expected = f"{output['bytes']} {output['blake3'][:16]}"
            found = "missing"
            if (folder / file).is_file():
                found = f"{(folder / file).stat().st_size} {file_digest(folder / file)[:16]}"
            checks.append(Check.of(f"{name}: bytes of {file}", expected, found))
        for check in packaged.checks:
            if not check.ok:
                checks.append(check)
    return checks


def require_passed(path: Path, checks: Sequence[Check]) -> None:
    """
    Raises:
        VerificationFailed: names the first check that was not passed.
    """
    for check in checks:
        if not check.ok:
            raise VerificationFailed(
                path=path, what=check.name, expected=check.expected, found=check.found
            )
