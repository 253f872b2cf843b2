"""
What this machine has for rendering, what it lacks, and the command that brings each thing.

Asks the things themselves: a GL context is opened, a formula is set, encoders are looked up where
they will be used. Native libraries are asked in a child, which may crash without taking the
answers to everything else with it. Changes nothing; what to do about a finding is for people, and
the exit code for the command line.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from pipeline.errors import EnvironmentMissing, ToolFailed
from pipeline.tools import run

PYTHON = (3, 11)
"""The one that all workers share: see pyproject.toml."""
LOCK = Path(__file__).parents[2] / "requirements.lock"
OLDEST_GL = 330
"""manimgl's shaders are written in GLSL 3.30."""
ENCODERS = ("libx264", "libx264rgb", "mov_text")
FILTERS = ("format", "pad", "scale", "select", "tile")
"""Of ffmpeg, as media/ uses them."""
FONTS = {
    "Lato": "apt-get install fonts-lato",
    "CMU Serif": "apt-get install fonts-cmu",
    "Consolas": "copy consola.ttf into ~/.fonts, or set text: {font: …} in custom_config.yml",
}
"""What scenes here, lectures that look like TeX, and manimgl's own settings ask for."""
TEX_APT = {
    "standalone.cls": "texlive-latex-extra",
    "preview.sty": "preview-latex-style",
    "amssymb.sty": "texlive-base",
    "dsfont.sty": "texlive-fonts-extra",
    "tipa.sty": "tipa",
    "relsize.sty": "texlive-latex-extra",
    "calligra.sty": "texlive-latex-extra",
    "wasysym.sty": "texlive-fonts-recommended",
    "physics.sty": "texlive-science",
    **dict.fromkeys(
        ("babel.sty", "inputenc.sty", "fontenc.sty", "amsmath.sty", "textcomp.sty", "pifont.sty"),
        "texlive-latex-base",
    ),
    **dict.fromkeys(
        ("setspace.sty", "mathrsfs.sty", "ragged2e.sty", "xcolor.sty", "microtype.sty"),
        "texlive-latex-recommended",
    ),
}
"""The Debian package that has each file, by `dpkg -S` on Debian 12."""
TEX_BASIS = ("standalone.cls", "preview.sty")
"""What manimgl's own wrapping of a formula loads, whatever the template."""
LATEX = "apt-get install texlive-latex-base texlive-latex-extra texlive-latex-recommended"
SHM_BYTES = 512 * 2**20
"""Ray keeps its objects there, in 200 to 500 MB for a farm that passes no frames through it."""
DISK_BYTES, DISK_WARNING_BYTES = 2**30, 10 * 2**30
WORKER_BYTES = 2**30
"""A worker in the middle of a scene was measured at 300 to 860 MB."""
CHILD_SECONDS = 120.0
"""Importing torch or Ray from a cold disk takes a good part of a minute."""

GL_CHILD = """
import json, moderngl
context = moderngl.create_context(standalone=True, backend="egl")
print(json.dumps([context.version_code, context.info["GL_RENDERER"], context.info["GL_VERSION"]]))
"""
AV_CHILD = """
import json, sys, av
lacks = [name for name in sys.argv[1:] if name not in av.codecs_available]
print(json.dumps([av.__version__, lacks]))
"""
RAY_CHILD = "import json, ray; print(json.dumps(ray.__version__))"


class State(StrEnum):
    """What a finding means for a render."""

    OK = "ok"
    """Nothing to do."""
    WARNING = "warning"
    """Some scenes will look different, fail or be slow."""
    MISSING = "missing"
    """No chapter can be rendered before it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked for."""

    name: str
    state: State
    found: str
    """What is there, or what happened when it was asked."""
    advice: str = ""
    """The command that brings it. Empty where nothing has to be done."""


