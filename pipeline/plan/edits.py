"""
What a manifest asks of a scene, in frames, once its length is known; or what is wrong with it.

Problems are sentences with the file and line, as manifest/load.py gives them: there are lengths
that only a trace knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.engine.timeline import Timeline
from pipeline.manifest.edits import Time
from pipeline.manifest.resolved import Chapter, SceneSpec
from pipeline.plan.joins import Join
from pipeline.plan.shots import Shot, paced_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a scene's neighbours want of it, in frames."""

    takes: int = 0
    """Mixed by the transition it begins with."""
    gives: int = 0
    """Mixed by the transition it ends with."""
    lead: int = 0
    """How much longer its first picture is to stand."""
    tail: int = 0
    """How much longer its last picture is to stand."""


def edges_of(chapter: Chapter, joins: Sequence[Join]) -> tuple[Edge, ...]:
    """One for each scene. A fade at a chapter's end takes no frame: the picture waits for it."""
    takes = {join.after: join for join in joins if join.after is not None}
    gives = {join.before: join for join in joins if join.before is not None}
    edges = []
    for index in range(len(chapter.scenes)):
        into, out = takes.get(index), gives.get(index)
        edges.append(
            Edge(
                takes=into.takes if into else 0,
                gives=out.gives if out else 0,
                lead=into.takes if into and into.before is None else 0,
                tail=out.gives if out and out.after is None else 0,
            )
        )
    return tuple(edges)


def join_problems(chapter: Chapter, joins: Sequence[Join]) -> list[str]:
    """What is wrong with transitions whatever is traced."""
    found = []
    for join in joins:
        at = f"at {chapter.preset.rate} frames a second"
        if not join.frames:
            why = f"is shorter than a frame {at}: give it 1f or more"
        elif not join.overlap and None not in (join.before, join.after) and join.frames == 1:
            why = f"is a frame long {at}, and needs one of each scene: give it 2f or more"
        else:
            continue
        found.append(f"{chapter.manifest}:{join.line}: {join.field}: {why}")
    return found


def room_problems(chapter: Chapter, joins: Sequence[Join], index: int, frames: int) -> list[str]:
    """What is wrong with the transitions of a scene that shows so many frames."""
    into = next((join for join in joins if join.after == index), None)
    out = next((join for join in joins if join.before == index), None)
    name = chapter.scenes[index].id
    problems, left = [], frames
    for join, wants in ((into, into.takes if into else 0), (out, out.gives if out else 0)):
        if join is None or wants <= left:
            left -= wants
            continue
        beside = "" if left == frames else f", {frames - left} of which the one before it takes"
        problems.append(
            f"{chapter.manifest}:{join.line}: {join.field}: takes {wants} frames of {name}, which "
            f"has {frames}{beside}: take at most {left}, or hold a picture of {name} for longer"
        )
    return problems


def shot_of(
    chapter: Chapter, spec: SceneSpec, timeline: Timeline, edge: Edge
) -> tuple[Shot | None, list[str]]:
    """What is shown of a scene, None for all of it as it is; and what is wrong."""
    edits = spec.edits
    if not edits.changes_frames and edge == Edge():
        return None, []
    asked = _Asked(chapter, spec, timeline)
    start, stop = asked.trimmed()
    shot = Shot(speed=edits.speed, start=start, stop=stop)
    if edits.speed != 1 and timeline.cues:
        asked.problem(
            "speed",
            f"the scene speaks (cue {timeline.cues[0].id}), and a voice is not sped up: take speed: "
            "out, or change the run times in the scene",
        )
    if asked.problems:
        return None, asked.problems
    lead, holds = asked.held(shot)
    if edge.tail:
        holds[stop - 1] = holds.get(stop - 1, 0) + edge.tail
    shot = Shot(
        speed=edits.speed,
        start=start,
        stop=stop,
        lead=lead + edge.lead,
        holds=tuple(sorted(holds.items())),
    )
    return shot, asked.problems


class _Asked:
    """The edits of one scene against its length."""

    def __init__(self, chapter: Chapter, spec: SceneSpec, timeline: Timeline) -> None:
        self.problems: list[str] = []
        self._chapter = chapter
        self._spec = spec
        self._rate = timeline.rate
        self._frames = timeline.frames

    def problem(self, field: str, why: str, line: int | None = None) -> None:
        """Notes what is wrong with a key of the scene."""
        line = line or self._spec.edits.lines.get(field, self._spec.line)
        name = f"scenes.{self._spec.id}.{field}"
        self.problems.append(f"{self._chapter.manifest}:{line}: {name}: {why}")

    def trimmed(self) -> tuple[int, int]:
        """First frame shown and the one after the last, at the scene's speed."""
        trim, speed = self._spec.edits.trim, self._spec.edits.speed
        start = trim.start.frames(self._rate) if trim.start else 0
        until = trim.until.frames(self._rate) if trim.until else self._frames
        long = f"the scene is {length_text(self._frames, self._rate)} long"
        if start >= self._frames:
            self.problem("trim", f"start: {trim.start} is where nothing is left: {long}")
        elif until > self._frames:
            self.problem(
                "trim",
                f"until: {trim.until} is beyond the end: {long}; leave until: out to show all",
            )
        elif start >= until:
            self.problem("trim", f"leaves no frame from {trim.start} to {trim.until}: {long}")
        shot = Shot(speed=speed, stop=paced_frames(self._frames, speed))
        first = shot.paced(start)
        return first, max(first + 1, shot.paced(until))

    def held(self, shot: Shot) -> tuple[int, dict[int, int]]:
        """How long the first picture stands before anything begins; and what else stands."""
        lead, holds = 0, dict[int, int]()
        for number, hold in enumerate(self._spec.edits.holds, start=1):
            count = hold.length.frames(self._rate)
            if not count:
                why = f"length: {hold.length} is less than a frame at {self._rate} a second"
                self.problem(f"hold[{number}]", why, hold.line)
            if hold.at == "first":
                lead += count
                continue
            where = self._held_place(hold.at, shot)
            if where is None:
                first, last = (shot.scene_frame(p) for p in (shot.start, shot.stop - 1))
                self.problem(
                    f"hold[{number}]",
                    f"at: {hold.at} is not shown: there is {_clock(first, self._rate)} to "
                    f"{_clock(last, self._rate)}, frames {first}f to {last}f",
                    hold.line,
                )
            else:
                holds[where] = holds.get(where, 0) + count
        return lead, {where: count for where, count in holds.items() if count}

    def _held_place(self, at: str | Time, shot: Shot) -> int | None:
        if not isinstance(at, Time):
            return shot.stop - 1
        frame = at.frames(self._rate)
        paced = int(frame / shot.speed)
        return paced if frame < self._frames and shot.start <= paced < shot.stop else None


def length_text(frames: int, rate: Fraction) -> str:
    """`12.4 s (186 frames)`."""
    return f"{float(frames / rate):.4g} s ({frames} frames)"


def _clock(frame: int, rate: Fraction) -> str:
    return f"{float(frame / rate):.4g}s"
