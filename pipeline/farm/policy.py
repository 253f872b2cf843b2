"""
How much a driver puts up with, and what follows for one task or worker. Pure.

Each judgement reads the ledger and gives a reason in words, or nothing where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.farm.ledger import Ledger, TaskState
from pipeline.farm.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much a driver puts up with."""

    keep_going: bool = False
    """Whether other scenes go on when one has failed."""
    attempts: int = 3
    """Of one task, for failures that are the machine's; on distinct workers while there are."""
    attempts_on_one: int = 2
    """Of one task on one worker: what fails twice in one place will fail there again."""
    lost: int = 8
    """Attempts of one task that end with their whole machine, which says little of the task."""
    silence_seconds: float = 60.0
    """Without even a sign of life, which workers give every few seconds."""
    start_seconds: float = 180.0
    """Beyond a task's own limits: for a cold engine to start and a last word to arrive."""
    suspicious: int = 3
    """Tasks that fail one after another on a worker before it is blocked."""
    forgiven_seconds: float = 600.0
    """A blocked worker gets another chance after this."""
    unlucky: int = 6
    """Failed attempts in a row on the whole farm, times its workers beyond two, before a stop."""


@dataclass(slots=True)
class Live:
    """An attempt that has not ended."""

    task: Task
    number: int
    placed: float | None = None
    """When it got a place to run."""
    last_word: float = 0.0
    moved: float = 0.0
    """When it last got further."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy and what it is held to."""

    policy: Policy
    ledger: Ledger

    def avoided(self, task: Task, workers: frozenset[str]) -> frozenset[str]:
        """Those blocked; and those the task failed on, as long as there are others."""
        blocked = self.ledger.blocked & workers
        bad = self.ledger.tasks[task.id].failed_on.keys() & workers
        if workers - blocked - bad:
            return blocked | bad
        spent = {name for name in bad if self._is_spent(task, name)}
        return blocked | spent if workers - blocked - spent else blocked

    def why_nowhere(self, workers: frozenset[str]) -> str:
        """Why none of them gets a task."""
        records = [self.ledger.workers[name] for name in sorted(workers)]
        refused = [record for record in records if record.refused]
        if len(refused) == len(records):
            return f"no worker fits this run: {refused[0].host}: {refused[0].refused}"
        tried = f"{self.policy.suspicious} tasks failed there one after another"
        last = next((t.reason for t in reversed(self.ledger.tasks.values()) if t.reason), "")
        who = "the only worker is blocked" if len(records) == 1 else "every worker is blocked"
        return f"{who}, since {tried}; the last: {last.splitlines()[0] if last else 'no word'}"

    def enough(self, task: Task, workers: frozenset[str]) -> str:
        """Why a task is not tried once more; empty if it is."""
        record, policy = self.ledger.tasks[task.id], self.policy
        if record.counted >= policy.attempts:
            return f"it failed {record.counted} times"
        if record.lost >= policy.lost:
            return f"its worker was lost {record.lost} times"
        if workers and all(
            name in record.failed_on and self._is_spent(task, name) for name in workers
        ):
            only = "the only worker there is" if len(workers) == 1 else "every worker there is"
            return f"it failed {policy.attempts_on_one} times on {only}"
        return ""

    def losses(self) -> str:
        """Why the whole run is not worth going on with; empty while it is."""
        workers = sum(not record.refused for record in self.ledger.workers.values())
        if self.ledger.unlucky < self.policy.unlucky * max(1, workers - 1):
            return ""
        return (
            f"{self.ledger.unlucky} attempts in a row failed on {workers} workers, "
            "and none came out well"
        )

    def suspicion(self, worker: str) -> str:
        """Why a worker is to be blocked; empty if it is not, or is already."""
        record = self.ledger.workers[worker]
        if len(record.suspicious) < self.policy.suspicious or record.blocked_until is not None:
            return ""
        return f"failed at {', '.join(sorted(record.suspicious))} one after another"

    def overdue(self, live: Live, now: float) -> str:
        """Why an attempt is taken for dead; empty while it is not."""
        if live.placed is None:
            return ""  # it waits for a place
        policy, limits = self.policy, live.task.limits
        if now - live.last_word > policy.silence_seconds:
            return f"its worker gave no sign of life for {policy.silence_seconds:g} s"
        # The worker holds the task to these itself; this is for when it does not
        if now - live.moved > limits.stall_seconds + policy.start_seconds:
            return f"it got no further for {now - live.moved:.0f} s"
        if now - live.placed > limits.seconds + policy.start_seconds:
            return f"it took more than its {limits.seconds:g} s"
        return ""

    def undone(self) -> str:
        """The first task that has not come out well."""
        tasks = self.ledger.tasks.items()
        return next(task_id for task_id, r in tasks if r.state is not TaskState.DONE)

    def _is_spent(self, task: Task, worker: str) -> bool:
        return self.ledger.tasks[task.id].failed_on[worker] >= self.policy.attempts_on_one