def diagnose(*, store: Path | None) -> tuple[Finding, ...]:
    """Everything a render needs, in the order to put it right. Takes some seconds."""
    with TemporaryDirectory(prefix="chalkfarm-doctor-") as folder:
        scratch = Path(folder)
        return (
            check_python(),
            *check_packages(LOCK),
            check_gl(scratch),
            check_av(scratch),
            *check_ffmpeg(scratch),
            *check_tex(scratch),
            *check_fonts(scratch),
            check_ray(scratch),
            check_shm(Path("/dev/shm")),  # noqa: S108 - where Ray keeps its objects
            *([check_disk(store)] if store else []),
            check_machine(),
        )


def check_python() -> Finding:
    wanted = ".".join(map(str, PYTHON))
    return Finding(
        name="python",
        state=State.OK if sys.version_info[:2] == PYTHON else State.MISSING,
        found=sys.version.split()[0],
        advice=f"apt-get install python{wanted} python{wanted}-venv, then make setup",
    )


def check_packages(lock: Path) -> Iterator[Finding]:
    """Whether what is installed is what `lock` says. Nothing where there is no such file."""
    if not lock.is_file():
        return
    wanted = parse_lock(lock.read_text(encoding="utf-8"))
    there = {name: _installed(name) for name in wanted}
    absent = [name for name in wanted if not there[name]]
    other = [
        f"{name} {there[name]} for {pin}"
        for name, pin in wanted.items()
        if there[name] and pin not in (there[name], there[name].partition("+")[0])
    ]
    yield Finding(
        name="packages",
        state=State.MISSING if absent else State.WARNING if other else State.OK,
        found="; ".join(
            ([f"not installed: {', '.join(absent)}"] if absent else [])
            + ([f"other versions, so maybe other pixels: {', '.join(other)}"] if other else [])
        )
        or f"{len(wanted)} as locked",
        advice=f"{sys.executable} -m pip install -r {lock.name}",
    )


def parse_lock(text: str) -> dict[str, str]:
    """Version by name, from lines `name==version`; markers, hashes and comments are left out."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, re.MULTILINE)
    return dict(pins)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def check_gl(scratch: Path) -> Finding:
    """Whether a context opens without a display, which is all that drawing needs."""
    advice = "apt-get install libegl1 libgl1 libgl1-mesa-dri"
    answer = _ask(scratch, [sys.executable, "-c", GL_CHILD])
    if answer.trouble:
        return Finding(name="gl", state=State.MISSING, found=answer.trouble, advice=advice)
    code, renderer, gl_version = json.loads(answer.lines[-1])
    return Finding(
        name="gl",
        state=State.OK if code >= OLDEST_GL else State.MISSING,
        found=f"{renderer}, {gl_version}",
        advice=advice,
    )


def check_av(scratch: Path) -> Finding:
    """The encoder that draws into a chunk, which comes with PyAV and not with ffmpeg."""
    advice = f"{sys.executable} -m pip install --only-binary av --force-reinstall av"
    answer = _ask(scratch, [sys.executable, "-c", AV_CHILD, *ENCODERS])
    if answer.trouble:
        return Finding(name="av", state=State.MISSING, found=answer.trouble, advice=advice)
    release, lacks = json.loads(answer.lines[-1])
    return Finding(
        name="av",
        state=State.MISSING if lacks else State.OK,
        found=f"{release}, " + (f"without {', '.join(lacks)}" if lacks else "with libx264"),
        advice=advice,
    )


def check_ffmpeg(scratch: Path) -> Iterator[Finding]:
    advice = "apt-get install ffmpeg"
    for program in ("ffmpeg", "ffprobe"):
        answer = _ask(scratch, [program, "-version"])
        if answer.trouble:
            yield Finding(name=program, state=State.MISSING, found=answer.trouble, advice=advice)
            continue
        lacks: list[str] = []
        for option, wanted in (("-encoders", ENCODERS), ("-filters", FILTERS)):
            if program == "ffmpeg":
                listed = _ask(scratch, [program, "-hide_banner", option]).lines
                there = {line.split()[1] for line in listed if len(line.split()) > 1}
                lacks += [name for name in wanted if name not in there]
        release = " ".join(answer.lines[0].split()[2:3])
        yield Finding(
            name=program,
            state=State.MISSING if lacks else State.OK,
            found=release + (f", without {', '.join(lacks)}" if lacks else ""),
            advice=f"{advice}: Debian's has them",
        )


def check_tex(scratch: Path) -> Iterator[Finding]:
    """The programs, a formula set with them, and what each template of manimgl loads."""
    absent = [program for program in ("latex", "dvisvgm") if not shutil.which(program)]
    if absent:
        found = f"no {' and no '.join(absent)}"
        yield Finding(
            name="latex", state=State.MISSING, found=found, advice=f"{LATEX} cm-super dvisvgm"
        )
        return
    templates = tex_templates()
    for name, state in (("basic", State.MISSING), ("default", State.WARNING)):
        if name in templates:
            yield _check_template(scratch, name, templates[name], state)
    if "basic" in templates:
        yield _check_formula(scratch, templates["basic"])


def tex_templates() -> Mapping[str, str]:
    """Preamble by name of manimgl's templates, read without importing it."""
    spec = find_spec("manimlib")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).with_name("tex_templates.yml")
    templates = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: template["preamble"] for name, template in templates.items()}


