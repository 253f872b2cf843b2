"""
Arrays that are computed once and kept beside a chapter: NPZ files which say where they come from.

A file holds the plan that made it, the versions that did, and a hash of the plan; asked for with
another plan it is refused, so that a scene never shows the numbers of a past experiment.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Bakery:
    """One folder of bakes and the module whose `python -m` makes them again."""

    folder: Path
    module: str

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"

    def save(self, name: str, plan: Any, arrays: dict[str, np.ndarray], **versions: str) -> Path:
        """`plan` is a frozen dataclass of plain values; `versions` of what else took part."""
        about = {
            "plan": asdict(plan),
            "plan_sha256": plan_hash(name, plan),
            "versions": {
                "python": platform.python_version(),
                "numpy": np.__version__,
                **versions,
            },
        }
        path = self.path(name)
        np.savez_compressed(path, about=np.array(json.dumps(about, sort_keys=True)), **arrays)
        return path

    def load(self, name: str, plan: Any) -> dict[str, np.ndarray]:
        """
        Raises:
            FileNotFoundError: it was never made.
            ValueError: it was made from another plan.
        """
        with np.load(self.path(name)) as file:
            arrays = {key: file[key] for key in file.files}
        about = json.loads(str(arrays.pop("about")))
        if about["plan_sha256"] != plan_hash(name, plan):
            raise ValueError(
                f"{name}.npz was made from {about['plan']}, not from {asdict(plan)}: "
                f"run `python -m {self.module} {name}`"
            )
        return arrays

    def about(self, name: str) -> dict[str, Any]:
        """Plan, its hash and the versions, as written."""
        with np.load(self.path(name)) as file:
            return json.loads(str(file["about"]))


def plan_hash(name: str, plan: Any) -> str:
    told = json.dumps({"format": FORMAT, "bake": name, "plan": asdict(plan)}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
