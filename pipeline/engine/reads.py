"""
Which files a scene reads, noticed as they are opened.

An audit hook sees every open() of the process, also those of C code that goes through Python.
What the farm, the libraries and the machine bring is left out: they are in the lock, and the
lock is in every key. What a program started by the scene reads, is not seen.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

IGNORED_FOLDERS = ("/proc", "/sys", "/dev", "/usr", "/lib", "/etc", "/var", "/run", "/opt")


EVENTS = frozenset({"open", "os.listdir", "os.scandir", "os.rename"})
"""Of sys.audit; os.replace says os.rename too."""
IMPORTERS = ("<frozen importlib", "/importlib/", "/pkg_resources/")
"""Whose lists of folders are no business of a scene's."""


class Reads:
    """Everything read from now on, for the rest of the process."""

    def __init__(self, root: Path, *, ignored: tuple[Path, ...]) -> None:
        self._root = root
        libraries = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
        self._ignored = (
            *IGNORED_FOLDERS,
            *sorted({sys.prefix, sys.base_prefix} | libraries),
            str(Path(__file__).parents[1]),  # torch looks up the source of whoever imports it
            *(str(path) for path in ignored),
        )
        self._before = frozenset(sys.modules)
        self._seen: set[str] = set()
        self._written: set[str] = set()
        """What the scene made itself, and may read again."""
        self._listening = True
        sys.addaudithook(self._hear)

    def stop(self) -> None:
        """Hears no more; an audit hook cannot be taken off."""
        self._listening = False

    def names(self) -> list[str]:
        """Paths relative to the root, absolute when outside it; sorted."""
        paths = set(self._seen)
        for name in frozenset(sys.modules) - self._before:
            path = getattr(sys.modules[name], "__file__", None)
            # Python may have taken the module from its bytecode, never opening the source
            if path and not self._is_ignored(_absolute(path)):
                paths.add(_absolute(path))
        return sorted({self._name(path) for path in paths if Path(path).exists()})

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._listening or event not in EVENTS:
            return
        # A list of no folder is one of the current
        path = _full(os.curdir if arguments[0] is None else arguments[0])
        if path is None or path.endswith(".pyc") or ".egg-info/" in path or self._is_ignored(path):
            return
        if event == "os.rename":
            target = _full(arguments[1])
            if path in self._written and target is not None:
                self._made(target)
        elif event != "open":
            if self._is_scene_listing(path):
                self._seen.add(path)
        elif not isinstance(arguments[2], int) or not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            if path not in self._written:
                self._seen.add(path)
        elif arguments[2] & (os.O_TRUNC | os.O_EXCL):
            self._made(path)

    def _made(self, path: str) -> None:
        if path not in self._seen:
            self._written.add(path)

    def _is_scene_listing(self, full: str) -> bool:
        """Python looks into packages too: a new file in one is no change to this scene."""
        if not (full + os.sep).startswith(str(self._root) + os.sep):
            return False
        asking = sys._getframe(2).f_code.co_filename
        return not any(part in asking for part in IMPORTERS)

    def _is_ignored(self, full: str) -> bool:
        if (full + os.sep).startswith(str(self._root) + os.sep):
            inside = full[len(str(self._root)) + 1 :]
            return any(
                full.startswith(folder + os.sep) and len(folder) > len(str(self._root))
                for folder in self._ignored
            ) or inside.startswith((".git" + os.sep, ".venv" + os.sep))
        return any(full == folder or full.startswith(folder + os.sep) for folder in self._ignored)

    def _name(self, full: str) -> str:
        prefix = str(self._root) + os.sep
        return (full + os.sep).removeprefix(prefix).rstrip(os.sep) or os.curdir


def _full(path: Any) -> str | None:
    """None for what has no name, such as an open descriptor."""
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return _absolute(os.fspath(path)) if isinstance(path, str | os.PathLike) else None


def _absolute(path: str) -> str:
    # Not Path.resolve: a link inside the project is read under its own name
    return os.path.abspath(path)  # noqa: PTH100
