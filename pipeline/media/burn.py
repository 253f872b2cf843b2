"""
A chapter once more with captions in its pictures, for where players show none.

Drawn by ffmpeg's libass, the sound copied. Every frame is encoded again, so this is made only where
the manifest asks for it, and is a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import ffmpeg

from pipeline.errors import EnvironmentMissing, VerificationFailed
from pipeline.media.captions import Caption
from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.fonts import ADVICE, require_fonts
from pipeline.media.probe import probe
from pipeline.media.publish import write_text

LINES = 288
"""What the sizes below are parts of, whatever the picture's height."""
HEADER = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {columns}
PlayResY: {lines}
WrapStyle: 2
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Lato,17,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,\
0,0,0,0,100,100,0,0,1,1.2,0,2,12,12,14,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""The last -1 has libass find a line's direction from its letters."""
WORD_JOINER = "\u2060"
THREADS = 4
"""Pinned: with another number the bytes differ."""
CRF = 18
NO_GLYPH = re.compile(r"failed to find any fallback with glyph (0x[0-9A-Fa-f]+)")


def burned_name(chapter: str, language: str) -> str:
    return f"{chapter}.{language}.burned.mp4"


def burn_in(
    video: Path,
    captions: Sequence[Caption],
    *,
    rate: Fraction,
    frames: int,
    language: str,
    output: Path,
    log_path: Path,
) -> None:
    """
    Raises:
        EnvironmentMissing: no font here has a character of the captions.
        VerificationFailed: frames were lost on the way.
        ToolFailed: ffmpeg failed.
    """
    lines = (line for caption in captions for line in caption.lines)
    require_fonts(lines, language=language, log_path=log_path)
    listed = output.with_suffix(".ass")
    clip = probe(video)
    write_text(listed, ass_text(captions, rate, columns=round(LINES * clip.width / clip.height)))
    drawn = ffmpeg.input(str(video)).video.filter("subtitles", filename=str(listed))
    arguments = ffmpeg.output(
        drawn,
        str(output),
        **{
            "c:v": "libx264",
            "preset": "veryfast",
            "crf": CRF,
            "threads": THREADS,
            "pix_fmt": "yuv420p",
            "colorspace": "bt709",
            "color_primaries": "bt709",
            "color_trc": "bt709",
            "color_range": "tv",
            "video_track_timescale": rate.numerator,
            "movflags": "+faststart",
            "fflags": "+bitexact",
        },
    ).get_args()
    before = log_path.stat().st_size if log_path.is_file() else 0
    sound = ["-map", "0:a?", "-c:a", "copy", "-map_chapters", "0"]
    try:
        run_ffmpeg([*arguments[:-1], *sound, str(output)], output=output, log_path=log_path)
    finally:
        listed.unlink()
    _require_glyphs(log_path, before)
    found = probe(output).frames
    if found != frames:
        raise VerificationFailed(path=output, what="frames", expected=frames, found=found)


def ass_text(captions: Sequence[Caption], rate: Fraction, *, columns: int) -> str:
    """
    Captions as libass takes them, where every character stands for itself.

    Its times are hundredths of a second: rounded down, each still falls before its own frame and
    after the one before, up to a hundred frames a second.
    """
    head = HEADER.format(columns=columns, lines=LINES)
    return head + "".join(
        f"Dialogue: 0,{_clock(caption.start_frame / rate)},{_clock(caption.stop_frame / rate)},"
        "Default,,0,0,0,," + "\\N".join(map(_escaped, caption.lines)) + "\n"
        for caption in captions
    )


def _clock(seconds: Fraction) -> str:
    minutes, hundredths = divmod(int(100 * seconds), 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{hundredths // 100:02d}.{hundredths % 100:02d}"


def _escaped(line: str) -> str:
    # There is no way to write a backslash but to keep it from what follows
    return line.replace("\\", f"\\{WORD_JOINER}").replace("{", "\\{").replace("}", "\\}")


def _require_glyphs(log_path: Path, before: int) -> None:
    with log_path.open("rb") as file:
        file.seek(before)
        said = file.read().decode("utf-8", errors="replace")
    if missing := NO_GLYPH.search(said):
        raise EnvironmentMissing(
            what=f"no font here has {chr(int(missing[1], 16))!r}, which captions to burn in need",
            advice=ADVICE,
        )
