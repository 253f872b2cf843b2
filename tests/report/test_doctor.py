"""That the doctor finds what is there by asking it, and says of what is not how to get it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import tex
from pipeline.report.doctor import diagnose
from pipeline.report.encoders import FILTERS
from pipeline.report.finding import Finding, State, ask

REPOSITORY = Path(__file__).parents[2]
CHILD = """
import dataclasses, json, sys
from pathlib import Path
from pipeline.report.doctor import *
found = {check}
found = [found] if isinstance(found, Finding) else list(found)
print(json.dumps([list(dataclasses.asdict(finding).values()) for finding in found]))
"""
Diagnose = Callable[[str, Mapping[str, str]], Any]


@pytest.fixture
def diagnosed(tmp_path: Path) -> Diagnose:
    """Asks the doctor in a process of its own, in another environment than ours."""

    def ask_there(check: str, environment: Mapping[str, str]) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", CHILD.format(check=check), str(tmp_path)],
            env={**os.environ, **environment},
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    return ask_there


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., Path]:
    """A folder of shell scripts, and of links to the real programs where there is no script."""

    def make(*real: str, **scripts: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        for name in real:
            found = shutil.which(name)
            assert found, f"{name} is wanted for this test"
            (folder / name).symlink_to(found)
        return folder

    return make


def test_finds_this_machine_fit_to_render(tmp_path: Path) -> None:
    findings = {finding.name: finding for finding in diagnose(store=tmp_path)}

    assert [f for f in findings.values() if f.state is State.MISSING] == []
    assert findings["av"].found == f"{version('av')}, with libx264"
    assert findings["ray"].found == version("ray")
    assert list(findings) == [
        "python",
        *(["packages"] if (REPOSITORY / "requirements.lock").is_file() else []),
        "gl",
        "av",
        "ffmpeg",
        "ffprobe",
        "deliver",
        "tex template basic",
        "tex template default",
        "formula",
        "font Lato",
        "font CMU Serif",
        "font Consolas",
        "voice",
        "ray",
        "/dev/shm",
        "disk",
        "machine",
    ]


def test_gives_advice_where_something_has_to_be_done_and_only_there(tmp_path: Path) -> None:
    for finding in diagnose(store=None):
        assert bool(finding.advice) == (finding.state is not State.OK), finding


@pytest.mark.parametrize(
    ("check", "environment", "says"),
    [
        pytest.param(
            "check_gl(Path(sys.argv[1]))",
            {"__EGL_VENDOR_LIBRARY_DIRS": "/nowhere"},
            [
                [
                    "gl",
                    "missing",
                    f"{Path(sys.executable).name} failed: Exception: requested device index 0, but found 0 devices",
                    "apt-get install libegl1 libgl1 libgl1-mesa-dri",
                ]
            ],
            id="no GL driver",
        ),
        pytest.param(
            "check_ffmpeg(Path(sys.argv[1]))",
            {"PATH": "/nowhere"},
            [
                [
                    "ffmpeg",
                    "missing",
                    "ffmpeg cannot be started: No such file or directory",
                    "apt-get install ffmpeg",
                ],
                [
                    "ffprobe",
                    "missing",
                    "ffprobe cannot be started: No such file or directory",
                    "apt-get install ffmpeg",
                ],
            ],
            id="no ffmpeg",
        ),
        pytest.param(
            "check_tex(Path(sys.argv[1]))",
            {"PATH": "/nowhere"},
            [["latex", "missing", "not there: latex, kpsewhich, dvisvgm", tex.INSTALL]],
            id="no TeX",
        ),
        pytest.param(
            "check_fonts(Path(sys.argv[1]))",
            {"PATH": "/nowhere"},
            [
                [
                    "fonts",
                    "missing",
                    "fc-list cannot be started: No such file or directory",
                    "apt-get install fontconfig",
                ]
            ],
            id="no fontconfig",
        ),
    ],
)
def test_says_what_is_missing(
    diagnosed: Diagnose, check: str, environment: Mapping[str, str], says: object
) -> None:
    assert diagnosed(check, environment) == says


def test_an_ffmpeg_without_x264_will_not_do(
    diagnosed: Diagnose, programs: Callable[..., Path]
) -> None:
    script = 'case "$*" in *-version) echo ffmpeg version 9.9 built by hand;; *-filters) ' + (
        "echo ' ... scale V->V';; *) echo ' V....D mov_text Timed';; esac"
    )
    path = programs(ffmpeg=script, ffprobe="echo ffprobe version 9.9 built by hand")

    assert diagnosed("check_ffmpeg(Path(sys.argv[1]))", {"PATH": str(path)}) == [
        [
            "ffmpeg",
            "missing",
            "9.9, without libx264, crop, format, pad, select, subtitles, tile",
            "apt-get install ffmpeg",
        ],
        ["ffprobe", "ok", "9.9", ""],
    ]


def test_a_package_that_this_ffmpeg_cannot_make_is_a_warning(
    diagnosed: Diagnose, programs: Callable[..., Path]
) -> None:
    asked = "check_deliver(Path(sys.argv[1]))"
    whole = diagnosed(asked, {})
    assert whole == [["deliver", "ok", "mp4, hls, webm, gif, sprite, youtube, player", ""]]

    without = f'{shutil.which("ffmpeg")} "$@" | grep -v -e libvpx -e libopus'
    (found,) = diagnosed(asked, {"PATH": str(programs("grep", ffmpeg=without))})
    assert found[:3] == [
        "deliver",
        "warning",
        "no webm: ffmpeg is without libvpx-vp9, libopus",
    ]


def test_a_font_that_is_replaced_is_a_warning(diagnosed: Diagnose, tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    found = diagnosed(
        "check_fonts(Path(sys.argv[1]))", {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    )

    assert [(name, state, said) for name, state, said, _ in found] == [
        (f"font {name}", "warning", "not there: Pango draws nothing and does not say so")
        for name in ("Lato", "CMU Serif", "Consolas")
    ]


def test_a_formula_that_does_not_come_out_is_found(
    diagnosed: Diagnose, programs: Callable[..., Path]
) -> None:
    path = programs("kpsewhich", "dvisvgm", latex="echo 'Font cmr10 not loadable'; exit 1")
    *_, formula = diagnosed("check_tex(Path(sys.argv[1]))", {"PATH": str(path)})

    assert formula == [
        "formula",
        "missing",
        "latex failed: Font cmr10 not loadable",
        tex.INSTALL,
    ]


def test_a_formula_without_outlines_is_found(
    diagnosed: Diagnose, programs: Callable[..., Path]
) -> None:
    path = programs("kpsewhich", "latex", "mktexfmt", dvisvgm="echo '<svg></svg>'")
    *_, formula = diagnosed("check_tex(Path(sys.argv[1]))", {"PATH": str(path)})

    assert formula == ["formula", "missing", "dvisvgm drew no outlines", tex.INSTALL]


def test_a_template_names_the_package_of_each_file(tmp_path: Path) -> None:
    preamble = r"\usepackage{amsmath,nosuch} \usepackage[x]{nosuch-either}"

    assert tex.check_template(tmp_path, "mine", preamble, lacking=State.WARNING) == Finding(
        name="tex template mine",
        state=State.WARNING,
        found="no nosuch.sty, nosuch-either.sty: formulas of projects that use it fail",
        advice="apt-file search nosuch.sty; apt-file search nosuch-either.sty",
    )


@pytest.mark.parametrize("template", ["basic", "default"])
def test_knows_the_package_of_every_file_manimgl_loads(template: str) -> None:
    files = tex.tex_files(tex.tex_templates()[template])

    assert [file for file in files if file not in tex.APT] == []


@pytest.mark.skipif(not shutil.which("dpkg"), reason="packages are those of Debian")
@pytest.mark.parametrize("file", sorted(tex.APT))
def test_agrees_with_debian(tmp_path: Path, file: str) -> None:
    where = ask(tmp_path, ["kpsewhich", file]).lines
    if not where:
        pytest.skip(f"{file} is not installed")
    owner = ask(tmp_path, ["dpkg", "-S", where[0]])

    assert owner.lines[0].partition(":")[0] == tex.APT[file]


def test_knows_every_filter_the_media_stage_uses() -> None:
    sources = (REPOSITORY / "pipeline/media").rglob("*.py")
    used = {
        name
        for source in sources
        for name in re.findall(r"\.filter(?:_multi_output)?\(\s*\"(\w+)\"", source.read_text())
    }

    assert used <= set(FILTERS)
