"""
That a viewer at 480p sees all of every scene: nothing leaves the frame, no text lies on another,
none is too small. The check is first held against scenes with known faults.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="sets formulas with LaTeX")
ROOT = Path(__file__).parents[2]
BROKEN = "tests/scenes/broken_scenes.py"
FAULTS = {
    "ShapeOffTheEdge": ["end of play 1: Square leaves the frame, by 55 px at the right"],
    "StrokeOffTheEdge": ["end of play 0: Line leaves the frame, by 12 px at the top"],
    "OutInTheMiddle": ["middle of play 1: Dot leaves the frame"],
    "ZoomedPast": ['middle of play 0: "left behind" leaves the frame'],
    "NearTheCamera": ["end of play 0: Square leaves the frame"],
    "SurfaceOffTheEdge": ["end of play 0: Sphere leaves the frame"],
    "TextOnText": ['end of play 0: "below" overlaps "above"'],
    "NumberGrowsIntoItsLabel": ['end of play 0: DecimalNumber overlaps "per cent"'],
    "FormulaOnItsOwnParts": ['end of play 0: glyphs overlaps "other"'],
    "TurnedTowardsEachOther": ['end of play 0: "near" overlaps "far"'],
    "TinyText": ['end of play 0: "Small print 10" is too small to read'],
    "TinyNumber": ["end of play 0: DecimalNumber is too small to read"],
    "TinyTurnedText": ['end of play 0: "Along the axis 10" is too small to read'],
    "SmallFromFarAway": ['end of play 0: "Far away" is too small to read'],
    "Clean": [],
    "FixedWhileZoomed": [],
    "AllowedWithReason": [],
    "AllowedWithoutReason": ['"left behind" leaves the frame', "without a reason"],
    "AllowedInVain": ["look_allows '\"gone\" leaves the frame', which never happens"],
    "Raises": ["ValueError: a scene that fails"],
}
"""What each is reported with: a part of every line, in order, and no line more."""


def scenes_by_manifest() -> list[tuple[str, str]]:
    manifests = sorted((ROOT / "manifests").glob("*.yaml"))
    read = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in manifests}
    return [
        (f"manifests/{name}.yaml", scene["scene"])
        for name, manifest in read.items()
        for scene in manifest.get("scenes", ())
    ]


LISTED = scenes_by_manifest()


def run(*command: str) -> tuple[int, dict]:
    """Exit status, and the JSON in the last line. In a process of its own: manimlib stays."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def look(*asked: str) -> dict[str, list[str]]:
    """What the check finds, by scene; all of them in one process."""
    status, found = run("-m", "scenes.checks", "--json", *asked)
    assert status == int(any(found.values()))
    return found


@pytest.fixture(scope="module")
def broken() -> dict[str, list[str]]:
    return look(*(f"{BROKEN}:{name}" for name in FAULTS))


@pytest.fixture(scope="module")
def listed() -> dict[str, list[str]]:
    return look(*dict.fromkeys(manifest for manifest, _ in LISTED))


@pytest.fixture(scope="module")
def pictures() -> dict[str, list[list[float]]]:
    """Boxes of single mobjects, as manimgl draws them and as they are worked out."""
    return run("-m", "tests.scenes.outlines_probe")[1]


@pytest.mark.parametrize(
    "case", ["circle", "zoomed", "filled", "near", "text", "sphere", "fixed", "dots"]
)
def test_a_thing_lies_where_manimgl_draws_it(pictures, case):
    drawn, worked_out = pictures[case]
    assert worked_out == pytest.approx(drawn, abs=1.5)


@pytest.mark.parametrize(("name", "expected"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_found_and_nothing_else(broken, name, expected):
    lines = broken[f"{BROKEN}:{name}"]
    assert len(lines) == len(expected), lines
    for line, part in zip(lines, expected, strict=True):
        assert part in line


def test_a_fault_says_where_in_the_file_it_is(broken):
    (fault,) = broken[f"{BROKEN}:TextOnText"]
    place = fault.split(" ")[0].strip(":")
    file, line = place.split(":")
    assert file == Path(BROKEN).name
    assert '"above"' in (ROOT / BROKEN).read_text().splitlines()[int(line) - 1]


@pytest.mark.parametrize("scene", [scene for _, scene in LISTED])
def test_every_scene_can_be_seen_whole_and_read(listed, scene):
    assert listed[scene] == []
