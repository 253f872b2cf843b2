"""The editing a manifest asks for, put onto a chapter that is resolved otherwise. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from pipeline.manifest.asked import ChapterAsked, SceneAsked
from pipeline.manifest.asked_edits import TransitionAsked
from pipeline.manifest.document import Loc
from pipeline.manifest.edits import BLACK, Edits, Ends, Hold, Time, Transition, Trim
from pipeline.manifest.resolved import Chapter, SceneSpec

LineOf = Callable[[Loc], int]
"""Where something was written."""


def with_edits(chapter: Chapter, asked: ChapterAsked, line_of: LineOf) -> Chapter:
    """The chapter with its cards, and with what is to be changed of each scene."""
    scenes = tuple(
        _edited(spec, asked, index, line_of) for index, spec in enumerate(chapter.scenes)
    )
    return replace(chapter, scenes=scenes, ends=_ends(asked, line_of))


def _edited(spec: SceneSpec, chapter: ChapterAsked, index: int, line_of: LineOf) -> SceneSpec:
    asked = chapter.scenes[index]
    transition = _transition(_own_or_default(asked, chapter, index))
    edits = Edits(
        trim=Trim(start=asked.trim.start, until=asked.trim.until) if asked.trim else Trim(),
        holds=tuple(
            Hold(at=hold.at, length=hold.length, line=line_of(("scenes", index, "hold", number)))  # type: ignore[arg-type]
            for number, hold in enumerate(asked.hold)
        ),
        speed=asked.speed or Fraction(1),
        transition=transition,
        follows=chapter.scenes[index - 1].id if transition != Transition() else "",
        lines=_lines(asked, chapter, index, line_of),
    )
    return replace(spec, edits=edits, params=_card_params(asked, spec) or spec.params)


def _own_or_default(asked: SceneAsked, chapter: ChapterAsked, index: int) -> TransitionAsked | None:
    if asked.transition is not None or not index:
        return asked.transition
    return chapter.defaults.transition


def _lines(
    asked: SceneAsked, chapter: ChapterAsked, index: int, line_of: LineOf
) -> Mapping[str, int]:
    said = [name for name in ("trim", "speed", "transition") if getattr(asked, name) is not None]
    lines = {name: line_of(("scenes", index, name)) for name in said}
    if "transition" not in lines and index and chapter.defaults.transition is not None:
        lines["transition"] = line_of(("defaults", "transition"))
    return lines


def _transition(asked: TransitionAsked | None) -> Transition:
    if asked is None:
        return Transition()
    return _of("crossfade", asked.crossfade) or _of("fade", asked.fade, asked.color) or Transition()


def _of(kind: str, length: Time | None, color: str | None = None) -> Transition | None:
    if length is None:
        return None
    return Transition(kind=kind, length=length, color=color or BLACK)  # type: ignore[arg-type]


def _ends(chapter: ChapterAsked, line_of: LineOf) -> Ends:
    ends = chapter.ends
    if ends.fade_in is None and ends.fade_out is None:
        return Ends()
    return Ends(
        fade_in=_of("fade", ends.fade_in, ends.color) or Transition(),
        fade_out=_of("fade", ends.fade_out, ends.color) or Transition(),
        first=chapter.scenes[0].id,
        last=chapter.scenes[-1].id,
        lines={
            name: line_of(("ends", name))
            for name in ("fade_in", "fade_out")
            if getattr(ends, name) is not None
        },
    )


def _card_params(asked: SceneAsked, spec: SceneSpec) -> dict[str, object] | None:
    if asked.card is None:
        return None
    return {
        "title": asked.card.title,
        "subtitle": asked.card.subtitle or "",
        "frames": max(1, asked.card.length.frames(spec.preset.rate)),
    }
