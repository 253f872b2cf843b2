"""
The project as a cluster needs it: what its scenes read, and the farm itself, in one folder.

A package holds `pipeline/`, this very code, `tree/`, the project's files where they are in relation
to the manifest, and `known/`, traces and bakes that were made here, as a store has them. What a scene
reads is known from its trace, also what git ignores; what a program reads that a scene starts is not,
and has to be named.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.manifest.check import ROOT_MARKS
from pipeline.manifest.presets import presets_path
from pipeline.manifest.resolved import Chapter
from pipeline.plan.bakes import BAKES
from pipeline.store.local import Store

TREE = "tree"
KNOWN = "known"
MOST_BYTES = 512 << 20
"""What Ray takes, compressed. Pictures and films hardly shrink, so none is counted on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A package in a folder."""

    folder: Path
    manifest: str
    """Where in it the manifest is."""
    files: tuple[tuple[str, int], ...]
    """Project files and bakes with their sizes in bytes, the largest first."""

    @property
    def size(self) -> int:
        return sum(size for _, size in self.files)


def pack(
    chapter: Chapter, work: Work, plan: ChapterPlan, more: Sequence[Path], folder: Path
) -> Packed:
    """
    Makes a package in a new folder.

    Args:
        chapter: with all its scenes, whichever of them are planned.
        work: of which traces and bakes go along, so that nothing has to be made again over there;
            bakes only as long as there is room.
        plan: traced; says what the scenes read.
        more: files and folders beside, that no trace can know of.

    Raises:
        UsageError: a scene reads what is outside the project, or it is too much for Ray.
    """
    manifest = Path(os.path.normpath(chapter.manifest.absolute()))
    base = Path(os.path.commonpath([chapter.project, manifest.parent]))
    wanted = dict.fromkeys(
        [
            *_described(chapter, manifest),
            *_read(chapter, plan),
            *_baked(chapter, work, plan),
            *_named(chapter, more),
        ]
    )
    sizes = sorted(
        ((str(path.relative_to(base)), path.stat().st_size) for path in wanted if path.is_file()),
        key=lambda pair: (-pair[1], pair[0]),
    )
    _refuse_too_much(sizes)
    bakes = _made_here(work, plan)
    if sum(size for _, size in (*sizes, *bakes.values())) <= MOST_BYTES:
        known = Store(folder / KNOWN)
        for digest in bakes:
            work.bakes.copy_to(known, digest)
        sizes += bakes.values()
    for path in wanted:
        target = folder / TREE / path.relative_to(base)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    # Beside the manifest, where they are looked for first, wherever they were found
    described = folder / TREE / manifest.relative_to(base)
    presets = presets_path(manifest)
    if presets.is_file():
        shutil.copyfile(presets, described.with_name(presets.name))
    code = Path(__file__).parents[1]
    shutil.copytree(code, folder / code.name, ignore=shutil.ignore_patterns("__pycache__"))
    for scene in plan.scenes:
        for name in work.traces.files(scene.job):
            target = folder / KNOWN / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work.store.root / name, target)
    return Packed(
        folder=folder,
        manifest=f"{TREE}/{manifest.relative_to(base)}",
        files=tuple(sorted(sizes, key=lambda pair: (-pair[1], pair[0]))),
    )


def _described(chapter: Chapter, manifest: Path) -> Iterator[Path]:
    """What says what is to be done, and where the project begins."""
    yield manifest
    yield from (path for mark in ROOT_MARKS if (path := chapter.project / mark).exists())
    for scene in chapter.scenes:
        yield chapter.project / scene.file
        if isinstance(scene.captions, Path):
            yield scene.captions
        yield from scene.translations.values()
    yield from chapter.translations.values()
    if chapter.sound.music is not None:
        yield chapter.project / chapter.sound.music.file


def _baked(chapter: Chapter, work: Work, plan: ChapterPlan) -> Iterator[Path]:
    """What bakes are made from, which says whether they still hold, and the copies that are kept."""
    for bake in plan.bakes:
        yield chapter.project / bake.spec.file
        if bake.digest is not None:
            files = work.store.key_fields(BAKES, bake.digest)["files"]
            yield from (chapter.project / name for name in files)
        if bake.spec.kept is not None:
            kept = (bake.spec.kept, bake.spec.kept.with_suffix(".json"))
            yield from (path for path in kept if path.is_file())


def _made_here(work: Work, plan: ChapterPlan) -> dict[str, tuple[str, int]]:
    """Name and size of the bakes that no kept copy goes along for, by digest."""
    found = {}
    for bake in plan.bakes:
        if bake.digest and not (bake.spec.kept and bake.spec.kept.is_file()):
            size = work.bakes.path(bake.digest).stat().st_size
            found[bake.digest] = (f"bake {bake.spec.id}", size)
    return found


def _read(chapter: Chapter, plan: ChapterPlan) -> Iterator[Path]:
    for scene in plan.scenes:
        assert scene.traced is not None
        sounds = [sound.file for sound in scene.traced.sounds]
        # Not the scratch voices: they are in the store, and spoken again over there
        recorded = [v.path for v in scene.voices if v.path.is_relative_to(chapter.project)]
        recorded += [path.with_suffix(".json") for path in recorded]
        spoken = [path for path in recorded if path.is_file()]
        for name in [*scene.traced.files, *sounds, *map(str, spoken)]:
            path = Path(os.path.normpath(chapter.project / name))
            if not path.is_relative_to(chapter.project):
                raise UsageError(
                    f"{scene.spec.id} reads {path}, which is outside the project\n"
                    f"  do    put it into {chapter.project}, or submit with --shared when every "
                    "machine has it there"
                )
            yield path
            if path.is_dir():
                # The scene saw its names
                yield from (each for each in path.iterdir() if each.name != "__pycache__")


def _named(chapter: Chapter, more: Sequence[Path]) -> Iterator[Path]:
    for path in more:
        full = Path(os.path.normpath(path.absolute()))
        if not full.exists() or not full.is_relative_to(chapter.project):
            raise UsageError(f"--include {path}: there is no such thing in {chapter.project}")
        yield full
        if full.is_dir():
            yield from full.rglob("*")


def _refuse_too_much(sizes: Sequence[tuple[str, int]]) -> None:
    total = sum(size for _, size in sizes)
    if total <= MOST_BYTES:
        return
    largest = ", ".join(f"{name} ({size >> 20} MiB)" for name, size in sizes[:3])
    raise UsageError(
        f"the package would be {total >> 20} MiB, and Ray takes {MOST_BYTES >> 20}: "
        f"the largest are {largest}\n"
        "  do    put the project where every machine of the cluster has it at the same path, "
        "and submit with --shared"
    )
