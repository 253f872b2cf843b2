"""Digits at the size of a number, and where each comes to be in its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manimlib.constants import DOWN

from pipeline.engine.changes import edge_of

MINUS, COMMA = "–", ","


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A template at the size of a number, with nothing else done to it."""

    template: Any
    outline: Any
    data: Any
    """Of its outline: a row for each vertex."""
    points: Any
    """A copy of that column: (vertices, 3)."""
    boxes: Any
    """(2, 3, 3): of the digit and of its outline; least, middle and most of each."""
    has_names: bool
    """Whether an attribute is one of its family, which `become` would carry over."""
    source: tuple[Any, ...]
    """The template's state, by which it is known to be as it was."""


def made_digit(template: Any, factor: float, source: tuple[Any, ...]) -> Digit:
    """A digit made from a template of that state, as manimlib does."""
    made = template.copy().scale(factor)
    outline = made.submobjects[0]
    return Digit(
        template,
        template.submobjects[0],
        outline.data,
        outline.data["point"].copy(),
        np.array([made.get_bounding_box(), outline.get_bounding_box()]),
        any(
            value is template.submobjects[0] or value is template
            for value in vars(template).values()
        ),
        source,
    )


def source_of(template: Any) -> tuple[Any, ...]:
    """What tells whether a template is as it was."""
    outline = template.submobjects[0]
    values = [
        value.tobytes() if value.__class__ is np.ndarray else value
        for value in (*template.uniforms.values(), *outline.uniforms.values())
    ]
    return (
        outline.data.tobytes(),
        template.bounding_box.tobytes(),
        outline.bounding_box.tobytes(),
        *values,
    )


class Places:
    """Where digits come to be: their boxes, and by how much the points of each are shifted."""

    def __init__(self, digits: Sequence[Digit]) -> None:
        self._counts = [len(digit.points) for digit in digits]
        self._points = np.concatenate([digit.points for digit in digits])
        self.boxes = np.array([digit.boxes for digit in digits])
        self._whole: Any = None
        """The number's own box; None when it has to be made from those of its digits."""

    def points_of_each(self) -> list[Any]:
        """(vertices, 3) of each digit."""
        ends = np.cumsum(self._counts)
        return np.split(self._points, ends[:-1])

    def arrange(self, buff: float) -> None:
        """In a row, on one line, around the origin."""
        corners = self.boxes[:, 0].tolist()
        shifts = []
        edge = corners[0]
        right, bottom, depth = edge[2][0], edge[0][1], edge[1][2]
        for box in corners[1:]:
            by = (
                (right - box[0][0] + buff * 1.0) * 1,
                (bottom - box[0][1] + buff * 0.0) * 1,
                (depth - box[1][2] + buff * 0.0) * 1,
            )
            shifts.append(by)
            right, bottom, depth = box[2][0] + by[0], box[0][1] + by[1], box[1][2] + by[2]
        if shifts:
            vectors = np.array(shifts)
            self.boxes[1:] += vectors[:, None, None, :]
            first = self._counts[0]
            self._points[first:] += np.repeat(vectors, self._counts[1:], axis=0)
        self._whole = self._united()
        self._shift_all(-self._whole[1])

    def align(self, text: str) -> None:
        """A minus halfway up the digit after it, and a comma down by half its height."""
        for at, char in enumerate(text):
            if char == MINUS and len(text) > at + 1:
                box, after = self.boxes[at, 0], self.boxes[at + 1, 0]
                self._shift(at, np.array([0.0, after[2, 1] - box[2, 1], 0.0]))
                self._shift(at, abs((after[2] - after[0])[1]) * DOWN / 2)
            elif char == COMMA:
                box = self.boxes[at, 0]
                self._shift(at, abs((box[2] - box[0])[1]) * DOWN / 2)

    def move(self, target: Any, edge: Any) -> Any:
        """All of them, for an edge of the whole to be there; the box of the whole."""
        if self._whole is None:
            self._whole = self._united()
        self._shift_all((target - edge_of(self._whole, edge)) * np.array([1, 1, 1]))
        return self._whole

    def _shift(self, at: int, vector: Any) -> None:
        start = sum(self._counts[:at])
        self._points[start : start + self._counts[at]] += vector
        self.boxes[at] += vector
        self._whole = None

    def _shift_all(self, vector: Any) -> None:
        self._points += vector
        self.boxes += vector
        self._whole = self._whole + vector

    def _united(self) -> Any:
        """As compute_bounding_box, of outlines: nothing else has points."""
        corners = self.boxes[:, 1].reshape(-1, 3)
        least, most = corners.min(0), corners.max(0)
        return np.array([least, (least + most) / 2, most])
