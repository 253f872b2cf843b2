"""
The name a result goes by, worked out from what it depends on.

Two results with one key would come out the same, so whichever is done first is kept for both.
Everything that can change a result is in its fields, and nothing that cannot: when it is made,
where, by whom, how urgently and how often it was tried are not. A key is a tagged hash of a
canonical structure, and the structure is kept beside the result, so that the first field that
differs can be named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from blake3 import blake3

KEY_VERSION = 1
"""Counted up whenever the making of keys changes, so that old results stop matching."""


@dataclass(frozen=True, slots=True)
class Key:
    """A result's name, and what it was made from."""

    kind: str
    """`trace`, `segment`, `chapter`."""
    fields: Mapping[str, Any]
    """JSON values only: strings, whole numbers, lists and mappings of them."""

    digest: str = field(init=False, compare=False, repr=False)
    """64 hex digits, the same on every machine for the same fields."""

    def __post_init__(self) -> None:
        text = canonical([self.kind, KEY_VERSION, self.fields])
        object.__setattr__(self, "digest", blake3(text).hexdigest())

    @property
    def place(self) -> str:
        """Where in a store its result is, or the results of its family are."""
        return place_of(self.kind, self.digest)


def place_of(kind: str, digest: str) -> str:
    """The folder of a result in a store, by its key's kind and digest."""
    return f"{kind}/{digest[:2]}/{digest}"


def canonical(value: Any) -> bytes:
    """
    One spelling for each value: sorted keys, no spaces, ASCII.

    After RFC 8785 for the strings and whole numbers keys are made of. A float is refused: how it
    prints is no business of a key's.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    # Read again by C, which asks for each float: ten times as fast as looking for them from here
    json.loads(text, parse_float=_refuse, parse_constant=_refuse)
    return text.encode()


def exact(value: Any) -> Any:
    """A manifest value as a key takes it: numbers with a point as text."""
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, Mapping):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    return value


def first_difference(now: Mapping[str, Any], then: Mapping[str, Any]) -> str | None:
    """
    The first field, by name, in which two keys' fields differ: `encoding.crf: 21, was 23`.

    None when they are equal.
    """
    for name in sorted(now.keys() | then.keys()):
        if name in now and name in then:
            new, old = now[name], then[name]
            if canonical(new) == canonical(old):  # True equals 1 to Python, and not to a key
                continue
            if isinstance(new, Mapping) and isinstance(old, Mapping):
                return f"{name}.{first_difference(new, old)}"
        return f"{name}: {_short(now, name)}, was {_short(then, name)}"
    return None


def _short(fields: Mapping[str, Any], name: str) -> str:
    if name not in fields:
        return "nothing"
    value = fields[name]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _refuse(number: str) -> NoReturn:
    raise TypeError(f"{number} in a key: write it as a string or a whole number")
