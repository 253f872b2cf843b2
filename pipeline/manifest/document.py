"""
A YAML file as plain JSON values that remember their lines.

Reads YAML the way its author meant it, which PyYAML's loader does not: a key written twice is
refused (it keeps the last one silently), `no` and `on` stay words (it makes them booleans, also the
Norwegian `language: no`), `1:30` stays text (it makes it 90), and nothing in the file can build an
object, recurse, or grow without end. What the keys mean is for manifest/asked.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import yaml

from pipeline.errors import ManifestError

Loc = tuple[int | str, ...]
"""Where a value is: keys of mappings and positions in lists, from the outside in."""

LARGEST_BYTES = 1024 * 1024
MOST_VALUES = 50_000
"""After anchors are written out. A chapter of 500 scenes has some 10,000."""
DEEPEST = 32
LONGEST_KEY = 200
"""Characters. Names of parameters are keys too."""

INDENTED = "this line is not indented like its neighbours"
# libyaml's own words, and what a person does about them
SYNTAX = (
    ("could not find expected ':'", "a key without its colon on the line above, or a stray line"),
    ("while scanning a quoted scalar", "the quote opened here is never closed"),
    ("did not find expected ',' or ']'", "the list opened with [ here is not closed with ]"),
    ("did not find expected ',' or '}'", "the mapping opened with { here is not closed with }"),
    ("did not find expected key", INDENTED),
    ("did not find expected '-' indicator", INDENTED),
    ("did not find expected node content", "a value is missing, or a bracket or comma too many"),
    ("alphabetic or numeric", "a value cannot begin with * or &: put it in quotes"),
    ("block sequence entries are not allowed", "a list has to start on a line of its own"),
    ("while scanning a block scalar", "text after | or > has to start on the next line"),
    ("cannot start any token", "a value cannot begin with this character: put it in quotes"),
    ("found undefined alias", "no anchor (&name) of this name comes before this"),
    ("expected a single document", "a second document begins: remove the --- line"),
    ("found unexpected ':'", "a colon inside { } or [ ]: put the value in quotes"),
    ("document start", "a stray line, or text before the first key"),
    ("scanning a directive", "a line cannot begin with %"),
    ("hexdecimal", "a backslash inside \"…\": write '…' instead"),
    ("unknown escape character", "a backslash inside \"…\": write '…' instead"),
)
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong, where, and what to do about it."""

    path: Path
    line: int
    """Counted from 1."""
    field: str
    """Dotted name of the key; empty where the file as a whole is meant."""
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: " + (f"{self.field}: " if self.field else "") + self.why


