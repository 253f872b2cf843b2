"""
A scene that says what it shows: `with self.say("…"):` records a cue for the captions.

Depends on nothing, so a scene that uses it still runs under plain `manimgl file.py Scene`; copy
this file into another project to narrate its scenes too. The farm reads `scene.cues` after the
scene has run, and knows nothing else of this class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CHARACTERS_A_SECOND = 14.0
"""An unhurried reading speed, below the 17 at which captions are warned about."""
SHORTEST_SECONDS = 1.2


def reading_seconds(text: str) -> float:
    """How long a viewer needs for `text`, in seconds, when no voice says otherwise."""
    return max(SHORTEST_SECONDS, len(text) / CHARACTERS_A_SECOND)


@dataclass
class Cue:
    """One thing said. Open while its `with` block runs."""

    id: str
    text: str
    start: float
    """Scene time in seconds."""
    seconds: float
    """How long saying it takes: give it to `run_time=` to fill the cue with an animation."""
    stop: float = 0.0
    """Scene time in seconds; 0 until the block ends."""


class Narrated:
    """Mixed into a Scene, before it in the bases: `class Walk(Narrated, InteractiveScene)`."""

    @property
    def cues(self) -> list[Cue]:
        """Every cue so far, in the order they were opened."""
        return self.__dict__.setdefault("_cues", [])  # type: ignore[no-any-return]

    @contextmanager
    def say(self, text: str, id: str | None = None) -> Iterator[Cue]:  # noqa: A002 - reads well
        """
        Says `text` while the block's animations play.

        Where they are over sooner than the text can be read, the picture holds until it can.
        `id` names the cue (`c1`, `c2`, … otherwise) and must be unique in the scene.
        """
        name = id or f"c{len(self.cues) + 1}"
        if any(cue.id == name for cue in self.cues):
            raise ValueError(f"a cue is called {name!r} already: give this one another id")
        cue = Cue(name, text, self.time, reading_seconds(text))  # type: ignore[attr-defined]
        self.cues.append(cue)
        yield cue
        left = cue.start + cue.seconds - self.time  # type: ignore[attr-defined]
        frame = 1 / self.camera.fps  # type: ignore[attr-defined]
        if left > frame / 2:
            self.wait(left)  # type: ignore[attr-defined]
        cue.stop = self.time  # type: ignore[attr-defined]
