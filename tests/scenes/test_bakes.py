"""That the bakes kept beside the scenes are what the code there makes, and scenes load no other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.manifest.load import load_chapter
from pipeline.plan.scenes import Identity
from pipeline.store.bakes import Bakes
from pipeline.store.local import Store
from scenes.components.baked import ENVIRONMENT, load_bake

ROOT = Path(__file__).parents[2]
HERE = Identity(engine={}, fonts="", renderer="")
CHAPTERS = [load_chapter(path) for path in sorted((ROOT / "manifests").glob("[!p]*.yaml"))]
BAKES = [(chapter.project, spec) for chapter in CHAPTERS for spec in chapter.bakes]


@pytest.mark.parametrize(("project", "spec"), BAKES, ids=[spec.id for _, spec in BAKES])
def test_no_kept_bake_is_older_than_what_it_was_made_from(project, spec, tmp_path):
    digest, why = Bakes(Store(tmp_path), HERE).find(spec, project)
    assert why == ""
    assert digest is not None


def test_every_kept_bake_is_in_a_manifest():
    kept = set((ROOT / "scenes").rglob("bakes/*.npz"))
    assert kept == {spec.kept for _, spec in BAKES}


def test_without_a_farm_a_scene_loads_the_kept_copy(tmp_path, monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    np.savez(tmp_path / "numbers.npz", a=np.arange(3))
    assert load_bake("numbers", tmp_path / "numbers.npz")["a"].tolist() == [0, 1, 2]
    with pytest.raises(FileNotFoundError, match="--id other --keep"):
        load_bake("other", tmp_path / "other.npz")


def test_on_the_farm_a_scene_loads_what_the_farm_made_and_nothing_else(tmp_path, monkeypatch):
    np.savez(tmp_path / "kept.npz", a=np.arange(3))
    np.savez(tmp_path / "made.npz", a=np.arange(5))
    monkeypatch.setenv(ENVIRONMENT, json.dumps({"numbers": str(tmp_path / "made.npz")}))
    assert len(load_bake("numbers", tmp_path / "kept.npz")["a"]) == 5
    with pytest.raises(FileNotFoundError, match="list it under the scene's `bakes:`"):
        load_bake("other", tmp_path / "kept.npz")