def tex_files(preamble: str) -> list[str]:
    r"""
    What a preamble loads, and what manimgl loads around it.

    >>> tex_files(r"\usepackage[T1]{fontenc} \usepackage{a,b}")
    ['standalone.cls', 'preview.sty', 'fontenc.sty', 'a.sty', 'b.sty']
    """
    loaded = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", preamble)
    names = [name.strip() for names in loaded for name in names.split(",")]
    return [*TEX_BASIS, *(f"{name}.sty" for name in names)]


def _check_template(scratch: Path, name: str, preamble: str, state: State) -> Finding:
    wanted = tex_files(preamble)
    there = {Path(line).name for line in _ask(scratch, ["kpsewhich", *wanted]).lines}
    absent = [file for file in wanted if file not in there]
    known = dict.fromkeys(TEX_APT[file] for file in absent if file in TEX_APT)
    unknown = [f"; apt-file search {file}" for file in absent if file not in TEX_APT]
    users = "" if state is State.MISSING else ": formulas of projects that use it will fail"
    return Finding(
        name=f"tex template {name}",
        state=state if absent else State.OK,
        found=f"no {', '.join(absent)}{users}" if absent else f"all {len(wanted)} files",
        advice=f"apt-get install {' '.join(known)}{''.join(unknown)}" if absent else "",
    )


def _check_formula(scratch: Path, preamble: str) -> Finding:
    """Goes the whole way from TeX to outlines, since fonts can lack where every file is there."""
    source = scratch / "formula.tex"
    source.write_text(
        f"\\documentclass[preview]{{standalone}}\n{preamble}\n"
        "\\begin{document}\n$\\sum_n x^2 \\in \\mathbb{R}$\n\\end{document}\n",
        encoding="utf-8",
    )
    latex = ["latex", "-interaction=batchmode", "-halt-on-error", source.name]
    trouble = _ask(scratch, latex, cwd=scratch).trouble
    if not trouble:
        svg = _ask(scratch, ["dvisvgm", "formula.dvi", "-n", "-v", "0", "--stdout"], cwd=scratch)
        drawn = sum("<path" in line for line in svg.lines)
        trouble = svg.trouble or ("" if drawn else "dvisvgm drew no outlines")
    return Finding(
        name="formula",
        state=State.MISSING if trouble else State.OK,
        found=trouble or "set and outlined",
        advice=f"{LATEX} texlive-fonts-recommended cm-super dvisvgm",
    )


