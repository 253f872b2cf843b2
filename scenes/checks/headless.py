"""Makes a process ready to run scenes without a display and without drawing. Import it first."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from pathlib import Path

import moderngl

from pipeline.engine.nullgl import null_context, null_format


def load_manimlib() -> None:
    """For good: the process is not to draw anything afterwards."""
    os.environ["PYGLET_HEADLESS"] = "1"
    moderngl.create_standalone_context = null_context
    moderngl.detect_format = null_format
    arguments, sys.argv = sys.argv, ["manimgl", "--quiet"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources is deprecated; pydub has odd escapes
        camera = importlib.import_module("manimlib.camera.camera")
    sys.argv = arguments
    camera.Camera.capture = lambda *_: None


def load_scene(reference: str) -> type:
    """The class that a manifest calls `scenes/gradient/title.py:GradientTitle`."""
    file, name = reference.split(":")
    return getattr(importlib.import_module(".".join(Path(file).with_suffix("").parts)), name)
