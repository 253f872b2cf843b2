"""That a source counts by what it does: a comment changes nothing, a statement does."""

from pathlib import Path

import pytest

from pipeline.engine.sources import (
    MISSING,
    first_change,
    parse_without_docstrings,
    read_digests,
    source_digest,
    statement_index,
    statement_lines,
)

CODE = '''\
"""About."""

from manimlib import *

WORDS = "one\\ntwo"


class Lecture(Scene):
    """What it shows."""

    def construct(self):
        """Does it."""
        square = Square()
        self.play(ShowCreation(square), run_time=2)
        if square.get_x() > 0:
            self.wait()
        self.play(FadeOut(square))
'''
SAME = {
    "nothing": ("", ""),
    "a comment": ("        square =", "        # the outline\n        square ="),
    "a comment behind code": ("run_time=2)", "run_time=2)  # slowly"),
    "a docstring": ("What it shows.", "What it really shows."),
    "a docstring's absence": ('        """Does it."""\n', ""),
    "a module's docstring": ('"""About."""\n', ""),
    "blank lines": ("\n\n\nclass", "\n\n\n\n\nclass"),
    "spaces": ("Square()", "Square( )"),
    "a break": ("(ShowCreation(square), run_time=2)", "(\n  ShowCreation(square),\n  run_time=2)"),
    "a trailing comma": ("run_time=2)", "run_time=2,)"),
    "another kind of quote": ('WORDS = "one\\ntwo"', "WORDS = 'one\\ntwo'"),
    "a number spelt otherwise": ("run_time=2)", "run_time=0x2)"),
    "needless brackets": ("square.get_x() > 0", "(square.get_x() > 0)"),
}
OTHER = {
    "a number": ("run_time=2", "run_time=3"),
    "a number's kind": ("run_time=2", "run_time=2.0"),
    "a string": ("one", "One"),
    "a name": ("class Lecture", "class Lesson"),
    "a base": ("(Scene)", "(InteractiveScene)"),
    "an argument": ("ShowCreation(square)", "ShowCreation(square, lag_ratio=1)"),
    "a line less": ("        self.play(FadeOut(square))\n", ""),
    "an indent": ("        self.play(FadeOut", "            self.play(FadeOut"),
    "an import": ("manimlib", "manim"),
    "an operator": ("> 0", ">= 0"),
}


@pytest.fixture
def written(tmp_path: Path):
    """The digest of a source, as a file of that name."""

    def digest(text: str | bytes, name: str = "lecture.py") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return source_digest(path)

    return digest


def edited(edit: tuple[str, str]) -> str:
    assert edit[0] in CODE
    return CODE.replace(*edit, 1)


@pytest.mark.parametrize("edit", SAME.values(), ids=SAME)
def test_it_is_the_same_but_for(edit: tuple[str, str], written) -> None:
    assert written(edited(edit)) == written(CODE)


@pytest.mark.parametrize("edit", OTHER.values(), ids=OTHER)
def test_it_is_another_with(edit: tuple[str, str], written) -> None:
    assert written(edited(edit)) != written(CODE)


def test_what_is_not_python_counts_byte_for_byte(written) -> None:
    assert written("a,b\n1,2\n", "data.csv") != written("a,b\n1,2", "data.csv")
    assert written(CODE, "lecture.txt") != written(CODE + "# more\n", "lecture.txt")


def test_python_that_does_not_parse_counts_byte_for_byte(written) -> None:
    assert written("def f(:  # a\n") != written("def f(:  # b\n")


def test_latin_1_counts_as_the_python_it_is(written) -> None:
    head = b"# -*- coding: latin-1 -*-\n"
    assert written(head + b"x = '\xe9'  # \xe8\n") == written(head + b"x = '\xe9'\n")
    assert written(head + b"x = '\xe9'\n") != written(head + b"x = '\xe8'\n")


def test_a_folder_is_the_names_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "one.csv").write_text("1")
    before = source_digest(folder)
    (folder / "one.csv").write_text("2")
    (folder / "__pycache__").mkdir()
    assert source_digest(folder) == before
    (folder / "two.csv").write_text("1")
    assert source_digest(folder) != before


def test_what_is_not_there_is_missing_and_says_so(tmp_path: Path) -> None:
    assert source_digest(tmp_path / "none.py") == MISSING


def test_the_first_file_that_changed_is_named(tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.csv"):
        (tmp_path / name).write_text("x = 1\n")
    known = read_digests(tmp_path, ["c.csv", "a.py", "b.py"])
    assert list(known) == ["a.py", "b.py", "c.csv"]
    assert first_change(tmp_path, known) is None
    (tmp_path / "c.csv").write_text("x = 2\n")
    assert str(first_change(tmp_path, known)) == "c.csv changed"
    (tmp_path / "b.py").write_text("x = 3 # at once another size\n")
    assert str(first_change(tmp_path, known)) == "b.py changed"
    (tmp_path / "a.py").unlink()
    assert str(first_change(tmp_path, known)) == "a.py is gone"


def test_a_file_that_was_missing_and_came_has_changed(tmp_path: Path) -> None:
    known = {"late.csv": MISSING}
    assert first_change(tmp_path, known) is None
    (tmp_path / "late.csv").write_text("1")
    assert str(first_change(tmp_path, known)) == "late.csv changed"


@pytest.mark.parametrize("edit", SAME.values(), ids=SAME)
def test_a_statement_is_found_again_after(edit: tuple[str, str]) -> None:
    def line_of(text: str, words: str) -> int:
        return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)

    before, after = CODE, edited(edit)
    for words in ("square = ", "get_x()", "self.wait", "self.play(FadeOut"):
        index = statement_index(parse_without_docstrings(before), line_of(before, words))
        assert index is not None
        lines = statement_lines(parse_without_docstrings(after))
        assert lines[index] == line_of(after, words)


def test_a_line_of_no_statement_has_none() -> None:
    assert statement_index(parse_without_docstrings(CODE), 1000) is None
