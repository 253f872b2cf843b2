"""
Says what is wrong with the look of scenes, without drawing them:

    python -m scenes.checks manifests/gradient.yaml scenes/superposition/sweep.py:AngleSweep

Exits with 1 where something is. With --json: faults by scene, as text.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scenes.checks.headless import load_manimlib, load_scene

load_manimlib()

from scenes.checks.watch import faults_of  # noqa: E402 - imports manimlib


def scenes_of(asked: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """References and params of scenes, in the order asked for."""
    for name in asked:
        if ":" in name:
            yield name, {}
            continue
        for scene in yaml.safe_load(Path(name).read_text(encoding="utf-8"))["scenes"]:
            yield scene["scene"], scene.get("params", {})


def faults_in(reference: str, params: dict[str, Any]) -> list[str]:
    try:
        return [str(fault) for fault in faults_of(load_scene(reference), params)]
    except Exception:  # noqa: BLE001 - whatever a scene raises is its fault, and the next is looked at
        return [traceback.format_exc()]


def main(asked: list[str]) -> int:
    """Returns the exit status."""
    as_json = "--json" in asked
    found = {}
    for reference, params in scenes_of([name for name in asked if name != "--json"]):
        found[reference] = faults_in(reference, params)
        if not as_json:
            lines = [reference, *(f"  {fault}" for fault in found[reference] or ["nothing wrong"])]
            sys.stdout.write("\n".join(lines) + "\n")
    if as_json:
        # manimgl may have left a line unfinished
        sys.stdout.write("\n" + json.dumps(found) + "\n")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
