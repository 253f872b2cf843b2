"""
Still pictures of a chapter: one frame exactly, a poster, and a sheet with the end of every play.

Drawing the sheet decodes every frame of the chapter by ffmpeg, which is not the program that encoded
them, so it also proves that all of them can be shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.errors import UsageError
from pipeline.media.ffmpeg import run_ffmpeg
from pipeline.media.probe import open_media, packets
from pipeline.media.publish import beside

SHEET_WIDTH = 3840
"""Pixels, at most."""
CELL_WIDTHS = (160, 320)
"""Pixels of one picture, at least and at most."""
MOST_CELLS = 2400
"""More plays than these are thinned out: 24 columns by 100 rows."""
SHEET_SHAPE = 4 / 3
MARGIN = 8
LABEL_HEIGHT = 20
LABEL_SIZE = 12
PAPER = (44, 47, 54)
INK = (222, 225, 230)
FAINT_INK = (168, 174, 184)
JPEG: dict[str, Any] = {"quality": 88, "subsampling": 0, "optimize": True}
"""Full colour resolution: thin coloured lines are what these pictures are made of."""
BLANK_DETAIL = 0.25
"""Mean step from pixel to pixel, of 255, under which a picture has nothing on it."""
POSTER_CANDIDATES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A frame worth showing."""

    scene: str
    play: int
    """Index of the play in its scene."""
    frame: int
    """Counted from the start of the chapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was seen on the way through a chapter."""

    decoded: int
    """Frames."""
    richest: Still
    """The picture with the most on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    columns: int
    rows: int
    width: int
    """Of a picture."""
    height: int
    """Of a picture; its label comes below."""

    def corner(self, index: int) -> tuple[int, int]:
        row, column = divmod(index, self.columns)
        return (
            MARGIN + column * (self.width + MARGIN),
            MARGIN + row * (self.height + LABEL_HEIGHT + MARGIN),
        )


def contact_sheet(
    video: Path, stills: Sequence[Still], *, rate: Fraction, output: Path, log_path: Path
) -> Looked:
    """Draws the stills, in the order they are given, each with its scene, play and time."""
    with open_media(video) as container:
        context = container.streams.video[0].codec_context
        shape = context.height / context.width
    stills = _thinned(sorted({still.frame: still for still in stills}.values(), key=_frame))
    grid = _grid(len(stills), shape)
    tiles, counted = output.with_suffix(".tiles.png"), output.with_suffix(".framecrc")
    try:
        run_ffmpeg(
            sheet_arguments(video, stills, grid, counted=counted, tiles=tiles),
            output=tiles,
            log_path=log_path,
        )
        rows = counted.read_text(encoding="utf-8").splitlines()
        with Image.open(tiles) as image:
            sheet = image.convert("RGB")
    finally:
        tiles.unlink(missing_ok=True)
        counted.unlink(missing_ok=True)
    details = [_detail(_cell(sheet, grid, index)) for index in range(len(stills))]
    _write_labels(sheet, stills, grid, rate)
    with beside(output) as part:
        sheet.save(part, **JPEG)
    return Looked(
        decoded=sum(not row.startswith("#") for row in rows),
        richest=stills[int(np.argmax(details))],
    )


def sheet_arguments(
    video: Path, stills: Sequence[Still], grid: _Grid, *, counted: Path, tiles: Path
) -> list[str]:
    """What ffmpeg is asked: a line for each frame it decodes, and the stills on one page."""
    # Without it, -xerror let 5 of 40 damaged videos pass: the decoder's threads tell it too late
    pictures = ffmpeg.input(str(video), err_detect="explode").video.split()
    wanted = _any_of([f"eq(n,{still.frame})" for still in stills])
    paper = "0x{:02x}{:02x}{:02x}".format(*PAPER)
    page = (
        pictures[1]
        .filter("select", wanted)
        .filter("scale", grid.width, grid.height, flags="area+accurate_rnd")
        .filter("format", "rgb24")
        .filter("pad", grid.width, grid.height + LABEL_HEIGHT, 0, 0, paper)
        .filter(
            "tile",
            layout=f"{grid.columns}x{grid.rows}",
            margin=MARGIN,
            padding=MARGIN,
            color=paper,
        )
    )
    arguments: list[str] = ffmpeg.merge_outputs(
        ffmpeg.output(pictures[0], str(counted), format="framecrc"),
        ffmpeg.output(page, str(tiles), vframes=1),
    ).get_args()
    return arguments


def _any_of(conditions: Sequence[str]) -> str:
    """Their sum, in pairs of pairs: ffmpeg gives up on an expression nested a hundred deep."""
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    return f"({_any_of(conditions[:half])}+{_any_of(conditions[half:])})"


def draw_poster(video: Path, best: Still, *, frames: int, output: Path) -> int:
    """
    Draws the richest still, or where that is blank the richest of frames from all over the video.

    Returns:
        The frame it shows.
    """
    frame, picture = best.frame, frame_at(video, best.frame)
    if _detail(picture) < BLANK_DETAIL:
        spread = range(0, frames, math.ceil(frames / POSTER_CANDIDATES))
        frame, picture = max(
            ((frame, frame_at(video, frame)) for frame in spread), key=lambda one: _detail(one[1])
        )
    with beside(output) as part:
        picture.save(part, **JPEG)
    return frame


def frame_png(path: Path, frame: int, output: Path) -> None:
    """
    Writes one frame, counted from 0, as it is decoded.

    Raises:
        UsageError: there is no such frame.
    """
    picture = frame_at(path, frame)
    with beside(output) as part:
        picture.save(part)


def frame_at(path: Path, frame: int) -> Image.Image:
    """One frame as RGB."""
    with open_media(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        step = 1 / stream.average_rate / stream.time_base
        if frame >= 0:
            container.seek(int(frame * step), stream=stream, backward=True)
            for picture in container.decode(stream):
                if picture.pts == frame * step:
                    image: Image.Image = picture.to_image()
                    return image
    with open_media(path) as container:
        count = sum(1 for _ in packets(container, container.streams.video[0]))
    raise UsageError(f"{path} has frames 0 to {count - 1}: there is no frame {frame}")


def _frame(still: Still) -> int:
    return still.frame


def _thinned(stills: Sequence[Still]) -> list[Still]:
    kept = min(len(stills), MOST_CELLS)
    return [stills[index * len(stills) // kept] for index in range(kept)]


def _grid(count: int, shape: float) -> _Grid:
    """A page of much the shape of a screen, of pictures as large as fit on it."""
    least, most = CELL_WIDTHS
    across = math.ceil(math.sqrt(count * shape * SHEET_SHAPE))
    columns = max(1, min(across, count, (SHEET_WIDTH - MARGIN) // (least + MARGIN)))
    width = min(most, (SHEET_WIDTH - MARGIN) // columns - MARGIN)
    return _Grid(
        columns=columns,
        rows=math.ceil(count / columns),
        width=width,
        height=max(1, round(width * shape)),
    )


def _cell(sheet: Image.Image, grid: _Grid, index: int) -> Image.Image:
    left, top = grid.corner(index)
    return sheet.crop((left, top, left + grid.width, top + grid.height))


def _detail(picture: Image.Image) -> float:
    """How much there is to see: the mean step from one pixel to the next."""
    small = picture.convert("L")
    small.thumbnail((CELL_WIDTHS[1], CELL_WIDTHS[1]))
    grey = np.asarray(small, dtype=np.float32)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def _write_labels(sheet: Image.Image, stills: Sequence[Still], grid: _Grid, rate: Fraction) -> None:
    draw = ImageDraw.Draw(sheet)
    font = _font()
    for index, still in enumerate(stills):
        left, top = grid.corner(index)
        middle = top + grid.height + LABEL_HEIGHT // 2
        time = _clock(still.frame / rate)
        room = grid.width - draw.textlength(f"  {still.play}  {time}", font)
        name = still.scene
        while draw.textlength(name, font) > room and len(name) > 1:
            name = f"{name.rstrip('…')[:-1]}…"
        draw.text((left, middle), f"{name} {still.play}", INK, font, anchor="lm")
        draw.text((left + grid.width, middle), time, FAINT_INK, font, anchor="rm")


def _clock(seconds: Fraction) -> str:
    tenths = int(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _font() -> Any:
    """DejaVu Sans, which comes with matplotlib and by that with every worker alike."""
    spec = find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.exists():
            return ImageFont.truetype(str(path), LABEL_SIZE)
    return ImageFont.load_default(LABEL_SIZE)
