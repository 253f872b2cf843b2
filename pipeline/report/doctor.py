"""
What this machine has for rendering, what it lacks, and the command that brings each thing.

Asks the things themselves: a GL context is opened, a formula is set, encoders are looked up where
they will be used. Native libraries are asked in a child, which may crash without taking the
answers to everything else with it. Changes nothing; the exit code is the command line's business.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.report.encoders import check_deliver, check_ffmpeg
from pipeline.report.finding import Finding, State, ask, finding
from pipeline.report.tex import check_tex

PYTHON = (3, 11)
"""The one that all workers share: see pyproject.toml."""
LOCK = Path(__file__).parents[2] / "requirements.lock"
ENCODERS = ("libx264", "libx264rgb", "mov_text", "aac")
"""Of PyAV, for chunks and the chapter's own file."""
FONTS = {
    "Lato": "apt-get install fonts-lato",
    "CMU Serif": "apt-get install fonts-cmu",
    "Consolas": "copy consola.ttf into ~/.fonts, or set `text: {font: Lato}` in custom_config.yml",
}
"""What the scenes here, lectures that look like TeX, and manimgl's own settings ask for."""
SHM_BYTES = 512 * 2**20
"""Ray keeps its objects there: 200 to 500 MB for a farm whose frames stay out of it."""
DISK_BYTES, DISK_WARNING_BYTES = 2**30, 10 * 2**30
WORKER_BYTES = 2**30
"""A worker in the middle of a scene was measured at 300 to 860 MB."""

GL_CHILD = """
import json, moderngl
context = moderngl.create_context(standalone=True, backend="egl", require=330)
print(json.dumps([context.info["GL_RENDERER"], context.info["GL_VERSION"]]))
"""
AV_CHILD = """
import json, sys, av
lacks = [name for name in sys.argv[1:] if name not in av.codecs_available]
print(json.dumps([av.__version__, lacks]))
"""
RAY_CHILD = "import json, ray; print(json.dumps(ray.__version__))"


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
            check_deliver(scratch),
            *check_tex(scratch),
            *check_fonts(scratch),
            check_voice(scratch),
            check_ray(scratch),
            check_shm(Path("/dev/shm")),  # noqa: S108 - where Ray keeps its objects
            *([check_disk(store)] if store else []),
            check_machine(),
        )


def check_python() -> Finding:
    wanted = ".".join(map(str, PYTHON))
    state = State.OK if sys.version_info[:2] == PYTHON else State.MISSING
    advice = f"apt-get install python{wanted} python{wanted}-venv"
    return finding("python", state, sys.version.split()[0], advice=advice)


def check_voice(scratch: Path) -> Finding:
    """Whether there is a scratch voice for narration; only chapters that ask for one need it."""
    code = "from pipeline.media.espeak import version; print(version())"
    answer = ask(scratch, [sys.executable, "-c", code], cwd=LOCK.parent)
    state = State.WARNING if answer.trouble else State.OK
    found = answer.trouble or f"espeak-ng {answer.lines[0]}"
    return finding("voice", state, found, advice="apt-get install libespeak-ng1")


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
    wrong = [f"not installed: {', '.join(absent)}"] if absent else []
    wrong += [f"other versions, so maybe other pixels: {', '.join(other)}"] if other else []
    state = State.MISSING if absent else State.WARNING if other else State.OK
    advice = f"{sys.executable} -m pip install -r {lock}"
    yield finding("packages", state, "; ".join(wrong) or f"{len(wanted)} as locked", advice=advice)


def parse_lock(text: str) -> dict[str, str]:
    """
    Version by name, from lines `name==version`; markers, hashes and comments are left out.

    >>> parse_lock("# all\\nray[default]==2.60.0\\nnumpy==1.26.4 ; python_version > '3'\\n")
    {'ray': '2.60.0', 'numpy': '1.26.4'}
    """
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
    answer = ask(scratch, [sys.executable, "-c", GL_CHILD])
    if answer.trouble:
        return finding("gl", State.MISSING, answer.trouble, advice=advice)
    renderer, gl_version = json.loads(answer.lines[-1])
    return finding("gl", State.OK, f"{renderer}, {gl_version}", advice=advice)


