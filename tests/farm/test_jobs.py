"""That a cluster is asked with the token and no other way, and what it refuses is said clearly."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.errors import ClusterUnreachable, EnvironmentMissing, ExitCode, UsageError
from pipeline.farm.jobs import Cluster
from pipeline.farm.token import is_loopback

TOKEN = "c0ffee" * 8


class _Dashboard(BaseHTTPRequestHandler):
    """Answers as Ray's does when it was started with a token."""

    def do_GET(self) -> None:
        well = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        self.send_response(200 if well else 401)
        self.end_headers()
        self.wfile.write(b"[]" if well else b"Unauthorized")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Dashboard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_token_is_taken_from_the_environment_or_its_file(address: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray/auth_token").write_text(TOKEN)

    for environment in (
        {"RAY_AUTH_TOKEN": TOKEN},
        {"RAY_AUTH_TOKEN_PATH": str(tmp_path / "token")},
        {"HOME": str(tmp_path)},
    ):
        cluster = Cluster(address, environment)
        cluster.check(may_be_open=False)
        assert cluster.jobs() == []


@pytest.mark.parametrize(
    ("environment", "says"),
    [({}, "it asks for a token"), ({"RAY_AUTH_TOKEN": "wrong"}, "it refuses this token")],
    ids=["none", "wrong"],
)
def test_whoever_is_refused_is_told_why(
    address: str, environment: dict[str, str], says: str
) -> None:
    with pytest.raises(ClusterUnreachable, match=says) as refused:
        Cluster(address, environment).jobs()
    assert refused.value.exit_code == ExitCode.CLUSTER_UNREACHABLE == 5
    assert "RAY_AUTH_TOKEN" in str(refused.value)
    assert "wrong" not in str(refused.value)


def test_without_a_token_no_other_machine_is_asked_at_all() -> None:
    with pytest.raises(EnvironmentMissing, match="no token for http://10"):
        Cluster("http://10.1.2.3:8265", {})


def test_nobody_there_is_exit_code_five() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ClusterUnreachable, match="nobody answers there") as nobody:
            Cluster(address, {}).check(may_be_open=False)
    assert nobody.value.exit_code == 5


def test_address_is_that_of_a_dashboard() -> None:
    with pytest.raises(UsageError, match="write http://HOST:8265"):
        Cluster("head:6379", {})


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("http://localhost:8265", True),
        ("http://127.0.0.1:8265", True),
        ("http://[::1]:8265", True),
        ("http://10.0.0.1:8265", False),
        ("http://head:8265", False),
        ("http://127.0.0.1.example.org:8265", False),
    ],
)
def test_only_this_machine_is_loopback(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback
