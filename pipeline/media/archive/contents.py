"""
What is in a chapter's bag, and where.

    data/deliverables/   all that was made for people, as it is in the chapter's folder
    data/master/         the chapter without loss, and segments.json: the pictures of each segment
    data/framemd5/       the hash of every picture, of both videos, in ffmpeg's format
    data/sources/        manifest, presets, and every file that was read; outside/: from elsewhere
    data/timelines/ keys/ logs/   of each scene: what happens when, the names of its chunks, what it said
    data/bakes/          the arrays its scenes load, and from which files each was made
    data/lock/           the versions it was made with
    data/chapter.json    how to read the rest;  data/provenance.json  what made what

Nothing in it tells when or where it was made, so the same chapter makes the same bag.
"""

from __future__ import annotations

import json
import shutil
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.engine.timeline import Timeline
from pipeline.errors import VerificationFailed
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.joins import neighbours
from pipeline.media.archive.frames import frame_hashes, in_runs, write_framemd5
from pipeline.media.archive.provenance import Provenance
from pipeline.media.archive.sources import Sources, copy_sources
from pipeline.media.ffmpeg import ffmpeg_version
from pipeline.media.packages.encodes import ENCODES
from pipeline.media.packages.record import PACKAGES, read_packages
from pipeline.media.publish import write_text
from pipeline.media.record import CHECKS, TIMELINE, json_text, read_timeline
from pipeline.plan.bakes import BAKES, bake_family
from pipeline.plan.scenes import SEGMENTS, PlannedScene, trace_family
from pipeline.store.bakes import FAMILIES as BAKE_FAMILIES
from pipeline.store.logs import LOGS, find_log, log_key
from pipeline.store.traces import FAMILIES

CHAPTER_FILE = "chapter.json"
CHAPTER_VERSION = 1
SEGMENTS_FILE = "master/segments.json"
LOCK = Path(__file__).parents[3] / "requirements.lock"
FARM = "chalkfarm"
PASSING = ("changed_ns", "encodes")
"""Of the records beside a chapter: when a file was written, and what the store had for it by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A chapter finished in one way: as it is handed out, or as its master."""

    work: Work
    plan: ChapterPlan
    folder: Path


def fill(
    folder: Path,
    public: Edition,
    master: Edition,
    *,
    preset: str | None,
    resolution: str | None,
    logs: Path,
) -> None:
    """
    Writes everything into an empty folder.

    Args:
        preset: as it was asked for; None where the manifest's own was taken.
        resolution: likewise.
    """
    chapter = public.work.chapter
    deliverables = _copy_deliverables(public.folder, folder / "deliverables")
    video = f"{chapter.id}.mp4"
    _copy(master.folder / video, folder / "master" / video)
    framemd5 = folder / "framemd5"
    framemd5.mkdir()
    write_framemd5(public.folder / video, framemd5 / "deliverable.txt", log_path=logs / "md5.log")
    hashes = write_framemd5(
        master.folder / video, framemd5 / "master.txt", log_path=logs / "md5.log"
    )
    write_text(
        folder / SEGMENTS_FILE,
        json_text({"segments": list(_segments(master, hashes, folder, logs))}),
    )
    sources = copy_sources(
        chapter,
        [_traced(scene) for scene in public.plan.scenes],
        more=_write_bakes(folder / "bakes", public),
        target=folder / "sources",
        outside=folder / "outside",
    )
    for scene in public.plan.scenes:
        _write_scene(folder, scene, public, master)
    _write_lock(folder / "lock")
    write_text(
        folder / CHAPTER_FILE,
        json_text(_chapter_json(public, sources, preset=preset, resolution=resolution)),
    )
    record = _provenance(public, sources, deliverables, logs)
    write_text(folder / "provenance.json", json_text(record.to_json()))


