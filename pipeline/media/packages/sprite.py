"""
`sprite`: small stills of the whole chapter on a few sheets, and thumbnails.vtt, which says when each
is shown: what players draw over their scrub bar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import webvtt
from numpy.typing import NDArray
from PIL import Image

from pipeline.media.packages.encodes import BARE, EXACTLY, Encodes
from pipeline.media.packages.source import Source
from pipeline.media.pictures import JPEG
from pipeline.media.publish import beside, write_text
from pipeline.media.record import Check
from pipeline.media.subtitles import vtt_time

THUMB_WIDTH = 160
"""Pixels."""
COLUMNS, ROWS = 10, 10
STEPS = (1, 2, 5, 10)
"""Seconds from one still to the next: the first with which all fit on one sheet, or else the last."""
THUMBNAILS = "thumbnails.vtt"
PLACE = re.compile(r"^(sprite-\d+\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """One still: for which frames it stands, and where it is."""

    start: int
    stop: int
    sheet: str
    left: int
    top: int
    width: int
    height: int

    @property
    def place(self) -> str:
        """As a media fragment: https://www.w3.org/TR/media-frags/#naming-space."""
        return f"{self.sheet}#xywh={self.left},{self.top},{self.width},{self.height}"


def thumbs_of(source: Source) -> list[Thumb]:
    """Every still of a chapter, in order."""
    step = _step_frames(source)
    width, height = _size(source)
    thumbs = []
    for number, start in enumerate(range(0, source.frames, step)):
        sheet, place = divmod(number, COLUMNS * ROWS)
        row, column = divmod(place, COLUMNS)
        thumbs.append(
            Thumb(
                start=start,
                stop=min(start + step, source.frames),
                sheet=f"sprite-{sheet + 1}.jpg",
                left=column * width,
                top=row * height,
                width=width,
                height=height,
            )
        )
    return thumbs


def make_sprite(source: Source, encodes: Encodes, folder: Path) -> list[Path]:
    """The sheets, and thumbnails.vtt."""
    thumbs = thumbs_of(source)
    stills = _stills(source, encodes)
    outputs = []
    for name in dict.fromkeys(thumb.sheet for thumb in thumbs):
        on_it = [
            (thumb, still)
            for thumb, still in zip(thumbs, stills, strict=True)
            if thumb.sheet == name
        ]
        right = max(thumb.left + thumb.width for thumb, _ in on_it)
        bottom = max(thumb.top + thumb.height for thumb, _ in on_it)
        sheet = np.zeros((bottom, right, 3), np.uint8)
        for thumb, still in on_it:
            sheet[thumb.top : thumb.top + thumb.height, thumb.left : thumb.left + thumb.width] = (
                still
            )
        with beside(folder / name) as part:
            Image.fromarray(sheet).save(part, **JPEG)
        outputs.append(folder / name)
    write_text(folder / THUMBNAILS, thumbnails_vtt(thumbs, source.rate))
    return [*outputs, folder / THUMBNAILS]


def thumbnails_vtt(thumbs: list[Thumb], rate: Fraction) -> str:
    """WebVTT of kind `metadata`: the cue's text is where its still is."""
    cues = (
        f"{vtt_time(thumb.start, rate)} --> {vtt_time(thumb.stop, rate)}\n{thumb.place}\n"
        for thumb in thumbs
    )
    return "\n".join(["WEBVTT\n", *cues])


def sprite_checks(source: Source, encodes: Encodes, folder: Path) -> list[Check]:
    """Reads thumbnails.vtt as a player does, and looks up each still it names."""
    stills, strays, apart = _stills(source, encodes), [], []
    cues = list(webvtt.read(str(folder / THUMBNAILS)))
    sheets: dict[str, NDArray[np.uint8]] = {}
    end = 0
    for number, cue in enumerate(cues[: len(stills)]):
        found = PLACE.match(cue.text)
        if found is None or not (folder / found[1]).is_file():
            strays.append(cue.text)
            continue
        if cue.start_time.in_milliseconds() != end:
            strays.append(f"{cue.start}, not {end} ms")
        end = cue.end_time.in_milliseconds()
        if found[1] not in sheets:
            with Image.open(folder / found[1]) as image:
                sheets[found[1]] = np.asarray(image.convert("RGB"))
        left, top, width, height = map(int, found.groups()[1:])
        still = sheets[found[1]][top : top + height, left : left + width]
        if still.shape != stills[number].shape:
            strays.append(cue.text)
        else:
            apart.append(float(np.abs(still.astype(np.int16) - stills[number]).mean()))
    return [
        Check.of("stills", len(stills), len(cues)),
        Check.of("stills that are not where they should be", [], strays),
        Check.of("length", vtt_time(source.frames, source.rate), cues[-1].end if cues else ""),
        Check(
            name="stills as in the chapter",
            ok=max(apart, default=255) < 8,
            expected="no further apart than 8 of 255",
            found=f"{max(apart, default=255):.1f}",
        ),
    ]


def _stills(source: Source, encodes: Encodes) -> NDArray[np.uint8]:
    """All stills, before they are written as JPEG."""
    width, height = _size(source)
    arguments = [
        *("-map", "0:v:0", "-an", *BARE),
        "-vf",
        f"select='not(mod(n,{_step_frames(source)}))',"
        f"scale={width}:{height}:flags=area+accurate_rnd+bitexact,format=rgb24",
        *("-fps_mode", "passthrough", *EXACTLY, "-c:v", "rawvideo", "-f", "rawvideo"),
    ]
    path = encodes.encode("stills.rgb", source, arguments, of={"pictures": source.pictures})
    return np.fromfile(path, np.uint8).reshape(-1, height, width, 3)


def _step_frames(source: Source) -> int:
    fitting = (step for step in STEPS if source.seconds / step <= COLUMNS * ROWS)
    return max(1, round(next(fitting, STEPS[-1]) * source.rate))


def _size(source: Source) -> tuple[int, int]:
    return THUMB_WIDTH, 2 * round(THUMB_WIDTH * source.height / source.width / 2)
