"""
That a package's pictures and sound are the chapter's, found out by decoding, and once.

What decoding showed is kept in the store by the packets it was shown of, so that a package put
together anew from the same encodings, around another caption or title, is not decoded again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.record import require_passed
from pipeline.media.packages.sound import played, sound_checks
from pipeline.media.packages.source import Source, packets_digest
from pipeline.media.packages.step import shrunken, step_checks
from pipeline.media.publish import write_text
from pipeline.media.record import Check

PROOFS_VERSION = 1
"""Counted up whenever step_checks or sound_checks would find something else."""


class Proofs:
    """Holds videos and sounds to one chapter."""

    def __init__(self, source: Source, encodes: Encodes, *, scratch: Path, logs: Path) -> None:
        self._source = source
        self._encodes = encodes
        self._scratch = scratch
        self._logs = logs

    def pictures(self, video: Path, *, name: str = "") -> list[Check]:
        """
        That a video or playlist shows every picture of the chapter, in step.

        Args:
            name: begins the names of the checks, where there are several videos.

        Raises:
            VerificationFailed: it does not.
        """
        of = {"pictures": self._source.pictures, "found": packets_digest(video, "video")}

        def prove() -> list[Check]:
            original = shrunken(self._encodes, self._source)
            log_path = self._logs / f"step-{video.parent.name}-{video.stem}.log"
            return step_checks(video, original, work=self._scratch, log_path=log_path)

        found = self._proved(video, "pictures", of, prove)
        return [replace(check, name=f"{name}{check.name}") for check in found]

    def sound(self, path: Path) -> list[Check]:
        """The same of the sound of a file or playlist, where the chapter has any."""
        if self._source.sound is None:
            return []
        of = {"sound": self._source.sound.digest, "found": packets_digest(path, "audio")}

        def prove() -> list[Check]:
            original = played(self._encodes, self._source)
            log_path = self._logs / f"sound-{path.stem}.log"
            return sound_checks(path, original, work=self._scratch, log_path=log_path)

        return self._proved(path, "sound", of, prove)

    def _proved(
        self, path: Path, what: str, of: Mapping[str, Any], prove: Callable[[], Sequence[Check]]
    ) -> list[Check]:
        """Only what was passed is kept."""

        def make(output: Path) -> None:
            checks = prove()
            require_passed(path, checks)
            write_text(output, json.dumps([asdict(check) for check in checks]))

        fields = {"proof": what, "proofs": PROOFS_VERSION, "of": dict(of)}
        found = self._encodes.get("proof.json", fields, make)
        return [Check(**check) for check in json.loads(found.read_text(encoding="utf-8"))]
