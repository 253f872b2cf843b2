"""RESULTS.md: the machine, the tables, and each goal beside what was reached."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline.engine.gl import open_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Something to be reached, and what was."""

    what: str
    asked: float
    found: float
    least: bool = True
    """Whether more is better."""
    unit: str = "x"

    @property
    def reached(self) -> bool:
        return self.found >= self.asked if self.least else self.found <= self.asked

    def row(self) -> list[str]:
        sign = ">=" if self.least else "<="
        return [
            self.what,
            f"{sign} {number(self.asked, self.unit)}",
            number(self.found, self.unit),
            "yes" if self.reached else "no",
        ]


def number(value: float, unit: str) -> str:
    """
    As a reader takes it in.

    >>> number(8.642, "x"), number(0.0512, "%"), number(734003200, "MB"), number(0.8, "s")
    ('8.6x', '5.1%', '734 MB', '0.80 s')
    """
    match unit:
        case "x":
            return f"{value:.1f}x"
        case "%":
            return f"{value:.1%}"
        case "":
            return f"{value:.5f}"
        case "MB":
            return f"{value / 1e6:.0f} MB"
    return f"{value:.2f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def section(title: str, command: str, rounds: int, parts: Sequence[str]) -> str:
    """With the command that makes these figures."""
    return "\n".join([f"## {title}\n", f"`{command}`: median of {rounds}, by turns.\n", *parts])


def with_sections(page: str, head: str, made: Sequence[str]) -> str:
    """
    A page with these sections in place of those of the same title, and after the others.

    >>> with_sections("# Old\\n## A\\n1\\n## B\\n2\\n", "# New\\n", ["## B\\n3\\n", "## C\\n4\\n"])
    '# New\\n## A\\n1\\n## B\\n3\\n## C\\n4\\n'
    """
    kept = {_title(text): text for text in re.split(r"(?m)^(?=## )", page)[1:]}
    return head + "".join((kept | {_title(text): text for text in made}).values())


def _title(text: str) -> str:
    return text.partition("\n")[0]


def machine() -> str:
    """What was measured on, without its name."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True)
    facts = [
        f"{len(os.sched_getaffinity(0))} cores of {cpu.group(1) if cpu else platform.machine()}",
        f"{memory / 2**30:.0f} GiB of memory",
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        f"manimgl {metadata.version('manimgl')}",
        f"drawn by {open_context().info['GL_RENDERER']}",
        f"stock encodes by ffmpeg {ffmpeg.stdout.split()[2]}, its x264's own settings "
        "(medium, crf 23)",
    ]
    return "Machine: " + "; ".join(facts) + ".\n"
