"""
What a file means to a scene, as a digest that ignores what cannot matter.

Python counts by its syntax tree without docstrings, so that comments, docstrings and formatting
change nothing; everything else counts byte for byte. Imports nothing of manimlib: the planner
asks it on every run.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from blake3 import blake3

LARGEST_SOURCE_BYTES = 2 << 20
"""A syntax tree takes some 400 times as much; of larger files every byte counts."""
MISSING = "missing"
"""The digest of a file that is not there, or cannot be read."""


def source_digest(path: Path) -> str:
    """32 hex digits of a file or folder as a scene sees it, or MISSING. A folder is its names."""
    try:
        if path.is_dir():
            names = {entry.name for entry in path.iterdir()} - {"__pycache__"}
            return _hex("\n".join(sorted(names)).encode())
        status = path.stat()
        return _source(path, status.st_mtime_ns, status.st_size).digest
    except OSError:
        return MISSING


def source_lines(path: Path) -> tuple[int, ...]:
    """As statement_lines, of a file as it is now; empty where that is not Python."""
    try:
        status = path.stat()
        return _source(path, status.st_mtime_ns, status.st_size).lines
    except OSError:
        return ()


@dataclass(frozen=True, slots=True)
class _Source:
    """What is remembered of a file: the scenes of a chapter share most of theirs."""

    digest: str
    lines: tuple[int, ...] = ()


@cache
def _source(path: Path, _mtime_ns: int, _size: int) -> _Source:
    data = path.read_bytes()
    tree = _parse(data) if path.suffix == ".py" else None
    if tree is None:
        return _Source(_hex(data))
    lines = statement_lines(tree)
    # A sum of a thousand terms is too deep to be written out: then every byte counts
    with contextlib.suppress(RecursionError):
        return _Source(_hex(_dump(tree).encode()), lines)
    return _Source(_hex(data), lines)


def read_digests(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Digest by name; names are relative to `root`, or absolute when outside it."""
    return {name: source_digest(root / name) for name in sorted(names)}


@dataclass(frozen=True, slots=True)
class SourceChange:
    """Why a trace no longer holds: one file that is not what it was."""

    name: str
    gone: bool

    def __str__(self) -> str:
        return f"{self.name} {'is gone' if self.gone else 'changed'}"


def first_change(root: Path, known: Mapping[str, str]) -> SourceChange | None:
    """The first file, by name, that differs from what `known` says; None when none does."""
    for name, digest in sorted(known.items()):
        now = source_digest(root / name)
        if now != digest:
            return SourceChange(name, now == MISSING)
    return None


def statement_index(tree: ast.AST, line: int) -> int | None:
    """
    Which statement `line` is in, as a count that comments and blank lines do not move.

    The innermost statement covering the line, by its place in `ast.walk`; None when none does.
    """
    best: tuple[int, int] | None = None
    for index, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            span = (node.end_lineno or node.lineno) - node.lineno
            if best is None or span <= best[0]:
                best = (span, index)
    return None if best is None else best[1]


def statement_lines(tree: ast.AST) -> tuple[int, ...]:
    """The line each statement starts on, by the number that `statement_index` gives it."""
    return tuple(getattr(node, "lineno", 0) for node in _walk(tree))


def _walk(tree: ast.AST) -> list[ast.AST]:
    """As `ast.walk` gives them, in half the time: a chapter's sources are walked on every plan."""
    nodes = [tree]
    for node in nodes:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                nodes += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                nodes.append(value)
    return nodes


def _blocks(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that holds statements. None is inside an expression but a lambda, which has none."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inside = getattr(node, name, ())
            if isinstance(inside, list):
                nodes += inside


def parse_without_docstrings(text: str | bytes) -> ast.Module:
    """
    The syntax tree with every docstring taken out, so that adding one moves nothing.

    Raises:
        ValueError: it is larger than LARGEST_SOURCE_BYTES. Or SyntaxError: it is not Python.
    """
    if len(text) > LARGEST_SOURCE_BYTES:
        raise ValueError("too large to be read as Python")
    with warnings.catch_warnings():
        # An invalid escape in a foreign project is its own affair
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in _blocks(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                del node.body[0]
    return tree


def _parse(data: bytes) -> ast.Module | None:
    try:
        return parse_without_docstrings(data)
    except (SyntaxError, ValueError):
        return None


def _dump(tree: ast.Module) -> str:
    return ast.dump(tree, include_attributes=False)


def _hex(data: bytes) -> str:
    return blake3(data).hexdigest(length=16)
