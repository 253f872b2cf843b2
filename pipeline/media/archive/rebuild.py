"""
A bag held to its word: some segments and transitions drawn again from its own sources, and compared
picture by picture.

Works on a copy of the sources in a store of its own, and leaves bag and machine as they were.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipeline.engine.job import BAKED_ARRAYS
from pipeline.engine.timeline import Timeline
from pipeline.errors import UsageError
from pipeline.farm.chapter import ChapterPlan, Work
from pipeline.farm.joins import neighbours
from pipeline.farm.sample import redraw, run_tasks
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.media.archive.contents import CHAPTER_FILE, CHAPTER_VERSION, SEGMENTS_FILE
from pipeline.media.archive.frames import frame_hashes, from_runs
from pipeline.media.archive.master import as_master
from pipeline.media.record import Check
from pipeline.media.voices import Voices
from pipeline.plan.scenes import Identity
from pipeline.store.local import Store, file_digest

Segment = Mapping[str, Any]
Place = tuple[Any, ...]
"""Of a chunk: its scene and frames, or, of a transition, the scenes before and after."""


def rebuild_checks(
    bag: Path, share: float, *, identity: Identity, workers: int, random_: random.Random
) -> list[Check]:
    """
    Draws a share of the bag's segments, at least one, and holds them to its master.

    Raises:
        UsageError: the bag is of another version.
        TasksFailed: a scene of it cannot be traced or drawn any more.
    """
    data = bag / "data"
    facts = json.loads((data / CHAPTER_FILE).read_text(encoding="utf-8"))
    if facts["version"] != CHAPTER_VERSION:
        raise UsageError(f"{bag} was made by another version of chalkfarm: it can only be read")
    listed: list[Segment] = json.loads((data / SEGMENTS_FILE).read_text(encoding="utf-8"))[
        "segments"
    ]
    drawn = [segment for segment in listed if segment["scene"] or segment.get("transition")]
    count = min(len(drawn), max(1, math.ceil(share * len(drawn))))
    chosen = random_.sample(drawn, count)
    checks = list(_outside_checks(data, facts))
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as temporary:
        place = Path(temporary)
        checks += _master_checks(data, facts, listed, place)
        chapter = _chapter(data, facts, place, {segment["scene"] for segment in chosen})
        store = Store(place / "store")
        speak = Voices(chapter, store).speak if chapter.narration.voice != "silence" else None
        work = Work(chapter, store, identity, speak=speak)
        _take_bakes(work, data)
        checks += _redraw(work, data, chosen, workers, place)
    if not all(check.ok for check in checks):
        drawn_by = {"renderer": identity.renderer, "fonts": identity.fonts, **identity.engine}
        bagged = {"renderer": facts["renderer"], "fonts": facts["fonts"], **facts["engine"]}
        checks += [
            Check.of(f"drawn with {name}", bagged.get(name), drawn_by.get(name))
            for name in sorted(bagged.keys() | drawn_by.keys())
            if bagged.get(name) != drawn_by.get(name)
        ]
    return checks


def _chapter(data: Path, facts: Mapping[str, Any], place: Path, scenes: set[str]) -> Chapter:
    """The bag's chapter, without loss, its sources copied to where writing does no harm."""
    sources = place / "sources"
    shutil.copytree(data / "sources", sources)
    for folder in facts["folders"]:
        (sources / folder).mkdir(parents=True, exist_ok=True)
    chapter = load_chapter(
        sources / facts["manifest"], preset=facts["preset"], resolution=facts["resolution"]
    )
    project = (sources / facts["project"]).resolve()
    kept = tuple(scene for scene in chapter.scenes if facts["whole"] or scene.id in scenes)
    return as_master(replace(chapter, project=project, scenes=kept))


def _take_bakes(work: Work, data: Path) -> None:
    """The bag's arrays, as if they had been made here: making some takes hours."""
    for spec in work.chapter.bakes:
        facts = json.loads((data / "bakes" / f"{spec.id}.json").read_text(encoding="utf-8"))
        made = work.store.workplace() / BAKED_ARRAYS
        shutil.copyfile(data / "bakes" / f"{spec.id}.npz", made)
        work.bakes.publish(spec, made, facts["files"])


