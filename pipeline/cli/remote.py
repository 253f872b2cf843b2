"""What is known of a run on a cluster, brought here to be looked at like any other run."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.cli.common import print_json, print_table
from pipeline.errors import UsageError
from pipeline.farm.chunks import CHUNK
from pipeline.farm.jobs import RUNNING, Cluster
from pipeline.plan.key import place_of
from pipeline.plan.scenes import SEGMENTS
from pipeline.report.runs import RUNS, STORE, Run, RunState, add_up
from pipeline.store.remote import RemoteStore, is_url


def open_cluster(options: argparse.Namespace) -> Cluster:
    """The cluster a command names."""
    if not options.address:
        raise UsageError("which cluster? write --address http://HOST:8265, or CHALKFARM_ADDRESS")
    return Cluster(options.address, os.environ)


class RemoteRun:
    """One run of a cluster's, and a folder here with what was brought of it."""

    def __init__(self, cluster: Cluster, name: str | None, folder: Path) -> None:
        self.cluster = cluster
        self.job = cluster.job(name)
        self.id = str(self.job["submission_id"])
        self.run = Run(folder / self.id)

    @property
    def path(self) -> str:
        """Where the run is among the renders over there."""
        return f"{RUNS}/{self.id}"

    def is_over(self) -> bool:
        """Asked now."""
        return self.cluster.job(self.id)["status"] not in RUNNING

    def bring(self, *names: str) -> None:
        """Files of the run's folder, as they are now."""
        for name in names:
            self.cluster.download(f"{self.path}/{name}", self.run.folder / name)

    def bring_logs(self, scene_id: str) -> None:
        """All logs of a scene; `*` for every scene."""
        for path in self.cluster.names(f"{self.path}/logs/{scene_id}/*.log"):
            self.bring(path.removeprefix(f"{self.path}/"))

    def state(self) -> RunState:
        """How far it is, by its events and by what became of its process."""
        over = self.job["status"] not in RUNNING
        self.bring("events.jsonl")
        state = add_up(self.id, self.run.events())
        if not state.started:
            state.state = "waiting" if not over else "lost"
        elif over and state.state == "running":
            state.state = "lost"
        return state

    def chunk(self, digest: str) -> Path | None:
        """A chunk, brought here; None when it is not in the store over there."""
        events = {event["event"]: event for event in self.run.events()}
        where = events["run-started"]["store"]
        if is_url(where):
            store = RemoteStore(where, self.run.folder / "store")
            return store.obtain(SEGMENTS, digest) / CHUNK if store.has(SEGMENTS, digest) else None
        target = self.run.folder / f"{digest}.mp4"
        path = f"{self.path}/{STORE}/{place_of(SEGMENTS, digest)}/{CHUNK}"
        return target if self.cluster.download(path, target) else None


@contextmanager
def remote_run(options: argparse.Namespace, name: str | None) -> Iterator[RemoteRun]:
    """A run of the cluster that a command names, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as folder:
        yield RemoteRun(open_cluster(options), name, Path(folder))


def list_runs(options: argparse.Namespace) -> None:
    """Every run the cluster knows of."""
    facts = [_facts(job) for job in open_cluster(options).jobs()]
    if options.json:
        print_json({"runs": facts})
        return
    print_table(
        ("run", "state", "chapter", "preset"),
        [(f["run"], f["state"], f["chapter"], f["preset"]) for f in facts],
    )


def _facts(job: Mapping[str, Any]) -> dict[str, Any]:
    metadata = job["metadata"]
    return {
        "run": job["submission_id"],
        "state": str(job["status"]).lower(),
        "chapter": metadata.get("chapter", ""),
        "preset": metadata.get("preset", ""),
        "manifest": metadata.get("manifest", ""),
    }


def parsed(lines: Iterator[bytes]) -> Iterator[Mapping[str, Any]]:
    """Events out of a stream of bytes; a line that is not whole waits for its rest."""
    begun = b""
    for block in lines:
        *whole, begun = (begun + block).split(b"\n")
        for line in whole:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and "event" in event:
                yield event
