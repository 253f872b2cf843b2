"""
What can go wrong that a person can do something about, named by who can act.

Most of these are raised in a worker and read somewhere else, so each has to arrive with its facts
in hand whatever its signature: see ChalkfarmError.__reduce__. Any exception outside this root is a
bug of ours and keeps its traceback.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, ClassVar


class ExitCode(IntEnum):
    """What the command line tells the shell."""

    DONE = 0
    TASKS_FAILED = 1
    BAD_MANIFEST = 2
    ENVIRONMENT_MISSING = 3
    VERIFICATION_FAILED = 4
    CLUSTER_UNREACHABLE = 5
    INTERRUPTED = 130


class ChalkfarmError(Exception):
    """Anything the farm means to tell a person. Any other exception is a bug in it."""

    exit_code: ExitCode = ExitCode.TASKS_FAILED
    worth_retrying: ClassVar[bool] = False
    """Whether the same attempt elsewhere, nothing changed, could come out differently."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Left alone, pickle calls the class with its message, and Ray turns what cannot be
        # called that way into UnserializableException
        return _revive, (type(self), self.args, self.__dict__)


def _revive(cls: type[ChalkfarmError], args: tuple[Any, ...], facts: Mapping[str, Any]) -> Any:
    error = cls.__new__(cls, *args)
    error.__dict__.update(facts)
    return error


class UsageError(ChalkfarmError):
    """A command line that asks for something there is not, such as an unknown scene id."""

    exit_code = ExitCode.BAD_MANIFEST

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ManifestError(ChalkfarmError):
    """A manifest which cannot be planned from, with everything wrong with it at once."""

    exit_code = ExitCode.BAD_MANIFEST

    def __init__(self, *, path: Path, problems: Sequence[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class UnusableFile(ChalkfarmError):
    """A file of the author's which a chapter needs and cannot be used, and what asked for it."""

    exit_code = ExitCode.BAD_MANIFEST

    def __init__(self, *, path: Path, reason: str, asked_by: str, advice: str) -> None:
        self.path = path
        self.reason = reason
        self.asked_by = asked_by
        self.advice = advice
        super().__init__(f"{path}: {reason}\n  for   {asked_by}\n  do    {advice}")


class EnvironmentMissing(ChalkfarmError):
    """Something this machine lacks, and how to get it."""

    exit_code = ExitCode.ENVIRONMENT_MISSING

    def __init__(self, *, what: str, advice: str) -> None:
        self.what = what
        self.advice = advice
        super().__init__(f"{what}\n  do    {advice}")


class SceneError(ChalkfarmError):
    """A scene that failed by itself, and would fail again anywhere."""

    def __init__(
        self,
        *,
        scene: str,
        reason: str,
        advice: str = "",
        traceback: str = "",
        source: str = "",
        play: int | None = None,
        frame: int | None = None,
    ) -> None:
        self.scene = scene
        self.reason = reason
        self.advice = advice
        self.traceback = traceback
        self.source = source
        """`file:line: text of the line` of the innermost frame inside the project."""
        self.play = play
        """Index of the play that was running, counted from 0; None before the first."""
        self.frame = frame
        """Frames emitted before it failed; None for a bake, which has none."""
        where = "before its first play" if play is None else f"in play {play}, frame {frame}"
        what = f"bake {scene}: {reason}" if frame is None else f"scene {scene}: {reason} ({where})"
        lines = [what]
        if source:
            lines.append(f"  at    {source}")
        if advice:
            lines.append(f"  do    {advice}")
        super().__init__("\n".join(lines))


class ToolFailed(ChalkfarmError):
    """A program which was started and did not end as it should."""

    worth_retrying = True

    def __init__(
        self, *, command: Sequence[str], exit_code: int, reason: str, log_path: Path, tail: str
    ) -> None:
        self.command = tuple(command)
        self.tool_exit_code = exit_code
        self.reason = reason
        self.log_path = log_path
        self.tail = tail
        last = tail.strip().splitlines()[-1] if tail.strip() else "(nothing written)"
        super().__init__(
            f"{command[0]} {reason} (exit {exit_code})\n"
            f"  rerun {shlex.join(command)}\n"
            f"  log   {log_path}\n"
            f"  last  {last}"
        )


class VerificationFailed(ChalkfarmError):
    """A file which came out, but not as the plan said it would."""

    exit_code = ExitCode.VERIFICATION_FAILED
    worth_retrying = True

    def __init__(self, *, path: Path, what: str, expected: object, found: object) -> None:
        self.path = path
        self.what = what
        self.expected = expected
        self.found = found
        super().__init__(f"{path}: {what} should be {expected}, and is {found}")


class WorkerLost(ChalkfarmError):
    """A process which went away before saying how its task came out."""

    worth_retrying = True

    def __init__(self, *, task: str, reason: str, log_path: Path | None = None) -> None:
        self.task = task
        self.reason = reason
        self.log_path = log_path
        super().__init__(f"{task}: {reason}" + (f"\n  log   {log_path}" if log_path else ""))


class WorkerRefused(ChalkfarmError):
    """A worker that would draw otherwise than the run was planned for."""

    def __init__(self, *, host: str, difference: str) -> None:
        self.host = host
        self.difference = difference
        super().__init__(f"worker {host} is not like the others: {difference}")


class NoWorker(ChalkfarmError):
    """A run that was ended since there is no worker left to go on with."""

    exit_code = ExitCode.ENVIRONMENT_MISSING

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"{reason}\n  do    see `chalkfarm logs`; what is drawn is kept, and a render goes on"
        )


class ClusterUnreachable(ChalkfarmError):
    """A cluster that does not answer, or not to us."""

    exit_code = ExitCode.CLUSTER_UNREACHABLE

    def __init__(self, *, address: str, reason: str, advice: str) -> None:
        self.address = address
        self.reason = reason
        self.advice = advice
        super().__init__(f"{address}: {reason}\n  do    {advice}")


class Cancelled(ChalkfarmError):
    """A run that somebody asked to end."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self) -> None:
        super().__init__("cancelled; what is drawn is kept, and the next render goes on")


class StoreFailed(ChalkfarmError):
    """The store could not keep or give something: a full disk, a missing right."""

    exit_code = ExitCode.ENVIRONMENT_MISSING

    def __init__(self, *, path: Path | str, reason: str, advice: str) -> None:
        self.path = path
        self.reason = reason
        self.advice = advice
        super().__init__(f"{path}: {reason}\n  do    {advice}")


def disk_full(path: Path) -> StoreFailed:
    """What a full disk is called, wherever it is noticed."""
    return StoreFailed(
        path=path,
        reason="the disk is full",
        advice="make room (`chalkfarm cache gc --to 5GiB`), then run the same command again",
    )


class TasksFailed(ChalkfarmError):
    """A run that ended with some of its tasks not done."""

    def __init__(
        self, *, run: str, failures: Sequence[str], exit_code: ExitCode = ExitCode.TASKS_FAILED
    ) -> None:
        self.run = run
        self.failures = tuple(failures)
        # When all failed of one thing that is not the scenes', the shell is told of that
        self.exit_code = exit_code
        super().__init__("\n".join(self.failures))
