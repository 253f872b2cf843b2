"""That caption files say what they should to any reader, and are refused where they do not."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.timeline import CueMark
from pipeline.errors import ManifestError
from pipeline.media.captions import Caption
from pipeline.media.subtitles import read_cues, srt_text, vtt_text, vtt_time

RATE = Fraction(30000, 1001)
CAPTIONS = (
    Caption(start_frame=0, stop_frame=45, lines=("If x < y & y < z,",)),
    Caption(start_frame=47, stop_frame=107892, lines=("then {1, 2} --> <b>3</b>", "\\to {\\i1} ∞")),
)

VTT = """\
WEBVTT

1
00:00:00.000 --> 00:00:01.502
If x &lt; y &amp; y &lt; z,

2
00:00:01.568 --> 00:59:59.996
then {1, 2} --&gt; &lt;b&gt;3&lt;/b&gt;
\\to {\\i1} ∞
"""

SRT = """\
1
00:00:00,000 --> 00:00:01,502
If x < y & y < z,

2
00:00:01,568 --> 00:59:59,996
then {1, 2} --\u2060> <\u2060b>3<\u2060/b>
\\to {\u2060\\i1} ∞
"""


def test_webvtt_is_written_whole() -> None:
    assert vtt_text(CAPTIONS, RATE) == VTT


def test_srt_is_written_whole() -> None:
    assert srt_text(CAPTIONS, RATE) == SRT


def test_no_captions_are_a_valid_file() -> None:
    assert vtt_text([], RATE) == "WEBVTT\n"


@pytest.mark.parametrize("suffix", [".vtt", ".srt"])
def test_what_was_written_is_read_back_to_the_frame(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"intro{suffix}"
    path.write_text((vtt_text if suffix == ".vtt" else srt_text)(CAPTIONS, RATE), encoding="utf-8")

    assert read_cues(path, rate=RATE) == tuple(
        CueMark(
            id=f"intro{suffix}:{number}",
            text="\n".join(caption.lines),
            start=caption.start_frame,
            stop=caption.stop_frame,
        )
        for number, caption in enumerate(CAPTIONS, start=1)
    )


@given(
    frame=st.integers(0, 10**6),
    rate=st.sampled_from([Fraction(24), Fraction(60), Fraction(30000, 1001), Fraction(240)]),
)
def test_milliseconds_lead_back_to_their_frame(frame: int, rate: Fraction) -> None:
    hours, minutes, rest = vtt_time(frame, rate).split(":")
    ms = (int(hours) * 60 + int(minutes)) * 60_000 + int(rest.replace(".", ""))

    assert round(ms * rate / 1000) == frame


def test_what_others_write_is_read(tmp_path: Path) -> None:
    vtt = tmp_path / "a.vtt"
    vtt.write_bytes(
        b"\xef\xbb\xbfWEBVTT - made elsewhere\r\n\r\nNOTE a comment\r\n\r\nintro\r\n"
        b"00:01.000 --> 00:02.500 align:left\r\n<v Ann>Hello &lt;world&gt;, <i>there</i>\r\n"
    )
    srt = tmp_path / "a.srt"
    srt.write_text("1\n00:00:01,000 --> 00:00:02,500\n{\\an8}<i>Hello</i> x < y\n", "utf-8")

    assert [cue.text for cue in read_cues(vtt, rate=Fraction(30))] == ["Hello <world>, there"]
    (cue,) = read_cues(srt, rate=Fraction(30))
    assert (cue.text, cue.start, cue.stop) == ("Hello x < y", 30, 75)


BAD = {
    "not UTF-8": ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\xe9\n", ":4: is not UTF-8"),
    "empty": ("a.vtt", b"", ": has no cues in it"),
    "without cues": ("a.vtt", b"WEBVTT\n", ": has no cues in it"),
    "not WebVTT": ("a.vtt", b"Hello\n", ":1: does not have WEBVTT as its first word"),
    "not SRT": ("a.srt", b"Hello\nyou\nthere\n", ":1: does not have a number on its first line"),
    "a broken time": ("a.vtt", b"WEBVTT\n\n00:01 --> 00:02.000\nHello\n", ": Invalid cue block"),
    "a broken time in SRT": (
        "a.srt",
        b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03 --> 00:00:04,000\nthere\n",
        ": 2 lines hold --> and only 1 could be read as cues",
    ),
    "backwards": (
        "a.vtt",
        b"WEBVTT\n\n00:02.000 --> 00:01.000\nHello\n",
        ":3: ends before it starts",
    ),
    "overlapping": (
        "a.srt",
        b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:01,500 --> 00:00:04,000\nthere\n",
        ":6: starts 500 ms before the cue above it ends",
    ),
    "wordless": ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>\n", ":3: has no text"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_by_line(case: str, tmp_path: Path) -> None:
    name, content, message = BAD[case]
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(ManifestError) as caught:
        read_cues(path, rate=Fraction(30))

    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}{message}")


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(
        "WEBVTT\n\n00:02.000 --> 00:01.000\nHello\n\n00:00.500 --> 00:03.000\n<b></b>\n", "utf-8"
    )

    with pytest.raises(ManifestError) as caught:
        read_cues(path, rate=Fraction(30))

    assert [problem.removeprefix(f"{path}:") for problem in caught.value.problems] == [
        "3: ends before it starts",
        "6: starts 500 ms before the cue above it ends",
        "6: has no text",
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="No such file"):
        read_cues(tmp_path / "none.vtt", rate=Fraction(30))
