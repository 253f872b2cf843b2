"""
What is noted while a scene runs: plays, frames, sounds.

`Recorder` takes the place of manimgl's file writer, so that a scene runs exactly as it would
under manimgl and hands every emitted frame to us; the plays are noted by hooks around
Scene.pre_play and Scene.post_play.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

from manimlib.utils.sounds import get_full_sound_file_path

from pipeline.engine.display import Frame
from pipeline.engine.sources import parse_without_docstrings, statement_index
from pipeline.engine.timeline import Play, Sound

LONGEST_LABEL = 80
OURS = f"{Path(__file__).parent}/"


class Recorder:
    """Stands in for SceneFileWriter. Lives as long as its scene."""

    # What Scene and people's scripts read of a file writer
    write_to_movie = True
    save_last_frame = False
    subdivide_output = False
    quiet = True
    ended_with_interrupt = False

    def __init__(
        self,
        *,
        root: Path,
        main_file: Path,
        rate: Fraction,
        on_frame: Callable[[int, Frame], None],
    ) -> None:
        self.plays: list[Play] = []
        self.sounds: list[Sound] = []
        self.frames = 0
        """Frames emitted so far."""
        self.current: Frame | None = None
        """The last one captured, emitted or not."""
        self._root = root
        self._main_file = str(main_file)
        self._rate = rate
        self._on_frame = on_frame
        self._open: tuple[str, str, str, int, int] | None = None
        self._opened_at = 0
        self._statements: dict[str, ast.Module | None] = {}

    # manimgl's side

    def write_frame(self, camera: Any) -> None:
        if self.current is None:
            # A scene that emits before anything was captured: manimgl would write a blank
            camera.capture()
        assert self.current is not None
        self._on_frame(self.frames, self.current)
        self.frames += 1

    def add_sound(
        self,
        sound_file: str,
        time: float | None = None,
        gain: float | None = None,
        gain_to_background: float | None = None,
    ) -> None:
        path = Path(get_full_sound_file_path(sound_file)).absolute()
        start = Fraction(time or 0)
        frame = round(start * self._rate)
        asking = inspect.currentframe()
        assert asking is not None
        assert asking.f_back is not None
        file, line, _ = self._where(asking.f_back)
        inside = path.is_relative_to(self._root)
        self.sounds.append(
            Sound(
                file=str(path.relative_to(self._root) if inside else path),
                frame=frame,
                gain=float(gain or 0),
                offset_us=round((start - frame / self._rate) * 1_000_000),
                background_gain=float(gain_to_background or 0),
                asked_by=f"{file}:{line}" if file else "",
            )
        )

    def begin(self) -> None: ...

    def finish(self) -> None: ...

    def begin_animation(self) -> None: ...

    def end_animation(self) -> None: ...

    def begin_insert(self) -> None: ...

    def end_insert(self) -> None: ...

    def has_progress_display(self) -> bool:
        return False

    def set_progress_display_description(self, *_: Any, **__: Any) -> None: ...

    # Ours

    def begin_play(self, asking: FrameType) -> None:
        """Called from Scene.pre_play; `asking` is the frame of Scene.play or Scene.wait."""
        kind = "wait" if asking.f_code.co_name == "wait" else "play"
        animations = asking.f_locals.get("animations", ())
        label = ", ".join(dict.fromkeys(_name(animation) for animation in animations)) or kind
        self._open = (kind, label[:LONGEST_LABEL], *self._where(asking))
        self._opened_at = self.frames

    def end_play(self) -> None:
        """Called from Scene.post_play."""
        if self._open is None:
            return
        kind, label, file, line, statement = self._open
        self.plays.append(
            Play(
                index=len(self.plays),
                kind=kind,
                label=label,
                file=file,
                line=line,
                statement=statement,
                first_frame=self._opened_at,
                frames=self.frames - self._opened_at,
            )
        )
        self._open = None

    @property
    def playing(self) -> int | None:
        """Index of the play that is running, or the last one that ran; None before the first."""
        if self._open is not None:
            return len(self.plays)
        return len(self.plays) - 1 if self.plays else None

    def _where(self, asking: FrameType) -> tuple[str, int, int]:
        """The innermost line in the scene's own file, or else in the project."""
        frame: FrameType | None = asking
        first: tuple[str, int] | None = None
        while frame is not None:
            file = frame.f_code.co_filename
            inside = (
                file.startswith(f"{self._root}/")
                and "/site-packages/" not in file
                and not file.startswith(OURS)  # a card's lines are no business of its chapter's
            )
            if file == self._main_file and inside:
                return self._place(file, frame.f_lineno)
            if first is None and inside:
                first = (file, frame.f_lineno)
            frame = frame.f_back
        return self._place(*first) if first else ("", 0, -1)

    def _place(self, file: str, line: int) -> tuple[str, int, int]:
        """Project-relative path, line, and the statement it is in."""
        if file not in self._statements:
            try:
                self._statements[file] = parse_without_docstrings(Path(file).read_bytes())
            except (OSError, SyntaxError, ValueError):
                self._statements[file] = None
        tree = self._statements[file]
        index = statement_index(tree, line) if tree else None
        name = str(Path(file).relative_to(self._root))
        return name, line, index if index is not None else -1


def _name(animation: Any) -> str:
    return type(animation).__name__.lstrip("_")


def hook_plays(scene_class: type, recorder: Callable[[], Recorder]) -> None:
    """Notes every play of scenes of this class in `recorder()`. For good: the process is ours."""
    before, after = scene_class.pre_play, scene_class.post_play  # type: ignore[attr-defined]

    def pre_play(scene: Any) -> None:
        asking = inspect.currentframe()
        assert asking is not None
        caller = asking.f_back
        assert caller is not None
        recorder().begin_play(caller)
        before(scene)

    def post_play(scene: Any) -> None:
        after(scene)
        recorder().end_play()

    scene_class.pre_play = pre_play  # type: ignore[attr-defined]
    scene_class.post_play = post_play  # type: ignore[attr-defined]
