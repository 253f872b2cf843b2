"""That a bake is found again while nothing it was made from has changed, and no longer."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.engine.sources import read_digests
from pipeline.manifest.resolved import BakeSpec, Resources
from pipeline.plan.scenes import Identity
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store
from pipeline.store.remote import RemoteStore

IDENTITY = Identity(engine={"numpy": "1.26.4", "python": "3.11"}, fonts="", renderer="")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "making.py").write_text("def primes(count):\n    return {'p': [2, 3, 5][:count]}\n")
    return root


@pytest.fixture
def spec(project: Path) -> BakeSpec:
    return BakeSpec(
        id="primes",
        file="making.py",
        function="primes",
        params={"count": 2},
        resources=Resources(),
        time_limit_seconds=60.0,
        kept=project / "primes.npz",
    )


@pytest.fixture
def bakes(tmp_path: Path) -> Bakes:
    return Bakes(Store(tmp_path / "store"), IDENTITY)


def publish(bakes: Bakes, spec: BakeSpec, project: Path, tmp_path: Path) -> str:
    made = tmp_path / "made.npz"
    np.savez(made, p=np.array([2, 3]))
    return bakes.publish(spec, made, read_digests(project, ["making.py"]))


def test_a_bake_is_found_until_its_code_changes(bakes, spec, project, tmp_path):
    assert bakes.find(spec, project) == (None, "never made")
    digest = publish(bakes, spec, project, tmp_path)
    assert bakes.find(spec, project) == (digest, "")
    with np.load(bakes.path(digest)) as arrays:
        assert arrays["p"].tolist() == [2, 3]

    source = project / "making.py"
    source.write_text("# a comment\n" + source.read_text())
    assert bakes.find(spec, project) == (digest, "")
    source.write_text(source.read_text().replace("[2, 3, 5]", "[1, 2, 3]"))
    assert bakes.find(spec, project) == (None, "making.py changed")


@pytest.mark.parametrize("change", [{"params": {"count": 3}}, {"resources": Resources(gpu=1)}])
def test_other_arguments_or_another_device_make_another_bake(
    bakes, spec, project, tmp_path, change
):
    publish(bakes, spec, project, tmp_path)
    assert bakes.find(replace(spec, **change), project) == (None, "never made")


def test_another_numpy_makes_another_bake_unless_one_is_kept(bakes, spec, project, tmp_path):
    digest = publish(bakes, spec, project, tmp_path)
    newer = replace(IDENTITY, engine={"numpy": "1.27.0", "python": "3.11"})
    elsewhere = Bakes(Store(tmp_path / "elsewhere"), newer)
    assert elsewhere.find(spec, project) == (None, "never made")

    bakes.keep(spec, digest)
    assert elsewhere.find(spec, project) == (digest, "")
    assert elsewhere.path(digest).read_bytes() == spec.kept.read_bytes()


def test_a_kept_copy_is_used_only_as_it_was_kept(bakes, spec, project, tmp_path):
    bakes.keep(spec, publish(bakes, spec, project, tmp_path))
    elsewhere = Bakes(Store(tmp_path / "elsewhere"), IDENTITY)

    damaged = bytearray(spec.kept.read_bytes())
    damaged[60] ^= 1
    spec.kept.write_bytes(damaged)
    assert elsewhere.find(spec, project) == (None, "primes.npz is not what was kept")

    source = project / "making.py"
    source.write_text(source.read_text().replace("[2, 3, 5]", "[1, 2, 3]"))
    _, why = elsewhere.find(spec, project)
    assert why == "primes.npz was kept before: making.py changed"


def test_a_damaged_shelf_makes_the_bake_again(bakes, spec, project, tmp_path):
    digest = publish(bakes, spec, project, tmp_path)
    (shelf,) = (tmp_path / "store" / "bake-family").glob("??/*/*.json")
    files = json.loads(shelf.read_text())
    shelf.write_text(json.dumps(files | {"making.py": "0" * 32}))
    assert bakes.find(spec, project) == (None, "never made")
    assert bakes.path(digest).is_file()


def test_a_bake_made_by_one_machine_is_found_by_others_at_a_url(spec, project, tmp_path, url):
    here = Bakes(RemoteStore(url, tmp_path / "here"), IDENTITY)
    digest = publish(here, spec, project, tmp_path)

    there = Bakes(RemoteStore(url, tmp_path / "there"), IDENTITY)
    assert there.find(spec, project) == (digest, "")
    with np.load(there.path(digest)) as arrays:
        assert arrays["p"].tolist() == [2, 3]

    source = project / "making.py"
    source.write_text(source.read_text().replace("[2, 3, 5]", "[1, 2, 3]"))
    assert there.find(spec, project) == (None, "making.py changed")


def test_bakes_of_a_package_are_taken_into_any_store(bakes, spec, project, tmp_path, url):
    digest = publish(bakes, spec, project, tmp_path)
    package = Store(tmp_path / "package")
    bakes.copy_to(package, digest)
    assert package.damage("bake", digest) is None

    here = Bakes(RemoteStore(url, tmp_path / "here"), IDENTITY)
    here.take_in(package)

    there = RemoteStore(url, tmp_path / "there")
    assert Bakes(there, IDENTITY).find(spec, project) == (digest, "")
    assert there.damage("bake", digest) is None
