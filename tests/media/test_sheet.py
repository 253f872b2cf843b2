"""That the page shows the stills it was given, each in its place and under its own name."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.media.pictures import Still
from pipeline.media.sheet import contact_sheet


@pytest.fixture
def seen(draw_number: Callable[..., np.ndarray]) -> Callable[..., list[tuple[Still, Image.Image]]]:
    """Stills of these frames, with their number on them."""

    def make(*frames: int, scene: str = "intro") -> list[tuple[Still, Image.Image]]:
        return [
            (
                Still(scene=scene, play=play, frame=frame),
                Image.fromarray(draw_number(frame, (320, 192))),
            )
            for play, frame in enumerate(frames)
        ]

    return make


def test_every_still_is_where_its_turn_is(
    seen: Callable[..., list[tuple[Still, Image.Image]]],
    number_on: Callable[[np.ndarray], int],
    tmp_path: Path,
) -> None:
    frames = [5, 30, 31, 33, 60, 99]

    contact_sheet(seen(*frames), rate=Fraction(30), output=tmp_path / "sheet.jpg")

    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (3 * 328 + 8, 2 * (192 + 20 + 8) + 8)
        cells = [
            np.asarray(sheet.crop((8 + 328 * x, 8 + 220 * y, 328 + 328 * x, 200 + 220 * y)))
            for y in range(2)
            for x in range(3)
        ]
    assert [number_on(cell) for cell in cells] == frames
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.jpg"]


def test_hundreds_of_plays_make_a_page_that_can_be_opened(
    seen: Callable[..., list[tuple[Still, Image.Image]]],
    number_on: Callable[[np.ndarray], int],
    tmp_path: Path,
) -> None:
    stills = seen(*range(300), scene="a_scene_with_a_long_name")

    contact_sheet(stills, rate=Fraction(30), output=tmp_path / "sheet.jpg")

    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (16 * (231 + 8) + 8, 19 * (139 + 20 + 8) + 8)
        left, top = 8 + 11 * 239, 8 + 18 * 167
        last = sheet.crop((left, top, left + 231, top + 139))
        assert number_on(np.asarray(last)) == 299


def test_the_richest_still_is_told(
    seen: Callable[..., list[tuple[Still, Image.Image]]], tmp_path: Path
) -> None:
    blank = Image.new("RGB", (320, 192), (9, 9, 9))
    stills = [(still, blank) for still, _ in seen(3, 4)]
    (rich,) = seen(7)

    found = contact_sheet([*stills, rich, *stills], rate=Fraction(30), output=tmp_path / "s.jpg")

    assert found == rich
