"""What the doctor says of ffmpeg: whether this build of it has what chapters and packages are made with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.report.finding import Finding, State, ask, finding

ENCODERS = ("libx264",)
FILTERS = ("crop", "format", "pad", "scale", "select", "subtitles", "tile")
"""Beside the encoder, what every chapter is made and looked at with."""
SHRINKING = ("aresample", "extractplanes", "scale")
"""What a package is held to its chapter with."""
PACKAGES = {
    "hls": ("libx264", "aac", "hls", *SHRINKING),
    "webm": ("libvpx-vp9", "libopus", "webm", *SHRINKING),
    "gif": ("gif", "palettegen", "paletteuse", "setpts", "split"),
    "sprite": ("rawvideo", "select"),
    "youtube": ("libx264", "aac", *SHRINKING),
    "player": ("rawvideo", "select"),
}
"""Encoders, filters and formats of ffmpeg, by what `deliver:` asks for."""
ADVICE = "apt-get install ffmpeg, which Debian builds with all of them"


def check_ffmpeg(scratch: Path) -> Iterator[Finding]:
    """Both programs, and whether this build of ffmpeg has all that every chapter asks of it."""
    for program in ("ffmpeg", "ffprobe"):
        answer = ask(scratch, [program, "-version"])
        lacks = []
        if program == "ffmpeg" and not answer.trouble:
            there = _there(scratch, ("-encoders", "-filters"))
            lacks = [name for name in (*ENCODERS, *FILTERS) if name not in there]
        release = " ".join(" ".join(answer.lines[:1]).split()[2:3])
        found = f"{release}, without {', '.join(lacks)}" if lacks else release
        state = State.MISSING if answer.trouble or lacks else State.OK
        yield finding(program, state, answer.trouble or found, advice="apt-get install ffmpeg")


def check_deliver(scratch: Path) -> Finding:
    """Warns where some package cannot be made; a chapter without it can."""
    there = _there(scratch, ("-encoders", "-filters", "-muxers"))
    lacks = {
        package: missing
        for package, wanted in PACKAGES.items()
        if (missing := [name for name in wanted if name not in there])
    }
    if not lacks:
        return finding("deliver", State.OK, ", ".join(("mp4", *PACKAGES)), advice=ADVICE)
    names = dict.fromkeys(name for missing in lacks.values() for name in missing)
    found = f"no {', '.join(lacks)}: ffmpeg is without {', '.join(names)}"
    return finding("deliver", State.WARNING, found, advice=ADVICE)


def _there(scratch: Path, options: Iterable[str]) -> set[str]:
    """The second word of each line ffmpeg lists with these options: names of encoders and the like."""
    lines = (
        line.split()
        for option in options
        for line in ask(scratch, ["ffmpeg", "-hide_banner", option]).lines
    )
    return {words[1] for words in lines if len(words) > 1}