def store_keys(public: Edition, master: Edition) -> dict[str, list[str]]:
    """What of the store a bag was made from, by kind."""
    kinds = (SEGMENTS, ENCODES, LOGS, FAMILIES, BAKES, BAKE_FAMILIES)
    keys: dict[str, set[str]] = {kind: set() for kind in kinds}
    for edition in (public, master):
        identity = edition.work.identity
        keys[SEGMENTS] |= {planned.key.digest for planned in edition.plan.joins}
        for bake in edition.plan.bakes:
            keys[BAKES] |= {bake.digest} if bake.digest else set()
            keys[BAKE_FAMILIES].add(bake_family(bake.spec, identity.engine).digest)
        for scene in edition.plan.scenes:
            keys[SEGMENTS] |= {planned.key.digest for planned in scene.pieces}
            keys[FAMILIES].add(trace_family(scene.job, identity).digest)
            keys[LOGS].add(log_key(scene.job, identity, _traced(scene)).digest)
    for packaged in read_packages(public.folder).values():
        keys[ENCODES] |= set(packaged.encodes)
    return {kind: sorted(digests) for kind, digests in keys.items()}


def _copy_deliverables(source: Path, target: Path) -> list[str]:
    """All that people get; of the two records, what does not change from one time to the next."""
    names = list(read_timeline(source)["outputs"])
    names += [name for one in read_packages(source).values() for name in one.outputs]
    for name in sorted({*names, TIMELINE}):
        _copy(source / name, target / name)
    for name in (CHECKS, PACKAGES):
        if (source / name).is_file():
            data = json.loads((source / name).read_text(encoding="utf-8"))
            write_text(target / name, json_text(_lasting(data)))
    return sorted(names)


def _lasting(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _lasting(one) for name, one in data.items() if name not in PASSING}
    return [_lasting(one) for one in data] if isinstance(data, list) else data


def _segments(
    master: Edition, hashes: Sequence[str], folder: Path, logs: Path
) -> Iterator[Mapping[str, Any]]:
    """
    Each lossless chunk's pictures, and where in the master they are: of a scene, or of a transition.

    Raises:
        VerificationFailed: the master is not its chunks, one after the other.
    """
    first, chapter = 0, master.work.chapter
    mixed = {join.key.digest: neighbours(chapter, join) for join in master.plan.joins}
    for index, scene in enumerate(master.plan.scenes):
        own = {planned.key.digest: planned.segment for planned in scene.segments}
        for key, frames in master.plan.chunks(index):
            found = frame_hashes(
                master.work.chunk_path(key), work=folder, log_path=logs / "md5.log"
            )
            if found != list(hashes[first : first + frames]):
                raise VerificationFailed(
                    path=master.folder,
                    what=f"pictures from {first} on",
                    expected=f"those of a chunk of {scene.spec.id}",
                    found="others",
                )
            segment = own.get(key)
            yield {
                "scene": scene.spec.id if segment else None,
                "start": segment.start if segment else None,
                "stop": segment.stop if segment else None,
                "transition": mixed.get(key),
                "key": key,
                "first_in_master": first,
                "pictures": in_runs(found),
            }
            first += frames


def _write_bakes(folder: Path, public: Edition) -> list[str]:
    """Copies the arrays, and gives the names of what they were made from."""
    read: list[str] = []
    for bake in public.plan.bakes:
        assert bake.digest is not None, "a chapter is archived after its bakes are made"
        files = public.work.store.key_fields(BAKES, bake.digest)["files"]
        _copy(public.work.bakes.path(bake.digest), folder / f"{bake.spec.id}.npz")
        facts = {"digest": bake.digest, "files": files}
        write_text(folder / f"{bake.spec.id}.json", json_text(facts))
        read += files
    return read


def _write_scene(folder: Path, scene: PlannedScene, public: Edition, master: Edition) -> None:
    name = f"{scene.spec.id}.json"
    timeline = _traced(scene)
    # How long tracing took is not the scene's
    write_text(folder / "timelines" / name, json_text({**timeline.to_json(), "seconds": 0.0}))
    lossless = next(one for one in master.plan.scenes if one.spec.id == scene.spec.id)
    facts = {
        "trace": trace_family(scene.job, public.work.identity).fields,
        "segments": [_key_json(planned) for planned in scene.pieces],
        "master": [_key_json(planned) for planned in lossless.pieces],
    }
    write_text(folder / "keys" / name, json_text(facts))
    log = find_log(public.work.store, log_key(scene.job, public.work.identity, timeline))
    write_text(folder / "logs" / f"{scene.spec.id}.log", log)


