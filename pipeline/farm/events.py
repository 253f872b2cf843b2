"""
What happened in a run, one JSON object a line, appended and never changed.

The farm's own record: Ray's logs and reasons are easily lost. The state of a run is what its
events say; see report/runs.py, which reads them back.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ChalkfarmError, SceneError

EVENTS_VERSION = 1


class Events:
    """The record of one run. `listeners` hear each event as it is written."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._clock = clock
        self.listeners: list[Callable[[Mapping[str, Any]], None]] = []

    def say(self, event: str, **facts: Any) -> None:
        """Appends an event with the time; `facts` are JSON values."""
        record = {"time": round(self._clock(), 3), "event": event, **facts}
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        for listener in self.listeners:
            listener(record)

    def close(self) -> None:
        self._file.close()


def describe(error: Exception | None) -> dict[str, Any]:
    """An error as facts for an event."""
    if error is None:
        return {}
    facts: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, SceneError):
        facts |= {
            "traceback": error.traceback,
            "source": error.source,
            "play": error.play,
            "frame": error.frame,
            "advice": error.advice,
        }
    elif not isinstance(error, ChalkfarmError):
        facts["traceback"] = "".join(traceback.format_exception(error))
    return facts
