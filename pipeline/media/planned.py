"""All that a finished video has to be, as plain data: what it is held to, see media/verify.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.media.captions import Caption
from pipeline.media.chapters import ChapterMark
from pipeline.media.heard import PlannedSound

Shown = tuple[tuple[int, int, str], ...]
"""First frame, the frame after the last, and the text, of everything shown in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All that a finished video has to be."""

    title: str
    language: str
    rate: Fraction
    width: int
    height: int
    frames: int
    lossless: bool
    captions: Shown
    marks: tuple[ChapterMark, ...]
    sound: PlannedSound | None = None
    """None where nothing is to be heard."""
    translations: tuple[tuple[str, Shown], ...] = ()
    """Captions in other languages."""

    @property
    def tracks(self) -> list[tuple[str, Shown]]:
        """Language and captions of every track there is to be, in order."""
        return [one for one in [(self.language, self.captions), *self.translations] if one[1]]


def shown(captions: Sequence[Caption]) -> Shown:
    """Captions as they are compared."""
    return tuple((c.start_frame, c.stop_frame, "\n".join(c.lines)) for c in captions)