def _key_json(planned: Any) -> dict[str, Any]:
    """The fingerprints in a key are the timeline's, and not written twice."""
    fields = {name: one for name, one in planned.key.fields.items() if name != "fingerprints"}
    segment = planned.segment
    return {"start": segment.start, "stop": segment.stop, "key": planned.key.digest, **fields}


def _write_lock(folder: Path) -> None:
    if LOCK.is_file():
        _copy(LOCK, folder / LOCK.name)
    # Of sys.path more than these would be listed: Ray brings some of its own, once it is imported
    places = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    installed = sorted(
        {f"{one.metadata['Name']}=={one.version}" for one in metadata.distributions(path=places)},
        key=str.lower,
    )
    write_text(folder / "installed.txt", "\n".join([*installed, ""]))


def _chapter_json(
    public: Edition, sources: Sources, *, preset: str | None, resolution: str | None
) -> dict[str, Any]:
    chapter, identity = public.work.chapter, public.work.identity
    return {
        "version": CHAPTER_VERSION,
        "chapter": chapter.id,
        "title": chapter.title,
        "manifest": sources.manifest,
        "project": sources.project,
        "preset": preset,
        "resolution": resolution,
        "folders": list(sources.folders),
        "outside": list(sources.outside),
        "engine": dict(identity.engine),
        "fonts": identity.fonts,
        "renderer": identity.renderer,
        "whole": bool(public.plan.joins),
        "key": read_timeline(public.folder)["key"],
    }


def _provenance(
    public: Edition, sources: Sources, deliverables: Sequence[str], logs: Path
) -> Provenance:
    identity, record = public.work.identity, Provenance()
    record.program(FARM, metadata.version(FARM))
    record.program("ffmpeg", ffmpeg_version(logs / "ffmpeg.log"))
    record.program("renderer", identity.renderer)
    for name, version in identity.engine.items():
        record.program(name, version)
    known = set(sources.files)
    project = "" if sources.project == "." else f"{sources.project}/"
    for scene in public.plan.scenes:
        name, timeline = scene.spec.id, _traced(scene)
        read = [f"{project}{file}" for file in timeline.files]
        record.step(
            f"trace/{name}",
            used=[f"data/sources/{file}" for file in [*read, sources.manifest] if file in known],
            made=[f"data/timelines/{name}.json", f"data/logs/{name}.log"],
            by=[FARM, *identity.engine],
        )
        record.step(
            f"draw/{name}",
            used=[f"data/timelines/{name}.json"],
            made=[f"data/keys/{name}.json"],
            by=[FARM, *identity.engine, "renderer"],
        )
    chapter = public.work.chapter.id
    packages = read_packages(public.folder)
    packaged = {name for one in packages.values() for name in one.outputs}
    record.step(
        "finish",
        used=[f"data/keys/{scene.spec.id}.json" for scene in public.plan.scenes],
        made=[f"data/deliverables/{name}" for name in deliverables if name not in packaged],
        by=[FARM, "av", "ffmpeg"],
    )
    record.step(
        "finish/master",
        used=[f"data/keys/{scene.spec.id}.json" for scene in public.plan.scenes],
        made=[f"data/master/{chapter}.mp4", f"data/{SEGMENTS_FILE}"],
        by=[FARM, "av", "ffmpeg"],
    )
    for name, one in packages.items():
        record.step(
            f"package/{name}",
            used=[f"data/deliverables/{chapter}.mp4"],
            made=[f"data/deliverables/{file}" for file in one.outputs],
            by=[FARM, "av", "ffmpeg"],
        )
    return record


def _traced(scene: PlannedScene) -> Timeline:
    """The scene in its own time, whatever the manifest shows of it."""
    assert scene.traced is not None, "a chapter is archived after its scenes are traced"
    return scene.traced


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
