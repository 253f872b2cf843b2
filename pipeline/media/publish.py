"""
How a file gets its final name: written beside, whole or not at all.

Also where a full disk is told from a bug. Starts no program and knows no format.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StoreFailed

FULL = {errno.ENOSPC, errno.EDQUOT}
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
ROOM_ADVICE = (
    "make room, for instance with `chalkfarm cache gc`, and run again: what is done stays done"
)


def part_path(output: Path) -> Path:
    """Where a file is written until it is whole. Keeps the suffix, by which formats are chosen."""
    return output.with_name(f".{output.stem}.part{output.suffix}")


@contextmanager
def beside(output: Path) -> Iterator[Path]:
    """
    Gives a path to write to, which becomes `output` when the block ends well and goes otherwise.

    Raises:
        StoreFailed: the disk is full, or the folder may not be written to.
    """
    part = part_path(output)
    try:
        with told_plainly(output):
            output.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            yield part
            _to_disk(part)
            part.replace(output)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def told_plainly(output: Path) -> Iterator[None]:
    """Turns the system's errors that an operator can mend into StoreFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StoreFailed(path=output, reason="the disk is full", advice=ROOM_ADVICE) from error
        if error.errno in REFUSED and str(error.filename).startswith(str(output.parent)):
            raise StoreFailed(
                path=output,
                reason="may not be written",
                advice=f"give yourself the right to write in {output.parent}",
            ) from error
        raise


def write_text(output: Path, text: str) -> None:
    with beside(output) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def move_in(source: Path, target: Path) -> None:
    """
    Gives a finished file its final name, its bytes and its time of change as they were.

    A rename within one file system; from another one, a copy beside and then a rename.
    """
    with told_plainly(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            with beside(target) as part:
                shutil.copy2(source, part)
            source.unlink()


def _to_disk(path: Path) -> None:
    """Makes a power cut after the rename find the bytes, not an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
