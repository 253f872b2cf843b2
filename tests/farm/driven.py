"""A driver on a farm without processes, with everything it said."""

import json
from pathlib import Path
from typing import Any

from pipeline.farm.driver import Driver
from pipeline.farm.events import Events
from pipeline.farm.ledger import Ledger
from pipeline.farm.policy import Policy
from pipeline.farm.task import Task

from .simulated import SimulatedFarm


class Driven:
    """A driver run on a simulated farm, with everything it said."""

    def __init__(
        self, folder: Path, farm: SimulatedFarm, policy: Policy | None = None, **how: Any
    ) -> None:
        self.farm = farm
        self.path = folder / "events.jsonl"
        self.path.unlink(missing_ok=True)
        self.events = Events(self.path, farm.clock)
        self.driver = Driver(farm, self.events, policy or Policy(), clock=farm.clock, **how)

    def run(self, *tasks: Task, more: Any = tuple) -> "Driven":
        try:
            self.driver.run(tasks, lambda _task, _event: None, more)
        finally:
            self.events.close()
        return self

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def told(self, event: str, **facts: Any) -> list[dict[str, Any]]:
        return [
            e
            for e in self.said
            if e["event"] == event and all(e.get(name) == value for name, value in facts.items())
        ]

    @property
    def ledger(self) -> Ledger:
        return self.driver.ledger
