"""
Where results are kept, each in a folder named by its key, in a local folder.

A result is written beside and renamed in; whoever comes second drops theirs. Beside its files
stand `key.json`, what it was made from, and `sum.json`, what its bytes were, so that a result can
be explained and checked without anything else. Nothing in here is ever changed, only added or
taken away whole, so any number of runs can use one store at a time.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from pipeline.errors import StoreFailed, disk_full
from pipeline.plan.key import Key, place_of

STALE_SECONDS = 24 * 3600
"""Unfinished work older than this belongs to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One result in the store."""

    kind: str
    digest: str
    folder: Path
    size: int
    """Bytes, of all its files."""
    used: float
    """When it was last made or used, seconds since the epoch."""


class Store:
    """One store folder. Holds no state but where it is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def where(self) -> str:
        """What a person or a worker calls it: a folder, or a URL."""
        return str(self.root)

    def folder(self, kind: str, digest: str) -> Path:
        """Where a result is, or would be."""
        return self.root / place_of(kind, digest)

    def has(self, kind: str, digest: str) -> bool:
        """Whether the result is there; its bytes are not looked at."""
        return (self.folder(kind, digest) / "sum.json").exists()

    def workplace(self) -> Path:
        """A new empty folder inside the store to make a result in; `publish` moves it."""
        path = self.root / "work" / f"{os.getpid()}-{uuid.uuid4().hex}"
        _make(path)
        return path

    def publish(self, key: Key, work: Path) -> Path:
        """
        Moves a finished workplace to where `key` says, and gives its folder.

        If somebody was first, theirs is kept and this one is dropped. What is in the way without
        being a result, such as half of one, is put out.

        Raises:
            StoreFailed: the disk is full, or the folder may not be written.
        """
        try:
            write_sums(key, work)
        except OSError as error:
            shutil.rmtree(work, ignore_errors=True)
            raise store_failed(self.folder(key.kind, key.digest), error) from error
        return self.move_in(key.kind, key.digest, work)

    def obtain(self, kind: str, digest: str) -> Path:
        """The folder of a result that is there, to read from."""
        return self.folder(kind, digest)

    def move_in(self, kind: str, digest: str, work: Path) -> Path:
        """Puts a finished result into the folder; if somebody was first, theirs is kept."""
        target = self.folder(kind, digest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and not (target / "sum.json").exists():
                Store.drop(self, kind, digest)
            work.rename(target)
        except OSError as error:
            shutil.rmtree(work, ignore_errors=True)
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                return target
            raise store_failed(target, error) from error
        return target

    def touch(self, kind: str, digest: str) -> None:
        """Notes that a result was used, for `gc` by age."""
        try:
            os.utime(self.folder(kind, digest))
        except OSError:
            return  # a read-only store is still a store

    def key_fields(self, kind: str, digest: str) -> Mapping[str, Any]:
        """What the result was made from."""
        data = json.loads((self.folder(kind, digest) / "key.json").read_text(encoding="utf-8"))
        fields: Mapping[str, Any] = data["fields"]
        return fields

    def damage(self, kind: str, digest: str) -> str | None:
        """What is wrong with a result's bytes, read in full; None when nothing is."""
        return damage_in(self.folder(kind, digest))

    def drop(self, kind: str, digest: str) -> None:
        """
        Takes a result out, whole, even while somebody reads it.

        Raises:
            StoreFailed: the folder may not be written.
        """
        folder = self.folder(kind, digest)
        aside = self.root / "work" / f"dropped-{uuid.uuid4().hex}"
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(aside)
        except FileNotFoundError:
            return
        except OSError as error:
            raise store_failed(folder, error) from error
        shutil.rmtree(aside, ignore_errors=True)

    def entries(self, kind: str) -> Iterator[Entry]:
        """Every result of one kind, in no order."""
        for path in (self.root / kind).glob("??/*"):
            try:
                size = sum(file.stat().st_size for file in path.iterdir())
                used = path.stat().st_mtime
            except OSError:
                continue
            yield Entry(kind=kind, digest=path.name, folder=path, size=size, used=used)

    def kinds(self) -> tuple[str, ...]:
        """What kinds of result there are."""
        if not self.root.is_dir():
            return ()
        return tuple(
            sorted(p.name for p in self.root.iterdir() if p.is_dir() and any(p.glob("??/*")))
        )

    def refresh(self) -> None:
        """From now on, answers take in what others published until now."""

    def wipe(self) -> None:
        """Takes out everything there is."""
        if self.root.is_dir():
            shutil.rmtree(self.root)

    def pull(self, shelf: str) -> None:
        """Brings into `root` what others put on a shelf, a folder that only ever gets more files."""

    def push(self, shelf: str, names: Sequence[str]) -> None:
        """Gives others the files of these names on a shelf of `root`."""

    def sweep(self) -> None:
        """Removes what was left by work that ended long ago without a word."""
        for path in (self.root / "work").glob("*"):
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def damage_in(folder: Path) -> str | None:
    """What is wrong with the bytes of a result in this folder; None when nothing is."""
    try:
        known = json.loads((folder / "sum.json").read_text(encoding="utf-8"))
        found = sums(folder)
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    for name in sorted(known.keys() | found.keys()):
        if name not in found:
            return f"{name} is missing"
        if name not in known:
            return f"{name} does not belong there"
        if known[name] != found[name]:
            return f"{name} is not what was written"
    return None


def write_sums(key: Key, work: Path) -> None:
    """Writes down beside a result's files what it was made from and what its bytes are."""
    _write_json(work / "key.json", {"kind": key.kind, "fields": key.fields})
    _write_json(work / "sum.json", sums(work))


def sums(folder: Path) -> dict[str, str]:
    """BLAKE3 by name of every file in a result's folder but `sum.json` itself."""
    return {
        path.name: file_digest(path) for path in sorted(folder.iterdir()) if path.name != "sum.json"
    }


def file_digest(path: Path) -> str:
    """BLAKE3 of a file's bytes, 64 hex digits."""
    hasher = blake3()
    hasher.update_mmap(path)
    return hasher.hexdigest()


def store_failed(path: Path, error: OSError) -> StoreFailed:
    """The error a person sees when the disk says no."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path)
    return StoreFailed(
        path=path,
        reason=error.strerror or str(error),
        advice="make the folder writable, or name another with --store",
    )


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True)
    except OSError as error:
        raise store_failed(path, error) from error


def _write_json(path: Path, value: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, sort_keys=True, indent=1)
        file.flush()
        os.fsync(file.fileno())
