"""That editing is understood as it is written, or answered with the line and what to write."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
import yaml

from pipeline.errors import ManifestError
from pipeline.manifest.edits import CARD, Hold, Time, Transition, Trim
from pipeline.manifest.load import load_chapter
from pipeline.manifest.schema import json_schema

Write = Callable[..., Path]
EDITED = """\
version: 1
chapter: convolution
title: Convolution
preset: draft
ends: {fade_in: 15f, fade_out: 1s, color: white}
defaults: {params: {seed: 1}, transition: {crossfade: 0.5s}}
scenes:
  - id: opening
    card: {title: Convolution, subtitle: Cell by cell, length: 3s}
  - id: layer
    scene: scenes/layer.py:Layer
    trim: {start: 1.5, until: "1:02.5"}
    hold:
      - {at: first, length: 2s}
      - {at: 45f, length: 3f}
    speed: "3/2"
    transition: {fade: 1s, color: "#101218"}
  - id: outro
    scene: scenes/outro.py:Outro
  - id: again
    scene: scenes/outro.py:Outro
    transition: cut
"""


def seconds(amount: str) -> Time:
    return Time(Fraction(amount), "s")


def test_resolves_all_of_it(write: Write) -> None:
    chapter = load_chapter(write(text=EDITED))
    opening, layer, outro, again = chapter.scenes

    assert (opening.scene, opening.params) == (
        CARD,
        {"title": "Convolution", "subtitle": "Cell by cell", "frames": 45},
    )
    assert opening.edits.transition == Transition(), "nothing comes before it"
    assert layer.params == {"seed": 1}
    assert layer.edits.trim == Trim(start=seconds("3/2"), until=seconds("62.5"))
    assert layer.edits.holds == (
        Hold(at="first", length=seconds("2"), line=14),
        Hold(at=Time(Fraction(45), "f"), length=Time(Fraction(3), "f"), line=15),
    )
    assert layer.edits.speed == Fraction(3, 2)
    assert layer.edits.transition == Transition(kind="fade", length=seconds("1"), color="#101218")
    assert layer.edits.lines == {"trim": 12, "speed": 16, "transition": 17}
    assert outro.edits.transition == Transition(kind="crossfade", length=seconds("1/2"))
    assert (outro.edits.follows, outro.edits.lines) == ("layer", {"transition": 6})
    assert again.edits.transition == Transition()
    assert chapter.ends.fade_in == Transition(
        kind="fade", length=Time(Fraction(15), "f"), color="#ffffff"
    )
    assert (chapter.ends.first, chapter.ends.last) == ("opening", "again")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "fade_in: 15f",
            "fade_in: 15",
            '5: ends.fade_in: write a length with its unit, 15f for frames or 0.5s for seconds, '
            "and not 15",
        ),
        ("fade_in: 15f", "in: 15f", "5: ends.in: no such key; write fade_in:"),
        (
            "{crossfade: 0.5s}",
            "{crosfade: 15f}",
            '6: defaults.transition.crosfade: no such key; did you mean "crossfade"?',
        ),
        (
            "length: 3s}",
            "length: 3s}\n    scene: scenes/layer.py:Layer",
            "8: scenes.opening: a card is drawn by the farm: take scene: or card: out",
        ),
        ("length: 3s", "length: 0s", "9: scenes.opening.card.length: must be more than nothing, and is 0s"),
        ("length: 3s", "seconds: 3", "9: scenes.opening.card.seconds: no such key; write length: 3s"),
        (
            "title: Convolution, sub",
            'title: "", sub',
            "9: scenes.opening.card.title: must not be empty",
        ),
        (
            "length: 3s}",
            "length: 3s}\n    transition: {fade: 1s}",
            "10: scenes.opening.transition: nothing comes before the first scene: write ends: "
            "{fade_in: 1s}, or take it out",
        ),
        ("start: 1.5", "start: 63", "12: scenes.layer.trim: until: must be later than start:"),
        (
            "start: 1.5",
            "start: -2",
            "12: scenes.layer.trim.start: write a time in the scene, 12.5, 12.5s, 1:02.5 or 45f for "
            "a frame, and not -2",
        ),
        ("start: 1.5", "from: 1.5", "12: scenes.layer.trim.from: no such key; write start:"),
        (
            "at: first",
            "at: middle",
            "14: scenes.layer.hold[1].at: write first, last or a time in the scene such as 12.5s or "
            '45f, and not "middle"',
        ),
        ("at: first, length", "at: first, for", "14: scenes.layer.hold[1].for: no such key; write length:"),
        (
            'speed: "3/2"',
            "speed: -2",
            "16: scenes.layer.speed: must be between 1/100 and 100 times as fast, and is -2",
        ),
        (
            'speed: "3/2"',
            "speed: fast",
            '16: scenes.layer.speed: write a speed such as 2, 0.5 or "3/2", and not "fast"',
        ),
        ('speed: "3/2"', 'speed: "1/0"', "16: scenes.layer.speed: 1/0 divides by zero"),
        (
            "{fade: 1s, color: \"#101218\"}",
            "dissolve",
            "17: scenes.layer.transition: write cut, {crossfade: 15f} or {fade: 1s}, and not "
            '"dissolve"',
        ),
        (
            "{fade: 1s, ",
            "{fade: 1s, crossfade: 1s, ",
            "17: scenes.layer.transition: crossfade: and fade: are two transitions: keep one of them",
        ),
        (
            "{fade: 1s, ",
            "{crossfade: 1s, ",
            "17: scenes.layer.transition: color: is what a fade goes through, and there is none",
        ),
        (
            '"#101218"',
            "red",
            '17: scenes.layer.transition.color: write black, white or a quoted "#101218", and not '
            '"red"',
        ),
    ],
)  # fmt: skip
def test_refuses(write: Write, old: str, new: str, says: str) -> None:
    path = write([(old, new)], text=EDITED)

    with pytest.raises(ManifestError) as refused:
        load_chapter(path)

    assert [problem.removeprefix(f"{path}:") for problem in refused.value.problems] == [says]


@pytest.mark.parametrize(
    ("old", "new", "valid"),
    [
        ("", "", True),
        ("transition: cut", "transition: {crossfade: 12f}", True),
        ("transition: cut", "transition: {crossfade: 12}", False),
        ("at: 45f", "at: 45 frames", False),
        ('speed: "3/2"', "speed: 0.5", True),
        ('speed: "3/2"', "speed: 0", False),
        ("length: 3s}", "length: 3s}\n    scene: scenes/layer.py:Layer", False),
        ("    scene: scenes/layer.py:Layer\n", "", False),
    ],
)
def test_editors_are_told_the_same(old: str, new: str, valid: bool) -> None:
    document = yaml.safe_load(EDITED.replace(old, new, 1))

    assert jsonschema.Draft202012Validator(json_schema()).is_valid(document) is valid
