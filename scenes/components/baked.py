"""
Arrays that are computed once, ahead of the scenes that show them.

A chapter's manifest says under `bakes:` which function makes them; the farm calls it when its code
or arguments change, and tells the scene where the result is. Under plain manimgl there is no farm:
then the copy is loaded that `chalkfarm bake MANIFEST --keep` left in the project.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

ENVIRONMENT = "CHALKFARM_BAKES"
"""A JSON object of paths by id, set by the farm."""


def load_bake(name: str, kept: Path) -> dict[str, np.ndarray]:
    """
    The arrays of the bake `name`, by name.

    Raises:
        FileNotFoundError: the farm was not told that the scene loads it, or no copy is kept.
    """
    told = os.environ.get(ENVIRONMENT)
    if told is not None:
        paths = json.loads(told)
        if name not in paths:
            raise FileNotFoundError(f"bake {name}: list it under the scene's `bakes:`")
        kept = Path(paths[name])
    elif not kept.is_file():
        raise FileNotFoundError(f"no {kept}: `chalkfarm bake MANIFEST --id {name} --keep` makes it")
    with np.load(kept) as file:
        return {key: file[key] for key in file.files}
