"""That the doctor holds what is installed to the lock."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pipeline.report.doctor import check_packages, parse_lock
from pipeline.report.finding import Finding, State


def test_reads_a_lock() -> None:
    text = (
        "# a comment\n--index-url somewhere\nnumpy==1.26.4\nray[default]==2.60.0  # with extras\n"
        "torch==2.13.0+cpu ; sys_platform == 'linux'\nav==18.1.0 \\\n    --hash=sha256:0\n"
        "-e .\nchalkfarm @ file:///here\n"
    )

    assert parse_lock(text) == {
        "numpy": "1.26.4",
        "ray": "2.60.0",
        "torch": "2.13.0+cpu",
        "av": "18.1.0",
    }


@pytest.mark.parametrize(
    ("lock", "state", "found"),
    [
        pytest.param("numpy=={numpy}\npyyaml=={pyyaml}\n", "ok", "2 as locked", id="as locked"),
        pytest.param(
            "numpy==1.0\npyyaml=={pyyaml}\n",
            "warning",
            "other versions, so maybe other pixels: numpy {numpy} for 1.0",
            id="another",
        ),
        pytest.param(
            "numpy==1.0\nno-such-thing==2\n",
            "missing",
            "not installed: no-such-thing; other versions, so maybe other pixels:"
            " numpy {numpy} for 1.0",
            id="absent",
        ),
    ],
)
def test_holds_packages_to_the_lock(tmp_path: Path, lock: str, state: str, found: str) -> None:
    versions = {"numpy": version("numpy"), "pyyaml": version("pyyaml")}
    path = tmp_path / "requirements.lock"
    path.write_text(lock.format(**versions))

    assert list(check_packages(path)) == [
        Finding(
            name="packages",
            state=State(state),
            found=found.format(**versions),
            advice="" if state == "ok" else f"{sys.executable} -m pip install -r {path}",
        )
    ]


def test_takes_a_local_build_for_the_version_it_is_of(tmp_path: Path) -> None:
    path = tmp_path / "requirements.lock"
    path.write_text(f"torch=={version('torch').partition('+')[0]}\n")

    assert [finding.state for finding in check_packages(path)] == ["ok"]


def test_says_nothing_of_a_lock_that_is_not_there(tmp_path: Path) -> None:
    assert list(check_packages(tmp_path / "requirements.lock")) == []
