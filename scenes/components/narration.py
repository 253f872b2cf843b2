"""
A scene that says what it shows: `with self.say("…"):` records a cue for captions and narration.

Depends on nothing, so a scene that uses it still runs under plain `manimgl file.py Scene`; copy
this file into another project to narrate its scenes too. The farm sets `voices` before the scene
runs, where its manifest has a voice for it, and reads `scene.cues` afterwards. It knows nothing
else of this class.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

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
    spoken: str = ""
    """What a voice says instead of `text`, such as a formula in words."""
    words: list[tuple[str, float]] = field(default_factory=list)
    """What is spoken, word by word, and when each begins, in seconds from `start`."""

    def when(self, word: str) -> float:
        """
        Scene time at which `word` is begun, the first time it is said.

        As the voice has it, or in proportion to the text where there is none.
        """
        for said, seconds in self.words:
            if _bare(said) == _bare(word):
                return self.start + seconds
        raise ValueError(f"{word!r} is not said in {self.spoken or self.text!r}")


def _bare(word: str) -> str:
    return re.sub(r"[^\w]", "", word).lower()


def _spread_words(text: str, seconds: float) -> list[tuple[str, float]]:
    """Words as if every character took the same time."""
    return [
        (found.group(), seconds * found.start() / len(text)) for found in re.finditer(r"\S+", text)
    ]


class Narrated:
    """Mixed into a Scene, before it in the bases: `class Walk(Narrated, InteractiveScene)`."""

    voices: Mapping[str, Mapping[str, Any]] = {}
    """By cue id, how long its voice takes, in `seconds`, and when its `words` begin."""

    @property
    def cues(self) -> list[Cue]:
        """Every cue so far, in the order they were opened."""
        return self.__dict__.setdefault("_cues", [])  # type: ignore[no-any-return]

    @contextmanager
    def say(
        self,
        text: str,
        id: str | None = None,  # noqa: A002 - reads well
        spoken: str = "",
    ) -> Iterator[Cue]:
        """
        Says `text` while the block's animations play.

        Where they are over sooner than the text is spoken, or can be read where there is no
        voice, the picture holds. `run_time=cue.seconds` makes an animation last as long.
        `id` names the cue (`c1`, `c2`, … otherwise) and must be unique in the scene.
        `spoken` is what a voice says instead: `say("y = Wx", spoken="y equals W times x")`.
        """
        name = id or f"c{len(self.cues) + 1}"
        if any(cue.id == name for cue in self.cues):
            raise ValueError(f"a cue is called {name!r} already: give this one another id")
        voice = self.voices.get(name)
        aloud = spoken or text
        seconds = reading_seconds(aloud) if voice is None else float(voice["seconds"])
        cue = Cue(name, text, self.time, seconds, spoken=spoken)  # type: ignore[attr-defined]
        timed = voice.get("words") if voice else None
        cue.words = (
            [(word, float(begun)) for word, begun in timed]
            if timed
            else _spread_words(aloud, seconds)
        )
        self.cues.append(cue)
        yield cue
        left = cue.start + cue.seconds - self.time  # type: ignore[attr-defined]
        frame = 1 / self.camera.fps  # type: ignore[attr-defined]
        if voice is not None:
            # A reader may be cut short by half a frame; a voice would run into the next one
            left = math.ceil(left / frame - 0.01) * frame - frame / 4 if left > 0 else 0
        if left > frame / 2:
            self.wait(left)  # type: ignore[attr-defined]
        cue.stop = self.time  # type: ignore[attr-defined]

    def wait_for(self, word: str) -> None:
        """Holds the picture until the cue that is being said comes to `word`; not if it is past."""
        left = self.cues[-1].when(word) - self.time  # type: ignore[attr-defined]
        if left > 0.5 / self.camera.fps:  # type: ignore[attr-defined]
            self.wait(left)  # type: ignore[attr-defined]
