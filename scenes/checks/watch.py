"""
Runs a scene without drawing it and looks at the end of every play, and at the middle of those
that move something. Needs a process made ready by `headless`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from manimlib import Scene

from scenes.checks.look import Fault, judge, leaving, overlapping, too_small
from scenes.checks.moment import Moment
from scenes.checks.outlines import SIZE

FRAMES_A_SECOND = 5
"""Updaters tick as often; what is judged does not depend on it otherwise."""
CHECKS: dict[str, tuple[Callable[[Moment], Iterator[tuple[str, str]]], ...]] = {
    "middle": (leaving,),
    # In between, one text may pass another, or grow out of a point
    "end": (leaving, overlapping, too_small),
}
HERE = Path(__file__).parent


class Watched:
    """Mixed in before a scene: notes its faults while it runs."""

    def __init__(self) -> None:
        super().__init__(camera_config={"fps": FRAMES_A_SECOND, "resolution": SIZE})
        self.faults: list[Fault] = []
        self._frames = self._frame = 0
        self._is_moving = self._is_judged = False
        self._place = ""

    def pre_play(self) -> None:
        self._frames = self._frame = 0
        self._is_judged = False
        self._is_moving, self._place = asked_from(sys._getframe(1))
        super().pre_play()

    def get_time_progression(self, *arguments: Any, **options: Any) -> Any:
        times = super().get_time_progression(*arguments, **options)
        self._frames = len(times)
        return times

    def emit_frame(self) -> None:
        super().emit_frame()
        self._frame += 1
        if self._frame == self._frames:
            self.look("end")
        elif self._frame == self._frames // 2 and self._is_moving:
            self.look("middle")

    def post_play(self) -> None:
        if not self._is_judged:
            self.look("end")  # A wait that ended before its time
        super().post_play()

    def look(self, when: str) -> None:
        moment = Moment.of(self)
        self._is_judged = when == "end"
        self.faults += [
            Fault(claim, detail, self.num_plays, when, self._place)
            for check in CHECKS[when]
            for claim, detail in check(moment)
        ]


def faults_of(scene_class: type[Scene], params: Mapping[str, Any] | None = None) -> list[Fault]:
    """
    Everything wrong with the look of a scene, less what its `look_allows` allows.

    `params` are class attributes to set first, as in a manifest.
    """
    watched = type(f"Watched{scene_class.__name__}", (Watched, scene_class), dict(params or {}))
    scene = watched()
    scene.run()
    return judge(scene.faults, getattr(scene_class, "look_allows", ()))


def asked_from(frame: Any) -> tuple[bool, str]:
    """Whether the play is a `play` and no wait, and where the project's code asks for it."""
    is_play = frame.f_code.co_name == "play"
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        is_library = "site-packages" in path.parts or HERE in path.parents
        if not is_library and path.name not in ("narration.py", "contextlib.py"):
            return is_play, f"{path.name}:{frame.f_lineno}"
        frame = frame.f_back
    return is_play, ""
