"""
What went wrong in a scene, in the words its author needs.

The reason, what to do, the line of the project it happened on, the play that was running, and the
traceback without our own frames: a scene should fail as it would under manimgl.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from typing import Any

from pipeline.engine.failures import NotWritten, Unsupported


def explain(
    error: BaseException, root: Path, *, play: int | None = None, frame: int | None = None
) -> dict[str, Any]:
    """The facts of a `failed` event, for a project at `root`."""
    told = TracebackException.from_exception(error)
    _leave_us_out(told)
    if isinstance(error, Unsupported):
        reason, advice = error.reason, error.advice
    elif isinstance(error, NotWritten):
        reason, advice = str(error), ""
    else:
        reason = f"{type(error).__name__}: {error}".strip().removesuffix(":")
        advice = _advice(error)
    disk = error.__cause__ if isinstance(error, NotWritten) else error
    return {
        "reason": reason,
        "advice": advice,
        # Not the scene's doing: another machine, or a freer one, may manage
        "machine": isinstance(error, MemoryError | NotWritten),
        "full": isinstance(disk, OSError) and disk.errno in (errno.ENOSPC, errno.EDQUOT),
        "traceback": "".join(told.format()),
        "source": _source(error, told.stack, root),
        "play": play,
        "frame": frame,
    }


def _leave_us_out(told: TracebackException) -> None:
    ours = Path(__file__).parent  # no more than this: the project may be the farm's own repository
    kept = [f for f in told.stack if Path(f.filename).parent != ours and f.filename[:1] != "<"]
    told.stack = StackSummary.from_list(kept)
    for other in (told.__cause__, told.__context__):
        if other is not None:
            _leave_us_out(other)


def _source(error: BaseException, stack: list[FrameSummary], root: Path) -> str:
    """`file:line: text of the line`, of the innermost frame inside the project."""
    where = [(f.filename, f.lineno, f.line) for f in stack]
    if isinstance(error, SyntaxError) and error.filename:
        where.append((error.filename, error.lineno, error.text))
    for filename, line, text in reversed(where):
        if filename.startswith(f"{root}/") and "/site-packages/" not in filename:
            return f"{Path(filename).relative_to(root)}:{line}: {(text or '').strip()}"
    return ""


def _advice(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "the scene asks for input, and a farm has nobody to answer: take input() out of it"
    if isinstance(error, ModuleNotFoundError):
        return f"install {error.name!r} for every worker, or put it into the project"
    # The second is how manimlib's find_file says it
    missing = re.fullmatch(r"(.+) not Found", str(error))
    if isinstance(error, OSError) and (error.filename or missing):
        name = missing[1] if missing else error.filename
        return f"put {name} into the project; paths count from the project's root"
    return ""
