"""That a package has everything a scene reads, where the scene will look for it, and no more."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.engine.timeline import Sound, Timeline
from pipeline.errors import UsageError
from pipeline.farm.chapter import Work
from pipeline.farm.pack import KNOWN, MOST_BYTES, TREE, Packed, pack
from pipeline.manifest.load import load_chapter
from pipeline.plan.scenes import Identity
from pipeline.store.local import Store
from pipeline.store.traces import FAMILIES

SCENE = "class A:\n    pass\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "manifests/small.yaml": "version: 1\nchapter: small\ntitle: Small\npreset: draft\n"
        'scenes:\n  - {id: a, scene: "scenes/a.py:A"}\n',
        "scenes/a.py": SCENE,
        "scenes/unread.py": "x = 1\n",
        "data/ignored.npz": "numbers",
        "data/other.npz": "other numbers",
        "styles/own.sty": "style",
        ".gitignore": "/data/\n",
        "custom_config.yml": "{}\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def packed(root: Path, files: dict[str, str], *more: Path, sounds: tuple[str, ...] = ()) -> Packed:
    import json

    chapter = load_chapter(root / "manifests/small.yaml")
    store = Store(root.parent / "store")
    work = Work(chapter, store, Identity(engine={}, fonts="", renderer=""))
    (scene,) = work.plan().scenes
    timeline = Timeline(
        scene="scenes/a.py:A",
        width=scene.job.width,
        height=scene.job.height,
        rate=Fraction(scene.job.rate),
        plays=(),
        runs=(("ab", 3),),
        cues=(),
        sounds=tuple(Sound(file=file, frame=0, gain=0.0) for file in sounds),
        files=files,
        warnings=(),
        seconds=0.1,
    )
    work.traces.publish(scene.job, json.dumps(timeline.to_json()))
    plan = work.plan()
    plan = replace(plan, scenes=(replace(scene, timeline=timeline),))
    return pack(chapter, work, plan, more, root.parent / "package")


def tree(of: Packed) -> set[str]:
    base = of.folder / TREE
    return {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}


def digests(root: Path, *names: str) -> dict[str, str]:
    from pipeline.engine.sources import read_digests

    return read_digests(root, names)


def test_package_has_what_is_read_also_what_git_ignores_and_nothing_else(root: Path) -> None:
    found = packed(root, digests(root, "scenes/a.py", "data/ignored.npz"))

    assert tree(found) == {
        "manifests/small.yaml",
        "manifests/presets.yaml",
        "scenes/a.py",
        "data/ignored.npz",
        "custom_config.yml",
    }
    assert found.manifest == f"{TREE}/manifests/small.yaml"
    assert dict(found.files)["data/ignored.npz"] == len("numbers")
    assert (found.folder / "pipeline" / "cli" / "job.py").is_file()
    assert not list(found.folder.rglob("__pycache__"))


def test_manifest_in_the_package_is_of_a_project_in_the_package(root: Path) -> None:
    found = packed(root, digests(root, "scenes/a.py"))

    chapter = load_chapter(found.folder / found.manifest)

    assert chapter.project == (found.folder / TREE).resolve()
    assert chapter.scenes == load_chapter(root / "manifests/small.yaml").scenes


def test_trace_goes_along_and_holds_over_there(root: Path) -> None:
    found = packed(root, digests(root, "scenes/a.py"))
    there = Store(root.parent / "there")
    chapter = load_chapter(found.folder / found.manifest)
    work = Work(chapter, there, Identity(engine={}, fonts="", renderer=""))
    assert work.plan().untraced

    assert (found.folder / KNOWN / FAMILIES).is_dir()
    work.traces.take_in(found.folder / KNOWN)

    assert not work.plan().untraced


def test_listed_folder_has_all_its_names(root: Path) -> None:
    found = packed(root, digests(root, "scenes/a.py", "data"))

    assert {"data/ignored.npz", "data/other.npz"} <= tree(found)
    assert digests(found.folder / TREE, "data") == digests(root, "data")


def test_what_no_trace_knows_is_named(root: Path) -> None:
    found = packed(root, digests(root, "scenes/a.py"), root / "styles")

    assert "styles/own.sty" in tree(found)
    with pytest.raises(UsageError, match="there is no such thing"):
        packed(root, {}, root / "nothing")


def test_file_outside_the_project_is_refused_with_a_way_out(root: Path) -> None:
    with pytest.raises(UsageError, match=r"a reads /usr/share/x\.wav.*outside") as refused:
        packed(root, digests(root, "scenes/a.py"), sounds=("/usr/share/x.wav",))
    assert "--shared" in str(refused.value)


def test_package_too_large_for_ray_is_refused_with_a_way_out(root: Path) -> None:
    with (root / "data/ignored.npz").open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(UsageError, match=r"512: the largest are data/ignored\.npz") as refused:
        packed(root, {"scenes/a.py": "", "data/ignored.npz": ""})
    assert "--shared" in str(refused.value)
