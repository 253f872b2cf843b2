"""
The drawing of some of a scene's frames, each checked against the scene's trace before it is drawn.

A frame is only ever drawn from the state the plan was made for. Where the trace left a reel, its
display lists are drawn, and the scene is not even loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.engine.display import Frame
from pipeline.engine.encode import ChunkWriter
from pipeline.engine.failures import Enough, NotWritten, Strayed
from pipeline.engine.job import Cut, Job, frame_rate
from pipeline.engine.reel import DAMAGED, Reel
from pipeline.engine.stage import Stage

Say = Callable[[dict[str, Any]], None]
"""Sends one event to the host."""
Progress = Callable[[int, int | None, int], None]
"""Told of each frame: its index, its play, and how many were drawn by then."""


class Drawing:
    """Some cuts of a scene, drawn and encoded in the child made for it."""

    def __init__(self, job: Job, progress: Progress, say: Say) -> None:
        assert job.cuts
        self._job = job
        self._scene = job.scene
        self._progress = progress
        self._say = say
        self._expected = [
            number for number, (_, count) in enumerate(job.runs) for _ in range(count)
        ]
        """For each frame of the scene, which of the trace's runs it is in."""
        self._cuts = list(job.cuts)
        self._writer: ChunkWriter | None = None
        self._drawn_digest = b""
        self._drawn = 0
        self.stage = Stage(job.scene, self._frame)

    def run(self) -> None:
        """
        Draws from the reel where there is one, and from the scene otherwise.

        Raises:
            Enough: all is drawn.
            Strayed: the scene went another way than its trace.
            NotWritten: a chunk could not be written, or the reel is damaged.
            Exception: whatever the scene itself raises.
        """
        with contextlib.ExitStack() as stack:
            stack.callback(self._abandon)
            if self._job.reel and self.stage.use.reel:
                self._unwind(Reel(Path(self._job.reel)))
            else:
                self.stage.run()

    def _unwind(self, reel: Reel) -> None:
        if reel.fingerprints != [digest for digest, _ in self._job.runs]:
            raise NotWritten(f"{DAMAGED}: it is of another trace")
        self.stage.samples = reel.samples
        last, frame = -1, None
        # Each once: `_frame` gives one that two cuts share to both
        for index in sorted({i for cut in self._job.cuts for i in range(cut.start, cut.stop)}):
            if frame is None or self._expected[index] != last:
                last = self._expected[index]
                frame = reel.frame(last)
            self._frame(index, frame)

    def finish(self) -> None:
        if self._cuts:
            raise Strayed(
                f"it ended after {self.stage.recorder.frames} frames, where its trace had more",
                "make it the same every time: no clock, no unseeded randomness, no set order",
            )

    def _frame(self, index: int, frame: Frame) -> None:
        run = self._expected[index] if index < len(self._expected) else -1
        if run < 0 or self._job.runs[run][0] != frame.fingerprint.hex():
            raise Strayed(
                f"frame {index} is not what it was when the scene was traced",
                "make it the same every time: no clock, no unseeded randomness, no set order",
            )
        # A picture that stands long may end one chunk and begin the next
        while index >= (cut := self._cuts[0]).start:
            self._draw(cut, index, frame)
            if self._cuts[0] is cut:
                break
        self._progress(index, self.stage.recorder.playing, self._drawn)

    def _draw(self, cut: Cut, index: int, frame: Frame) -> None:
        shown = cut.shows[index - cut.start] if cut.shows else 1
        if not shown:
            return
        if self._writer is None:
            with _writing(cut):
                self._writer = self._open(cut)
            self._drawn_digest = b""
        if frame.fingerprint == self._drawn_digest:
            with _writing(cut):
                self._writer.hold()
        else:
            drawer = self.stage.real_drawer()
            drawer.draw(frame)
            changes = drawer.changes(whole=not self._drawn_digest)
            with _writing(cut):
                # None too: without accelerators it is a new picture, and the bytes are the same
                self._writer.change(changes)
            self._drawn_digest = frame.fingerprint
            self._drawn += 1
        with _writing(cut):
            for _ in range(shown - 1):
                self._writer.hold()
        if index + 1 == cut.stop:
            with _writing(cut):
                self._writer.close()
            self._writer = None
            del self._cuts[0]
            self._say({"event": "cut", "output": cut.output, "drawn": self._drawn})
            if not self._cuts:
                raise Enough

    def _open(self, cut: Cut) -> ChunkWriter:
        encoding = cut.encoding or self._job.encoding
        assert encoding is not None
        return ChunkWriter(
            Path(cut.output),
            width=self._scene.width,
            height=self._scene.height,
            rate=frame_rate(self._scene),
            encoding=encoding,
        )

    def _abandon(self) -> None:
        self._writer = None


@contextlib.contextmanager
def _writing(cut: Cut) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NotWritten(f"{Path(cut.output).name} could not be written: {error}") from error
