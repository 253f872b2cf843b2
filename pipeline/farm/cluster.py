"""
Tasks on the Ray cluster that this process is a job of.

As on the embedded Ray (see ray.py), with machines that come and go: a worker is a node, a task
keeps away from nodes by label, results travel where no folder is shared (see travel.py), and a
node that would draw otherwise refuses. Nodes labelled `pool: gpu` get scenes that ask for a GPU,
and no others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pipeline.errors import EnvironmentMissing, WorkerLost
from pipeline.farm.arrivals import Arrivals
from pipeline.farm.parcels import Parcel, pack_result
from pipeline.farm.ray import Attempt, RayExecutor, start_ray
from pipeline.farm.task import HOME, SHOWN, Message, Task
from pipeline.store.local import Store
from pipeline.store.remote import is_url

LOOK_SECONDS = 1.0
"""For so long the list of nodes is believed."""
GPU_SECONDS = 900.0
"""For so long a first GPU node is waited for: an autoscaler may have to start one."""
POOL = "pool"
"""Label of a node: `cpu` or `gpu`."""
NODE_ID = "ray.io/node-id"


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    cpus: int
    gpus: int
    pool: str


def home_folder() -> Path:
    """Where a machine of a cluster keeps what is the farm's (CHALKFARM_HOME)."""
    return Path(os.environ.get(HOME) or Path.home() / ".chalkfarm")


class ClusterExecutor(RayExecutor):
    """The nodes of a cluster, as many tasks as they have room for and a few that wait in Ray."""

    def __init__(self, store: Store) -> None:
        ray = start_ray(address="auto", embedded=False)
        self._prepare(ray, _perform_on_node)
        self._store = store
        self._arrivals = Arrivals(store)
        self._parcels: dict[tuple[str, str], Any] = {}
        """What running tasks read, by kind and digest, as Ray has it."""
        self._nodes: tuple[_Node, ...] = ()
        self._looked = -LOOK_SECONDS

    def slots(self) -> int:
        """How many tasks there is room for now; at least one, since machines may still come."""
        return max(1, sum(node.cpus for node in self._look()))

    def room(self) -> int:
        slots = sum(node.cpus for node in self._look())
        # Some more than there is room for, so that an autoscaler sees that machines are wanted
        return slots + max(2, slots // 4) - len(self._live)

    def workers(self, task: Task) -> frozenset[str]:
        return frozenset(node.id for node in self._look() if self._suits(node, task))

    def start(self, task: Task, attempt: int, avoid: frozenset[str]) -> None:
        labels = {}
        if avoid:
            labels[NODE_ID] = f"!in({','.join(sorted(avoid))})"
        if any(node.pool for node in self._look()):
            labels[POOL] = "gpu" if task.resources.gpu else "!gpu"
        self._watch(
            task,
            attempt,
            self._arrivals.mark,
            self._parcels_for(task),
            name=task.id,
            num_cpus=max(1.0, task.resources.cpu),
            num_gpus=task.gpus,
            label_selector=labels,
        )

    def ask_renderer(self) -> str:
        """
        GL renderer of the pool that draws scenes which ask for a GPU.

        Raises:
            EnvironmentMissing: no node of it came.
        """
        labels = {POOL: "gpu"} if any(node.pool for node in self._look()) else {}
        asked = self._ray.remote(_ask_renderer).options(num_gpus=1, label_selector=labels)
        ref = asked.remote()
        answered, _ = self._ray.wait([ref], timeout=GPU_SECONDS)
        if not answered:
            self._ray.cancel(ref, force=True)
            raise EnvironmentMissing(
                what=f"scenes ask for a GPU, and no node with a free one came in {GPU_SECONDS:g} s",
                advice="see `ray status` there, or take `gpu` out of their resources",
            )
        answer: str = self._ray.get(ref)
        return answer

    def show(self, renders: Path) -> None:
        """
        Lets the dashboard of the cluster give out what is in `renders`, as it does Ray's logs.

        So a run can be looked at, and fetched, by whoever may use the cluster, while it goes and
        after, with nothing more to be started or opened.
        """
        from ray._private.worker import global_worker

        link = Path(global_worker.node.get_logs_dir_path()) / SHOWN
        beside = link.with_name(f"{SHOWN}.{os.getpid()}")
        beside.symlink_to(renders.resolve())
        beside.replace(link)

    def close(self) -> None:
        for live in list(self._live.values()):
            self._ray.cancel(live.stream, force=True)
        super().close()

    def _parcels_for(self, task: Task) -> Mapping[tuple[str, str], Any]:
        """What a task reads, for workers that do not see the store; in Ray once for all tasks."""
        if is_url(self._store.where):
            return {}
        wanted = {each for live in self._live.values() for each in live.task.reads} | {*task.reads}
        self._parcels = {each: ref for each, ref in self._parcels.items() if each in wanted}
        for kind, digest in wanted - self._parcels.keys():
            parcel = pack_result(self._store, kind, digest)
            self._parcels[kind, digest] = self._ray.put(parcel)
        return {each: self._parcels[each] for each in task.reads}

    def _said(self, live: Attempt, event: Mapping[str, Any]) -> Message | None:
        return super()._said(live, self._arrivals.take(live.task, live.number, event))

    def _suits(self, node: _Node, task: Task) -> bool:
        if task.resources.gpu:
            return node.pool == "gpu" or (not node.pool and node.gpus > 0)
        return node.pool != "gpu"

    def _look(self) -> tuple[_Node, ...]:
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._nodes = tuple(
                _Node(
                    id=node["NodeID"],
                    cpus=int(node["Resources"].get("CPU", 0)),
                    gpus=int(node["Resources"].get("GPU", 0)),
                    pool=node["Labels"].get(POOL, ""),
                )
                for node in self._ray.nodes()
                if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
            )
        return self._nodes


def require_job() -> None:
    """
    Raises:
        EnvironmentMissing: this process is not a job of a cluster.
    """
    if not os.environ.get("RAY_JOB_CONFIG_JSON_ENV_VAR"):
        raise EnvironmentMissing(
            what="--cluster is for jobs of a Ray cluster, and this is none",
            advice="use `chalkfarm submit`",
        )


def _ask_renderer() -> str:
    from pipeline.farm.identity import find_identity

    return find_identity(home_folder()).renderer


def _perform_on_node(
    task: Task, attempt: int, mark: str, parcels: Mapping[tuple[str, str], Any]
) -> Iterator[Mapping[str, Any]]:
    import ray

    from pipeline.farm.travel import carry
    from pipeline.farm.worker import ALIVE_SECONDS, process_worker

    def fetch(kind: str, digest: str) -> Parcel | None:
        try:
            # Never waited for without end: its machine may be behind a cut line
            arrived, _ = ray.wait([parcels[kind, digest]], timeout=ALIVE_SECONDS)
            return cast(Parcel, ray.get(arrived[0])) if arrived else None
        except ray.exceptions.RayError as error:
            reason = f"{kind} {digest[:12]} did not reach it: {error}"
            raise WorkerLost(task=task.id, reason=reason) from None

    node = ray.get_runtime_context().get_node_id()
    events = carry(
        process_worker(),
        task,
        attempt,
        home=home_folder(),
        root=Path.cwd(),
        mark=mark,
        host=ray.util.get_node_ip_address(),
        fetch=fetch,
    )
    for event in events:
        yield {**event, "worker": node} if event["event"] == "start" else event
