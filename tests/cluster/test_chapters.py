"""That a chapter comes off a real cluster of three machines with the bytes it has without one."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.plan.bakes import BAKES
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import Store

from .nodes import REPOSITORY, Node, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


def test_chapter_is_the_same_as_without_a_cluster(chapter, reference: Path) -> None:
    chapter.prepare("Moving", "Plain")
    chapter.marker("Moving").touch()
    chapter.marker("Plain").touch()

    ran = chapter.end(chapter.submit("--wait"))

    assert ran.err.startswith("package:"), "and nothing of Ray's"
    assert "INFO" not in ran.err
    assert len(chapter.drawn()) == sum(chapter.drawn().values()) >= 4
    chapter.require_survived()
    assert (chapter.root / "renders/small/tiny/small.mp4").exists()
    run = chapter.runs()[-1].id
    for verb in (["logs"], ["logs", "-f"]):
        assert "on its way" in chapter.command(*verb, run, "moving").out
    assert run in chapter.command("status").out
    assert "done" in chapter.command("status", run).out
    chapter.command("frames", run, "moving", "--at", "2s", "-o", "frame.png")
    assert (chapter.root / "frame.png").read_bytes().startswith(b"\x89PNG")
    chapter.command("fetch", run, "out")
    fetched = (chapter.root / "out/small.mp4").read_bytes()
    assert fetched == (chapter.root / "renders/small/tiny/small.mp4").read_bytes()
    assert chapter.command("status", run[:15], "--renders", "out").code == 0
    chapter.require_survived()


def test_shared_folder_needs_no_package_and_carries_what_was_asked_for(chapter) -> None:
    chapter.prepare("Moving", "Plain")
    chapter.marker("Plain").touch()
    chapter.store = Store(chapter.folder / "store")

    ran = chapter.end(chapter.submit("--shared", "--only", "plain"))

    assert "package:" not in ran.err
    assert {e["scene"] for e in chapter.said("segment-done")} == {"plain"}
    assert chapter.runs()[-1].plan()["request"]["only"] == ["plain"]
    chapter.require_survived()


def test_object_store_is_written_by_the_workers(chapter, bucket: str) -> None:
    chapter.prepare("Plain")
    chapter.marker("Plain").touch()

    chapter.end(chapter.submit("--wait", store=f"{bucket}/{chapter.folder.name}"))

    chapter.require_survived()
    local = chapter.root / "renders/small/tiny"
    assert (local / "small.mp4").exists()
    run = chapter.runs()[-1].id
    chapter.command("frames", run, "plain", "--at", "2s", "-o", "frame.png")
    assert (chapter.root / "frame.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("how", "made"), [((), 0), (("--shared",), 1)], ids=["packed", "shared"])
def test_bakes_and_transitions_are_made_where_no_store_is_shared(chapter, how, made) -> None:
    chapter.prepare("Baked", "Plain", more=BAKED)
    for name in ("Baked", "Plain"):
        chapter.marker(name).touch()
    local = chapter.folder / "local"
    chapter.command("render", "small.yaml", "--plain", "--store", str(local))
    shutil.rmtree(chapter.root / "renders/small")
    chapter.reference = Store(local)

    chapter.end(chapter.submit("--wait", *how))

    assert len(chapter.said("bake-done")) == made, "a bake made before goes along"
    assert len(chapter.said("transition-done")) == 2
    chapter.require_survived()
    for kind in (SEGMENTS, BAKES):
        made, known = (
            {e.digest for e in s.entries(kind)} for s in (chapter.store, chapter.reference)
        )
        assert made == known
    for worker in chapter.nodes.workers:
        store = Store(worker.folder / "farm" / "store")
        assert list(store.entries(SEGMENTS)) == [], "nothing stays that nobody asks for again"


def test_scenes_go_to_the_pool_they_ask_for_and_each_is_of_one_renderer(chapter) -> None:
    cpu, gpu = chapter.nodes.workers
    gpu.kill()
    # What draws there is another renderer, as a GPU would be
    gpu.start(
        chapter.nodes.head, "--labels", "pool=gpu", "--num-gpus", "1", GALLIUM_DRIVER="softpipe"
    )
    try:
        chapter.prepare("Moving", "Plain", asks={"Plain": "gpu: 1"})
        for name in ("Moving", "Plain"):
            chapter.marker(name).touch()
        chapter.end(chapter.submit())
    finally:
        gpu.kill()
        gpu.start(chapter.nodes.head)

    hosts = {e["worker"]: e["host"] for e in chapter.said("attempt-placed")}
    drawn = {(e["scene"], hosts[e["worker"]]) for e in chapter.said("segment-done")}
    assert drawn == {("moving", cpu.address), ("plain", gpu.address)}
    scenes = {scene["id"]: scene["segments"] for scene in chapter.runs()[-1].plan()["scenes"]}
    renderers = {
        scene: {chapter.store.key_fields(SEGMENTS, s["key"])["renderer"] for s in segments}
        for scene, segments in scenes.items()
    }
    (there,), (here,) = renderers["plain"], renderers["moving"]
    assert "softpipe" in there
    assert "softpipe" not in here
    # What the CPU pool drew is as ever; the reference has nothing of the other renderer
    moving = {segment["key"] for segment in scenes["moving"]}
    chapter.require_survived(moving)


def test_node_of_another_renderer_draws_nothing_of_a_scene(chapter) -> None:
    odd: Node = chapter.nodes.workers[1]
    odd.kill()
    odd.start(chapter.nodes.head, GALLIUM_DRIVER="softpipe")
    try:
        # While one node is kept waiting, the other has to be asked
        chapter.prepare("Patient", "Plain")
        chapter.marker("Plain").touch()
        running = chapter.submit()
        assert until(lambda: chapter.runs() and chapter.said("worker-refused"), 60), chapter.tell()
        Path(f"{chapter.marker('Patient')}.go").touch()
        chapter.end(running)
    finally:
        odd.kill()
        odd.start(chapter.nodes.head)

    (refused,) = chapter.said("worker-refused")
    assert "renderer: " in refused["reason"]
    assert refused["worker"] not in {e["worker"] for e in chapter.said("segment-done")}
    chapter.require_survived()


@pytest.mark.whole_chapter
@pytest.mark.timeout(1800)
def test_convolution_chapter_is_the_same_as_without_a_cluster(chapter) -> None:
    chapter.root = chapter.folder / "whole"
    chapter.root.mkdir()
    for name in ("scenes", "manifests", "pyproject.toml", "custom_config.yml"):
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, chapter.root / name)
    manifest = ("manifests/convolution.yaml", "--resolution", "426x240")
    local = chapter.folder / "local"
    chapter.command("render", *manifest, "--plain", "--store", str(local), seconds=900)
    whole = chapter.root / "renders/convolution"
    here = {path.name: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    shutil.rmtree(whole)
    chapter.reference = Store(local)

    chapter.end(chapter.submit("--wait", manifest=manifest), seconds=900)

    chapter.require_survived()
    there = {path.name: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    assert there.keys() == here.keys()
    different = {name for name in here if here[name] != there[name]}
    assert not different & {"convolution.mp4", "convolution.en.vtt", "chapters.vtt"}, different
    outputs = [json.loads(files["timeline.json"])["outputs"] for files in (here, there)]
    assert outputs[0] == outputs[1]


BAKED = """\
bakes:
  - {id: sides, bake: "making.py:sides"}
ends: {fade_out: 1s}
defaults: {transition: {crossfade: 8f}}
"""