@dataclass(slots=True, kw_only=True)
class Document:
    """What a file holds. Made by read_document or parse_document."""

    path: Path
    data: Any = None
    """dict, list, str, int, float, bool or None, all the way down."""
    lines: dict[Loc, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """Found while reading on: keys written twice, backslashes taken for escapes."""

    def get(self, loc: Loc) -> Any:
        """The value there, or None."""
        value = self.data
        for step in loc:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def line(self, loc: Loc) -> int:
        """Where the deepest part of `loc` that exists was written."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]

    def problem(self, loc: Loc, why: str) -> Problem:
        return Problem(path=self.path, line=self.line(loc), field=self.label(loc), why=why)

    def label(self, loc: Loc) -> str:
        """`loc` as a person names it: `scenes.layer.preset.crf`, `scenes[2].id`."""
        label = ""
        for depth, step in enumerate(loc):
            if isinstance(step, int):
                name = self.get((*loc[: depth + 1], "id"))
                usable = isinstance(name, str) and re.fullmatch(r"[\w-]{1,64}", name)
                label += f".{name}" if usable else f"[{step + 1}]"
            else:
                label += f".{step}" if label else step
        return label


def read_document(path: Path) -> Document:
    """
    Reads a YAML file of at most LARGEST_BYTES.

    Raises:
        ManifestError: it cannot be read, is not UTF-8, or is not YAML that can be trusted.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ManifestError(path=path, problems=[f"{path}: {error.strerror}"]) from None
    if len(content) > LARGEST_BYTES:
        _refuse(path, 1, "is larger than 1 MiB, and no manifest is: is this the right file?")
    try:
        return parse_document(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _refuse(path, line, "is not UTF-8 text here: save the file in the UTF-8 encoding")


def parse_document(text: str, path: Path) -> Document:
    """As read_document, from text already read. Touches no file; path is for the messages."""
    if unprintable := UNPRINTABLE.search(text):
        line = text.count("\n", 0, unprintable.start()) + 1
        _refuse(path, line, f"has an invisible character, {unprintable[0]!r}: remove it")
    try:
        _scan(text, path)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        _refuse(path, *_explain(error, text))
    if root is None:
        _refuse(path, 1, "is empty: a manifest begins with version: 1")
    return _Builder(path).build(root)


def _refuse(path: Path, line: int, why: str) -> NoReturn:
    raise ManifestError(
        path=path, problems=[str(Problem(path=path, line=line, field="", why=why))]
    ) from None


def _scan(text: str, path: Path) -> None:
    """Looks before composing, which recurses in C and keeps no trace of how a tag was written."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            _refuse(path, line, f"is nested more than {DEEPEST} deep")
        if tag := getattr(event, "tag", None):
            _refuse(path, line, f"tags such as {tag} are not read: write the plain value")


def _explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line to look at and what to do there."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    written = [*text.split("\n"), ""]
    for number in (line, line - 1):
        if re.match(r" *\t", written[number - 1]):
            return number, "is indented with a tab: YAML wants spaces"
    before = written[line - 1][: mark.column] if mark else ""
    said = f"{error.context or ''} {error.problem or ''}".strip()
    why = next((words for part, words in SYNTAX if part in said), said)
    if "mapping values are not allowed" in said:
        why = "a colon inside a value: put the value in quotes" if ": " in before else INDENTED
    elif why == INDENTED and before.strip(" -"):
        why = "text after a closing quote: use the other kind of quote around the whole value"
    if "opened" in why and error.context_mark:
        line = error.context_mark.line + 1
    return line, f"cannot be read as YAML: {why}"


class _Builder:
    """Turns yaml's nodes into values, writing anchors out each time they are named."""

    def __init__(self, path: Path) -> None:
        self.document = Document(path=path)
        self.values = 0
        self.complaints: list[tuple[int, Loc, str]] = []

    def build(self, root: yaml.Node) -> Document:
        self.document.lines[()] = root.start_mark.line + 1
        self.document.data = self._value(root, ())
        self.document.problems += [
            Problem(path=self.document.path, line=line, field=self.document.label(loc), why=why)
            for line, loc, why in self.complaints
        ]
        return self.document

    def _value(self, node: yaml.Node, loc: Loc) -> Any:
        self.values += 1
        line = node.start_mark.line + 1
        if self.values > MOST_VALUES:
            _refuse(self.document.path, line, f"holds more than {MOST_VALUES:,} values")
        if len(loc) > DEEPEST:
            _refuse(self.document.path, line, "an anchor (&name) that holds itself")
        if isinstance(node, yaml.MappingNode):
            return {key: self._value(value, (*loc, key)) for key, value in self._entries(node, loc)}
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.document.lines[(*loc, index)] = item.start_mark.line + 1
            return [self._value(item, (*loc, i)) for i, item in enumerate(node.value)]
        if escaped := UNPRINTABLE.search(node.value):
            why = f"a backslash inside \"…\" was read as {escaped[0]!r}: write '…' instead"
            self.complaints.append((line, loc, why))
        quoted = isinstance(node, yaml.ScalarNode) and node.style
        return node.value if quoted else plain(node.value)

    def _entries(self, node: yaml.MappingNode, loc: Loc) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                _refuse(self.document.path, line, "a key must be text, and is a list or mapping")
            name = key.value
            if len(name) > LONGEST_KEY:
                _refuse(self.document.path, line, f"a key of {len(name):,} characters")
            if name in seen:
                why = f"written twice, first on line {seen[name]}: keep one of them"
                self.complaints.append((line, (*loc, name), why))
                continue
            seen[name] = line
            self.document.lines[(*loc, name)] = line
            yield name, value


WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def plain(text: str) -> str | int | float | bool | None:
    """
    An unquoted scalar by the core schema of YAML 1.2.2, section 10.3.2, in decimal only.

    >>> plain("12"), plain("1.5"), plain("no"), plain("1:30")
    (12, 1.5, 'no', '1:30')
    """
    if text in WORDS:
        return WORDS[text]
    if re.fullmatch(r"[-+]?[0-9]{1,300}", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        number = float(text)
        return number if isfinite(number) else text
    return text
