"""That a frame converted row by row is the frame converted whole, to the last byte."""

from dataclasses import replace

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from pipeline.engine.convert import SCALING, WINDOW_ROWS, Converter, Rows, look_tables, with_edges
from pipeline.engine.job import Encoding

PLAIN = Encoding(lossless=False, crf=21, preset="veryfast", saturation=1.0, gamma=1.0)
SIZES = [(854, 480), (320, 180), (130, 98), (64, 96), (16, 20)]


def whole(pixels: np.ndarray, encoding: Encoding) -> np.ndarray:
    """swscale's own, of the whole picture in one go."""
    frame = av.VideoFrame.from_ndarray(pixels, format="rgba")
    if encoding.lossless:
        return pixels[..., 2::-1]
    frame = frame.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=SCALING,
        threads=1,
    )
    planes = frame.to_ndarray()
    if tables := look_tables(encoding):
        luma, chroma = (np.frombuffer(table, np.uint8) for table in tables)
        height = len(pixels)
        return np.concatenate([luma[planes[:height]], chroma[planes[height:]]])
    return planes


@pytest.mark.parametrize(
    "encoding",
    [PLAIN, replace(PLAIN, saturation=1.4, gamma=0.8), replace(PLAIN, lossless=True)],
    ids=["plain", "with a look", "lossless"],
)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_after_any_changes(size: tuple[int, int], encoding: Encoding) -> None:
    width, height = size
    rng = np.random.default_rng(width)
    picture = rng.integers(0, 256, (height, width, 4), np.uint8)
    converter = Converter(width, height, encoding)
    converter.change([Rows(picture.copy(), 0, 0, height)])
    for _ in range(30):
        changes = []
        start = int(rng.integers(0, height))
        while start < height:
            stop = min(height, start + int(rng.integers(1, height)))
            picture[start:stop] = rng.integers(0, 256, (stop - start, width, 4), np.uint8)
            changes.append((start, stop))
            start = stop + WINDOW_ROWS + int(rng.integers(0, height))
        bands = [with_edges(start, stop, height) for start, stop in changes]
        converter.change(
            [
                Rows(picture[low:high].copy(), low, start, stop)
                for (low, high), (start, stop) in zip(bands, changes, strict=True)
            ]
        )
        assert np.array_equal(converter.frame.to_ndarray(), whole(picture, encoding))


def test_rows_are_released_once_converted() -> None:
    released = []
    picture = np.zeros((180, 320, 4), np.uint8)
    converter = Converter(320, 180, PLAIN)
    converter.change([Rows(picture, 0, 0, 180, lambda: released.append("whole"))])
    low, high = with_edges(40, 50, 180)
    converter.change([Rows(picture[low:high], low, 40, 50, lambda: released.append("part"))])
    assert released == ["whole", "part"]
