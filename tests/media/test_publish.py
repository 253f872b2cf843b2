"""That a final name is only ever on a whole file."""

import errno
import os
from pathlib import Path

import pytest

from pipeline.errors import StoreFailed
from pipeline.media.publish import beside, move_in, part_path, told_plainly, write_text


def test_a_file_is_seen_when_it_is_whole(tmp_path: Path) -> None:
    output = tmp_path / "deep" / "a.txt"

    with beside(output) as part:
        part.write_text("half")
        assert not output.exists()
        part.write_text("whole")

    assert output.read_text() == "whole"
    assert list(output.parent.iterdir()) == [output]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    output = tmp_path / "a.txt"
    output.write_text("before")

    with pytest.raises(ZeroDivisionError), beside(output) as part:
        part.write_text("half")
        raise ZeroDivisionError

    assert output.read_text() == "before"
    assert list(tmp_path.iterdir()) == [output]


def test_what_a_killed_writer_left_is_written_over(tmp_path: Path) -> None:
    output = tmp_path / "a.txt"
    part_path(output).write_text("left over by somebody")

    write_text(output, "new\n")

    assert output.read_text() == "new\n"
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "may not be written"),
    ],
)
def test_what_an_operator_can_mend_is_told(number: int, reason: str, tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=reason), told_plainly(tmp_path / "a.txt"):
        raise OSError(number, os.strerror(number), str(tmp_path / ".a.part.txt"))


def test_what_cannot_be_read_is_not_told_as_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), told_plainly(tmp_path / "a.txt"):
        raise PermissionError(errno.EACCES, "Permission denied", "/elsewhere/chunk.mp4")


def test_a_file_moves_in_from_another_disk_with_its_time(small_disk: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "a.txt", small_disk / "deep" / "a.txt"
    source.write_text("whole")
    os.utime(source, ns=(1, 123_456_789_000))

    move_in(source, target)

    assert target.read_text() == "whole"
    assert target.stat().st_mtime_ns == 123_456_789_000
    assert not source.exists()
    assert list(target.parent.iterdir()) == [target]
