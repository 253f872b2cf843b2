"""That a class is found wherever Python would find it, without running any of it."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.manifest.scenefile import parse_scene, require_inside, require_scene

Files = Mapping[str, str | bytes]
STAR = "from manimlib import *\n"


def lay_out(root: Path, files: Files) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.py": STAR + "class Walk(Scene): ...\n"}, id="defined"),
        pytest.param({"a.py": "class Walk: ...\n"}, id="with nothing of a scene about it"),
        pytest.param({"a.py": "if True:\n    class Walk(Scene): ...\n"}, id="under an if"),
        pytest.param(
            {"a.py": "try:\n    import x\nexcept ImportError:\n    class Walk(Scene): ...\n"},
            id="under an except",
        ),
        pytest.param({"a.py": "Walk = make_scene(3)\n"}, id="assigned"),
        pytest.param({"a.py": "Walk: type = make_scene(3)\n"}, id="assigned with a type"),
        pytest.param({"a.py": "from elsewhere import Walk\n"}, id="imported"),
        pytest.param({"a.py": "from elsewhere import Run as Walk\n"}, id="imported by this name"),
        pytest.param({"a.py": "from elsewhere import *\n"}, id="brought by an unknown module"),
        pytest.param({"a.py": "for n in 'ab':\n    globals()[n] = type(n)\n"}, id="made by name"),
        pytest.param(
            {"a.py": "from b import *\n", "b.py": "class Walk(Scene): ...\n"}, id="brought by a file"
        ),
        pytest.param(
            {"a.py": "from b import *\n", "b.py": "from c.d import *\n", "c/d.py": "Walk = 3\n"},
            id="brought by a file that brings it",
        ),
        pytest.param(
            {"a.py": "from b import *\n", "b/__init__.py": "from .c import *\n",
             "b/c.py": "class Walk(Scene): ...\n"},
            id="brought by a package",
        ),
        pytest.param(
            {"s/a.py": "from ..b import *\n", "b.py": "class Walk(Scene): ...\n"},
            id="brought from the folder above",
        ),
        pytest.param(
            {"s/t/a.py": "from ..b import *\n", "s/b.py": "class Walk(Scene): ...\n"},
            id="brought from a folder in between",
        ),
        pytest.param(
            {"s/a.py": "from lib.b import *\n", "lib/b.py": "class Walk(Scene): ...\n"},
            id="brought from the root",
        ),
        pytest.param(
            {"s/a.py": "from b import *\n", "s/b.py": "class Walk(Scene): ...\n"},
            id="brought from its own folder",
        ),
        pytest.param(
            {"a.py": b'T = "\\alpha \\q"\nclass Walk(Scene): ...\n'}, id="beside a stray backslash"
        ),
        pytest.param(
            {"a.py": "# coding: latin-1\nT = 'caf\xe9'\nclass Walk: ...\n".encode("latin-1")},
            id="in another encoding",
        ),
        pytest.param({"a.py": "class Gehweg: ...\nWalk = Gehweg\n"}, id="by a second name"),
    ],
)  # fmt: skip
def test_finds_a_class(tmp_path: Path, files: Files) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_scene(lay_out(tmp_path, files), f"{next(iter(files))}:Walk")


@pytest.mark.parametrize(
    ("files", "scene", "says"),
    [
        pytest.param(
            {"a.py": STAR + "class Run(Scene): ...\nclass Crawl(Scene): ...\nspeed = 3\n"},
            "a.py:Walk",
            "no class Walk in a.py; it has Crawl, Run",
            id="not in the file",
        ),
        pytest.param(
            {"a.py": "class Walks(Scene): ...\n"},
            "a.py:Walk",
            'no class Walk in a.py; did you mean "Walks"?',
            id="misspelt",
        ),
        pytest.param(
            {"a.py": "def scenes():\n    class Walk(Scene): ...\n"},
            "a.py:Walk",
            "no class Walk in a.py",
            id="inside a function",
        ),
        pytest.param(
            {"a.py": '"""Scenes."""\nprint(3)\nfor n in "ab":\n    print(n)\n'},
            "a.py:Walk",
            "no class Walk in a.py",
            id="not made by what looks harmless",
        ),
        pytest.param(
            {"a.py": "from b import Run\nfrom elsewhere import Crawl\nb.speed = 3\n",
             "b.py": "class Run: ...\nclass Walk: ...\n"},
            "a.py:Walk",
            "no class Walk in a.py; it has Crawl, Run",
            id="left behind in another file",
        ),
        pytest.param(
            {"s/t/a.py": "from ..b import *\n", "s/b.py": "class Run: ...\n"},
            "s/t/a.py:Walk",
            "no class Walk in s/t/a.py; it has Run",
            id="not in the folder in between",
        ),
        pytest.param(
            {"s/a.py": "from lib.b import *\n", "lib/b.py": "class Run: ...\n"},
            "s/a.py:Walk",
            "no class Walk in s/a.py; it has Run",
            id="not in the file at the root",
        ),
        pytest.param(
            {"a.py": "".join(f"class C{n}: ...\n" for n in range(9))},
            "a.py:Walk",
            "no class Walk in a.py; it has C0, C1, C2, C3, C4, C5, C6, C7",
            id="among more than can be listed",
        ),
        pytest.param(
            {"a.py": STAR + "from math import *\nfrom numpy import *\n"},
            "a.py:Walk",
            "no class Walk in a.py",
            id="not to be had from manimlib",
        ),
        pytest.param(
            {"a.py": "from b import *\n", "b.py": "from a import *\nclass Run: ...\n"},
            "a.py:Walk",
            "no class Walk in a.py; it has Run",
            id="in neither of two files that bring each other",
        ),
        pytest.param(
            {"a.py": "class Walk(Scene)\n    pass\n"},
            "a.py:Walk",
            "a.py:1 is not Python: expected ':'",
            id="in a file that is not Python",
        ),
        pytest.param(
            {"a.py": "from b import *\n", "b.py": "x = (\n"},
            "a.py:Walk",
            "b.py:1 is not Python: '(' was never closed",
            id="in a file that brings one that is not Python",
        ),
        pytest.param(
            {"a.py": b"class Walk: ...\n\x00"},
            "a.py:Walk",
            "a.py:1 is not Python: source code string cannot contain null bytes",
            id="in a file of something else",
        ),
        pytest.param(
            {"a.py": "x = " + "-" * 100_000 + "1\n"},
            "a.py:Walk",
            "a.py is nested too deep for Python to read",
            id="in a file without end",
        ),
        pytest.param(
            {"a.py": b"T = 'caf\xe9'\n"},
            "a.py:Walk",
            "a.py:1 is not Python: (unicode error) 'utf-8' codec can't decode byte 0xe9 in"
            " position 3: unexpected end of data",
            id="in a file of no known encoding",
        ),
        pytest.param(
            {"a.py": "class Run: ...\ndef run(): ...\nclass Walk: ...\n"},
            "a.py",
            "which class of it? a.py:Run, a.py:Walk",
            id="not named",
        ),
        pytest.param(
            {}, "Walk", "write path/to/file.py:ClassName, and not \"Walk\"", id="without a file"
        ),
        pytest.param(
            {}, "a.txt:Walk", 'write path/to/file.py:ClassName, and not "a.txt:Walk"', id="not .py"
        ),
        pytest.param({}, "a.py:", '"" cannot be the name of a class', id="named by nothing"),
        pytest.param({}, "a.py:a b", '"a b" cannot be the name of a class', id="named by two words"),
    ],
)  # fmt: skip
def test_says_why_not(tmp_path: Path, files: Files, scene: str, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        require_scene(lay_out(tmp_path, files), scene)

    assert str(caught.value) == says


def test_runs_nothing(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"a.py": "raise SystemExit('ran')\nclass Walk: ...\n"})

    require_scene(root, "a.py:Walk")


def test_takes_a_scene_apart() -> None:
    assert parse_scene("scenes/conv/layer.py:Layer") == ("scenes/conv/layer.py", "Layer")


@pytest.mark.parametrize(
    "file",
    [
        "../a.py",
        "scenes/../../a.py",
        "/etc/a.py",
        "~/a.py",
        "scenes\\a.py",
    ],
)
def test_stays_inside_the_project(tmp_path: Path, file: str) -> None:
    lay_out(tmp_path, {"a.py": "", "project/scenes/b.py": ""})

    with pytest.raises(ValueError) as caught:
        require_inside(tmp_path / "project", file)

    says = f"{file} must be a path inside the project, with / and without .."
    assert str(caught.value) == says


@pytest.mark.parametrize("link", ["scenes/a.py", "linked"], ids=["a file", "a folder"])
def test_follows_no_link_out_of_the_project(tmp_path: Path, link: str) -> None:
    lay_out(tmp_path, {"outside/a.py": "class Walk: ...", "project/scenes/b.py": ""})
    file = link if link.endswith(".py") else f"{link}/a.py"
    target = tmp_path / "outside" / ("a.py" if link.endswith(".py") else "")
    (tmp_path / "project" / link).symlink_to(target)

    with pytest.raises(ValueError) as caught:
        require_inside(tmp_path / "project", file)

    assert str(caught.value) == f"{file} is a link that leads out of the project: copy the file in"


def test_follows_a_link_inside_the_project(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": ""})
    (tmp_path / "b.py").symlink_to("a.py")

    assert require_inside(tmp_path, "b.py") == tmp_path / "a.py"


def test_looks_for_near_names_where_scenes_are_kept(tmp_path: Path) -> None:
    lay_out(tmp_path, {".venv/layers.py": "", "node_modules/layers.py": "", "old/layer.py": ""})

    with pytest.raises(ValueError) as caught:
        require_inside(tmp_path, "layers.py")

    assert str(caught.value) == f'no file layers.py in {tmp_path}; did you mean "old/layer.py"?'
