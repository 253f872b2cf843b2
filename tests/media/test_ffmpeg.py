"""That whatever ends ffmpeg, a file is whole or not there."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from pipeline.errors import StoreFailed, ToolFailed
from pipeline.media.ffmpeg import Progress, run_ffmpeg

pytestmark = pytest.mark.needs_ffmpeg


def source(seconds: int, *, realtime: bool = False) -> list[str]:
    drawn = f"testsrc2=size=320x180:rate=30:duration={seconds}"
    return [
        *(["-re"] if realtime else []),
        "-f",
        "lavfi",
        "-i",
        drawn,
        "-c:v",
        "mpeg4",
        "-q:v",
        "1",
    ]


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    output = tmp_path / "deep" / "a.mp4"

    ran = run_ffmpeg([*source(1), str(output)], output=output, log_path=tmp_path / "log")

    assert [path.name for path in output.parent.iterdir()] == ["a.mp4"]
    assert ran.command[-1].endswith("/deep/.a.part.mp4")
    assert (tmp_path / "log").read_text().startswith("$ ffmpeg -hide_banner -nostdin")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_ffmpeg_leaves_what_was_there_before(sign: signal.Signals, tmp_path: Path) -> None:
    output = tmp_path / "a.mp4"
    output.write_bytes(b"before")

    def kill() -> None:
        part = tmp_path / ".a.part.mp4"
        while not part.exists() or part.stat().st_size < 1000:
            time.sleep(0.05)
        pid = next(p.name for p in Path("/proc").iterdir() if p.name.isdigit() and runs(p, part))
        os.kill(int(pid), sign)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ToolFailed):
        run_ffmpeg(
            [*source(60, realtime=True), str(output)],
            output=output,
            log_path=tmp_path / "log",
            timeout_seconds=50,
        )
    killer.join()

    assert output.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "log"]


def runs(process: Path, part: Path) -> bool:
    try:
        return (process / "cmdline").read_bytes().endswith(os.fsencode(part) + b"\0")
    except OSError:
        return False


def test_an_ffmpeg_that_waits_for_ever_is_stopped(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    kept_open = os.open(pipe, os.O_RDWR)
    output = tmp_path / "a.mp4"
    arguments = ["-f", "rawvideo", "-s", "32x32", "-pix_fmt", "rgb24", "-i", str(pipe), str(output)]

    with pytest.raises(ToolFailed, match="was stopped after 1 s without getting further"):
        run_ffmpeg(
            arguments, output=output, log_path=tmp_path / "log", stall_seconds=1, grace_seconds=1
        )

    os.close(kept_open)
    assert not output.exists()


def test_a_full_disk_is_told_as_such(small_disk: Path, tmp_path: Path) -> None:
    output = small_disk / "a.mp4"

    with pytest.raises(StoreFailed, match="the disk is full") as caught:
        run_ffmpeg([*source(1), str(output)], output=output, log_path=tmp_path / "log")

    assert caught.value.path == output
    assert list(small_disk.iterdir()) == []


def test_what_ffmpeg_complains_of_travels_with_the_error(tmp_path: Path) -> None:
    output = tmp_path / "a.mp4"

    with pytest.raises(ToolFailed, match="No such file or directory"):
        run_ffmpeg(["-i", "none.mp4", str(output)], output=output, log_path=tmp_path / "log")


def test_reports_without_news_are_no_progress() -> None:
    progress = Progress()
    report = ["frame=1", "fps=0.0", "out_time_us=N/A", "total_size=48", "progress=continue"]

    assert [progress(line) for line in report] == [True, False, False, True, False]
    assert not any(progress(line) for line in report)
    assert [progress(line) for line in ("frame=1", "total_size=49")] == [False, True]
    assert progress.figures == {"frame": 1, "total_size": 49}
