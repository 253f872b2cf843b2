"""
What a chapter changes of its scenes without touching their code: trims, holds, speed, transitions.

Plain frozen dataclasses, as in manifest/resolved.py. Times in here are as they were written; they
become frames in plan/shots.py and plan/joins.py, once a scene's length is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

CARD = "@chalkfarm/card.py:Card"
"""The scene a card is drawn by; engine/job.py knows where its file is."""
BLACK = "#000000"


@dataclass(frozen=True, slots=True)
class Time:
    """A place in a scene or a length, as it was written: exact seconds, or frames."""

    amount: Fraction
    unit: Literal["s", "f"]

    def frames(self, rate: Fraction) -> int:
        """The nearest whole number of frames."""
        return round(self.amount * rate) if self.unit == "s" else int(self.amount)

    def __str__(self) -> str:
        return f"{float(self.amount):g}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """The part of a scene that is shown. Both count from the scene's own start."""

    start: Time | None = None
    until: Time | None = None
    """The first thing not shown any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A picture that stands still for a while."""

    at: Literal["first", "last"] | Time
    """Of what the trim leaves: its first or last picture; or a place in the scene's own time."""
    length: Time
    """How much longer than otherwise."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How one scene gives way to the next; also the fades at a chapter's ends."""

    kind: Literal["cut", "crossfade", "fade"] = "cut"
    length: Time = Time(Fraction(0), "f")
    color: str = BLACK
    """Of a fade: `#rrggbb`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Everything a manifest does to one scene."""

    trim: Trim = Trim()
    holds: tuple[Hold, ...] = ()
    speed: Fraction = Fraction(1)
    transition: Transition = Transition()
    """From the scene before it."""
    follows: str = ""
    """Id of the scene its transition is from, whichever scenes are rendered."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each of the keys above stands in the manifest."""

    @property
    def changes_frames(self) -> bool:
        """Whether the scene by itself is shown otherwise than as drawn."""
        return bool(self.trim != Trim() or self.holds or self.speed != 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How a chapter begins and ends."""

    fade_in: Transition = Transition()
    fade_out: Transition = Transition()
    first: str = ""
    """Id of the manifest's first scene: a part of a chapter fades only where the whole would."""
    last: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
