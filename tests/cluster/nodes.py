"""
Three machines on one: a Ray node in each of three network namespaces, joined by a bridge.

Each has its own address, home, temporary and farm folder, and shares no folder that the farm uses
with the others. What stands for a laptop is the machine itself, which sees them over the bridge.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VENV = Path(sys.prefix)
REPOSITORY = Path(__file__).parents[2]
PRIVATE = "private"
TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
S3_PORT = 9090
FARM_MARKS = ("pipeline.engine.zygote", "pipeline.cli", ".draw-", ".trace", ".bake", ".blend-")
"""In the command line of every process that the farm starts on a node."""


def run(*command: str, **how: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, **how
    )  # type: ignore[call-overload,no-any-return]


def why_not_here() -> str:
    """Why there can be no namespaces here; empty where there can."""
    if os.geteuid():
        return "network namespaces need root"
    name = f"cf{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"{name}v", "type", "veth", "peer", "name", f"{name}w")
        run("ip", "link", "del", f"{name}v")
        run("ip", "netns", "del", name)
    except FileNotFoundError:
        return "network namespaces need ip(8), of iproute2"
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.strip()}"
    return ""


class Node:
    """One machine: `number` 1 is the head."""

    def __init__(self, folder: Path, number: int, net: int, tag: str) -> None:
        self.number = number
        self._private = folder / PRIVATE
        self._laptop = laptop_address(net)
        self.folder = folder / f"n{number}"
        self.address = f"10.77.{net}.{number}"
        self.namespace = f"cf{tag}n{number}"
        self._veth = f"cf{tag}v{number}"

    def connect(self, bridge: str) -> None:
        for name in ("home", "farm", "tmp", "ray"):
            (self.folder / name).mkdir(parents=True)
        # A small disk, which can be filled
        disk = ("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(self.folder / "farm"))
        if self.number > 1:
            run("mount", *disk)
        run("ip", "netns", "add", self.namespace)
        peer = ("peer", "name", "eth0", "netns", self.namespace)
        run("ip", "link", "add", self._veth, "type", "veth", *peer)
        run("ip", "link", "set", self._veth, "master", bridge, "up")
        inside = ("ip", "-n", self.namespace)
        run(*inside, "addr", "add", f"{self.address}/24", "dev", "eth0")
        run(*inside, "link", "set", "eth0", "up")
        run(*inside, "link", "set", "lo", "up")

    def start(self, head: "Node", *extra: str, token: str = TOKEN, **variables: str) -> None:
        """Starts Ray there, as an operator would; `variables` are of the environment."""
        role = (
            ("--head", "--port", "6379", "--dashboard-host", "0.0.0.0", "--num-cpus", "0")
            if self is head
            else ("--address", f"{head.address}:6379", "--num-cpus", "1")
        )
        self.execute(
            str(VENV / "bin/ray"),
            "start",
            *role,
            *("--node-ip-address", self.address, "--object-store-memory", "100000000"),
            *("--disable-usage-stats", *extra),
            token=token,
            **variables,
        )

    def execute(self, *command: str, token: str = TOKEN, **variables: str) -> str:
        """Runs a program on this machine."""
        # All nodes take the head's folder for theirs, which has to be another on each machine
        script = 'mount --bind "$0" /tmp/ray && '
        if self.number > 1:
            script += f"mount -t tmpfs tmpfs {shlex.quote(str(self._private))} && "
        own = ("bash", "-c", f'{script}exec "$@"', str(self.folder / "ray"))
        return run(
            *("ip", "netns", "exec", self.namespace, *own, *command),
            env=self.environment(token) | variables,
            timeout=120,
        ).stdout

    def environment(self, token: str) -> dict[str, str]:
        own = {
            "PATH": f"{VENV}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.folder / "home"),
            "RAY_TMPDIR": "/tmp",
            "TMPDIR": str(self.folder / "tmp"),
            "CHALKFARM_HOME": str(self.folder / "farm"),
            "RAY_AUTH_MODE": "token",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_task_oom_retries": "1",
            "RAY_prestart_worker_first_driver": "0",
            **s3_credentials(self._laptop),
        }
        return own | ({"RAY_AUTH_TOKEN": token} if token else {})

    def pids(self) -> dict[int, str]:
        """Command lines of everything that runs there."""
        found = {}
        for pid in run("ip", "netns", "pids", self.namespace).stdout.split():
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if line:
                found[int(pid)] = line.decode(errors="replace")
        return found

    def pids_of(self, mark: str) -> list[int]:
        return [pid for pid, line in self.pids().items() if mark in line]

    def farm_processes(self) -> dict[int, str]:
        """What the farm left running there."""
        return {
            pid: line
            for pid, line in self.pids().items()
            if any(mark in line for mark in FARM_MARKS)
        }

    def kill(self) -> None:
        """As when the power goes: every process at once."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        until(lambda: not self.pids(), 10)

    def cut(self) -> None:
        """Its line is cut: nothing arrives, and nobody is told."""
        run("ip", "link", "set", self._veth, "down")

    def heal(self) -> None:
        run("ip", "link", "set", self._veth, "up")

    def remove(self) -> None:
        if self.namespace in run("ip", "netns", "list").stdout.split():
            self.kill()
            run("ip", "netns", "del", self.namespace)
        if (self.folder / "farm").is_mount():
            run("umount", str(self.folder / "farm"))


class Nodes:
    """A head and two workers."""

    def __init__(self, folder: Path) -> None:
        tag = str(os.getpid())
        net = os.getpid() % 250 + 1
        self.bridge = f"cf{tag}br"
        self._net = net
        self.laptop = laptop_address(net)
        self.private = folder / PRIVATE
        """Seen by the laptop and the head alone."""
        self.private.mkdir()
        self.head, *self.workers = (Node(folder, number, net, tag) for number in (1, 2, 3))

    @property
    def address(self) -> str:
        return f"http://{self.head.address}:8265"

    @property
    def credentials(self) -> dict[str, str]:
        """For an object store on the laptop."""
        return s3_credentials(self.laptop)

    @property
    def all(self) -> list[Node]:
        return [self.head, *self.workers]

    def up(self) -> None:
        run("ip", "link", "add", self.bridge, "type", "bridge")
        run("ip", "link", "set", self.bridge, "up")
        run("ip", "addr", "add", f"{self.laptop}/24", "dev", self.bridge)
        Path("/tmp/ray").mkdir(exist_ok=True)
        for node in self.all:
            node.connect(self.bridge)
        self.head.start(self.head)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda node: node.start(self.head), self.workers))

    def down(self) -> None:
        for node in reversed(self.all):
            node.remove()
        if re.search(rf"\b{self.bridge}\b", run("ip", "-o", "link").stdout):
            run("ip", "link", "del", self.bridge)


def laptop_address(net: int) -> str:
    """Of what stands for a laptop, on the bridge."""
    return f"10.77.{net}.254"


def s3_credentials(host: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "chalk",
        "AWS_SECRET_ACCESS_KEY": "board",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{S3_PORT}",
    }


def until(holds: "object", seconds: float, each: float = 0.1) -> bool:
    """Whether something came to hold within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(each)
    return bool(holds())  # type: ignore[operator]
