"""What every shape a manifest may have is built on: see manifest/asked.py for the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Asked(BaseModel):
    """What every part of a manifest has in common: nothing unknown, nothing changed later."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    instead: ClassVar[Mapping[str, str]] = {}
    """For keys people try that are not there, what to say besides "no such key"."""
