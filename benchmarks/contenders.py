"""
Those who are measured: stock manimgl, in sequence and side by side, and chalkfarm.

All draw the same copy of a project, so that it can be edited; formulas are set before any is
measured, for all of them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from benchmarks.costs import Cost, run
from pipeline.engine.config import manimgl_config, write_config

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
RATE = Fraction(30)
CHAPTER = "measured"
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """One scene: its file in the project, its class, what it is told."""

    file: str
    name: str
    params: tuple[tuple[str, Any], ...] = ()


class Bench:
    """One size, one folder that everything is written to."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.size = size
        self.folder = folder
        self.project = self.folder / "project"
        self.cache = self.folder / "manimgl"
        """What LaTeX and Pango made."""
        self._log = self.folder / "log"
        self._count = 0
        self.by_thread = False
        """Whether costs say what they were spent on."""
        self.project.mkdir(parents=True)
        shutil.copytree(ROOT / "scenes", self.project / "scenes")
        shutil.copy(ROOT / "custom_config.yml", self.project)
        for name in ("scenes.py", "still.py"):
            shutil.copy(HERE / name, self.project / f"measured_{name}")
        settings = manimgl_config(
            root=self.project,
            width=size[0],
            height=size[1],
            rate=RATE,
            cache=self.cache,
            scratch=self.folder / "videos",
        )
        self._config = write_config(self.folder, settings)

    def stock(self, scenes: Sequence[Asked]) -> dict[Asked, Cost]:
        """`manimgl -w`, one scene after the other."""
        shutil.rmtree(self.folder / "videos", ignore_errors=True)
        return {
            scene: run(
                [*self._stock_command(), scene.file, scene.name],
                folder=self.project,
                log=self._log,
                by_thread=self.by_thread,
            )
            for scene in scenes
        }

    def side_by_side(self, scenes: Sequence[Asked]) -> Cost:
        """The same, by `xargs -P`, one for each core."""
        listed = self.folder / "listed"
        listed.write_text("".join(f"{s.file} {s.name}\n" for s in scenes), encoding="utf-8")
        command = ["xargs", "-a", str(listed), "-P", str(CORES), "-n", "2"]
        return run([*command, *self._stock_command()], folder=self.project, log=self._log)

    def stock_videos(self, scenes: Sequence[Asked]) -> list[Path]:
        """What stock drew last, in order."""
        return [next((self.folder / "videos").rglob(f"{scene.name}.mp4")) for scene in scenes]

    def farm(self, scenes: Sequence[Asked]) -> Farm:
        """A chapter of these scenes, with nothing of it in its store."""
        self._count += 1
        folder = self.folder / f"farm-{self._count}"
        folder.mkdir()
        return Farm(self, folder, scenes)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces one place in a file of the project."""
        path = self.project / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{file} has {text.count(old)} places with {old!r}, not one")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _stock_command(self) -> list[str]:
        options = ["-w", "-q", "--config_file", str(self._config)]
        return [sys.executable, str(HERE / "stock.py"), *options]


class Farm:
    """One chapter and its store."""

    def __init__(self, bench: Bench, folder: Path, scenes: Sequence[Asked]) -> None:
        self._bench = bench
        self._renders = folder / "renders"
        self._manifest = folder / "chapter.yaml"
        manifest = {
            "version": 1,
            "chapter": CHAPTER,
            "title": "Measured",
            "language": "en",
            "project": os.path.relpath(bench.project, folder),
            "scenes": [
                {
                    "id": f"s{number}-{scene.name.lower()}",
                    "scene": f"{scene.file}:{scene.name}",
                    "params": dict(scene.params),
                }
                for number, scene in enumerate(scenes)
            ],
        }
        self._manifest.write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")
        if bench.cache.exists():
            shutil.copytree(bench.cache, self.store / "manimgl")

    @property
    def store(self) -> Path:
        return self._renders / ".store"

    @property
    def video(self) -> Path:
        """The chapter, rendered."""
        return next(self._renders.rglob(f"{CHAPTER}.mp4"))

    def render(self, workers: int, preset: str = "sd") -> Cost:
        """`chalkfarm render`, whatever is there already."""
        return self._command("render", workers, preset, "--plain")

    def plan(self) -> Cost:
        """`chalkfarm plan`: traces every scene."""
        return self._command("plan", CORES, "sd")

    def _command(self, verb: str, workers: int, preset: str, *options: str) -> Cost:
        width, height = self._bench.size
        command = [sys.executable, "-m", "pipeline.cli", verb, str(self._manifest), *options]
        chosen = ["--preset", preset, "--resolution", f"{width}x{height}"]
        places = ["--renders", str(self._renders), "--workers", str(workers)]
        return run(
            [*command, *chosen, *places],
            folder=ROOT,
            log=self._bench.folder / "log",
            by_thread=self._bench.by_thread,
        )

    def keep_formulas(self) -> None:
        """What was set for this chapter is there for all that follow."""
        shutil.copytree(self.store / "manimgl", self._bench.cache, dirs_exist_ok=True)

    def drop(self) -> None:
        shutil.rmtree(self._renders)

    def scene_seconds(self) -> list[float]:
        """What tracing and drawing each scene took in the last run, without starting anything."""
        events = [
            json.loads(line)
            for line in max(self._renders.rglob("events.jsonl")).read_text("utf-8").splitlines()
        ]
        seconds: dict[str, float] = {}
        begun: Mapping[str, Any] = {}
        for event in events:
            if event["event"] == "attempt-started":
                begun = {**begun, event["task"]: event["time"]}
            elif event["event"] == "attempt-ended":
                took = event["time"] - begun[event["task"]]
                seconds[event["scene"]] = seconds.get(event["scene"], 0.0) + took
        return [seconds[name] for name in sorted(seconds, key=lambda n: int(n[1 : n.index("-")]))]
