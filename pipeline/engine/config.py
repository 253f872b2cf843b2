"""
The settings manimgl is started with, as a YAML file for its --config_file.

They are read after the project's own custom_config.yml and win: size and rate are the preset's,
and what manimgl writes goes where the farm wants it. Fonts, background, TeX template, saturation
and gamma stay the project's.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml


def manimgl_config(
    *, root: Path, width: int, height: int, rate: Fraction, cache: Path, scratch: Path
) -> dict[str, Any]:
    """
    What a zygote's config file holds.

    `cache` keeps what LaTeX and Pango made, for all workers; `scratch` takes what a scene writes.
    """
    whole = rate.numerator if rate.denominator == 1 else float(rate)
    settings: dict[str, Any] = {
        "camera": {"resolution": f"({width}, {height})", "fps": whole},
        "directories": {
            "cache": str(cache),
            "mirror_module_path": False,
            # A folder for output is made as soon as a helper asks for its name
            "subdirs": {"output": str(scratch), "downloads": str(scratch)},
        },
    }
    base = _own_base(root)
    if base and not (root / base).is_dir():
        # An absolute path of the author's machine: look for assets in the project instead
        settings["directories"]["base"] = ""
    return settings


def write_config(folder: Path, settings: dict[str, Any]) -> Path:
    """Writes the file and says where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "manimgl.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def _own_base(root: Path) -> str:
    try:
        own = yaml.safe_load((root / "custom_config.yml").read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError):
        return ""
    return str((own.get("directories") or {}).get("base") or "")
