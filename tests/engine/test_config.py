"""That manimgl is started as the project has it, but for the size, the rate and where it writes."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from pipeline.engine.config import manimgl_config, write_config


def settings(root: Path, rate: Fraction = Fraction(30)) -> dict:
    return manimgl_config(
        root=root,
        width=854,
        height=480,
        rate=rate,
        cache=Path("/store/manimgl"),
        scratch=Path("/store/work"),
    )


@pytest.mark.parametrize(
    ("rate", "fps"),
    [(Fraction(15), 15), (Fraction(60), 60), (Fraction(30000, 1001), 30000 / 1001)],
    ids=str,
)
def test_the_rate_is_a_number_to_manimgl(tmp_path: Path, rate: Fraction, fps: float) -> None:
    found = settings(tmp_path, rate)["camera"]["fps"]
    assert found == fps
    assert type(found) is type(fps)


def test_the_size_is_the_presets(tmp_path: Path) -> None:
    assert settings(tmp_path)["camera"]["resolution"] == "(854, 480)"


def test_what_it_writes_goes_where_the_farm_wants_it(tmp_path: Path) -> None:
    assert settings(tmp_path)["directories"] == {
        "cache": "/store/manimgl",
        "mirror_module_path": False,
        "subdirs": {"output": "/store/work", "downloads": "/store/work"},
    }


@pytest.mark.parametrize(
    ("config", "base"),
    [
        pytest.param("directories: {base: media}\n", None, id="there"),
        pytest.param("directories: {base: /Users/grant/videos}\n", "", id="on another machine"),
        pytest.param("directories: {base: ''}\n", None, id="empty"),
        pytest.param("directories:\n", None, id="nothing"),
        pytest.param("text: {font: Lato}\n", None, id="not said"),
        pytest.param("a: [\n", None, id="broken"),
        pytest.param("", None, id="no settings"),
    ],
)
def test_assets_are_looked_for_in_the_project_where_its_own_place_is_not_here(
    tmp_path: Path, config: str, base: str | None
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "custom_config.yml").write_text(config)
    assert settings(tmp_path)["directories"].get("base") == base


def test_it_is_written_as_manimgl_reads_it(tmp_path: Path) -> None:
    path = write_config(tmp_path / "new/folder", settings(tmp_path))
    assert yaml.safe_load(path.read_text()) == settings(tmp_path)
