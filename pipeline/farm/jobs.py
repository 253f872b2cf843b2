"""
A Ray cluster as somebody outside sees it: jobs sent to its dashboard, and files read from there.

Talks HTTP to one address and needs nothing of Ray but to upload a package. Of the token, the
Authorization header is the only place it goes to.
"""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

from pipeline.errors import ClusterUnreachable, UsageError
from pipeline.farm.task import HOME, SHOWN
from pipeline.farm.token import find_token, is_loopback

PATIENCE_SECONDS = 10.0
"""For one answer."""
IDLE_SECONDS = 2.0
"""Without news of a file that is followed, before asking whether there will be any."""
AGAIN_BYTES = 2 << 20
"""Of what was read before, a second at most."""
BLOCK_BYTES = 1 << 16
RUNNING = ("PENDING", "RUNNING")
OURS = "chalkfarm"
"""Metadata by which our jobs are known among others."""


class Cluster:
    """The dashboard of one cluster."""

    def __init__(self, address: str, environment: Mapping[str, str]) -> None:
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"--address {address}: write http://HOST:8265")
        self.address = address.rstrip("/")
        self._token = find_token(self.address, environment)
        self._session = requests.Session()
        self._head = ""

    def check(self, *, may_be_open: bool) -> None:
        """
        Asks whether it is there, and takes us.

        Raises:
            ClusterUnreachable: it is not, it does not, or it would take anybody.
        """
        if not is_loopback(self.address) and not may_be_open:
            answer = self._get("/api/version", token="")
            if answer.status_code == requests.codes.ok:
                raise ClusterUnreachable(
                    address=self.address,
                    reason="anybody may use this cluster: it asks for no token",
                    advice="start it with RAY_AUTH_MODE=token, see docs/cluster.md; or set "
                    "RAY_AUTH_MODE=disabled here if you mean it",
                )
        self._ask("/api/version")

    def submit(
        self, run_id: str, entrypoint: str, runtime: Mapping[str, Any], metadata: Mapping[str, str]
    ) -> None:
        """Uploads the package named in `runtime`, and starts the job."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        from ray.job_submission import JobSubmissionClient

        try:
            client = JobSubmissionClient(self.address, headers=self._headers(self._token))
            for name in ("ray.dashboard.modules.dashboard_sdk", "ray._private"):
                logging.getLogger(name).setLevel(logging.ERROR)
            client.submit_job(
                entrypoint=entrypoint,
                submission_id=run_id,
                runtime_env=dict(runtime),
                metadata={OURS: "1", **metadata},
            )
        except (RuntimeError, ConnectionError, requests.RequestException, ValueError) as error:
            raise ClusterUnreachable(
                address=self.address, reason=str(error).strip(), advice="see `ray status` there"
            ) from error

    def jobs(self) -> list[Mapping[str, Any]]:
        """Our jobs, the oldest first."""
        found = self._ask("/api/jobs/").json()
        ours = [job for job in found if (job.get("metadata") or {}).get(OURS)]
        return sorted(ours, key=lambda job: job.get("start_time") or 0)

    def job(self, name: str | None) -> Mapping[str, Any]:
        """
        The job of a run, by its id or the beginning of it; the last one otherwise.

        Raises:
            UsageError: there is none.
        """
        found = [job for job in self.jobs() if str(job["submission_id"]).startswith(name or "")]
        if not found:
            what = f"no run called {name}" if name else "no run"
            raise UsageError(f"{what} on {self.address}: `chalkfarm submit` makes one")
        return found[-1]

    def stop(self, run_id: str) -> None:
        """Asks a job to end."""
        self._checked(
            self._session.post(
                f"{self.address}/api/jobs/{run_id}/stop",
                headers=self._headers(self._token),
                timeout=PATIENCE_SECONDS,
            )
        )

    def leave_word(self, run_id: str, word: str) -> None:
        """Puts a word into the file by which a run is told what somebody wants of it."""
        folder = f'"${{{HOME}:-$HOME/.chalkfarm}}"/renders/runs/{shlex.quote(run_id)}'
        self._checked(
            self._session.post(
                f"{self.address}/api/jobs/",
                headers=self._headers(self._token),
                json={"entrypoint": f"printf %s {shlex.quote(word)} > {folder}/control"},
                timeout=PATIENCE_SECONDS,
            )
        )

    def output(self, run_id: str) -> str:
        """What a job printed."""
        return str(self._ask(f"/api/jobs/{run_id}/logs").json().get("logs") or "")

    def read(self, path: str) -> bytes | None:
        """A file of the renders over there; None when there is none."""
        answer = self._file("file", path)
        return None if answer is None else answer.content

    def download(self, path: str, target: Path) -> bool:
        """A file of the renders over there, into one here; whether there is one."""
        answer = self._file("file", path, stream=True)
        if answer is None:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for block in answer.iter_content(BLOCK_BYTES):
                file.write(block)
        return True

    def names(self, pattern: str) -> list[str]:
        """Paths of files of the renders over there that match."""
        query = {"node_id": self._head_id(), "glob": f"{SHOWN}/{pattern}"}
        found = self._ask("/api/v0/logs", query).json()["data"]["result"]
        paths = [path for group in found.values() for path in group]
        return sorted(path.removeprefix(f"{SHOWN}/") for path in paths)

    def follow(self, path: str, is_over: Callable[[], bool]) -> Iterator[bytes]:
        """
        A file of the renders over there as it grows, until it is over and all was read.

        After a while without news it is asked for again, from its beginning, as Ray gives it: the
        more there is of it, the longer that while.
        """
        read = 0
        while True:
            last = is_over()
            seen = 0
            try:
                patience = IDLE_SECONDS + read / AGAIN_BYTES
                answer = self._file("stream", path, stream=True, patience=patience)
                for block in answer.iter_content(None) if answer is not None else ():
                    new = block[max(0, read - seen) :]
                    seen += len(block)
                    if new:
                        read = seen
                        yield new
            except requests.RequestException:
                pass  # no news, or the line broke: what was read is not read again
            if last:
                return

    def _file(
        self, kind: str, path: str, *, stream: bool = False, patience: float = PATIENCE_SECONDS
    ) -> Any:
        query = {
            "node_id": self._head_id(),
            "filename": f"{SHOWN}/{path}",
            "lines": "-1",
            **({"interval": "0.3"} if kind == "stream" else {}),
        }
        answer = self._get(f"/api/v0/logs/{kind}", query, stream=stream, patience=patience)
        if answer.status_code >= requests.codes.server_error:
            # This is how Ray says that there is no such file
            return None
        return self._checked(answer)

    def _head_id(self) -> str:
        if not self._head:
            nodes = self._ask("/nodes", {"view": "summary"}).json()["data"]["summary"]
            heads = [node["raylet"] for node in nodes if node["raylet"].get("isHeadNode")]
            if not heads:
                raise ClusterUnreachable(
                    address=self.address, reason="it has no head", advice="see `ray status` there"
                )
            self._head = heads[0]["nodeId"]
        return self._head

    def _ask(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._checked(self._get(path, query))

    def _get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
        stream: bool = False,
        patience: float = PATIENCE_SECONDS,
    ) -> Any:
        try:
            return self._session.get(
                f"{self.address}{path}",
                params=query,
                headers=self._headers(self._token if token is None else token),
                timeout=(PATIENCE_SECONDS, patience),
                stream=stream,
            )
        except requests.ConnectionError as error:
            if stream and "Read timed out" in str(error):
                raise
            raise ClusterUnreachable(
                address=self.address,
                reason="nobody answers there",
                advice="see that the address is right and the cluster is up",
            ) from error
        except requests.Timeout as error:
            if stream:
                raise
            raise ClusterUnreachable(
                address=self.address,
                reason=f"no answer within {patience:g} s",
                advice="see that the cluster is well",
            ) from error

    def _checked(self, answer: Any) -> Any:
        if answer.status_code in (requests.codes.unauthorized, requests.codes.forbidden):
            raise ClusterUnreachable(
                address=self.address,
                reason="it refuses this token" if self._token else "it asks for a token",
                advice="put the cluster's token into RAY_AUTH_TOKEN, or its file's name into "
                "RAY_AUTH_TOKEN_PATH",
            )
        if answer.status_code != requests.codes.ok:
            raise ClusterUnreachable(
                address=self.address,
                reason=f"it answers {answer.status_code}: {answer.text.strip()[:200]}",
                advice="see that this is the dashboard of a Ray cluster",
            )
        return answer

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"} if token else {}
