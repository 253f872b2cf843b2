from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from pipeline.errors import ManifestError
from pipeline.manifest.load import load_chapter

GOOD = """\
version: 1
chapter: convolution
title: "Convolution, cell by cell"
scenes:
  - id: layer
    scene: scenes/layer.py:Layer
  - id: outro
    scene: scenes/outro.py:Outro
"""
FILES = {
    "scenes/layer.py": "from manimlib import *\n\n\nclass Layer(InteractiveScene):\n    pass\n",
    "scenes/outro.py": "from manimlib import *\n\n\nclass Outro(Scene):\n    pass\n",
    "scenes/captions.vtt": "WEBVTT\n",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """
    Lays out a project of two sound scenes and returns its manifest.

    `edits` are put into the manifest one after the other; `files` come besides or instead.
    """

    def lay_out(
        edits: Iterable[tuple[str, str]] = (),
        files: Mapping[str, str | bytes] = {},
        text: str = GOOD,
    ) -> Path:
        for old, new in edits:
            assert old in text, f"{old!r} is not in the manifest it was to be changed in"
            text = text.replace(old, new, 1)
        for name, content in {"manifests/lecture.yaml": text, **FILES, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / "manifests/lecture.yaml"

    return lay_out


@pytest.fixture
def problems_in(write: Callable[..., Path], tmp_path: Path) -> Callable[..., list[str]]:
    """Gives everything said of the manifest with these edits: line, field, why."""

    def load(edits: Iterable[tuple[str, str]]) -> list[str]:
        path = write(edits)
        with pytest.raises(ManifestError) as caught:
            load_chapter(path)
        assert caught.value.path == path
        found = [problem.replace(str(tmp_path), "ROOT") for problem in caught.value.problems]
        assert all(problem.startswith("ROOT/manifests/lecture.yaml:") for problem in found)
        return [problem.removeprefix("ROOT/manifests/lecture.yaml:") for problem in found]

    return load
