"""
What of a chapter is drawn while other scenes of it are still traced.

Of no chapter with transitions, which cut scenes by what their neighbours are, and of none that is
spoken: planning it may take long, and workers would not be listened to meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.errors import ChalkfarmError
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.plan.joins import joins_of
from pipeline.plan.scenes import PlannedScene

PLANNING_SHARE = 0.2
"""Of the time while others trace, for planning what they traced: nothing else is heard meanwhile."""


class Ahead:
    """Chooses what to hand out ahead of the last traces, and knows what was."""

    def __init__(self, work: Work, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._clock = clock
        self.news = False
        """Whether a scene was traced since the last plan."""
        self.scenes: set[str] = set()
        """Those handed out. They are drawn as they were traced, or refused."""
        self._keys: set[str] = set()
        """What they are to make."""
        self._again = 0.0
        """When it may be planned again."""

    def plan(self) -> ChapterPlan | None:
        """The chapter as far as it is traced; None when that would tell nothing new yet."""
        begun = self._clock()
        waits = not self.news or begun < self._again
        if waits or self._work.speak or joins_of(self._work.chapter):
            return None
        self.news = False
        try:
            plan = self._work.plan()
        except ChalkfarmError:
            return None  # and said when all is traced
        self._again = begun + (self._clock() - begun) / PLANNING_SHARE
        return plan

    def take(self, plan: ChapterPlan) -> set[str]:
        """Scenes to hand out now: none that would make what another is making."""
        taken = set()
        for scene in plan.scenes:
            keys = _missing(scene)
            if keys and scene.spec.id not in self.scenes and not keys & self._keys:
                self._keys |= keys
                taken.add(scene.spec.id)
        self.scenes |= taken
        return taken

    def covers(self, scene: PlannedScene) -> bool:
        """Whether all that a scene lacks is there or being made."""
        return _missing(scene) <= self._keys


def _missing(scene: PlannedScene) -> set[str]:
    return {piece.key.digest for piece in scene.missing}
