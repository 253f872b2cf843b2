"""
What a trace costs against rendering with stock manimgl, and what one more worker's replay costs.

`python -m benchmarks.tracing` measures CPU seconds of whole processes, their children's included,
stock and farm by turns, takes the median of three, and writes benchmarks/TRACING.md. A process
that only starts manimgl and shows one frame is taken off each, so that the ratios are of the scene
and not of importing. CPU seconds, since they hardly change when the machine is busy with something else.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pipeline.engine.config import manimgl_config, write_config
from pipeline.engine.gl import open_context
from pipeline.engine.host import Engine, Setting
from pipeline.engine.job import Cut, Encoding, Job, SceneJob
from pipeline.engine.running import Limits
from pipeline.engine.timeline import Timeline

ROOT = Path(__file__).parents[1]
SCENES = ("Formulas", "Paragraphs", "SurfaceCamera", "Updaters", "Cloud", "Lecture")
WIDTH, HEIGHT, RATE = 854, 480, Fraction(30)
ROUNDS = 3
LIMITS = Limits(seconds=1800, stall_seconds=600)
ENCODING = Encoding(lossless=False, crf=23, preset="veryfast", saturation=1.0, gamma=1.0)
STILL = "benchmarks/still.py"


@dataclass(frozen=True)
class Row:
    """One scene's medians, in CPU seconds, the start of a process taken off."""

    scene: str
    frames: int
    stock: float
    trace: float
    replay: float


def main() -> None:
    """Measures every scene, and writes the table."""
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as name:
        bench = Bench(Path(name))
        rows = [bench.measure("benchmarks/scenes.py", scene) for scene in SCENES]
    text = table(rows)
    (ROOT / "benchmarks" / "TRACING.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


class Bench:
    """Runs stock and farm by turns in one scratch folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = manimgl_config(
            root=ROOT,
            width=WIDTH,
            height=HEIGHT,
            rate=RATE,
            cache=folder / "cache",
            scratch=folder / "videos",
        )
        self._config = write_config(folder, settings)

    def measure(self, file: str, scene: str) -> Row:
        """Median of three rounds; the first fills the caches of LaTeX and Pango and is not counted."""
        timeline = self._trace_once(file, scene)
        stock, trace, replay = [], [], []
        for _ in range(ROUNDS):
            start = self._stock(STILL, "Still")
            stock.append(self._stock(file, scene) - start)
            begun = self._farm("trace", STILL, "Still")
            trace.append(self._farm("trace", file, scene) - begun)
            replay.append(self._farm("replay", file, scene) - begun)
        return Row(
            scene,
            timeline.frames,
            statistics.median(stock),
            statistics.median(trace),
            statistics.median(replay),
        )

    def _trace_once(self, file: str, scene: str) -> Timeline:
        self._farm("trace", file, scene)
        return Timeline.from_json(json.loads(self._output(scene).read_text(encoding="utf-8")))

    def _output(self, scene: str) -> Path:
        return self._folder / f"{scene}.json"

    def _stock(self, file: str, scene: str) -> float:
        command = [sys.executable, "benchmarks/stock.py", file, scene, "-w", "-q"]
        return cpu_seconds([*command, "--config_file", str(self._config)])

    def _farm(self, what: str, file: str, scene: str) -> float:
        command = [sys.executable, "-m", "benchmarks.tracing", what, file, scene]
        return cpu_seconds([*command, str(self._config), str(self._output(scene))])


def farm_once(what: str, file: str, scene: str, config: str, output: str) -> None:
    """In a process of its own: one trace, or a replay to the last frame, which alone is drawn."""
    job = SceneJob(
        root=str(ROOT),
        file=file,
        class_name=scene,
        params={},
        width=WIDTH,
        height=HEIGHT,
        rate=str(RATE),
        samples=0,
    )
    work = Job(kind="trace", scene=job, output=output)
    if what == "replay":
        timeline = Timeline.from_json(json.loads(Path(output).read_text(encoding="utf-8")))
        last = Cut(start=timeline.frames - 1, stop=timeline.frames, output=f"{output}.mp4")
        work = Job(kind="draw", scene=job, cuts=(last,), runs=timeline.runs, encoding=ENCODING)
    with Engine(Setting(root=ROOT, config_file=Path(config))) as engine:
        engine.run(work, log_path=Path(output).with_suffix(".log"), limits=LIMITS)


def cpu_seconds(command: list[str]) -> float:
    """User and system time of a process and all it waited for."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYGLET_HEADLESS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}\n{said.decode()}")
    return used.ru_utime + used.ru_stime


def table(rows: list[Row]) -> str:
    """The page, with the machine described."""
    renderer = open_context().info["GL_RENDERER"]
    lines = [
        "# What a trace and a replay cost",
        "",
        f"CPU seconds at {WIDTH}x{HEIGHT}, {RATE} frames a second; median of {ROUNDS}, by turns in one "
        "run; starting a process taken off. Made by `python -m benchmarks.tracing` on "
        f"{os.cpu_count()} cores of {platform.machine()}, {renderer}.",
        "",
        "| scene | frames | stock manimgl -w | trace | share | replay to the last frame | share |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.scene} | {row.frames} | {row.stock:.2f} | {row.trace:.2f} | "
        f"{row.trace / row.stock:.1%} | {row.replay:.2f} | {row.replay / row.stock:.1%} |"
        for row in rows
    ]
    stock, trace, replay = (
        sum(getattr(row, name) for row in rows) for name in ("stock", "trace", "replay")
    )
    lines += [
        f"| all | {sum(row.frames for row in rows)} | {stock:.2f} | {trace:.2f} | "
        f"{trace / stock:.1%} | {replay:.2f} | {replay / stock:.1%} |",
        "",
        "A replay is what a second worker pays to draw the end of a scene: every frame stepped and "
        "its fingerprint checked, the last one drawn and encoded.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        farm_once(*sys.argv[1:])
    else:
        main()