def check_fonts(scratch: Path) -> Iterator[Finding]:
    """Warns, since Pango draws with another font and says so nowhere."""
    listed = _ask(scratch, ["fc-list", ":", "family"])
    if listed.trouble:
        advice = "apt-get install fontconfig"
        yield Finding(name="fonts", state=State.MISSING, found=listed.trouble, advice=advice)
        return
    families = {family.strip() for line in listed.lines for family in line.split(",")}
    for family, advice in FONTS.items():
        there = family in families
        instead = [] if there else _ask(scratch, ["fc-match", family, "family"]).lines
        yield Finding(
            name=f"font {family}",
            state=State.OK if there else State.WARNING,
            found="there" if there else f"text is drawn in {' '.join(instead)}, silently",
            advice=advice,
        )


def check_ray(scratch: Path) -> Finding:
    answer = _ask(scratch, [sys.executable, "-c", RAY_CHILD])
    return Finding(
        name="ray",
        state=State.MISSING if answer.trouble else State.OK,
        found=answer.trouble or json.loads(answer.lines[-1]),
        advice=f'{sys.executable} -m pip install "ray[default]"',
    )


def check_shm(folder: Path) -> Finding:
    total = shutil.disk_usage(folder).total if folder.is_dir() else 0
    return Finding(
        name=str(folder),
        state=State.OK if total >= SHM_BYTES else State.WARNING,
        found=size(total) + ("" if total >= SHM_BYTES else ": Ray will use the disk instead"),
        advice=f"mount -o remount,size=1G {folder}, or docker run --shm-size=1g",
    )


def check_disk(store: Path) -> Finding:
    """Room for chunks, on whatever holds the store or will."""
    there = next(
        parent for parent in (store.absolute(), *store.absolute().parents) if parent.exists()
    )
    free = shutil.disk_usage(there).free
    enough = State.OK if free >= DISK_WARNING_BYTES else State.WARNING
    return Finding(
        name="disk",
        state=enough if free >= DISK_BYTES else State.MISSING,
        found=f"{size(free)} free at {store}",
        advice="chalkfarm cache gc --older 7d, or --store on a larger disk",
    )


def check_machine() -> Finding:
    cores = usable_cores()
    memory = usable_memory(Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max"))
    workers = min(cores, memory // WORKER_BYTES)
    few = State.WARNING if workers < cores else State.OK
    return Finding(
        name="machine",
        state=few if workers else State.MISSING,
        found=f"{cores} cores, {size(memory)} of memory",
        advice=f"chalkfarm render --workers {max(1, workers)}: each takes up to {size(WORKER_BYTES)}",
    )


def usable_cores() -> int:
    return len(os.sched_getaffinity(0))


def usable_memory(meminfo: Path, cgroup_limit: Path) -> int:
    """Bytes: what the machine has, or what the container may take of it."""
    total = int(re.findall(r"^MemTotal: +([0-9]+) kB", meminfo.read_text(), re.MULTILINE)[0]) * 1024
    limit = cgroup_limit.read_text().strip() if cgroup_limit.is_file() else "max"
    return total if limit == "max" else min(total, int(limit))


def size(count: int) -> str:
    """
    Bytes, as people say them.

    >>> size(0), size(3 * 2**29), size(48 * 2**30)
    ('0 MiB', '1.5 GiB', '48 GiB')
    """
    return f"{count / 2**30:.3g} GiB" if count >= 2**30 else f"{count / 2**20:.3g} MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a program said."""

    lines: Sequence[str]
    trouble: str = ""
    """Why it could not be asked, in a line; empty when it ended well."""


def _ask(scratch: Path, command: Sequence[str], *, cwd: Path | None = None) -> _Answer:
    lines: list[str] = []
    take: Callable[[str], bool] = lambda line: bool(lines.append(line)) or True  # noqa: E731
    try:
        run(
            command,
            log_path=scratch / "doctor.log",
            timeout_seconds=CHILD_SECONDS,
            heartbeat=take,
            cwd=cwd,
        )
    except EnvironmentMissing as error:
        return _Answer(lines=lines, trouble=error.what)
    except ToolFailed as error:
        last = [line for line in [*lines, *error.tail.splitlines()] if line.strip()]
        return _Answer(
            lines=lines, trouble=last[-1].strip() if last else f"{command[0]} {error.reason}"
        )
    return _Answer(lines=lines)