def check_av(scratch: Path) -> Finding:
    """The encoder that frames are drawn into, which comes with PyAV and not with ffmpeg."""
    advice = f"{sys.executable} -m pip install --only-binary av --force-reinstall av"
    answer = ask(scratch, [sys.executable, "-c", AV_CHILD, *ENCODERS])
    if answer.trouble:
        return finding("av", State.MISSING, answer.trouble, advice=advice)
    release, lacks = json.loads(answer.lines[-1])
    found = f"{release}, without {', '.join(lacks)}" if lacks else f"{release}, with libx264"
    return finding("av", State.MISSING if lacks else State.OK, found, advice=advice)


def check_fonts(scratch: Path) -> Iterator[Finding]:
    """Warns, since Pango draws with another font and says so nowhere."""
    listed = ask(scratch, ["fc-list", ":", "family"])
    if listed.trouble:
        advice = "apt-get install fontconfig"
        yield finding("fonts", State.MISSING, listed.trouble, advice=advice)
        return
    families = {family.strip() for line in listed.lines for family in line.split(",")}
    for family, advice in FONTS.items():
        if family in families:
            yield finding(f"font {family}", State.OK, "there", advice=advice)
            continue
        instead = " ".join(ask(scratch, ["fc-match", family, "family"]).lines)
        found = f"not there: Pango draws {instead or 'nothing'} and does not say so"
        yield finding(f"font {family}", State.WARNING, found, advice=advice)


def check_ray(scratch: Path) -> Finding:
    answer = ask(scratch, [sys.executable, "-c", RAY_CHILD])
    state = State.MISSING if answer.trouble else State.OK
    found = answer.trouble or json.loads(answer.lines[-1])
    return finding("ray", state, found, advice=f'{sys.executable} -m pip install "ray[default]"')


def check_shm(folder: Path) -> Finding:
    total = shutil.disk_usage(folder).total if folder.is_dir() else 0
    enough = total >= SHM_BYTES
    return finding(
        str(folder),
        State.OK if enough else State.WARNING,
        size_text(total) if enough else f"{size_text(total)}: Ray uses the disk instead",
        advice=f"mount -o remount,size=1G {folder}, or docker run --shm-size=1g",
    )


def check_disk(store: Path) -> Finding:
    """Room for chunks, on whatever holds the store or will hold it."""
    there = store.absolute()
    while not there.exists():
        there = there.parent
    return disk_finding(store, shutil.disk_usage(there).free)


def disk_finding(store: Path, free: int) -> Finding:
    """What so many free bytes mean."""
    enough = State.OK if free >= DISK_WARNING_BYTES else State.WARNING
    return finding(
        "disk",
        enough if free >= DISK_BYTES else State.MISSING,
        f"{size_text(free)} free at {store}",
        advice="chalkfarm cache gc --older 7d, or --store on a larger disk",
    )


def check_machine() -> Finding:
    """Cores and memory against what as many workers would take."""
    cores = len(os.sched_getaffinity(0))
    memory = usable_memory(Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max"))
    return machine_finding(cores, memory)


def machine_finding(cores: int, memory: int) -> Finding:
    """What so many cores and bytes mean for a farm of one worker a core."""
    workers = min(cores, memory // WORKER_BYTES)
    few = State.WARNING if workers < cores else State.OK
    return finding(
        "machine",
        few if workers else State.MISSING,
        f"{cores} cores, {size_text(memory)} of memory",
        advice=f"render with --workers {max(1, workers)}: each takes {size_text(WORKER_BYTES)}",
    )


def usable_memory(meminfo: Path, cgroup_limit: Path) -> int:
    """Bytes: what the machine has, or what the container may take of it."""
    total = int(re.findall(r"^MemTotal: +([0-9]+) kB", meminfo.read_text(), re.MULTILINE)[0]) * 1024
    limit = cgroup_limit.read_text().strip() if cgroup_limit.is_file() else "max"
    return total if limit == "max" else min(total, int(limit))


def size_text(count: int) -> str:
    """
    Bytes, as people say them.

    >>> size_text(0), size_text(3 * 2**29), size_text(48 * 2**30)
    ('0 MiB', '1.5 GiB', '48 GiB')
    """
    return f"{count / 2**30:.3g} GiB" if count >= 2**30 else f"{count // 2**20} MiB"
