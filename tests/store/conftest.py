"""Places a store can be at: memory, a folder named by URL, and S3 served on loopback."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "chalk",
    "AWS_SECRET_ACCESS_KEY": "board",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_numbers = count()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server of our own."""
    import logging

    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=f"http://{host}:{port}")
    yield os.environ["AWS_ENDPOINT_URL"]
    server.stop()
    for name in (*CREDENTIALS, "AWS_ENDPOINT_URL"):
        os.environ.pop(name)
        if name in before:
            os.environ[name] = before[name]


@pytest.fixture(params=["memory", "file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place, by URL."""
    number = next(_numbers)
    if request.param == "file":
        return f"file://{tmp_path}/there"
    if request.param == "memory":
        return f"memory://there-{number}"
    request.getfixturevalue("s3_server")
    import s3fs

    s3fs.S3FileSystem().mkdir(f"bucket-{number}")
    return f"s3://bucket-{number}/farm"
