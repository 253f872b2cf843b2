"""
That the engine draws what manimgl draws: every pixel of every frame, however a scene is cut.

Each scene is drawn twice: in one go by manimgl itself, and by the engine in short pieces that
start and stop in the middle of plays, dealt to several processes, so that each has to find its way
to its pieces without drawing what lies before them.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

PIECE_FRAMES = 7
CHILDREN = 2

FILES = ("updaters", "transforms", "solids", "pictures", "shading", "states")
SCENES = [
    f"{file}.py:{node.name}"
    for file in FILES
    for node in ast.parse((Path(__file__).parent / f"scenes/{file}.py").read_text()).body
    if isinstance(node, ast.ClassDef) and "construct" in {getattr(n, "name", "") for n in node.body}
]


def pieces_of(frames: int) -> list[tuple[int, int]]:
    return [(at, min(at + PIECE_FRAMES, frames)) for at in range(0, frames, PIECE_FRAMES)]


def drawn_in_pieces(bench, name, tmp_path, pictures_in):
    scene = bench.scene(name)
    timeline = bench.traced(name)
    pieces = pieces_of(timeline.frames)
    paths: dict[int, Path] = {}
    for child in range(min(CHILDREN, len(pieces))):
        mine = pieces[child::CHILDREN]
        drawn = bench.draw(scene, timeline, mine, folder=tmp_path)
        paths |= dict(zip(range(child, len(pieces), CHILDREN), drawn, strict=True))
    return timeline, np.concatenate([pictures_in(path) for _, path in sorted(paths.items())])


def first_unlike(one, other):
    """The first frame in which two films differ, and by how much; None when none does."""
    if one.shape != other.shape:
        return f"{one.shape} and {other.shape}"
    for index, (left, right) in enumerate(zip(one, other, strict=True)):
        if not np.array_equal(left, right):
            apart = np.abs(left.astype(int) - right)
            return f"frame {index}: {np.count_nonzero(apart.any(axis=2))} pixels, by {apart.max()}"
    return None


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_drawn_in_pieces_is_the_scene_drawn_by_manimgl(
    name: str, bench, drawn_by_stock: Callable, pictures_in: Callable, tmp_path: Path
) -> None:
    stock = drawn_by_stock(name)
    timeline, ours = drawn_in_pieces(bench, name, tmp_path, pictures_in)
    assert first_unlike(ours, stock) is None
    assert len(stock) > PIECE_FRAMES
    assert timeline.frames == len(stock)
    assert len(np.unique(stock.reshape(-1, 3), axis=0)) > 1, "a scene that shows nothing"


@pytest.mark.parametrize("name", ["solids.py:Saddle", "states.py:Behind"])
def test_so_it_is_in_a_size_that_people_watch(
    name: str,
    project: Path,
    open_bench: Callable,
    drawn_by_stock: Callable,
    pictures_in: Callable,
    tmp_path: Path,
) -> None:
    size = (854, 480)
    _, ours = drawn_in_pieces(open_bench(project, size), name, tmp_path, pictures_in)
    assert first_unlike(ours, drawn_by_stock(name, size)) is None


@pytest.mark.parametrize("name", ["chances.py:Noise", "chances.py:Unseeded"])
def test_what_manimgl_leaves_to_chance_comes_out_the_same_every_time(
    name: str, project: Path, bench, open_bench: Callable, pictures_in: Callable, tmp_path: Path
) -> None:
    (tmp_path / "pieces").mkdir()
    timeline, once = drawn_in_pieces(bench, name, tmp_path / "pieces", pictures_in)
    # In one go, in another engine that has loaded beforehand what the scene asks for late
    other = open_bench(project, preload=("torch",))
    (whole,) = other.draw(other.scene(name), timeline, [(0, timeline.frames)], folder=tmp_path)
    assert first_unlike(pictures_in(whole), once) is None


@pytest.mark.parametrize("threads", ["1", "3"])
def test_it_is_all_the_same_how_many_threads_draw(
    threads: str, project: Path, bench, open_bench: Callable
) -> None:
    name = "solids.py:Saddle"
    timeline = bench.traced(name)
    other = open_bench(project, environment={"LP_NUM_THREADS": threads})
    assert bench.video(name, timeline) == other.video(name, timeline)


def test_torch_is_seeded_as_the_scene_asks(bench) -> None:
    scenes = (bench.scene("chances.py:Noise", random_seed=seed) for seed in (0, 1, 1))
    one, other, again = (bench.trace(scene).runs for scene in scenes)
    assert one != other == again


def test_pieces_may_meet_in_a_held_picture(bench, pictures_in: Callable, tmp_path: Path) -> None:
    scene = bench.scene("states.py:Layers")
    timeline = bench.trace(scene)
    assert timeline.runs[0][1] > 1
    paths = bench.draw(scene, timeline, [(0, 1), (1, timeline.frames)], folder=tmp_path)
    (whole,) = bench.draw(scene, timeline, [(0, timeline.frames)], folder=tmp_path)
    ours = np.concatenate([pictures_in(path) for path in paths])
    assert first_unlike(ours, pictures_in(whole)) is None


def test_samples_asked_for_in_the_manifest_are_those_of_the_scene(
    bench, drawn_by_stock: Callable, pictures_in: Callable, tmp_path: Path
) -> None:
    plain, smooth = "solids.py:Crossing", "solids.py:Finer"
    scene = bench.scene(plain, samples=4)
    (path,) = bench.draw(scene, bench.trace(scene), [(0, 7)], folder=tmp_path)
    assert first_unlike(pictures_in(path), drawn_by_stock(smooth)[:7]) is None
    assert first_unlike(pictures_in(path), drawn_by_stock(plain)[:7]) is not None


def test_a_held_picture_is_drawn_once(bench, pictures_in: Callable, tmp_path: Path) -> None:
    name = "states.py:Layers"
    scene = bench.scene(name)
    timeline = bench.trace(scene)
    heard = []
    bench.draw(scene, timeline, [(0, timeline.frames)], folder=tmp_path, on_event=heard.append)
    (cut,) = (event for event in heard if event["event"] == "cut")
    assert cut["drawn"] == timeline.unique_frames < timeline.frames
    assert len(pictures_in(Path(cut["output"]))) == timeline.frames
