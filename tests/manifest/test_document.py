"""That YAML is read as its author meant it, whole and with its lines, or not at all."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ManifestError
from pipeline.manifest.document import Document, parse_document, read_document

PATH = Path("manifests/lecture.yaml")
YAML = "cannot be read as YAML: "
INDENTED = YAML + "this line is not indented like its neighbours"
QUOTES = YAML + "a value cannot begin with this character: put it in quotes"


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("1", 1),
        ("-3", -3),
        ("010", 10),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-01-01", "2026-01-01"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 30, int("9" * 30)),
        ("30000/1001", "30000/1001"),
        ('"12"', "12"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  two\n  lines", "two\nlines\n"),
        ("[1, [a, 2.5], {b: null}]", [1, ["a", 2.5], {"b": None}]),
        ("&x [1, 2]", [1, 2]),
    ],
    ids=repr,
)
def test_reads_a_value(written: str, means: object) -> None:
    document = parse_document(f"key: {written}\n", PATH)

    assert document.data == {"key": means}
    assert type(document.data["key"]) is type(means)
    assert document.problems == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 32 + "]" * 32, id="32 deep"),
        pytest.param("[" + "[], " * 100 + "]", id="a hundred lists side by side"),
        pytest.param("[" + "1, " * 49_999 + "]", id="50,000 values"),
    ],
)
def test_reads_up_to_its_limits(text: str) -> None:
    assert isinstance(parse_document(text, PATH).data, list)


def test_keys_are_text() -> None:
    assert parse_document("1: a\ntrue: b\n", PATH).data == {"1": "a", "true": "b"}


def test_writes_an_anchor_out_wherever_it_is_named() -> None:
    document = parse_document("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n", PATH)

    assert document.data == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, {"b": [1]}]}


SCENES = """\
# A comment
chapter: a

scenes:
  - id: layer
    params:
      seed: 12
  - id: layer 2
    params: {seed: 12}
