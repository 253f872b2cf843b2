"""A small chapter with all that a chapter can have, to finish and to look at."""

import os
import shutil
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engine.timeline import CueMark, Play, Timeline
from pipeline.media.finish import Finished, FinishedScene, finish
from pipeline.media.stitch import Chunk

RATE = Fraction(30)


def timeline(name: str, plays: tuple[int, ...]) -> Timeline:
    firsts = [sum(plays[:index]) for index in range(len(plays))]
    return Timeline(
        scene=f"scenes/demo.py:{name}",
        width=160,
        height=96,
        rate=RATE,
        plays=tuple(
            Play(
                index=index,
                kind="play",
                label="ShowCreation",
                file="scenes/demo.py",
                line=10 + index,
                first_frame=first,
                frames=frames,
            )
            for index, (first, frames) in enumerate(zip(firsts, plays, strict=True))
        ),
        runs=(("f" * 32, sum(plays)),),
        cues=(),
        sounds=(),
        files={},
        warnings=(),
        seconds=0.1,
    )


@pytest.fixture(scope="session")
def scenes(
    draw_chunks_in: Callable[..., tuple[Chunk, ...]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[FinishedScene, ...]:
    """Two scenes of 70 and 41 frames."""
    folder = tmp_path_factory.mktemp("scenes")
    return (
        FinishedScene(
            id="layer",
            title="One layer",
            timeline=timeline("Layer", (30, 0, 40)),
            chunks=draw_chunks_in(folder, 40, 30),
            captions=(
                CueMark(id="c0", text="The set {1, 2} is < K.", start=3, stop=50),
                CueMark(id="c1", text="Nine numbers.", start=55, stop=70),
            ),
        ),
        FinishedScene(
            id="stride",
            title=None,
            timeline=timeline("Stride", (20, 21)),
            chunks=draw_chunks_in(folder, 41, first=70),
            captions=(CueMark(id="c0", text="By two pixels.", start=12, stop=30),),
        ),
    )


@pytest.fixture(scope="session")
def asked(scenes: tuple[FinishedScene, ...]) -> Callable[[Path], dict[str, Any]]:
    """What `finish` takes, for a folder of one's own."""

    def ask(folder: Path) -> dict[str, Any]:
        return {
            "chapter_id": "convolution",
            "title": "Convolution, cell by cell",
            "language": "en",
            "rate": RATE,
            "width": 160,
            "height": 96,
            "lossless": False,
            "scenes": scenes,
            "folder": folder / "renders" / "convolution" / "draft",
            "work": folder / "work",
            "log_path": folder / "finish.log",
            "key": "k1",
        }

    return ask


@pytest.fixture
def chapter(asked: Callable[[Path], dict[str, Any]], tmp_path: Path) -> dict[str, Any]:
    """What `finish` takes."""
    return asked(tmp_path)


@pytest.fixture(scope="session")
def finished_once(
    asked: Callable[[Path], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    """A finished chapter that no test may change."""
    return finish(**asked(tmp_path_factory.mktemp("finished")))


@pytest.fixture
def finished(finished_once: Finished, tmp_path: Path) -> Finished:
    """A copy of it, to do anything with."""
    folder = tmp_path / "draft"
    shutil.copytree(finished_once.video.parent, folder)
    return replace(
        finished_once,
        video=folder / finished_once.video.name,
        outputs=tuple(folder / path.name for path in finished_once.outputs),
    )


@pytest.fixture
def killed_after() -> Callable[[Callable[[], object], float], bool]:
    """Does something in a child, killed with SIGKILL after so long. True if it was not over."""

    def kill(work: Callable[[], object], seconds: float) -> bool:
        child = os.fork()
        if child == 0:
            work()
            os._exit(0)
        time.sleep(seconds)
        os.kill(child, 9)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9

    return kill


@pytest.fixture
def write_wav(tmp_path: Path) -> Callable[..., Path]:
    """Writes samples, of one or two channels, as 16 bits."""

    def write(name: str, samples: NDArray[Any], rate: int = 48_000) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        return path

    return write


@pytest.fixture(scope="session")
def tone() -> Callable[..., NDArray[np.float32]]:
    """A sine of so many seconds."""

    def make(seconds: float, level: float = 0.25, hertz: float = 997, rate: int = 48_000) -> Any:
        at = np.arange(round(seconds * rate)) / rate
        return (level * np.sin(2 * np.pi * hertz * at)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def timeline_of() -> Callable[[tuple[CueMark, ...]], Timeline]:
    """A scene that says these cues."""
    return lambda cues: replace(timeline("Spoken", (90,)), cues=cues)
