"""
Whether a scene can be trusted to go the same way twice, by what its sources name.
"""

from __future__ import annotations

import re
from pathlib import Path

UNREPEATABLE = re.compile(
    r"^\s*(?:import|from)\b[^#\n]*\b(?:time|datetime|secrets|uuid|subprocess|socket|urllib|requests"
    r"|httpx|threading|multiprocessing|concurrent|asyncio)\b"
    r"|\b(?:default_rng|RandomState|Random|Generator|seed)\(\s*\)"
    r"|\b(?:urandom|SystemRandom|getpid|__import__|import_module)\b"
    r"|(?<![\w.])(?:id|eval|exec)\(|\brandom_seed\s*=\s*None",
    re.MULTILINE,
)
"""The clock, chance without a seed, addresses, other processes, other machines."""


def seems_repeatable(source: Path) -> bool:
    """
    Whether a Python file names nothing by which a scene could go another way the next time.

    A scene that does is stepped for drawing too, and so found out: each frame is then checked
    against the trace.
    """
    return UNREPEATABLE.search(source.read_text(encoding="utf-8", errors="replace")) is None
