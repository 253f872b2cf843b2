"""
What these scenes load instead of computing: one NPZ per name, with where it came from.

`python -m scenes.superposition.bakes` makes them all again; naming some makes only those. A file
says which parameters, seed and versions made it, and one made from others is refused.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
FORMAT = 1


def parameters_hash(name: str, plan: Any) -> str:
    """Of a plan (a frozen dataclass of plain values) and the name of what is made from it."""
    told = json.dumps({"format": FORMAT, "bake": name, "plan": asdict(plan)}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def save_bake(
    name: str, plan: Any, arrays: dict[str, np.ndarray], folder: Path = FOLDER, **versions: str
) -> Path:
    """Writes `name.npz`, the same bytes for the same arrays. `versions` of what else made them."""
    made = {"python": platform.python_version(), "numpy": np.__version__, **versions}
    about = {
        "plan": asdict(plan),
        "parameters_sha256": parameters_hash(name, plan),
        "versions": made,
    }
    path = folder / f"{name}.npz"
    np.savez_compressed(path, about=np.array(json.dumps(about, sort_keys=True)), **arrays)
    return path


def load_bake(name: str, plan: Any) -> dict[str, np.ndarray]:
    """
    The arrays of `name`, made from `plan`.

    Raises:
        FileNotFoundError: it was never made.
        ValueError: it was made from another plan.
    """
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = {key: file[key] for key in file.files}
    about = json.loads(str(arrays.pop("about")))
    if about["parameters_sha256"] != parameters_hash(name, plan):
        raise ValueError(
            f"{name}.npz was made from {about['plan']}, not from {asdict(plan)}: "
            f"run `python -m scenes.superposition.bakes {name}`"
        )
    return arrays


def load_phases(plan: Any) -> list[np.ndarray]:
    """The paths of `packing`, in order, each (steps + 1, k, 3)."""
    arrays = load_bake("packing", plan)
    return [arrays[f"phase_{index}"].astype(float) for index in range(len(arrays))]


def about_bake(name: str) -> dict[str, Any]:
    """Plan, parameters hash and versions, as written."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return json.loads(str(file["about"]))
