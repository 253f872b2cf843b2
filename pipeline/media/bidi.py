"""
Formulas in captions that are read from right to left.

`y = Wx + b` in a Hebrew sentence is shown with its sides exchanged unless it is set apart, by the
isolates of Unicode's bidirectional algorithm (UAX #9, 2.4). Pure: text in, text out.
"""

from __future__ import annotations

import re
from functools import lru_cache

import icu

OPEN, CLOSE = "\u2066", "\u2069"
FROM_RIGHT = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
FORMULA = re.compile(
    rf"[A-Za-z\u0370-\u03ff0-9(\[{{√∑∫∂−-][^{FROM_RIGHT}{OPEN}{CLOSE}]*[A-Za-z\u0370-\u03ff0-9)\]}}²³]"
)
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"})
"""Scripts, by ISO 15924."""
OPERATOR = re.compile(r"[=+*/^<>≤≥≈≠×·−√∑∫∂²³()\[\]-]")


@lru_cache(maxsize=64)
def reads_from_right(language: str) -> bool:
    """Whether a language is written from right to left."""
    locale = icu.Locale.forLanguageTag(language)
    locale.addLikelySubtags()
    return locale.getScript() in RIGHT_TO_LEFT


def set_apart(line: str, language: str) -> str:
    """
    The line with every formula isolated, where the language is read from right to left.

    >>> set_apart("אז y = Wx + b.", "he") == "אז \\u2066y = Wx + b\\u2069."
    True
    >>> set_apart("so y = Wx + b.", "en")
    'so y = Wx + b.'
    """
    if not reads_from_right(language):
        return line
    return FORMULA.sub(
        lambda found: (
            f"{OPEN}{found.group()}{CLOSE}" if OPERATOR.search(found.group()) else found.group()
        ),
        line,
    )
