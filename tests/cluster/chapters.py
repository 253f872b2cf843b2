"""A chapter whose scenes can be made to fail, on a laptop, and commands about it to a cluster."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.report.runs import Run
from pipeline.store.local import Store, file_digest
from pipeline.store.remote import RemoteStore
from tests.faults import require_explained, require_gone

from .nodes import TOKEN, Node, Nodes, until

SCENES = '''\
import json
import os
import signal
import time
from pathlib import Path

from manimlib import *


class Moving(Scene):
    """Twelve seconds in two segments or three; what goes wrong does before the last of them."""

    marker = ""
    turns = 1

    def construct(self):
        square = Square(1 + self.turns)
        self.add(square)
        print("on its way")
        for step in range(6):
            self.play(square.animate.shift(0.3 * RIGHT), run_time=2)
            if step == 4 and self.marker and self.first_here():
                print("something goes wrong")
                self.fail()
        self.play(Rotate(square, self.turns * PI), run_time=1)

    def first_here(self):
        try:
            descriptor = os.open(self.marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return False
        os.write(descriptor, str(os.getpid()).encode())
        os.close(descriptor)
        return True

    def fail(self):
        time.sleep(600)


class Hungry(Moving):
    turns = 2

    def fail(self):
        # Touched, so that it is there and not only promised
        self.eaten = [np.ones(1 << 25) for _ in range(20)]
        time.sleep(600)


class Poisonous(Moving):
    turns = 3

    def first_here(self):
        return not os.path.exists(self.marker)

    def fail(self):
        zygote = Path(f"/proc/{os.getppid()}/stat").read_text()
        os.kill(int(zygote.rsplit(") ", 1)[1].split()[1]), signal.SIGKILL)
        time.sleep(600)


class Plain(Moving):
    turns = 4


class Baked(Moving):
    def construct(self):
        with np.load(json.loads(os.environ["CHALKFARM_BAKES"])["sides"]) as arrays:
            self.turns = int(arrays["sides"])
        super().construct()


class Patient(Moving):
    """Goes on when it is let."""

    turns = 5

    def fail(self):
        while not os.path.exists(self.marker + ".go"):
            time.sleep(0.1)
'''
MAKING = """\
import numpy as np


def sides():
    return {"sides": 6, "more": np.arange(1 << 20)}
