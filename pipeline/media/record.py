"""
What a finished chapter says of itself: timeline.json and checks.json, written and believed.

timeline.json holds what does not depend on when or where the chapter was made, checks.json the rest.
A folder is whole when its timeline.json names the key that is asked for and every file it lists is
still as it was. Imports nothing heavy: with nothing to do, this is all that is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import VerificationFailed
from pipeline.store.local import file_digest

TIMELINE = "timeline.json"
CHECKS = "checks.json"
TIMELINE_VERSION = 1
"""Counted up when a reader of an older timeline.json would be misled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a chapter has to be finished again."""

    what: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something held to what was planned, with both figures."""

    name: str
    ok: bool
    expected: str
    found: str

    @classmethod
    def of(cls, name: str, expected: object, found: object) -> Check:
        """A check that is passed by being equal."""
        return cls(name=name, ok=expected == found, expected=str(expected), found=str(found))


def is_current(folder: Path, key: str) -> Reason | None:
    """
    Why the chapter in this folder is not the one with this key, whole; None when it is.

    Looks at sizes and times of change, and reads a file only where the time has changed.
    """
    try:
        timeline = read_timeline(folder)
    except FileNotFoundError:
        return Reason(what="it was never finished here")
    except VerificationFailed as error:
        return Reason(what=f"{TIMELINE} {error.found}")
    if timeline["key"] != key:
        return Reason(what="it was made from something else")
    changed = _times_of_change(folder)
    for name, output in timeline["outputs"].items():
        try:
            stat = (folder / name).stat()
        except FileNotFoundError:
            return Reason(what=f"{name} is gone")
        same_size = stat.st_size == output["bytes"]
        if not same_size or (
            stat.st_mtime_ns != changed.get(name) and file_digest(folder / name) != output["blake3"]
        ):
            return Reason(what=f"{name} was changed")
    return None


def read_timeline(folder: Path) -> dict[str, Any]:
    """
    Raises:
        FileNotFoundError: there is none.
        VerificationFailed: it was not written by this version.
    """
    path = folder / TIMELINE
    try:
        timeline = json.loads(path.read_text(encoding="utf-8"))
        version = timeline["version"]
    except (ValueError, TypeError, KeyError):
        version = "not one of ours"
    if version != TIMELINE_VERSION:
        raise VerificationFailed(
            path=path, what="version", expected=TIMELINE_VERSION, found=f"is {version}"
        )
    return dict(timeline)


def _times_of_change(folder: Path) -> Mapping[str, int]:
    try:
        found = json.loads((folder / CHECKS).read_text(encoding="utf-8"))["changed_ns"]
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return found if isinstance(found, dict) else {}


def outputs_of(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What timeline.json says of files, by their names."""
    return {
        path.name: {"bytes": path.stat().st_size, "blake3": file_digest(path)}
        for path in sorted(paths, key=lambda path: path.name)
    }


def checks_json(
    key: str, checks: Sequence[Check], problems: Sequence[str], outputs: Sequence[Path]
) -> dict[str, Any]:
    return {
        "version": TIMELINE_VERSION,
        "key": key,
        "checks": [
            {"name": c.name, "ok": c.ok, "expected": c.expected, "found": c.found} for c in checks
        ],
        "caption_problems": list(problems),
        "changed_ns": {path.name: path.stat().st_mtime_ns for path in outputs},
    }


def json_text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
