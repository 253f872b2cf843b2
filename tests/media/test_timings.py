"""That timing files of other people's making become cues at the moment each word is said."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ManifestError
from pipeline.media.timings import read_captions

RATE = Fraction(30)
LONG = (
    "A convolution has very few weights, which it uses again at every position, "
    "and that is what makes it so cheap to learn."
)


def read(data: Any, folder: Path, language: str = "en") -> list[tuple[str, int, int]]:
    path = folder / "words.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return [(c.text, c.start, c.stop) for c in read_captions(path, rate=RATE, language=language)]


def test_sentences_stay_as_they_are(tmp_path: Path) -> None:
    rows = [["Nine products, one sum.", 0.5, 2.0], ["Slide it.", 2.0, 3.1]]

    assert read(rows, tmp_path) == [("Nine products, one sum.", 15, 60), ("Slide it.", 60, 93)]


def test_words_are_put_together_to_sentences(tmp_path: Path) -> None:
    words = [[" Nine", 1.0, 1.2], [" products.", 1.2, 1.9], [" And", 2.0, 2.0], [" then", 2.1, 2.4]]
    later = [[" more", 6.0, 6.5]]

    assert read([*words, *later], tmp_path) == [
        ("Nine products.", 30, 57),
        ("And then", 60, 72),
        ("more", 180, 195),
    ]


def test_a_long_sentence_is_cut_when_its_word_is_said(tmp_path: Path) -> None:
    words = [[f" {word}", n / 2, n / 2 + 0.4] for n, word in enumerate(LONG.split())]

    found = read(words, tmp_path)

    assert " ".join(text for text, _, _ in found) == LONG
    assert len(found) == 2
    first = len(found[0][0].split())
    assert [start for _, start, _ in found] == [0, 15 * first]


def test_translations_are_read_and_what_is_not_translated_stays(tmp_path: Path) -> None:
    rows = [
        {"input": "One.", "translatedText": "Eins.", "n_reviews": 0, "start": 0, "end": 1},
        {
            "input": "Two.",
            "translatedText": "",
            "from_community_srt": "Zwei.",
            "start": 1,
            "end": 2,
        },
        {"input": "Three.", "translatedText": "", "start": 2, "end": 3},
    ]

    assert [text for text, _, _ in read(rows, tmp_path)] == ["Eins.", "Zwei.", "Three."]


def test_what_overlaps_by_a_hair_is_cut_there(tmp_path: Path) -> None:
    assert read([["One two.", 0, 2.05], ["Three four.", 2.0, 3]], tmp_path)[0] == (
        "One two.",
        0,
        60,
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("[[", "is not JSON"),
        ({}, "times in seconds"),
        ([], "has no entries"),
        ([["a b", 1]], "entry 1: write"),
        ([["a b", "x", 2]], "entry 1: write"),
        ([["", 1, 2]], "entry 1: has no text"),
        ([["a b", 2, 1]], "entry 1: ends before it starts"),
        ([["a b", 0, 2], ["c d", 1, 3]], "entry 2: starts 1.00 s before the one above it ends"),
    ],
    ids=["broken", "no list", "empty", "short", "no number", "silent", "backwards", "overlap"],
)
def test_what_is_wrong_is_said_with_its_entry(data: Any, says: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"words\.json") as found:
        read(data, tmp_path)

    assert says in str(found.value)


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_bytes('[\n["Grüße an", 0, 1]]'.encode("latin-1"))

    with pytest.raises(ManifestError, match=r"words\.json:2: is not UTF-8"):
        read_captions(path, rate=RATE, language="de")
