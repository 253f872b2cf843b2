"""From what was asked to what will be done. Pure: reads nothing, and cannot fail on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError
from pipeline.manifest.asked import ChapterAsked, DefaultsAsked, SceneAsked
from pipeline.manifest.asked_sound import SoundAsked
from pipeline.manifest.asked_work import BakeAsked, ResourcesAsked
from pipeline.manifest.resolved import (
    BakeSpec,
    CaptionAsked,
    Chapter,
    MusicSpec,
    NarrationSpec,
    Preset,
    Resources,
    SceneSpec,
    SoundSpec,
)
from pipeline.manifest.scenefile import parse_scene
from pipeline.manifest.wording import did_you_mean

TIME_LIMIT_SECONDS = 20 * 60.0
"""For one scene, where neither it nor the defaults say. A long lecture scene takes 5 minutes."""
BAKE_LIMIT_SECONDS = 60 * 60.0
"""For one bake that does not say."""


def resolve_chapter(
    asked: ChapterAsked,
    *,
    preset: Preset,
    project: Path,
    manifest: Path,
    line_of_scene: Callable[[int], int],
) -> Chapter:
    """The whole chapter. `asked` has been through manifest/check.py."""
    return Chapter(
        id=asked.chapter,
        title=asked.title,
        language=asked.language,
        preset=preset,
        project=project,
        manifest=manifest,
        scenes=tuple(
            resolve_scene(scene, asked.defaults, preset, project, line_of_scene(index))
            for index, scene in enumerate(asked.scenes)
        ),
        deliver=tuple(dict.fromkeys(("mp4", *asked.deliver))),
        sound=_sound(asked.sound, project),
        narration=_narration(asked, project),
        translations={name: project / file for name, file in asked.translations.items()},
        burn_in=asked.burn_in,
        bakes=tuple(resolve_bake(bake, project) for bake in asked.bakes),
    )


def resolve_bake(asked: BakeAsked, project: Path) -> BakeSpec:
    """One bake, with every default."""
    file, function = parse_scene(asked.bake)
    return BakeSpec(
        id=asked.id,
        file=file,
        function=function,
        params=asked.params,
        resources=_resources(asked.resources),
        time_limit_seconds=asked.time_limit or BAKE_LIMIT_SECONDS,
        kept=project / asked.kept if asked.kept else None,
    )


def resolve_scene(
    asked: SceneAsked, defaults: DefaultsAsked, preset: Preset, project: Path, line: int
) -> SceneSpec:
    """One scene, with the defaults it does not override."""
    file, class_name = parse_scene(asked.scene)
    return SceneSpec(
        id=asked.id,
        file=file,
        class_name=class_name,
        title=asked.title,
        params={**defaults.params, **asked.params},
        bakes=asked.bakes,
        preset=_overridden(preset, asked),
        resources=_resources(asked.resources or defaults.resources),
        time_limit_seconds=asked.time_limit or defaults.time_limit or TIME_LIMIT_SECONDS,
        captions=_captions(asked, defaults, project),
        line=line,
        translations={name: project / file for name, file in asked.translations.items()},
    )


def _narration(asked: ChapterAsked, project: Path) -> NarrationSpec:
    narration = asked.narration
    return NarrationSpec(
        voice=narration.voice,
        missing=narration.missing,
        folder=project / (narration.folder or f"narration/{asked.chapter}"),
        speaker=narration.speaker or asked.language.lower(),
        pace=narration.pace,
    )


def _sound(asked: SoundAsked, project: Path) -> SoundSpec:
    bed = asked.music
    music = (
        MusicSpec(file=project / bed.file, gain=bed.gain, duck=bed.duck, fade_seconds=bed.fade)
        if bed
        else None
    )
    loudness = None if asked.loudness == "none" else asked.loudness
    return SoundSpec(loudness=loudness, music=music)


def _overridden(preset: Preset, asked: SceneAsked) -> Preset:
    change = {key: value for key, value in asked.preset if value is not None}
    if preset.lossless:
        change.pop("crf", None)  # asked for another preset; without loss there is nothing to rate
    return replace(preset, **change)


def _resources(asked: ResourcesAsked) -> Resources:
    return Resources(cpu=asked.cpu, gpu=asked.gpu, memory_bytes=asked.memory)


def _captions(
    asked: SceneAsked, defaults: DefaultsAsked, project: Path
) -> Literal["cues", "none"] | tuple[CaptionAsked, ...] | Path:
    captions = defaults.captions if asked.captions is None else asked.captions
    if captions == "cues":
        return "cues"
    if captions == "none":
        return "none"
    if isinstance(captions, str):
        return project / captions
    return tuple(
        CaptionAsked(start_seconds=cue.at, stop_seconds=cue.until, text=cue.text)
        for cue in captions
    )


def only_scenes(chapter: Chapter, patterns: Sequence[str]) -> Chapter:
    """
    The chapter with the scenes whose id matches one of `patterns` (`conv*`), in their order.

    Raises:
        UsageError: a pattern matches none. Lists the ids there are.
    """
    ids = [scene.id for scene in chapter.scenes]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in ids):
            near = did_you_mean(pattern, ids)
            raise UsageError(f'no scene matches "{pattern}"{near}\n  scenes  {", ".join(ids)}')
    kept = [s for s in chapter.scenes if any(fnmatchcase(s.id, p) for p in patterns)]
    loaded = {name for scene in kept for name in scene.bakes}
    bakes = tuple(bake for bake in chapter.bakes if bake.id in loaded)
    return replace(chapter, scenes=tuple(kept), bakes=bakes)
