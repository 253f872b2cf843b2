"""
What made what, with which versions: a record in W3C PROV-JSON, https://www.w3.org/submissions/prov-json.

Entities are files of the bag, activities the steps of the farm, agents the programs that took them.
Without dates: the same chapter has the same record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

PREFIXES = {
    "file": "urn:chalkfarm:file:",
    "step": "urn:chalkfarm:step:",
    "program": "urn:chalkfarm:program:",
}


class Provenance:
    """A record being written."""

    def __init__(self) -> None:
        self._entities: set[str] = set()
        self._activities: set[str] = set()
        self._agents: dict[str, dict[str, str]] = {}
        self._used: set[tuple[str, str]] = set()
        self._made: set[tuple[str, str]] = set()
        self._by: set[tuple[str, str]] = set()

    def program(self, name: str, version: str) -> None:
        """A program that took part."""
        self._agents[_name("program", name)] = {
            "prov:type": "prov:SoftwareAgent",
            "prov:label": name,
            "version": version,
        }

    def step(
        self, name: str, *, used: Iterable[str], made: Iterable[str], by: Iterable[str]
    ) -> None:
        """Something that was done: from which files of the bag, to which, by which programs."""
        step = _name("step", name)
        self._activities.add(step)
        for files, relation in ((used, self._used), (made, self._made)):
            for file in files:
                entity = _name("file", file)
                self._entities.add(entity)
                relation.add((step, entity))
        self._by |= {(step, _name("program", program)) for program in by}

    def to_json(self) -> dict[str, Any]:
        return {
            "prefix": PREFIXES,
            "entity": {name: {} for name in sorted(self._entities)},
            "activity": {name: {} for name in sorted(self._activities)},
            "agent": dict(sorted(self._agents.items())),
            "used": _relations("u", "prov:entity", self._used),
            "wasGeneratedBy": _relations("g", "prov:entity", self._made),
            "wasAssociatedWith": _relations("a", "prov:agent", self._by),
        }


def _name(kind: str, name: str) -> str:
    return f"{kind}:{quote(name, safe='/')}"


def _relations(letter: str, role: str, pairs: set[tuple[str, str]]) -> Mapping[str, Any]:
    return {
        f"_:{letter}{number}": {"prov:activity": step, role: other}
        for number, (step, other) in enumerate(sorted(pairs), start=1)
    }