"""


@pytest.mark.parametrize(
    ("loc", "line", "label"),
    [
        ((), 2, ""),
        (("chapter",), 2, "chapter"),
        (("scenes",), 4, "scenes"),
        (("scenes", 0), 5, "scenes.layer"),
        (("scenes", 0, "params", "seed"), 7, "scenes.layer.params.seed"),
        (("scenes", 0, "params", "sed"), 6, "scenes.layer.params.sed"),
        (("scenes", 1), 8, "scenes[2]"),
        (("scenes", 1, "params", "seed"), 9, "scenes[2].params.seed"),
        (("title",), 2, "title"),
    ],
    ids=str,
)
def test_remembers_lines(loc: tuple[int | str, ...], line: int, label: str) -> None:
    document = parse_document(SCENES, PATH)

    assert (document.line(loc), document.label(loc)) == (line, label)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "1: is empty: a manifest begins with version: 1", id="nothing"),
        pytest.param("# only\n", "1: is empty: a manifest begins with version: 1", id="a comment"),
        pytest.param(
            "a: 1\ntitle: Limits: a first look\n",
            f"2: {YAML}a colon inside a value: put the value in quotes",
            id="a colon in a value",
        ),
        pytest.param("a: 1\n  b: 2\n", f"2: {INDENTED}", id="indented too far"),
        pytest.param("a:\n    x: 1\n  y: 2\n", f"3: {INDENTED}", id="indented in between"),
        pytest.param("s:\n  - a: 1\n    b: 2\n   c: 3\n", f"4: {INDENTED}", id="a list item"),
        pytest.param("s:\n  - a\n  b: 1\n", f"3: {INDENTED}", id="a key in a list"),
        pytest.param(
            "a: 1\nb:\n\tc: 2\n", "3: is indented with a tab: YAML wants spaces", id="a tab"
        ),
        pytest.param(
            "a:\n  b: 1\n  \tc: 2\n",
            "3: is indented with a tab: YAML wants spaces",
            id="a tab after spaces",
        ),
        pytest.param(
            "a: 1\ntitle\nb: 2\n",
            f"3: {YAML}a key without its colon on the line above, or a stray line",
            id="a missing colon",
        ),
        pytest.param(
            'a: 1\nb: "never closed\nc: 2\n',
            f"2: {YAML}the quote opened here is never closed",
            id="an open quote",
        ),
        pytest.param(
            "a: 'it's'\n",
            f"1: {YAML}text after a closing quote: use the other kind of quote around the whole"
            " value",
            id="an apostrophe",
        ),
        pytest.param(
            "a: 1\nb: [1, 2\nc: 3\n",
            f"2: {YAML}the list opened with [ here is not closed with ]",
            id="an open list",
        ),
        pytest.param(
            "a: {x: 1\nb: 3\n",
            f"1: {YAML}the mapping opened with {{ here is not closed with }}",
            id="an open mapping",
        ),
        pytest.param(
            "a: {x: 1, , y: 2}\n",
            f"1: {YAML}a value is missing, or a bracket or comma too many",
            id="a comma too many",
        ),
        pytest.param(
            "a: - b\n", f"1: {YAML}a list has to start on a line of its own", id="a list in line"
        ),
        pytest.param(
            "a: |x\n  b\n",
            f"1: {YAML}text after | or > has to start on the next line",
            id="text after a bar",
        ),
        pytest.param(
            "a: {b: c:[d]}\n",
            f"1: {YAML}a colon inside {{ }} or [ ]: put the value in quotes",
            id="a colon in brackets",
        ),
        pytest.param(
            "{a: 1}\nb: 1\n",
            f"2: {YAML}a stray line, or text before the first key",
            id="text before the first key",
        ),
        pytest.param("%a\n", f"1: {YAML}a line cannot begin with %", id="a percent sign"),
        pytest.param("a: @b\n", f"1: {QUOTES}", id="an at sign"),
        pytest.param("a: `b`\n", f"1: {QUOTES}", id="a backtick"),
        pytest.param(
            "a: * b\n",
            f"1: {YAML}a value cannot begin with * or &: put it in quotes",
            id="a star",
        ),
        pytest.param(
            "a: *b\n",
            f"1: {YAML}no anchor (&name) of this name comes before this",
            id="an unknown alias",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            f"2: {YAML}a second document begins: remove the --- line",
            id="two documents",
        ),
        pytest.param(
            r'a: "\q"' + "\n",
            f'1: {YAML}a backslash inside "…": write \'…\' instead',
            id="a backslash that is no escape",
        ),
        pytest.param(
            r'a: "\xi"' + "\n",
            f'1: {YAML}a backslash inside "…": write \'…\' instead',
            id="a backslash that is half an escape",
        ),
        pytest.param(
            "a: !!python/object/apply:os.system ['true']\n",
            "1: tags such as tag:yaml.org,2002:python/object/apply:os.system are not read:"
            " write the plain value",
            id="a python object",
        ),
        pytest.param(
            "a: !!str 5\n",
            "1: tags such as tag:yaml.org,2002:str are not read: write the plain value",
            id="a harmless tag",
        ),
        pytest.param(
            "a: 1\n? [b, c]\n: 2\n",
            "2: a key must be text, and is a list or mapping",
            id="a list for a key",
        ),
        pytest.param(
            "a: 1\nb: x\x07y\n",
            "2: has an invisible character, '\\x07': remove it",
            id="an invisible character",
        ),
        pytest.param("[" * 33 + "]" * 33, "1: is nested more than 32 deep", id="deep brackets"),
        pytest.param("[" * 500_000, "1: is nested more than 32 deep", id="brackets without end"),
        pytest.param(
            "a: &x\n  - *x\n", "1: an anchor (&name) that holds itself", id="an anchor in itself"
        ),
        pytest.param(
            "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else '1')}]\n" for n in range(9)),
            "1: holds more than 50,000 values",
            id="a billion laughs",
        ),
        pytest.param(
            "[" + "1, " * 50_000 + "]", "1: holds more than 50,000 values", id="a long list"
        ),
    ],
)  # fmt: skip
def test_refuses(text: str, says: str) -> None:
    started = time.process_time()
    with pytest.raises(ManifestError) as caught:
        parse_document(text, PATH)

    assert str(caught.value) == f"{PATH}:{says}"
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            ["3: a: written twice, first on line 1: keep one of them"],
            id="at the top",
        ),
        pytest.param(
            "s:\n  - id: x\n    id: y\n    id: z\n",
            [
                "3: s.x.id: written twice, first on line 2: keep one of them",
                "4: s.x.id: written twice, first on line 2: keep one of them",
            ],
            id="in a list",
        ),
        pytest.param(
            "a: {b: 1, 'b': 2}\n",
            ["1: a.b: written twice, first on line 1: keep one of them"],
            id="in two spellings",
        ),
        pytest.param(
            "a: \"\\frac12\"\nb: '\\frac12'\n",
            ["1: a: a backslash inside \"…\" was read as '\\x0c': write '…' instead"],
            id="a formula in double quotes",
        ),
    ],
)
def test_reads_on_past(text: str, says: list[str]) -> None:
    assert [str(p) for p in parse_document(text, PATH).problems] == [f"{PATH}:{s}" for s in says]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(
            b"a: 1\nb: caf\xe9\n",
            ":2: is not UTF-8 text here: save the file in the UTF-8 encoding",
            id="latin 1",
        ),
        pytest.param(
            "a: 1".encode("utf-16"),
            ":1: is not UTF-8 text here: save the file in the UTF-8 encoding",
            id="utf-16",
        ),
        pytest.param(
            b"# " + b"x" * 1024 * 1024,
            ":1: is larger than 1 MiB, and no manifest is: is this the right file?",
            id="a mebibyte and two bytes",
        ),
        pytest.param(None, ": Is a directory", id="a folder"),
    ],
)
def test_refuses_a_file(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "lecture.yaml"
    path.mkdir() if content is None else path.write_bytes(content)

    with pytest.raises(ManifestError) as caught:
        read_document(path)

    assert str(caught.value) == f"{path}{says}"


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[bytes], Document]:
    def read(content: bytes) -> Document:
        path = tmp_path / "lecture.yaml"
        path.write_bytes(content)
        return read_document(path)

    return read


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("title: Größe\n".encode(), id="utf-8"),
        pytest.param("\ufefftitle: Größe\n".encode(), id="with a byte order mark"),
        pytest.param("title: Größe\r\n".encode(), id="from windows"),
        pytest.param("title: Größe\n#".encode().ljust(2**20, b"x"), id="of a mebibyte"),
    ],
)
def test_reads_a_file(reading: Callable[[bytes], Document], content: bytes) -> None:
    assert reading(content).data == {"title": "Größe"}
