"""
How far sound and picture are apart in a finished chapter, measured by decoding it.

Every segment flashes once, and a click is placed on each flash. The chapter is finished as any
other, decoded, and each click's time taken from where it fits best, to the sample, against the
time of the frame that flashes. `python -m benchmarks.sync` does so for an hour of 200 segments at
five rates and writes benchmarks/SYNC.md; the tests do it for seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.engine.timeline import CueMark, Play, Timeline
from pipeline.media.finish import Finished, FinishedScene, finish
from pipeline.media.heard import SAMPLE_RATE, Heard
from pipeline.media.stitch import Chunk

WIDTH, HEIGHT = 64, 48
RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60))
KINDS = 4
"""Chunks that are drawn; a chapter repeats them in turn."""
SCENE_CHUNKS = 10
FLASHING = (0.13, 0.37, 0.61, 0.83)
"""Where in its chunk each kind flashes."""
NEAR_SAMPLES = SAMPLE_RATE // 20


@dataclass(frozen=True)
class Measured:
    """What was found in one chapter."""

    flashes: int
    worst_ms: float
    mean_ms: float
    """Negative where sound comes first."""


def click() -> NDArray[np.float32]:
    """Ten milliseconds that fit nowhere but where they are: a sweep that swells and dies."""
    at = np.arange(SAMPLE_RATE // 100) / SAMPLE_RATE
    swept = np.sin(2 * np.pi * (400 * at + 90_000 * at**2)) * np.hanning(len(at))
    return (0.7 * swept).astype(np.float32)


def make_chapter(folder: Path, rate: Fraction, segments: int, frames: int) -> Finished:
    """A chapter of so many segments of so many frames, with a click on every flash."""
    folder.mkdir(parents=True, exist_ok=True)
    sound = folder / "click.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((click() * 32767).astype("<i2").tobytes())
    flashes = [int(share * frames) for share in FLASHING]
    kinds = [Chunk(path=folder / f"{kind}.mp4", frames=frames) for kind in range(KINDS)]
    for chunk, flash in zip(kinds, flashes, strict=True):
        draw_chunk(chunk.path, rate, frames, flash)
    scenes = []
    for first in range(0, segments, SCENE_CHUNKS):
        count = min(SCENE_CHUNKS, segments - first)
        marks = [index * frames + flashes[(first + index) % KINDS] for index in range(count)]
        scenes.append(
            FinishedScene(
                id=f"s{first}",
                title=f"From {first}",
                timeline=timeline_of(count * frames, rate),
                chunks=tuple(kinds[(first + index) % KINDS] for index in range(count)),
                captions=tuple(
                    CueMark(id=str(mark), text="Click.", start=mark, stop=mark + 1)
                    for mark in marks
                ),
                heard=tuple(
                    Heard(path=sound, name="click.wav", start=mark / rate, asked_by="sync")
                    for mark in marks
                ),
            )
        )
    return finish(
        chapter_id="sync",
        title="Clicks and flashes",
        language="en",
        rate=rate,
        width=WIDTH,
        height=HEIGHT,
        lossless=False,
        scenes=scenes,
        folder=folder / "out",
        work=folder / "work",
        log_path=folder / "log",
        key="sync",
        loudness=None,
    )


def timeline_of(frames: int, rate: Fraction) -> Timeline:
    play = Play(index=0, kind="wait", label="wait", file="", line=0, first_frame=0, frames=frames)
    return Timeline(
        scene="sync.py:Sync",
        width=WIDTH,
        height=HEIGHT,
        rate=rate,
        plays=(play,),
        runs=(("0" * 32, frames),),
        cues=(),
        sounds=(),
        files={},
        warnings=(),
        seconds=0.0,
    )


def draw_chunk(path: Path, rate: Fraction, frames: int, flash: int) -> None:
    options = {"fflags": "+bitexact", "video_track_timescale": str(rate.numerator)}
    with av.open(str(path), "w", format="mp4", options=options) as target:
        stream: Any = target.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = 1 / rate
        context = stream.codec_context
        context.thread_count = 1
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = 1
        stream.options = {"preset": "veryfast", "x264-params": "keyint=250:open-gop=0"}
        for index in range(frames):
            level = 235 if index == flash else 16
            frame = av.VideoFrame.from_ndarray(
                np.full((HEIGHT * 3 // 2, WIDTH), level, np.uint8), format="yuv420p"
            )
            frame.pts, frame.time_base = index, 1 / rate
            target.mux(stream.encode(frame))
        target.mux(stream.encode())


def measure_sync(video: Path) -> Measured:
    """Decodes a chapter, the picture with PyAV and the sound with the ffmpeg program."""
    flashes = flash_times(video)
    heard = sound_of(video)
    wanted = click()
    errors = []
    for flash in flashes:
        expected = round(flash * SAMPLE_RATE)
        begin = max(0, expected - NEAR_SAMPLES)
        window = heard[begin : expected + NEAR_SAMPLES + len(wanted)]
        fit = np.correlate(window, wanted, "valid")
        found = Fraction(begin + int(fit.argmax()), SAMPLE_RATE)
        errors.append(float(1000 * (found - flash)))
    return Measured(
        flashes=len(flashes),
        worst_ms=max(errors, key=abs),
        mean_ms=sum(errors) / len(errors),
    )


def flash_times(video: Path) -> list[Fraction]:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return [
            Fraction(frame.pts * frame.time_base)
            for frame in container.decode(stream)
            if np.frombuffer(frame.planes[0], np.uint8)[: frame.planes[0].line_size].max() > 128
        ]


def sound_of(video: Path) -> NDArray[np.float32]:
    """One channel, as a player would start it: the sample at time 0 first."""
    command = ["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:a", "-ac", "1"]
    command += ["-af", "aresample=async=1:first_pts=0", "-f", "f32le", "-"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(data, np.float32)


def main() -> None:
    rows = []
    for rate in RATES:
        frames = int(18 * rate)
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            done = make_chapter(Path(folder), rate, 200, frames)
            seconds = time.monotonic() - started
            found = measure_sync(done.video)
        row = (
            f"| {float(rate):.2f} | {float(200 * frames / rate):.1f} | {found.flashes} "
            f"| {found.worst_ms:+.3f} | {found.mean_ms:+.4f} | {seconds:.0f} |"
        )
        rows.append(row)
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
    text = (
        "# Sound against picture\n\n"
        "Clicks on flashes over an hour of 200 segments, finished and decoded: `python -m "
        "benchmarks.sync`.\n\n"
        "| frames a second | seconds | flashes | worst, ms | mean, ms | finishing, s |\n"
        "|---|---|---|---|---|---|\n"
    )
    Path(__file__).with_name("SYNC.md").write_text(text + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
