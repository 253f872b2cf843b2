"""
`player`: a folder with a page that plays the chapter, to be opened from a disk or put on any server.

Nothing is loaded from anywhere else, and captions, marks and the places of the stills are in the page
itself, since a page opened from a file may show pictures and play videos, but not read texts.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import icu

from pipeline.media.chapters import spans
from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.record import POSTER
from pipeline.media.packages.source import Source
from pipeline.media.packages.sprite import THUMBNAILS, make_sprite, thumbs_of
from pipeline.media.packages.youtube import make_youtube
from pipeline.media.publish import told_plainly, write_text
from pipeline.media.record import Check
from pipeline.media.subtitles import read_cues

PAGE = "index.html"
PARTS = Path(__file__).with_name("player")
"""The page, its looks and its doings, as they are written by hand."""
FACTS = re.compile(r'<script type="application/json" id="facts">(.*?)</script>', re.DOTALL)
ELSEWHERE = re.compile(r"(?:src|href)=\"(?!data:)([^\"]*)\"|url\(([^)]*)\)", re.IGNORECASE)


def make_player(source: Source, encodes: Encodes, folder: Path) -> None:
    """Writes the page, and puts beside it what it shows."""
    folder.mkdir(parents=True)
    with told_plainly(folder):
        if source.lossless:  # RGB, which browsers do not play
            make_youtube(source, encodes, folder).rename(folder / source.video.name)
        else:
            _link(source.video, folder / source.video.name)
        shutil.copyfile(source.folder / POSTER, folder / POSTER)
        make_sprite(source, encodes, folder)
        (folder / THUMBNAILS).unlink()
    write_text(folder / PAGE, page_text(source))


def page_text(source: Source) -> str:
    """The page, whole."""
    facts = json.dumps(page_facts(source), ensure_ascii=False, sort_keys=True)
    parts = {
        "LANGUAGE": html.escape(source.language),
        "TITLE": html.escape(source.title),
        "VIDEO": html.escape(source.video.name),
        "WIDTH": str(source.width),
        "HEIGHT": str(source.height),
        "STYLE": _part("page.css"),
        "SCRIPT": _part("page.js"),
        # Nothing in it may end the script it is in
        "FACTS": facts.replace("<", "\\u003c"),
    }
    return re.sub(r"@([A-Z]+)@", lambda found: parts[found[1]], _part("page.html"))


def page_facts(source: Source) -> Mapping[str, Any]:
    """What the page's script works with; seconds are the moments its frames begin."""

    def second(frame: int) -> float:
        return round(float(frame / source.rate), 6)

    thumbs = thumbs_of(source)
    return {
        "video": source.video.name,
        "seconds": second(source.frames),
        "rate": float(source.rate),
        "sound": source.sound is not None,
        "captions_shown": True,
        "chapters": [
            {"title": title, "start": second(start)}
            for title, start, _ in spans(source.marks, source.frames)
        ],
        "captions": [
            {
                "language": captions.language,
                "label": _language_name(captions.language),
                "cues": [
                    {"start": second(cue.start), "stop": second(cue.stop), "text": cue.text}
                    for cue in read_cues(captions.path, rate=source.rate)
                ],
            }
            for captions in source.captions
        ],
        "thumb_size": [thumbs[0].width, thumbs[0].height],
        "thumbs": [
            {"start": second(one.start), "sheet": one.sheet, "left": one.left, "top": one.top}
            for one in thumbs
        ],
    }


def player_checks(source: Source, folder: Path) -> list[Check]:
    """What can be said without a browser: that all it needs is there, and nothing else is asked for."""
    text = (folder / PAGE).read_text(encoding="utf-8")
    found = FACTS.search(text)
    facts = json.loads(found[1]) if found else {}
    named = {
        one[0] or one[1] for one in ELSEWHERE.findall(text.replace(found[1], "") if found else "")
    }
    files = {name for name in named if "$" not in name}
    files |= {one["sheet"] for one in facts.get("thumbs", ())}
    return [
        Check.of("what the page is told", dict(page_facts(source)), facts),
        Check.of(
            "files it shows and has not got",
            [],
            sorted(name for name in files if not (folder / name).is_file()),
        ),
        Check.of(
            "addresses in it",
            [],
            re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+", text, re.IGNORECASE),
        ),
    ]


def _link(source: Path, target: Path) -> None:
    """The same bytes under a second name, or where a disk cannot have that, once more."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _language_name(language: str) -> str:
    locale = icu.Locale.forLanguageTag(language)
    return str(locale.getDisplayName(locale))


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")
