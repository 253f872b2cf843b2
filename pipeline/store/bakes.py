"""
Bakes, kept by what they were made from, found again by what their sources are now.

As traces are: the results of one bake stand on one shelf, and one of them holds if every file it
read is what it was. A project may keep a copy of a long one: an .npz beside its scenes with a
.json that says what it was made from, taken into the store as long as that still holds.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.engine.job import BAKED_ARRAYS
from pipeline.engine.sources import first_change
from pipeline.manifest.resolved import BakeSpec
from pipeline.plan.bakes import BAKES, bake_family, bake_key
from pipeline.plan.key import Key, first_difference
from pipeline.plan.scenes import Identity
from pipeline.store.local import Store, file_digest, store_failed

FAMILIES = "bake-family"


class Bakes:
    """The bakes in one store, for what computes here."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store = store
        self._identity = identity

    def find(self, spec: BakeSpec, project: Path) -> tuple[str | None, str]:
        """The digest of a result that holds for the sources as they are; or None, and why."""
        family = bake_family(spec, self._identity.engine)
        why = ""
        if spec.kept is not None:
            digest, why = self._take_kept(spec.kept, family, project)
            if digest is not None:
                return digest, ""
        for files in self._shelf_files(family):
            key = bake_key(family, files)
            change = first_change(project, files)
            if change is None and self._store.has(BAKES, key.digest):
                return key.digest, ""
            why = why or str(change or "the store lost it")
        return None, why or "never made"

    def path(self, digest: str) -> Path:
        """Where a result's arrays can be read."""
        return self._store.obtain(BAKES, digest) / BAKED_ARRAYS

    def publish(self, spec: BakeSpec, made: Path, files: Mapping[str, str]) -> str:
        """Moves an .npz into the store, made while reading `files`; gives its digest."""
        family = bake_family(spec, self._identity.engine)
        key = bake_key(family, files)
        self._move_in(made, key)
        self._shelve(family, key, files)
        return key.digest

    def copy_to(self, other: Store, digest: str) -> None:
        """Puts a result into another store too."""
        if not other.has(BAKES, digest):
            work = other.workplace()
            shutil.copyfile(self.path(digest), work / BAKED_ARRAYS)
            other.publish(Key(BAKES, self._store.key_fields(BAKES, digest)), work)

    def take_in(self, other: Store) -> None:
        """Adds every result of another store."""
        for entry in other.entries(BAKES):
            fields = other.key_fields(BAKES, entry.digest)
            Bakes(other, self._identity).copy_to(self._store, entry.digest)
            family = Key(FAMILIES, {name: fields[name] for name in fields if name != "files"})
            self._shelve(family, Key(BAKES, fields), fields["files"])

    def keep(self, spec: BakeSpec, digest: str) -> Path:
        """
        Writes a copy of a result to where its manifest says it is kept.

        Raises:
            StoreFailed: the folder cannot be written.
        """
        assert spec.kept is not None
        about = {
            "sum": file_digest(self.path(digest)),
            "fields": self._store.key_fields(BAKES, digest),
        }
        try:
            spec.kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(digest), spec.kept)
            text = json.dumps(about, indent=1, sort_keys=True)
            spec.kept.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise store_failed(spec.kept, error) from error
        return spec.kept

    def _take_kept(self, path: Path, family: Key, project: Path) -> tuple[str | None, str]:
        """The copy a project keeps holds on every machine, whatever versions it was made with."""
        about = _read(path.with_suffix(".json"))
        if about is None or not path.is_file():
            return None, ""
        fields = about["fields"]
        now = {name: value for name, value in family.fields.items() if name != "versions"}
        then = {name: fields[name] for name in now}
        change = first_difference(now, then) or first_change(project, fields["files"])
        if change is not None:
            return None, f"{path.name} was kept before: {change}"
        if file_digest(path) != about["sum"]:
            return None, f"{path.name} is not what was kept"
        key = Key(BAKES, fields)
        if not self._store.has(BAKES, key.digest):
            copy = self._store.workplace() / BAKED_ARRAYS
            shutil.copyfile(path, copy)
            self._move_in(copy, key)
            copy.parent.rmdir()
        return key.digest, ""

    def _move_in(self, made: Path, key: Key) -> None:
        work = self._store.workplace()
        try:
            made.rename(work / BAKED_ARRAYS)
        except OSError as error:
            raise store_failed(work, error) from error
        self._store.publish(key, work)

    def _shelve(self, family: Key, key: Key, files: Mapping[str, str]) -> None:
        shelf = self._store.root / family.place
        name = f"{key.digest}.json"
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            beside = shelf / f"{key.digest}.{uuid.uuid4().hex}"
            beside.write_text(json.dumps(dict(files)), encoding="utf-8")
            beside.replace(shelf / name)
        except OSError as error:
            raise store_failed(shelf, error) from error
        self._store.push(family.place, (name,))

    def _shelf_files(self, family: Key) -> Iterator[Mapping[str, str]]:
        shelf = family.place
        self._store.pull(shelf)
        newest_first = sorted(
            (self._store.root / shelf).glob("*.json"), key=lambda path: -path.stat().st_mtime
        )
        for path in newest_first:
            files = _read(path)
            if files is not None and bake_key(family, files).digest == path.stem:
                yield files


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # damaged: as good as not there, and made again
    return found
