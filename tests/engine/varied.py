"""Scenes of every kind that manimgl draws, and an encoding that loses nothing of them."""

import ast
from pathlib import Path

from pipeline.engine.job import Encoding

FILES = ("crowds", "updaters", "transforms", "solids", "pictures", "shading", "states")
SCENES = [
    f"{file}.py:{node.name}"
    for file in FILES
    for node in ast.parse((Path(__file__).parent / f"scenes/{file}.py").read_text()).body
    if isinstance(node, ast.ClassDef) and "construct" in {getattr(n, "name", "") for n in node.body}
]
LOSSLESS = Encoding(lossless=True, crf=0, preset="ultrafast", saturation=1.0, gamma=1.0)
