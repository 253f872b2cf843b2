"""That captions and chapter marks come out of a video exactly as they went in."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from pipeline.errors import StoreFailed, UsageError
from pipeline.media.captions import Caption
from pipeline.media.chapters import ChapterMark
from pipeline.media.mux import iso_639_2, mux
from pipeline.media.planned import Planned
from pipeline.media.probe import probe
from pipeline.media.stitch import Chunk, stitch
from pipeline.media.verify import checks_of

pytestmark = pytest.mark.needs_ffmpeg

CAPTIONS = (
    Caption(
        start_frame=7, stop_frame=31, lines=("The set {1, 2} & \\to {\\i1}", "x < y --> <b>z</b>")
    ),
    Caption(start_frame=33, stop_frame=60, lines=("卷积核，ünïcode 🎓",)),
)
MARKS = (
    ChapterMark(title="One; = # and 卷积", start_frame=0),
    ChapterMark(title='Two \\ "three"', start_frame=31),
)


@pytest.fixture
def make(
    draw_chunks: Callable[..., tuple[Chunk, ...]], tmp_path: Path
) -> Callable[..., tuple[Path, Planned]]:
    def made(
        name: str = "a.mp4",
        *,
        rate: Fraction = Fraction(30),
        captions: tuple[Caption, ...] = CAPTIONS,
        marks: tuple[ChapterMark, ...] = MARKS,
    ) -> tuple[Path, Planned]:
        stitched = tmp_path / "stitched.mp4"
        stitch(
            draw_chunks(40, 22, rate=rate), rate=rate, output=stitched, log_path=tmp_path / "log"
        )
        mux(
            stitched,
            output=tmp_path / name,
            rate=rate,
            frames=62,
            title="Convolution: 5 < 6",
            language="pt-BR",
            captions=captions,
            marks=marks,
        )
        return tmp_path / name, Planned(
            title="Convolution: 5 < 6",
            language="pt-BR",
            rate=rate,
            width=160,
            height=96,
            frames=62,
            lossless=False,
            captions=tuple((c.start_frame, c.stop_frame, "\n".join(c.lines)) for c in captions),
            marks=marks,
        )

    return made


@pytest.mark.parametrize(
    "rate", [Fraction(15), Fraction(24), Fraction(60), Fraction(30000, 1001)], ids=str
)
def test_everything_is_read_back_to_the_frame(
    rate: Fraction, make: Callable[..., tuple[Path, Planned]]
) -> None:
    video, planned = make(rate=rate)

    failed = [check for check in checks_of(video, planned, decoded=None) if not check.ok]

    assert failed == []


WRONG = {
    "title": ("title", "Other"),
    "language": ("languages of captions", "en"),
    "frames": ("frames", 63),
    "rate": ("frames a second", Fraction(25)),
    "width": ("size", 176),
    "lossless": ("colours", True),
    "captions": ("captions", ((7, 32, "Other"),)),
    "marks": ("chapter marks", (ChapterMark(title="Other", start_frame=0),)),
}


@pytest.mark.parametrize("field", WRONG)
def test_every_part_of_a_plan_is_looked_for(
    field: str, make: Callable[..., tuple[Path, Planned]]
) -> None:
    video, planned = make()
    name, value = WRONG[field]

    checks = checks_of(video, replace(planned, **{field: value}), decoded=62)

    assert name in [check.name for check in checks if not check.ok]


@pytest.mark.parametrize(
    ("captions", "marks"),
    [((), MARKS), (CAPTIONS, ()), ((), ())],
    ids=["marks", "captions", "none"],
)
def test_each_may_be_left_out(
    captions: tuple[Caption, ...],
    marks: tuple[ChapterMark, ...],
    make: Callable[..., tuple[Path, Planned]],
) -> None:
    video, planned = make(captions=captions, marks=marks)

    assert [check for check in checks_of(video, planned, decoded=None) if not check.ok] == []


def test_pictures_are_copied_and_not_coded_again(
    make: Callable[..., tuple[Path, Planned]], tmp_path: Path
) -> None:
    video, _ = make()

    assert packets(video) == packets(tmp_path / "stitched.mp4")
    assert probe(video) == probe(tmp_path / "stitched.mp4")


def packets(path: Path) -> list[tuple[bytes, int, int]]:
    with av.open(str(path)) as container:
        return [(bytes(p), p.pts, p.dts) for p in container.demux(video=0) if p.pts is not None]


def test_the_same_input_gives_the_same_bytes(make: Callable[..., tuple[Path, Planned]]) -> None:
    assert make("a.mp4")[0].read_bytes() == make("b.mp4")[0].read_bytes()


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="no ffprobe on the path")
def test_another_program_reads_the_same(make: Callable[..., tuple[Path, Planned]]) -> None:
    video, _ = make()

    shown = ["-show_entries", "stream=codec_name,index:stream_tags=language:chapter_tags=title"]
    report = subprocess.run(
        ["ffprobe", "-v", "error", *shown, "-of", "compact=nokey=1:print_section=0", str(video)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "mov_text|por" in report
    assert "One; = # and 卷积" in report
    # SubRip has two line ends after a text, and no word for what looks like markup
    text = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:s", "-f", "data", "-c", "copy", "-"],
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8", "replace")
    assert "The set {1, 2} & \\to {\\i1}\nx < y --> <b>z</b>" in text


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    make: Callable[..., tuple[Path, Planned]], small_disk: Path, tmp_path: Path
) -> None:
    make()

    with pytest.raises(StoreFailed, match="the disk is full"):
        mux(
            tmp_path / "stitched.mp4",
            output=small_disk / "a.mp4",
            rate=Fraction(30),
            frames=62,
            title="A" * 9000,
            language="en",
        )

    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize("language", ["xx-nowhere", "", "klingonish"])
def test_a_language_there_is_not_is_refused(language: str) -> None:
    with pytest.raises(UsageError, match="is not a language"):
        iso_639_2(language)
