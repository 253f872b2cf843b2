"""
Where a caption's text may be broken, and where it is best broken, in any script.

Places to break come from ICU (UAX #14, with dictionaries for Thai, Khmer and the like), widths from
UAX #11: a Chinese character takes the room of two Latin ones. Pure: text in, text out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import icu

MAX_COLUMNS = 42
"""A line, in columns of one Latin character. Netflix Timed Text Style Guide, English, I.1."""
MAX_LINES = 2
SENTENCE_ENDS = frozenset(".!?…。！？؟۔।")
CLAUSE_ENDS = frozenset(",;:—、，；：،؛")
CLOSERS = "\"')]}»”’」』）】"
SHORT_WORD_COLUMNS = 3
"""Articles and prepositions, which read better at the start of the next line."""


@lru_cache(maxsize=4096)
def columns(text: str) -> int:
    """
    How wide a text is shown, and by that how long it takes to read.

    >>> columns("ab"), columns("漢字"), columns("e\\u0301")
    (2, 4, 1)
    """
    return sum(
        2 if unicodedata.east_asian_width(cluster[0]) in "WF" else 1
        for cluster in _clusters(text)
        if unicodedata.category(cluster[0]) != "Cf"  # isolates and their like show as nothing
    )


def wrap(text: str, language: str) -> tuple[str, ...] | None:
    """The text as one line, or as two of much the same width; None when it takes more."""
    if columns(text) <= MAX_COLUMNS:
        return (text,)
    pieces = break_up(text, language)
    best: tuple[int, tuple[str, ...]] | None = None
    for index in range(1, len(pieces)):
        lines = ("".join(pieces[:index]).strip(), "".join(pieces[index:]).strip())
        widths = [columns(line) for line in lines]
        if max(widths) <= MAX_COLUMNS:
            cost = abs(widths[0] - widths[1]) + _roughness(pieces[index - 1])
            if best is None or cost < best[0]:
                best = (cost, lines)
    return None if best is None else best[1]


def split(text: str, language: str, *, at_least: int = 1) -> list[str]:
    """
    The text in parts that each fit on MAX_LINES lines: as few as may be, even, cut where it reads
    well. Fewer than `at_least` come back only where there are not that many places to break.
    """
    pieces = break_up(text, language)
    for count in range(min(at_least, len(pieces)), len(pieces) + 1):
        if (starts := _best_starts(pieces, count)) is not None:
            stops = [*starts[1:], len(pieces)]
            return [
                "".join(pieces[start:stop]).strip()
                for start, stop in zip(starts, stops, strict=True)
            ]
    return [text]


def break_up(text: str, language: str) -> list[str]:
    """
    The text cut at every place a line may end, spaces kept at the ends of the pieces.

    What has no such place within MAX_COLUMNS is cut between characters.

    >>> break_up("Slide the kernel", "en")
    ['Slide ', 'the ', 'kernel']
    """
    pieces: list[str] = []
    for piece in _words(text, language):
        begun = ""
        for cluster in _clusters(piece):
            if columns(begun + cluster.rstrip()) > MAX_COLUMNS:
                pieces.append(begun)
                begun = ""
            begun += cluster
        pieces.append(begun)
    return pieces


def unbreakable(text: str, language: str) -> str | None:
    """The first stretch wider than a line without a place to break it, such as an address."""
    words = (word.strip() for word in _words(text, language))
    return next((word for word in words if columns(word) > MAX_COLUMNS), None)


def join(one: str, other: str) -> str:
    """
    Two texts said one after the other, with a space between where the script has one.

    >>> join("One.", "Two."), join("卷积", "网络")
    ('One. Two.', '卷积网络')
    """
    wide = unicodedata.east_asian_width(one[-1]) in "WF"
    return f"{one}{'' if wide else ' '}{other}"


def _words(text: str, language: str) -> list[str]:
    return _cut(text, icu.BreakIterator.createLineInstance(icu.Locale(language)))


def _clusters(text: str) -> list[str]:
    """What a reader takes for single characters, accents and joined emoji included."""
    return _cut(text, icu.BreakIterator.createCharacterInstance(icu.Locale.getRoot()))


def _cut(text: str, iterator: icu.BreakIterator) -> list[str]:
    # Boundaries count UTF-16 units, so the cutting is left to ICU's own string
    whole = icu.UnicodeString(text)
    iterator.setText(whole)
    pieces = []
    start = 0
    for stop in iterator:
        pieces.append(str(whole[start:stop]))
        start = stop
    return pieces


def _roughness(piece: str) -> int:
    """
    How much a reader minds an end of line after this piece: the columns by which two lines may
    differ for the sake of a better one.
    """
    text = piece.rstrip()
    last = text.rstrip(CLOSERS)[-1:]
    if last in SENTENCE_ENDS:
        return 0
    if last in CLAUSE_ENDS:
        return 4
    inside_a_word = text == piece and columns(last) == 1
    if inside_a_word or columns(text) <= SHORT_WORD_COLUMNS:
        return 30
    return 20


def _best_starts(pieces: Sequence[str], count: int) -> list[int] | None:
    """The first piece of each of `count` parts, by dynamic programming over where they end."""
    widths = [columns(piece) for piece in pieces]
    before = [0, *accumulate(widths)]
    mean = before[-1] / count
    # cost and first piece of the last part, for the first n pieces in so many parts
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for part in range(1, count + 1):
        row: dict[int, tuple[float, int]] = {}
        for stop in range(part, len(pieces) + 1):
            for start in range(stop - 1, -1, -1):
                if not _fits(pieces[start:stop]):
                    break
                if start not in best[part - 1]:
                    continue
                uneven = (before[stop] - before[start]) / mean - 1
                rough = _roughness(pieces[stop - 1]) if stop < len(pieces) else 0
                cost = best[part - 1][start][0] + 25 * uneven**2 + rough
                if stop not in row or cost < row[stop][0]:
                    row[stop] = (cost, start)
        best.append(row)
    if len(pieces) not in best[count]:
        return None
    starts: list[int] = []
    stop = len(pieces)
    for part in range(count, 0, -1):
        stop = best[part][stop][1]
        starts.append(stop)
    return starts[::-1]


def _fits(pieces: Sequence[str]) -> bool:
    lines, begun = 1, ""
    for piece in pieces:
        if columns((begun + piece).strip()) > MAX_COLUMNS:
            lines, begun = lines + 1, ""
        begun += piece
    return lines <= MAX_LINES
