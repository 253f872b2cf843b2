"""The token that opens a cluster: where it is found, and where none is needed."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import EnvironmentMissing


def is_loopback(address: str) -> bool:
    """Whether an address can only be this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_token(address: str, environment: Mapping[str, str]) -> str:
    """
    The token as Ray's own programs find it; empty where there is none, or none is wanted.

    Raises:
        EnvironmentMissing: there is none, and the address is not loopback.
    """
    if environment.get("RAY_AUTH_MODE") == "disabled":
        return ""
    token = environment.get("RAY_AUTH_TOKEN", "").strip()
    default = Path(environment.get("HOME", "/")) / ".ray" / "auth_token"
    path = Path(environment.get("RAY_AUTH_TOKEN_PATH") or default)
    if not token and path.is_file():
        token = path.read_text(encoding="utf-8").strip()
    if not token and not is_loopback(address):
        raise EnvironmentMissing(
            what=f"no token for {address}",
            advice="put the cluster's token into RAY_AUTH_TOKEN, or its file's name into "
            "RAY_AUTH_TOKEN_PATH; see docs/cluster.md",
        )
    return token
