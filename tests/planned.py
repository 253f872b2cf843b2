"""A small scene and a chapter of it, as a manifest asks for them, for what plans and places scenes."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import Timeline
from pipeline.manifest.resolved import Chapter, Preset, Resources, SceneSpec

TINY = Preset(name="tiny", width=320, height=180, rate=Fraction(15))


def spec(scene_id: str, *, preset: Preset = TINY, captions: Any = "cues", **more: Any) -> SceneSpec:
    """A scene of which only what a test is about is said."""
    usual = {
        "file": "a.py",
        "class_name": "A",
        "title": None,
        "params": {},
        "resources": Resources(),
        "time_limit_seconds": 60,
        "line": 1,
    }
    return SceneSpec(**{"id": scene_id, "preset": preset, "captions": captions, **usual, **more})


def chapter(*scenes: SceneSpec, project: Path = Path("/project"), **more: Any) -> Chapter:
    return Chapter(
        **{
            "id": "c",
            "title": "C",
            "language": "en",
            "preset": scenes[0].preset,
            "project": project,
            "manifest": project / "c.yaml",
            "scenes": scenes,
            **more,
        }
    )


def timeline(of: SceneSpec, runs: tuple[tuple[str, int], ...], **more: Any) -> Timeline:
    """What tracing it gave: these pictures, and nothing else unless said."""
    nothing = {"plays": (), "cues": (), "sounds": (), "files": {}, "warnings": (), "seconds": 0.1}
    return Timeline(
        **{
            "scene": of.scene,
            "width": of.preset.width,
            "height": of.preset.height,
            "rate": of.preset.rate,
            "runs": runs,
            **nothing,
            **more,
        }
    )
