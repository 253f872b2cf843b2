"""Three nodes for all tests of this folder, an object store, and a chapter for each test."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .chapters import Chapter
from .nodes import S3_PORT, Nodes, why_not_here


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    reason = why_not_here()
    if reason:
        pytest.skip(reason)
    nodes = Nodes(tmp_path_factory.mktemp("nodes"))
    try:
        nodes.up()
        yield nodes
    finally:
        nodes.down()


@pytest.fixture(scope="session")
def bucket(nodes: Nodes) -> Iterator[str]:
    """An S3 server of our own, which all machines reach."""
    import s3fs
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address=nodes.laptop, port=S3_PORT, verbose=False)
    server.start()
    before = dict(os.environ)
    os.environ.update(nodes.credentials)
    s3fs.S3FileSystem().mkdir("farm")
    yield "s3://farm"
    server.stop()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def reference(nodes: Nodes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all scenes as this machine renders them without a cluster."""
    chapter = Chapter(tmp_path_factory.mktemp("reference"), nodes, None)
    names = ("Moving", "Hungry", "Poisonous", "Plain", "Patient")
    chapter.write(*names)
    for name in names:
        chapter.marker(name).touch()
    chapter.command("render", "small.yaml", "--plain", "--store", str(chapter.store.root))
    shutil.copytree(chapter.root / "renders" / "small", chapter.folder / "small")
    return chapter.store.root


@pytest.fixture
def chapter(tmp_path: Path, nodes: Nodes, reference: Path) -> Iterator[Chapter]:
    chapter = Chapter(tmp_path, nodes, reference)
    # So that nothing has to be traced again
    shutil.copytree(reference / "trace-family", tmp_path / "project/renders/.store/trace-family")
    yield chapter
    for process in chapter.started:
        if process.poll() is None:
            process.kill()
            process.wait()
