"""
Whether a project has the file and the class that a manifest names, without running a line of it.

Looks at Python by its syntax tree alone: importing a scene takes seconds, and what it would do is
anyone's guess. Follows `from x import *` through the project, since lecturers share their own
imports that way.
"""

from __future__ import annotations

import ast
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.manifest.wording import did_you_mean

WITHOUT_SCENES = sys.stdlib_module_names | {"manimlib", "numpy", "scipy", "torch", "sympy"}
"""Star imports of these cannot bring the class meant; any other that is not found might."""
MOST_FILES = 20_000
"""How many of a project's files are looked through for one of a similar name."""
SKIPPED = {"node_modules", "__pycache__", "site-packages"}


def parse_scene(text: str) -> tuple[str, str]:
    """
    File and class of `path/to/file.py:ClassName`.

    Raises:
        ValueError: it is not written so, with a sentence for the author.
    """
    file, colon, name = text.rpartition(":")
    if not colon or not file.endswith(".py"):
        raise ValueError(f"write path/to/file.py:ClassName, and not {text}")
    if not name.isidentifier():
        raise ValueError(f'"{name}" cannot be the name of a class')
    return file, name


def require_inside(root: Path, file: str) -> Path:
    """
    The path of a project's file, absolute and without links.

    Raises:
        ValueError: it is not there, or is outside `root`, which a manifest must not reach.
    """
    require_relative(file)
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"{file} is a link that leads out of the project: copy the file in")
    if not path.is_file():
        raise ValueError(f"no file {file} in {root}{_near_files(root, PurePosixPath(file))}")
    return path.resolve()


def require_relative(file: str) -> None:
    """
    Makes sure that a path, of a file there is or is not, stays inside a project.

    Raises:
        ValueError: with a sentence for the author.
    """
    parts = PurePosixPath(file)
    if parts.is_absolute() or ".." in parts.parts or "\\" in file or file.startswith("~"):
        raise ValueError(f"{file} must be a path inside the project, with / and without ..")


def require_function(root: Path, text: str) -> None:
    """
    Makes sure that `file.py:function` names a function there is.

    Raises:
        ValueError: with a sentence for the author.
    """
    if not text.rpartition(":")[0].endswith(".py"):
        raise ValueError(f"write path/to/file.py:function, and not {text}")
    file, _, name = text.rpartition(":")
    body = _parse(require_inside(root, file), file).body
    names = {node.name for node in _statements(body) if isinstance(node, ast.FunctionDef)}
    if name not in names:
        raise ValueError(
            f"no function {name} in {file}{did_you_mean(name, names) or _there(names)}"
        )


def _there(names: set[str]) -> str:
    return f"; it has {', '.join(sorted(names)[:8])}" if names else ""


def _near_files(root: Path, wanted: PurePosixPath) -> str:
    there = list(_files(root, wanted.suffix))
    same_name = [file for file in there if PurePosixPath(file).name == wanted.name]
    if same_name:
        return f'; did you mean "{same_name[0]}"?'
    return did_you_mean(str(wanted), there)


def _files(root: Path, suffix: str) -> Iterator[str]:
    seen = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
        for name in sorted(files):
            seen += 1
            if seen > MOST_FILES:
                return
            if name.endswith(suffix):
                yield (Path(folder) / name).relative_to(root).as_posix()


def require_scene(root: Path, text: str) -> None:
    """
    Makes sure that `file.py:Class` names a class there is, or could be.

    Raises:
        ValueError: with a sentence for the author.
    """
    if text.endswith(".py"):
        path = require_inside(root, text)
        classes = [node.name for node in _parse(path, text).body if isinstance(node, ast.ClassDef)]
        raise ValueError(f"which class of it? {', '.join(f'{text}:{name}' for name in classes)}")
    file, name = parse_scene(text)
    names = _names(require_inside(root, file), root, file, set())
    if names is not None and name not in names:
        raise ValueError(f"no class {name} in {file}{_near_names(name, names)}")


def _near_names(name: str, names: set[str]) -> str:
    near = did_you_mean(name, names)
    classes = sorted(known for known in names if known[:1].isupper())[:8]
    return near or (f"; it has {', '.join(classes)}" if classes else "")


def _names(path: Path, root: Path, file: str, seen: set[Path]) -> set[str] | None:
    """What can be taken from a module by name; None where that cannot be told from outside."""
    if path in seen:
        return set()
    seen.add(path)
    names: set[str] = set()
    for node in _statements(_parse(path, file).body):
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.name != "*":
                    names.add(alias.asname or alias.name)
                    continue
                brought = _star(node, path, root, seen)
                if brought is None:
                    return None
                names |= brought
        elif isinstance(node, ast.Expr | ast.For) and _makes_names(node):
            return None
    return names


def _makes_names(node: ast.stmt) -> bool:
    """Whether a statement looks like `exec(…)` or `globals()[name] = type(…)`."""
    return any(isinstance(n, ast.Name) and n.id in ("exec", "globals") for n in ast.walk(node))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that run when the module does, also inside `if`, `try` and `with`."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _statements(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _star(node: ast.stmt, path: Path, root: Path, seen: set[Path]) -> set[str] | None:
    if not isinstance(node, ast.ImportFrom):
        return set()
    module = node.module or ""
    if not node.level and module.split(".")[0] in WITHOUT_SCENES:
        return set()
    base = path.parents[node.level - 1] if node.level else root
    for folder in (base, path.parent):
        stem = folder.joinpath(*module.split(".")) if module else folder
        for found in (stem.with_suffix(".py"), stem / "__init__.py"):
            if found.is_file():
                return _names(found, root, found.name, seen)
    return None


def _parse(path: Path, file: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\alpha" in a formula warns, and is the author's
            return ast.parse(path.read_bytes())
    except SyntaxError as error:
        raise ValueError(f"{file}:{error.lineno or 1} is not Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ValueError(f"{file} is nested too deep for Python to read") from None
