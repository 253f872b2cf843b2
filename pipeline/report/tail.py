"""The events of a run that goes on, each read once however long it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.report.runs import Run, is_alive, read_events


class Tail:
    """How far one run's events were read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._read = 0
        """Bytes."""
        self._pid = 0
        self._ended = False

    def news(self) -> Iterator[Mapping[str, Any]]:
        """Every whole event that was written since the last time."""
        try:
            file = self._run.events_path.open("rb")
        except OSError:
            return
        with file:
            file.seek(self._read)
            for event in read_events(file):
                self._read = file.tell()
                if event["event"] == "run-ended":
                    self._ended = True
                elif event["event"] == "run-started" and isinstance(event.get("pid"), int):
                    self._pid = event["pid"]
                yield event

    def is_over(self) -> bool:
        """Whether nothing more will come: it said so, or its process is gone."""
        for _ in self.news():
            pass
        return self._ended or not is_alive(self._pid)
