"""What the doctor says of one thing, and how it asks a program for its own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.errors import EnvironmentMissing, ToolFailed
from pipeline.tools import run

ASKING_SECONDS = 120.0
"""Importing Ray from a cold disk takes a good part of a minute."""


class State(StrEnum):
    """What a finding means for a render."""

    OK = "ok"
    """Nothing to do."""
    WARNING = "warning"
    """Some scenes will look different, fail or be slow."""
    MISSING = "missing"
    """No chapter can be rendered before it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked for."""

    name: str
    state: State
    found: str
    """What is there, or what happened when it was asked."""
    advice: str = ""
    """The command that brings it. Empty where nothing has to be done."""


def finding(name: str, state: State, found: str, *, advice: str) -> Finding:
    """A Finding that keeps its advice to itself where all is well."""
    return Finding(name=name, state=state, found=found, advice="" if state is State.OK else advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program said."""

    lines: Sequence[str]
    """Of its stdout."""
    trouble: str = ""
    """Why it could not be asked, in a line; empty when it ended well."""


def ask(scratch: Path, command: Sequence[str], *, cwd: Path | None = None) -> Answer:
    """Runs a program for what it prints. Its log goes into the folder `scratch`."""
    lines: list[str] = []

    def take(line: str) -> bool:
        lines.append(line)
        return True

    try:
        run(
            command,
            log_path=scratch / "doctor.log",
            timeout_seconds=ASKING_SECONDS,
            heartbeat=take,
            cwd=cwd,
        )
    except EnvironmentMissing as error:
        return Answer(lines=lines, trouble=error.what)
    except ToolFailed as error:
        said = [line.strip() for line in [*lines, *error.tail.splitlines()] if line.strip()]
        why = said[-1] if said else f"exit {error.tool_exit_code}"
        return Answer(lines=lines, trouble=f"{Path(command[0]).name} {error.reason}: {why}")
    return Answer(lines=lines)
