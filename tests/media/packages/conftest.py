"""A finished chapter with sound of known truth: numbered frames, a flash of sound every second."""

import json
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from pipeline.engine.timeline import CueMark
from pipeline.media.finish import FinishedScene, finish
from pipeline.media.packages.make import make_packages
from pipeline.media.record import outputs_of
from pipeline.media.stitch import Chunk, timescale
from pipeline.store.local import Store
from tests.conftest import PROGRAMS
from tests.media.conftest import timeline

RATE = Fraction(30)
SIZE = (640, 360)
FRAMES = 200
SAMPLES = 48000
ALL = ("mp4", "hls", "webm", "gif", "sprite", "youtube", "player")


@pytest.fixture(scope="session")
def sounding(
    draw_chunks_in: Callable[..., tuple[Chunk, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a finished chapter of 200 numbered frames, with a click at every second."""
    work = tmp_path_factory.mktemp("sounding")
    scene = FinishedScene(
        id="layer",
        title="One layer",
        timeline=timeline("Layer", (80, 120)),
        chunks=draw_chunks_in(work / "chunks", 120, 80, size=SIZE),
        captions=(
            CueMark(id="c0", text="The set {1, 2} is < K.", start=3, stop=50),
            CueMark(id="c1", text="Said across the cut at six seconds.", start=150, stop=200),
        ),
    )
    folder = work / "renders"
    finish(
        chapter_id="convolution",
        title="Convolution; cell = by # cell",
        language="en",
        rate=RATE,
        width=SIZE[0],
        height=SIZE[1],
        lossless=False,
        scenes=(scene,),
        folder=folder,
        work=work / "work",
        log_path=work / "finish.log",
        key="k1",
    )
    add_clicks(folder / "convolution.mp4")
    relisted(folder)
    return folder


def add_clicks(video: Path) -> None:
    """Gives a video a sound track, AAC as ffmpeg writes it, with a click at every second."""
    silent, wave_path = video.rename(video.with_name("silent.mp4")), video.with_suffix(".wav")
    with wave.open(str(wave_path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLES)
        file.writeframes(clicks(int(FRAMES / RATE * SAMPLES)).tobytes())
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-i", str(silent), "-i", str(wave_path)),
            *("-map", "0:v", "-map", "0:s", "-map", "1:a", "-c", "copy", "-c:a", "aac"),
            *("-b:a", "192k", "-fflags", "+bitexact", "-movflags", "+faststart"),
            *("-video_track_timescale", str(timescale(RATE))),
            *("-movie_timescale", str(timescale(RATE)), str(video)),
        ],
        check=True,
    )
    silent.unlink()
    wave_path.unlink()


def clicks(samples: int) -> np.ndarray:
    """Ten milliseconds of 1 kHz at the beginning of every second but the first."""
    track = np.zeros((samples, 2), "<i2")
    tone = 26000 * np.sin(2 * np.pi * 1000 * np.arange(SAMPLES // 100) / SAMPLES)
    for start in range(SAMPLES, samples, SAMPLES):
        track[start : start + len(tone)] = tone[:, None]
    return track


def relisted(folder: Path) -> None:
    """Brings timeline.json up to date with the files beside it."""
    path = folder / "timeline.json"
    facts = json.loads(path.read_text())
    facts["outputs"] = outputs_of([folder / name for name in facts["outputs"]])
    path.write_text(json.dumps(facts))


@pytest.fixture(scope="session")
def made(sounding: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder, with every package."""
    work = tmp_path_factory.mktemp("packages")
    pack(sounding, work)
    return sounding


@pytest.fixture(scope="session")
def pack_in() -> Callable[..., list[str]]:
    return pack


def pack(
    folder: Path,
    place: Path,
    names: tuple[str, ...] = ALL,
    *,
    work: Path | None = None,
    store: Path | None = None,
    workers: int = 2,
) -> list[str]:
    """Makes packages, with a store in `place`; gives the names of those that were made."""
    said: list[str] = []
    make_packages(
        folder,
        names,
        store=Store(store or place / "store"),
        work=work or place / "work",
        logs=place / "logs",
        workers=workers,
        say=said.append,
    )
    return said


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = shutil.which(PROGRAMS["needs_browser"])
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()
