"""What draws on this machine, and how that differs from what a run was planned for."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pipeline.engine.identity import (
    ask_renderer,
    drivers_identity,
    engine_identity,
    fonts_identity,
)
from pipeline.plan.key import first_difference
from pipeline.plan.scenes import Identity
from pipeline.store.local import store_failed


def find_identity(folder: Path) -> Identity:
    """
    What draws here. The renderer is asked once for each set of drivers, and kept in `folder`.

    Raises:
        StoreFailed: the folder cannot be written.
    """
    known = folder / "renderer" / f"{drivers_identity(dict(os.environ))}.json"
    try:
        renderer = json.loads(known.read_text(encoding="utf-8"))["renderer"]
    except (OSError, ValueError, KeyError):
        renderer = ask_renderer()
        try:
            known.parent.mkdir(parents=True, exist_ok=True)
            beside = known.with_suffix(f".{os.getpid()}")
            beside.write_text(json.dumps({"renderer": renderer}), encoding="utf-8")
            beside.replace(known)
        except OSError as error:
            raise store_failed(folder, error) from error
    return Identity(engine=engine_identity(), fonts=fonts_identity(), renderer=renderer)


def identity_difference(here: Identity, planned: Identity, *, draws: bool) -> str | None:
    """
    The first thing that differs here, by name: `numpy: 1.26.3, was 1.26.4`; None when nothing.

    A trace is the same whatever renderer there is; only what draws has to have the same.
    """
    return first_difference(_fields(here, draws=draws), _fields(planned, draws=draws))


def _fields(identity: Identity, *, draws: bool) -> dict[str, Any]:
    renderer = {"renderer": identity.renderer} if draws else {}
    return {**identity.engine, "fonts": identity.fonts, **renderer}
