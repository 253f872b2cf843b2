"""
Whether this machine has fonts for what is to be drawn into pictures, asked before anything is drawn.

libass takes a character that its font lacks from whichever font has it, as fontconfig tells; where
none has, it draws a box. fontconfig is asked the same here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

import icu

from pipeline.errors import EnvironmentMissing
from pipeline.tools import run

CJK = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
"""Scripts, by ISO 15924, whose fonts are a package of their own."""
ADVICE = "apt-get install fonts-noto-core"
CJK_ADVICE = "apt-get install fonts-noto-cjk"
SHARED = ("Common", "Inherited")
"""Names of what several scripts have in common, such as marks and digits."""
ASKING_SECONDS = 60.0
MOST = 11
"""Of one script, to be named; of the last one only that there are more."""


def require_fonts(lines: Iterable[str], *, language: str, log_path: Path) -> None:
    """
    Args:
        language: of the lines, for the message.

    Raises:
        EnvironmentMissing: no font here has some of the characters.
    """
    letters = {letter for line in lines for letter in line if _is_drawn(letter)}
    by_script = groupby(sorted(letters, key=_script_code), key=_script_code)
    lacking = [
        letter
        for _, of_it in by_script
        for letter in islice(_lacking(sorted(of_it), log_path), MOST)
    ]
    if not lacking:
        return
    scripts = dict.fromkeys(icu.Script.getScript(letter).getName() for letter in lacking)
    names = [name for name in scripts if name not in SHARED] or list(scripts)
    shown = " ".join(lacking[: MOST - 1]) + (" …" if len(lacking) >= MOST else "")
    raise EnvironmentMissing(
        what=f"no font here has {shown} ({', '.join(names)}), "
        f"which the captions to burn in need, those in {language}",
        advice=CJK_ADVICE if CJK.intersection(map(_script_code, lacking)) else ADVICE,
    )


def _lacking(letters: Sequence[str], log_path: Path) -> Iterator[str]:
    """Those that no font has. One font that has all letters of a script is the rule, so halves are asked for."""
    if _is_covered(letters, log_path):
        return
    if len(letters) == 1:
        yield letters[0]
        return
    middle = len(letters) // 2
    yield from _lacking(letters[:middle], log_path)
    yield from _lacking(letters[middle:], log_path)


def _is_drawn(letter: str) -> bool:
    ignorable = icu.Char.hasBinaryProperty(letter, icu.UProperty.DEFAULT_IGNORABLE_CODE_POINT)
    return not (ignorable or letter.isspace() or icu.Char.isISOControl(letter))


def _script_code(letter: str) -> str:
    return str(icu.Script.getScript(letter).getShortName())


def _is_covered(letters: Sequence[str], log_path: Path) -> bool:
    """Whether some font has all of these."""
    found: list[str] = []

    def hear(line: str) -> bool:
        found.append(line.strip())
        return True

    wanted = " ".join(f"{ord(letter):x}" for letter in letters)
    run(
        ["fc-list", f":charset={wanted}", "family"],
        log_path=log_path,
        timeout_seconds=ASKING_SECONDS,
        heartbeat=hear,
    )
    return any(found)
