"""That the poster shows something, and a kept one is the one that would be drawn."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.media.pictures import Still, frame_at
from pipeline.media.poster import draw_poster
from pipeline.media.stitch import Chunk
from pipeline.store.local import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def blank_but_for(frame: int, count: int, path: Path) -> Path:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(count):
            picture = np.full((96, 160, 3), 20, np.uint8)
            if number == frame:
                picture[20:70:4, 20:140] = 240
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_the_poster_is_the_still_with_most_on_it(store: Store, tmp_path: Path) -> None:
    chunk = Chunk(path=blank_but_for(20, 48, tmp_path / "a.mp4"), frames=48)
    chunks = [chunk, chunk]
    best = Still(scene="intro", play=1, frame=48 + 20)

    image = frame_at(chunk.path, 20)
    output = tmp_path / "poster.jpg"

    assert draw_poster(chunks, best, image, store=store, output=output) == 68
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == (160, 96)
        assert np.asarray(poster).max() > 200


def test_a_poster_is_found_where_every_play_ends_on_nothing(store: Store, tmp_path: Path) -> None:
    chunks = [Chunk(path=blank_but_for(20, 48, tmp_path / "a.mp4"), frames=48)]
    best = Still(scene="intro", play=0, frame=47)

    image = frame_at(chunks[0].path, 47)

    assert draw_poster(chunks, best, image, store=store, output=tmp_path / "poster.jpg") == 20


def test_a_kept_poster_is_the_one_drawn_afresh(store: Store, tmp_path: Path) -> None:
    chunk = Chunk(path=blank_but_for(20, 48, tmp_path / "a.mp4"), frames=48)
    best, image = Still(scene="intro", play=0, frame=20), frame_at(chunk.path, 20)
    drawn = []
    for name in ("first", "kept", "repaired", "afresh"):
        if name == "repaired":
            next(store.root.glob("poster/*/*/poster.jpg")).write_bytes(b"nothing")
        output = tmp_path / f"{name}.jpg"
        draw_poster([chunk], best, image, store=store, output=output, afresh=name == "afresh")
        drawn.append(output.read_bytes())

    assert len(set(drawn)) == 1