"""
MANIFEST = """\
version: 1
chapter: small
title: A small chapter
preset: tiny
presets:
  tiny: {width: 160, height: 90, rate: 10}
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Chapter:
    """A project on the laptop, its store over there, and commands about it."""

    def __init__(self, folder: Path, nodes: Nodes, reference: Path | None) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        (self.root / "scenes.py").write_text(SCENES)
        (self.root / "making.py").write_text(MAKING)
        self.folder = folder
        self.nodes = nodes
        # Seen by the laptop and the head, and by no worker
        self.store = Store(nodes.private / folder.name)
        self.reference = Store(reference) if reference else self.store
        self.started: list[subprocess.Popen[str]] = []

    def marker(self, name: str) -> Path:
        return self.folder / f"{name}.marker"

    def write(
        self,
        *names: str,
        limit: str = "120s",
        memory: str = "2GiB",
        more: str = "",
        asks: Mapping[str, str] | None = None,
    ) -> None:
        """The manifest, with these scenes; what some of them ask for besides memory, by name."""
        scenes = "".join(
            f'  - {{id: {name.lower()}, scene: "scenes.py:{name}", time_limit: {limit}, '
            f"resources: {{{', '.join(filter(None, [f'memory: {memory}', (asks or {}).get(name)]))}}}, "
            f"{'bakes: [sides], ' if name == 'Baked' else ''}"
            f"params: {{marker: {self.marker(name)}}}}}\n"
            for name in names
        )
        (self.root / "small.yaml").write_text(f"{MANIFEST}{more}scenes:\n{scenes}")

    def prepare(self, *names: str, **how: Any) -> None:
        """Traced while nothing goes wrong; the traces go along to the cluster."""
        self.write(*names, **how)
        for name in names:
            self.marker(name).touch()
        self.command("plan", "small.yaml", "--workers", "1")
        for name in names:
            self.marker(name).unlink()

    def environment(self, token: str = TOKEN) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": str(self.folder),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": token,
            "CHALKFARM_ADDRESS": self.nodes.address,
        }

    def start(self, *arguments: str, token: str = TOKEN) -> "subprocess.Popen[str]":
        said = self.folder / f"command-{len(self.started)}"
        with said.with_suffix(".out").open("w") as out, said.with_suffix(".err").open("w") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", *arguments],
                cwd=self.root,
                env=self.environment(token),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                text=True,
            )
        self.started.append(process)
        return process

    def command(
        self, *arguments: str, code: int | None = 0, token: str = TOKEN, seconds: float = 70
    ) -> Ran:
        return self.end(self.start(*arguments, token=token), code, seconds)

    def end(
        self, process: "subprocess.Popen[str]", code: int | None = 0, seconds: float = 70
    ) -> Ran:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(self.tell()) from None
        said = self.folder / f"command-{self.started.index(process)}"
        out, err = (said.with_suffix(suffix).read_text() for suffix in (".out", ".err"))
        assert code is None or process.returncode == code, f"exit {process.returncode}\n{out}{err}"
        return Ran(process.returncode, out, err)

    def submit(
        self, *more: str, store: str = "", manifest: Sequence[str] = ("small.yaml",)
    ) -> "subprocess.Popen[str]":
        if store:
            self.store = RemoteStore(store, self.folder / "beside")
        where = ("--store", self.store.where)
        return self.start("submit", *manifest, "--follow", "--patience", "8", *where, *more)

    def runs(self) -> list[Run]:
        """Of this chapter on the head, the oldest first."""
        folder = self.nodes.head.folder / "farm" / "renders" / "runs"
        return [
            run
            for run in map(Run, sorted(folder.glob("*"), key=lambda p: p.stat().st_mtime))
            if any(e.get("store") == self.store.where for e in run.events())
        ]

    def said(self, event: str, **facts: Any) -> list[dict[str, Any]]:
        """Events of the last run."""
        return [
            dict(e)
            for e in self.runs()[-1].events()
            if e["event"] == event and all(e.get(name) == value for name, value in facts.items())
        ]

    def failed(self) -> list[dict[str, Any]]:
        """Attempts of the last run that did not come out well."""
        return [e for e in self.said("attempt-ended") if e["how"] != "done"]

    def stuck(self, name: str) -> Node:
        """The node on which something went wrong in a scene, once it has."""
        marker = self.marker(name)
        assert until(lambda: marker.exists() and marker.read_text(), 40), self.tell()
        pid = int(marker.read_text())
        return next(node for node in self.nodes.workers if pid in node.pids())

    def tell(self) -> str:
        """Everything about the last run, for a test that failed."""
        runs = self.runs()
        return runs[-1].events_path.read_text() if runs else "no run"

    def drawn(self) -> Counter[str]:
        """How often each chunk was drawn, in all runs of this chapter."""
        return Counter(
            event["key"]
            for run in self.runs()
            for event in run.events()
            if event["event"] == "segment-done"
        )

    def require_same_bytes(self, of: Collection[str] = ()) -> None:
        """Every chunk, or those, is what the machine draws by itself; and each is there once."""
        digests = of or {entry.digest for entry in self.store.entries("segment")}
        assert digests
        for digest in digests:
            ours, theirs = (
                file_digest(store.obtain("segment", digest) / "chunk.mp4")
                for store in (self.store, self.reference)
            )
            assert ours == theirs

    def require_survived(self, of: Collection[str] = ()) -> None:
        """The right bytes, nothing done for nothing, all of it in the events, nothing left over."""
        self.require_same_bytes(of)
        self.require_explained()

    def require_explained(self) -> None:
        """Nothing done for nothing, all of it in the events, and no process left on any node."""
        require_explained(*self.runs())
        require_gone(
            lambda: {
                pid: line for node in self.nodes.all for pid, line in node.farm_processes().items()
            }
        )