def _redraw(
    work: Work, data: Path, chosen: Sequence[Segment], workers: int, place: Path
) -> Iterator[Check]:
    logs = place / "logs"
    plan = work.plan()
    # A scene with narration is traced again once it is known what it says
    while tasks := work.trace_tasks(plan, logs):
        run_tasks(tasks, work.store, workers)
        plan = work.plan()
    changed: set[str] = set()
    for scene in plan.scenes:
        assert scene.traced is not None, "it was traced just now"
        path = data / "timelines" / f"{scene.spec.id}.json"
        before = Timeline.from_json(json.loads(path.read_text(encoding="utf-8")))
        check = _same_pictures(scene.spec.id, before, scene.traced)
        yield check
        if not check.ok:
            changed.add(scene.spec.id)
    keys = _keys(plan)
    wanted = [segment for segment in chosen if not changed.intersection(_scenes(segment))]
    redraw(work, plan, {keys[w] for s in wanted if (w := _where(s)) in keys}, workers, logs)
    for segment in wanted:
        yield _segment_check(work, segment, keys.get(_where(segment)), place)


def _keys(plan: ChapterPlan) -> dict[Place, str]:
    """The key of each chunk, by where in the chapter it is."""
    keys: dict[Place, str] = {}
    for scene in plan.scenes:
        for planned in scene.segments:
            where = (scene.spec.id, planned.segment.start, planned.segment.stop)
            keys[where] = planned.key.digest
    for join in plan.joins:
        keys[tuple(neighbours(plan.chapter, join).values())] = join.key.digest
    return keys


def _segment_check(work: Work, segment: Segment, key: str | None, place: Path) -> Check:
    planned = from_runs(segment["pictures"])
    expected = f"{len(planned)} pictures as in the master"
    if key is None:
        return Check(name=_name(segment), ok=False, expected=expected, found="cut elsewhere")
    found = frame_hashes(work.chunk_path(key), work=place, log_path=place / "md5.log")
    at = _first_difference(planned, found)
    told = expected if at is None else f"another picture at frame {(segment['start'] or 0) + at}"
    return Check(name=_name(segment), ok=at is None, expected=expected, found=told)


def _same_pictures(scene: str, before: Timeline, now: Timeline) -> Check:
    at = _first_difference(list(before.fingerprints()), list(now.fingerprints()))
    return Check(
        name=f"scene {scene}, traced",
        ok=at is None,
        expected=f"{before.frames} frames as in its timeline",
        found=f"{now.frames} frames as in its timeline" if at is None else f"another frame {at}",
    )


def _first_difference(one: Sequence[str], other: Sequence[str]) -> int | None:
    pairs = enumerate(zip_longest(one, other))
    return next((index for index, (first, second) in pairs if first != second), None)


def _master_checks(
    data: Path, facts: Mapping[str, Any], listed: Sequence[Segment], place: Path
) -> Iterator[Check]:
    """That the master itself still decodes to the pictures its lists say."""
    video = data / "master" / f"{facts['chapter']}.mp4"
    hashes = frame_hashes(video, work=place, log_path=place / "md5.log")
    for segment in listed:
        first = segment["first_in_master"]
        planned = from_runs(segment["pictures"])
        if hashes[first : first + len(planned)] != planned:
            yield Check(
                name=f"master, frames {first} to {first + len(planned) - 1}",
                ok=False,
                expected="the pictures that are listed",
                found="others",
            )
            return
    yield Check.of("master decodes to its pictures", True, True)


def _outside_checks(data: Path, facts: Mapping[str, Any]) -> Iterator[Check]:
    """Files read from elsewhere on the machine have to be there, since scenes name them absolutely."""
    for name in facts["outside"]:
        path = Path(name)
        kept = data / "outside" / path.relative_to(path.anchor)
        found = file_digest(path)[:16] if path.is_file() else f"missing; it is kept as {kept}"
        yield Check.of(name, file_digest(kept)[:16], found)


def _where(segment: Segment) -> Place:
    if segment["scene"] is None:
        return tuple(segment["transition"].values())
    return segment["scene"], segment["start"], segment["stop"]


def _scenes(segment: Segment) -> set[str]:
    """The scenes it is drawn from."""
    found = [segment["scene"]] if segment["scene"] else segment["transition"].values()
    return {scene for scene in found if scene is not None}


def _name(segment: Segment) -> str:
    if segment["scene"] is not None:
        return f"scene {segment['scene']}, frames {segment['start']} to {segment['stop'] - 1}"
    before, after = segment["transition"]["before"], segment["transition"]["after"]
    if before and after:
        return f"transition from {before} to {after}"
    return f"transition into {after}" if after else f"transition out of {before}"
