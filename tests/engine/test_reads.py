"""That a trace knows every file the scene depends on, and no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.engine.sources import first_change

HEAD = """\
import glob
import json
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
from manimlib import *


class Lecture(Scene):
    def construct(self):
        {body}
        self.wait(0.2)
"""
READS = {
    "nothing": ("pass", set()),
    "open": ("open('data/a.csv').read()", {"data/a.csv"}),
    "open with a path": ("Path('data/a.csv').read_text()", {"data/a.csv"}),
    "open of bytes": ("open(b'data/a.csv', 'rb').read()", {"data/a.csv"}),
    "os.open": ("os.close(os.open('data/a.csv', os.O_RDONLY))", {"data/a.csv"}),
    "an absolute path": ("open(os.path.abspath('data/a.csv')).read()", {"data/a.csv"}),
    "a roundabout path": ("open('data/../data/./a.csv').read()", {"data/a.csv"}),
    "a link": ("open('data/link.csv').read()", {"data/link.csv"}),
    "numpy.load": ("np.load('data/b.npy')", {"data/b.npy"}),
    "numpy.load of a mapped file": ("np.load('data/b.npy', mmap_mode='r')", {"data/b.npy"}),
    "numpy.loadtxt": ("np.loadtxt('data/a.csv', delimiter=',')", {"data/a.csv"}),
    "json": ("json.load(open('data/c.json'))", {"data/c.json"}),
    "a picture": ("self.add(ImageMobject('data/d.png'))", {"data/d.png"}),
    "a drawing": ("self.add(SVGMobject('data/e.svg'))", {"data/e.svg"}),
    "a sound, of which only the place counts": ("self.add_sound('beep.wav')", set()),
    "torch.load": ("import torch; torch.load('data/f.pt')", {"data/f.pt"}),
    "a module": ("import helper", {"helper.py"}),
    "a module's own module": ("import outer", {"outer.py", "inner/__init__.py", "inner/deep.py"}),
    "a list": ("os.listdir('data')", {"data"}),
    "a list of the project": ("os.listdir()", {"."}),
    "a pattern": ("glob.glob('data/*.csv')", {"data"}),
    "a pattern of paths": ("sorted(Path('data').glob('*.csv'))", {"data"}),
    "a walk": ("list(os.walk('data/deep'))", {"data/deep", "data/deep/er"}),
    "for writing as well": ("open('data/a.csv', 'r+').close()", set()),
    "what it wrote": ("Path('made.txt').write_text('1'); open('made.txt').read()", set()),
    "what it put in place": (
        "Path('half.txt').write_text('1'); os.replace('half.txt', 'made.txt');"
        " open('made.txt').read()",
        set(),
    ),
    "what it read before it wrote it": (
        "a = open('data/a.csv').read(); Path('data/a.csv').write_text(a)",
        {"data/a.csv"},
    ),
    "a temporary file": (
        "f = tempfile.NamedTemporaryFile('w+'); f.write('1'); f.flush(); open(f.name).read()",
        set(),
    ),
    "a file that is not there": ("os.path.exists('none.csv')", set()),
    "the machine's own": ("open('/proc/self/status').read(); open('/etc/hostname').read()", set()),
    "a library's": ("open(np.__file__).read()", set()),
    "text": ("self.add(Text('abc'))", set()),
    "a formula": ("self.add(Tex('x'))", set()),
    "its version of a library": (
        "import importlib.metadata; importlib.metadata.version('numpy')",
        set(),
    ),
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L10 0 L10 10 Z"/></svg>'


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory, project: Path, open_bench: Callable):
    """An engine on a project with something of every kind to read."""
    root = tmp_path_factory.mktemp("reading").resolve()
    shutil.copy(project / "beep.wav", root)
    shutil.copy(project / "custom_config.yml", root)
    (root / "data/deep/er").mkdir(parents=True)
    (root / "data/a.csv").write_text("1,2\n3,4\n")
    (root / "data/c.json").write_text("[1]")
    (root / "data/e.svg").write_text(SVG)
    (root / "data/link.csv").symlink_to("a.csv")
    np.save(root / "data/b.npy", np.arange(3))
    Image.new("RGB", (4, 4)).save(root / "data/d.png")
    (root / "helper.py").write_text("x = 1\n")
    (root / "outer.py").write_text("from inner.deep import y\n")
    (root / "inner").mkdir()
    (root / "inner/__init__.py").write_text("")
    (root / "inner/deep.py").write_text("y = 1\n")
    (root / "unread.py").write_text("")
    return open_bench(root)


@pytest.fixture(scope="module")
def torch_file(lecture) -> None:
    import torch

    torch.save([1, 2], lecture.root / "data/f.pt")


def files_read(lecture, body: str) -> set[str]:
    (lecture.root / "lecture.py").write_text(HEAD.format(body=body))
    timeline = lecture.trace(lecture.scene("lecture.py:Lecture"))
    assert first_change(lecture.root, timeline.files) is None
    return set(timeline.files) - {"lecture.py"}


@pytest.mark.usefixtures("torch_file")
@pytest.mark.parametrize(("body", "files"), READS.values(), ids=READS)
def test_reading(body: str, files: set[str], lecture) -> None:
    assert files_read(lecture, body) == files
    (lecture.root / "made.txt").unlink(missing_ok=True)


def test_reading_a_file_beside_the_project_is_known_by_its_whole_path(
    lecture, tmp_path: Path
) -> None:
    outside = tmp_path.resolve() / "beside.csv"
    outside.write_text("1")
    assert files_read(lecture, f"open({str(outside)!r}).read()") == {str(outside)}


def test_a_new_file_in_the_project_is_no_change(lecture) -> None:
    (lecture.root / "lecture.py").write_text(HEAD.format(body="import helper"))
    timeline = lecture.trace(lecture.scene("lecture.py:Lecture"))
    (lecture.root / "inner/another.py").write_text("")
    (lecture.root / "another.py").write_text("")
    (lecture.root / "data/another.csv").write_text("")
    assert first_change(lecture.root, timeline.files) is None


def test_a_new_file_in_a_folder_that_was_listed_is_a_change(lecture) -> None:
    (lecture.root / "lecture.py").write_text(HEAD.format(body="glob.glob('data/*.csv')"))
    timeline = lecture.trace(lecture.scene("lecture.py:Lecture"))
    (lecture.root / "data/later.csv").write_text("")
    assert str(first_change(lecture.root, timeline.files)) == "data changed"


def test_what_a_shader_is_made_of_is_read(bench) -> None:
    timeline = bench.trace(bench.scene("shading.py:Ripples"))
    assert set(timeline.files) == {
        "shading.py",
        "shaders/ripple/vert.glsl",
        "shaders/ripple/frag.glsl",
    }


def test_what_a_scene_imports_and_shows_is_read(bench) -> None:
    assert set(bench.trace(bench.scene("updaters.py:RandomWalk")).files) == {
        "updaters.py",
        "helpers/walks.py",
    }
    assert set(bench.trace(bench.scene("pictures.py:Globe")).files) == {
        "pictures.py",
        "raster_images/checks.png",
        "raster_images/stripes.png",
    }
