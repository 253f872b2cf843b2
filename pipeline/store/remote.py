"""
A store at any fsspec URL, such as `s3://bucket/farm`, with a local folder beside it.

The same layout and the same promises as the local store (see local.py). What is read is first
brought into the local folder, where it is held to its digests before anybody sees it; what is
published is there and at the URL. A result counts as there once its `sum.json` is, which is
written last; every file goes under a name of its own first and is moved when it is whole.
"""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import EnvironmentMissing, StoreFailed
from pipeline.plan.key import Key, place_of
from pipeline.store.local import STALE_SECONDS, Entry, Store, damage_in, write_sums

SUMS = "sum.json"
LISTED_SECONDS = 5.0
"""For so long one listing of the URL is believed; what was there then is there still."""


class RemoteStore(Store):
    """A store at a URL. `root` is the local folder, which may be taken away at any time."""

    def __init__(self, url: str, root: Path) -> None:
        super().__init__(root)
        self.url = url.rstrip("/")
        self._files, self._base = _open(self.url)
        self._seen: dict[str, set[str]] = {}
        """Digests known to be there, by kind."""
        self._listed: dict[str, float] = {}
        """When each kind, or all shelves, were listed."""
        self._shelves: dict[str, list[str]] = {}

    @property
    def where(self) -> str:
        return self.url

    def has(self, kind: str, digest: str) -> bool:
        if digest in self._seen.get(kind, ()):
            return True
        if time.monotonic() - self._listed.get(kind, -LISTED_SECONDS) >= LISTED_SECONDS:
            self._list(kind)
        return digest in self._seen[kind]

    def publish(self, key: Key, work: Path) -> Path:
        with self._told():
            write_sums(key, work)
            if not self._files.exists(f"{self._at(key.kind, key.digest)}/{SUMS}"):
                self._put(work, self._at(key.kind, key.digest))
        self._seen.setdefault(key.kind, set()).add(key.digest)
        return super().publish(key, work)

    def obtain(self, kind: str, digest: str) -> Path:
        """
        Brings a result into the local folder, unless it is there, and gives that.

        Raises:
            StoreFailed: it is not at the URL, or is not what was written.
        """
        folder = self.folder(kind, digest)
        if super().has(kind, digest):
            return folder
        work = self.workplace()
        try:
            with self._told():
                for path in self._files.find(self._at(kind, digest)):
                    self._files.get_file(path, str(work / path.rsplit("/", 1)[1]))
            damage = damage_in(work)
            if damage:
                raise StoreFailed(
                    path=self._url_of(kind, digest),
                    reason=damage,
                    advice="run the same command again, which draws it anew",
                )
            return self.move_in(kind, digest, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def key_fields(self, kind: str, digest: str) -> Mapping[str, Any]:
        self.obtain(kind, digest)
        return super().key_fields(kind, digest)

    def damage(self, kind: str, digest: str) -> str | None:
        if super().has(kind, digest):
            damage = super().damage(kind, digest)
            if damage is None:
                return None
            # Ours alone may be damaged
            super().drop(kind, digest)
        try:
            self.obtain(kind, digest)
        except StoreFailed as error:
            return error.reason
        return None

    def drop(self, kind: str, digest: str) -> None:
        super().drop(kind, digest)
        self._seen.get(kind, set()).discard(digest)
        at = self._at(kind, digest)
        with self._told(), contextlib.suppress(FileNotFoundError):
            # First what makes it count as there
            self._files.rm_file(f"{at}/{SUMS}")
        with self._told(), contextlib.suppress(FileNotFoundError):
            self._files.rm(at, recursive=True)

    def entries(self, kind: str) -> Iterator[Entry]:
        with self._told():
            found = self._find(kind)
        sizes: dict[str, int] = {}
        used: dict[str, float] = {}
        for path, facts in found.items():
            digest = path.rsplit("/", 2)[1]
            sizes[digest] = sizes.get(digest, 0) + int(facts["size"] or 0)
            used[digest] = max(used.get(digest, 0.0), _modified(facts))
        for digest, size in sizes.items():
            folder = self.folder(kind, digest)
            yield Entry(kind=kind, digest=digest, folder=folder, size=size, used=used[digest])

    def kinds(self) -> tuple[str, ...]:
        with self._told():
            try:
                found = self._files.ls(self._base, detail=False)
            except FileNotFoundError:
                return ()
        names = {path.rstrip("/").rsplit("/", 1)[1] for path in found}
        return tuple(sorted(name for name in names if self._find(name)))

    def sweep(self) -> None:
        super().sweep()
        with self._told():
            for path, facts in self._all_under(f"{self._base}/work").items():
                if time.time() - _modified(facts) > STALE_SECONDS:
                    self._files.rm_file(path)

    def refresh(self) -> None:
        self._listed.clear()

    def wipe(self) -> None:
        with self._told(), contextlib.suppress(FileNotFoundError):
            self._files.rm(self._base, recursive=True)
        self._seen.clear()
        self._listed.clear()
        super().wipe()

    def pull(self, shelf: str) -> None:
        with self._told():
            for path in self._on_shelf(shelf):
                target = self.root / path.removeprefix(f"{self._base}/")
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    beside = target.with_name(f".{uuid.uuid4().hex}")
                    self._files.get_file(path, str(beside))
                    beside.replace(target)

    def _on_shelf(self, shelf: str) -> list[str]:
        top = shelf.split("/")[0]
        if time.monotonic() - self._listed.get(top, -LISTED_SECONDS) >= LISTED_SECONDS:
            # All shelves in one go: a chapter of a thousand scenes looks at a thousand
            self._shelves = {}
            for path in self._all_under(f"{self._base}/{top}"):
                self._shelves.setdefault(path.rsplit("/", 1)[0], []).append(path)
            self._listed[top] = time.monotonic()
        return self._shelves.get(f"{self._base}/{shelf}", [])

    def push(self, shelf: str, names: Sequence[str]) -> None:
        with self._told():
            for name in names:
                self._put_file(self.root / shelf / name, f"{self._base}/{shelf}/{name}")

    def _at(self, kind: str, digest: str) -> str:
        return f"{self._base}/{place_of(kind, digest)}"

    def _url_of(self, kind: str, digest: str) -> str:
        return f"{self.url}/{place_of(kind, digest)}"

    def _list(self, kind: str) -> None:
        with self._told():
            self._seen[kind] = {
                path.rsplit("/", 2)[1] for path in self._find(kind) if path.endswith(f"/{SUMS}")
            }
        self._listed[kind] = time.monotonic()

    def _find(self, kind: str) -> dict[str, Any]:
        """Every file of every result of one kind."""
        base = f"{self._base}/{kind}/"
        found = self._all_under(f"{self._base}/{kind}")
        return {p: facts for p, facts in found.items() if _is_of_result(p.removeprefix(base))}

    def _all_under(self, path: str) -> dict[str, Any]:
        self._files.invalidate_cache()
        try:
            found: dict[str, Any] = self._files.find(path, detail=True)
        except FileNotFoundError:
            return {}
        return found

    def _put(self, work: Path, at: str) -> None:
        names = sorted(path.name for path in work.iterdir())
        names.remove(SUMS)
        for name in [*names, SUMS]:
            self._put_file(work / name, f"{at}/{name}")

    def _put_file(self, path: Path, target: str) -> None:
        beside = f"{self._base}/work/{uuid.uuid4().hex}"
        self._files.makedirs(f"{self._base}/work", exist_ok=True)
        self._files.put_file(str(path), beside)
        self._files.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        self._files.mv(beside, target)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong over there, told as a store's failure."""
        try:
            yield
        except FileNotFoundError:
            raise
        except StoreFailed:
            raise
        except Exception as error:
            # Every fsspec implementation has errors of its own
            raise StoreFailed(
                path=self.url,
                reason=str(error).strip() or type(error).__name__,
                advice="see that the address is right and may be written, or name another --store",
            ) from error


def is_url(where: str) -> bool:
    """Whether a store's place is a URL, and not a folder."""
    return "://" in where


def open_store(where: str | Path, beside: Path) -> Store:
    """The store at a folder or a URL; for a URL, `beside` keeps what was brought from there."""
    text = str(where)
    return RemoteStore(text, beside) if is_url(text) else Store(Path(text))


def _open(url: str) -> tuple[Any, str]:
    import fsspec

    try:
        files, base = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise EnvironmentMissing(
            what=f"{url} cannot be a store here: {error}",
            advice="write s3://, gs://, file:// or another address that fsspec knows, "
            "and install what it asks for",
        ) from error
    return files, str(base).rstrip("/")


def _is_of_result(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 3 and parts[1].startswith(parts[0])


def _modified(facts: Mapping[str, Any]) -> float:
    for name in ("LastModified", "mtime", "last_modified", "created"):
        value = facts.get(name)
        if isinstance(value, int | float):
            return float(value)
        if value is not None and hasattr(value, "timestamp"):
            return float(value.timestamp())
    return time.time()
