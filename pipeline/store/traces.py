"""
Traces, kept by what they were traced from, found again by what the sources are now.

All traces of one scene at one size stand on one shelf, a folder named by their family's key. One
of them holds if every file it read is what it was. None is ever changed.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from pipeline.engine.job import SceneJob
from pipeline.engine.sources import first_change, source_lines
from pipeline.engine.timeline import Timeline
from pipeline.plan.key import Key, first_difference
from pipeline.plan.scenes import Identity, trace_family
from pipeline.store.local import Store, store_failed

FAMILIES = "trace-family"


class Traces:
    """The traces in one store, for what draws here."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store = store
        self._identity = identity

    def find(self, job: SceneJob) -> tuple[Timeline | None, str]:
        """The trace that holds for the sources as they are now; or None, and why there is none."""
        root = Path(job.root)
        why = ""
        shelf = trace_family(job, self._identity).place
        self._store.pull(shelf)
        for path in sorted((self._store.root / shelf).glob("*.json"), key=_age):
            timeline = _load(path)
            if timeline is None:
                continue
            change = first_change(root, timeline.files)
            if change is None:
                return with_lines(timeline, root), ""
            why = why or str(change)
        return None, why or self._nearest(job)

    def files(self, job: SceneJob) -> tuple[str, ...]:
        """Where in the store the trace that holds is, with what its family is; none if none does."""
        shelf = trace_family(job, self._identity).place
        for path in sorted((self._store.root / shelf).glob("*.json"), key=_age):
            timeline = _load(path)
            if timeline and first_change(Path(job.root), timeline.files) is None:
                return f"{shelf}/family", f"{shelf}/{path.name}"
        return ()

    def take_in(self, folder: Path) -> None:
        """Adds traces of another store, as `files` names them, from a folder with the same layout."""
        for path in folder.glob(f"{FAMILIES}/??/*/*"):
            shelf = str(path.parent.relative_to(folder))
            target = self._store.root / shelf / path.name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                beside = target.with_name(f".{path.name}.part")
                shutil.copyfile(path, beside)
                beside.replace(target)
                self._store.push(shelf, (path.name,))

    def publish(self, job: SceneJob, text: str) -> Timeline:
        """Keeps a trace, as the engine wrote it, and gives it read."""
        family = trace_family(job, self._identity)
        timeline = Timeline.from_json(json.loads(text))
        key = Key("trace", {**family.fields, "files": dict(timeline.files)})
        work = self._store.workplace()
        shelf = self._store.root / family.place
        name = f"{key.digest}-{_sum(text)}.json"
        try:
            (work / "trace").write_text(text, encoding="utf-8")
            (work / "family").write_text(json.dumps(family.fields), encoding="utf-8")
            shelf.mkdir(parents=True, exist_ok=True)
            (work / "family").replace(shelf / "family")
            (work / "trace").replace(shelf / name)
            work.rmdir()
        except OSError as error:
            raise store_failed(shelf, error) from error
        self._store.push(family.place, ("family", name))
        return with_lines(timeline, Path(job.root))

    def _nearest(self, job: SceneJob) -> str:
        """What differs from the nearest time the scene was traced otherwise."""
        now = trace_family(job, self._identity).fields
        best: tuple[int, str] | None = None
        for path in (self._store.root / FAMILIES).glob("??/*/family"):
            try:
                then = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if then.get("scene") != now["scene"]:
                continue
            differing = sum(now[name] != then.get(name) for name in now)
            difference = first_difference(now, then)
            if difference and (best is None or differing < best[0]):
                best = (differing, difference)
        return best[1] if best else "never traced before"


def with_lines(timeline: Timeline, root: Path) -> Timeline:
    """The same timeline with each play's line as it is now: comments may have moved it."""
    lines = {file: source_lines(root / file) for file in {play.file for play in timeline.plays}}
    return replace(
        timeline,
        plays=tuple(
            replace(play, line=lines[play.file][play.statement])
            if 0 <= play.statement < len(lines[play.file])
            else play
            for play in timeline.plays
        ),
    )


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _sum(text: str) -> str:
    """In a trace's name: a bit that flips in a fingerprint would else be blamed on the scene."""
    return blake3(text.encode()).hexdigest(length=8)


def _load(path: Path) -> Timeline | None:
    try:
        text = path.read_text(encoding="utf-8")
        if not path.stem.endswith(_sum(text)):
            return None
        return Timeline.from_json(json.loads(text))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # damaged: as good as not there, and traced again
