"""
The lossless master of a chapter: the same chapter drawn and finished once more, without loss.

From the frames as they were drawn, and not from what a coder made of them: every pixel is manimgl's.
What was traced is not traced again, what was drawn lossless before is in the store.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.manifest.resolved import Chapter, Preset


def as_master(chapter: Chapter) -> Chapter:
    """The chapter as its master is made. One that is lossless already is its own."""
    if chapter.preset.lossless:
        return chapter
    scenes = tuple(replace(scene, preset=_lossless(scene.preset)) for scene in chapter.scenes)
    preset = replace(_lossless(chapter.preset), name=f"{chapter.preset.name}.master")
    return replace(chapter, preset=preset, scenes=scenes, deliver=("mp4",))


def _lossless(preset: Preset) -> Preset:
    return replace(preset, lossless=True, crf=0)
