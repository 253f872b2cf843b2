"""That a manifest, whoever wrote it, is read or refused: soon, in little, and running nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ManifestError, UsageError
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter

LONGEST_REPORT = 32_000
"""Characters; what a person would scroll through."""
MOST_KIBIBYTES = 100 << 10
"""More memory than before, at any time while a manifest is read."""
SCENES = 'from pathlib import Path\n\nPath("ran").touch()\n\n\nclass A:\n    pass\n'
# Nine names of nine names …: 3,486,784,401 words when written out
BOMB = 'a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]\n' + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def manifest(scene: str = "a.py:A", scene_keys: str = "", title: str = "T", rest: str = "") -> str:
    return (
        f"version: 1\nchapter: c\ntitle: {title}\npreset: tiny\n"
        "presets: {tiny: {width: 320, height: 180, rate: 15}}\n"
        f"scenes:\n  - {{id: a, scene: {scene}{scene_keys}}}\n{rest}"
    )


def kibibytes(name: str) -> int:
    """VmRSS: resident now. VmHWM: at most since it was last reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a scene, and with things that are none."""
    root = tmp_path / "project"
    (root / "manifests").mkdir(parents=True)
    (root / "a.py").write_text(SCENES)
    (tmp_path / "outside.py").write_text(SCENES)
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "out").symlink_to(tmp_path)
    (root / "ring.py").symlink_to("ring.py")
    (root / "again").symlink_to(".")
    (root / "folder.py").mkdir()
    os.mkfifo(root / "pipe.py")
    (root / "huge.py").write_bytes(b"x = 1\n" * 3_000_000)
    (root / "deep.py").write_text(f"x = {'(' * 5000}{')' * 5000}\n\n\nclass A: pass\n")
    (root / "nul.py").write_bytes(b"class A: pass\n\0\n")
    return root


@pytest.fixture
def load(root: Path) -> Callable[[str], Chapter]:
    def write_and_load(text: str) -> Chapter:
        path = root / "manifests/m.yaml"
        path.write_text(text)
        return load_chapter(path)

    return write_and_load


REFUSED = {
    "path upwards": (manifest("../outside.py:A"), "must be a path inside the project"),
    "path from the root": (manifest("/etc/passwd.py:A"), "must be a path inside the project"),
    "path from home": (manifest('"~/a.py:A"'), "must be a path inside the project"),
    "path as Windows has it": (manifest("'..\\outside.py:A'"), "must be a path inside"),
    "captions upwards": (manifest(scene_keys=", captions: ../x.vtt"), "must be a path inside"),
    "bake upwards": (manifest(rest='bakes: [{id: b, bake: "../a.py:f"}]'), "must be a path inside"),
    "kept outside": (
        manifest(rest="bakes: [{id: b, bake: a.py:f, kept: out/x.npz}]"),
        "out/x.npz is a link that leads out of the project",
    ),
    "link out": (manifest("link.py:A"), "link.py is a link that leads out of the project"),
    "folder that leads out": (manifest("out/outside.py:A"), "leads out of the project"),
    "link to itself": (manifest("ring.py:A"), "ring.py is a link that leads back to itself"),
    "folder for a file": (manifest("folder.py:A"), "folder.py is not a file"),
    "pipe for a file": (manifest("pipe.py:A"), "pipe.py is not a file"),
    "huge file": (manifest("huge.py:A"), "huge.py is larger than 2 MiB, and no scene is"),
    "deep expression": (manifest("deep.py:A"), "deep.py:1 is not Python"),
    "NUL in a file": (manifest("nul.py:A"), "nul.py:1 is not Python"),
    "NUL in a name": (manifest('"a\\0.py:A"'), "was read as '\\x00'"),
    "line break in a name": (manifest('"a\\n.py:A"'), "'a\\n.py' has a line break"),
    "long name": (manifest(f'"{"a" * 300}.py:A"'), "cannot be a file: File name too long"),
    "longer name": (manifest(f'"{"a/" * 1000}.py:A"'), "is a path of 2,003 characters"),
    "endless name": (manifest(f'"{"a/" * 400_000}.py:A"'), "must be at most 2,000 characters"),
    "endless project": (f"project: {'a/' * 4000}\n{manifest()}", "at most 2,000 characters"),
    "endless title": (manifest(title="x" * 900_000), "must be at most 2,000 characters"),
    "endless preset": (
        manifest().replace("preset: tiny", f"preset: {'x' * 900_000}"),
        "names files: at most 64",
    ),
    "endless key": (manifest(rest=f"? {'x' * 100_000}\n: 1\n"), "a key of 100,000 characters"),
    "10 MB of text": (manifest(title="x" * 10_000_000), "is larger than 1 MiB"),
    "bomb": (BOMB + manifest(), "holds more than 50,000 values"),
    "anchor in itself": (manifest(rest="x: &x [*x]\n"), "an anchor (&name) that holds itself"),
    "deep nesting": (manifest(rest=f"x: {'[' * 100_000}{']' * 100_000}\n"), "nested more than 32"),
    "Python in YAML": (
        manifest(rest='x: !!python/object/apply:os.system ["touch ran"]\n'),
        "are not read: write the plain value",
    ),
    "terminal escape": (manifest(title='"\\e[31mred"'), "was read as '\\x1b'"),
    "control character": (manifest(title="a\x07b"), "has an invisible character, '\\x07'"),
    "9,000 mistakes": (
        manifest(rest="".join(f"k{i}: 1\n" for i in range(9000))),
        "… and 8,900 more like these",
    ),
    "2,000 missing files": (
        manifest(rest="".join(f"  - {{id: s{i}, scene: no{i}.py:A}}\n" for i in range(2000))),
        "… and 1,900 more like these",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_a_few_words(
    name: str, root: Path, load: Callable[[str], Chapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    text, says = REFUSED[name]
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets VmHWM
    before = kibibytes("VmRSS")

    with pytest.raises(ManifestError) as caught:
        load(text)

    report = str(caught.value)
    assert says in report
    assert len(report) < LONGEST_REPORT
    assert f"{root}/manifests/m.yaml:" in report, "and says in which line"
    assert not (root / "ran").exists(), "nothing was run"
    assert kibibytes("VmHWM") - before < MOST_KIBIBYTES


TAKEN = {
    "spaces": "a scene of mine.py",
    "quotes": 'it\'s "mine".py',
    "Unicode": "Übung 7 – Faltung 卷积.py",
    "shell words": "$(touch ran); `touch ran` & x.py",
    "leading dash": "-rf.py",
    "through a ring of folders": "again/again/again/a.py",
}


@pytest.mark.parametrize("name", TAKEN)
def test_odd_names_are_names_like_others(
    name: str, root: Path, load: Callable[[str], Chapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    file = TAKEN[name]
    if not (root / file).exists():
        (root / file).write_text(SCENES)

    quoted = f"{file}:A".replace("'", "''")
    chapter = load(manifest(f"'{quoted}'"))

    assert chapter.scenes[0].scene == f"{file}:A"
    assert not (root / "ran").exists()


def test_large_parameters_are_parameters_like_others(load: Callable[[str], Chapter]) -> None:
    chapter = load(manifest(scene_keys=f', params: {{text: "{"y" * 900_000}"}}'))

    assert chapter.scenes[0].params == {"text": "y" * 900_000}


@pytest.mark.parametrize("name", ["pipe.py", "folder.py", "nowhere.yaml"])
def test_what_is_no_file_is_no_manifest(name: str, root: Path) -> None:
    with pytest.raises(UsageError):
        load_chapter(root / name)


@pytest.mark.parametrize("content", [b"\x00" * 4096, b"\x7fELF\x02\x01", b"\xff\xfe\x00v", b"\x80"])
def test_what_is_no_text_is_no_manifest(content: bytes, root: Path) -> None:
    path = root / "manifests/m.yaml"
    path.write_bytes(content)

    with pytest.raises(ManifestError):
        load_chapter(path)
