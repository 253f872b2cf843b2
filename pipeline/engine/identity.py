"""
What draws: the versions and the renderer that decide pixels, without starting either.

Part of every key. Two machines that agree here may share what they drew.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from blake3 import blake3

from pipeline.errors import EnvironmentMissing

ENGINE_VERSION = 1
"""Counted up whenever this engine would draw a scene otherwise than before."""
ENCODER_VERSION = 4
"""Counted up whenever engine/encode.py would give other bytes for the same pixels."""
DECIDING = (
    "manimgl",
    "manimpango",
    "numpy",
    "scipy",
    "torch",
    "moderngl",
    "pillow",
    "skia-pathops",
    "mapbox-earcut",
    "svgelements",
    "fonttools",
    "av",
)
"""Distributions another version of which may give other pixels or bytes."""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
CHOOSING = (
    *("LIBGL", "MESA", "GALLIUM", "EGL", "__EGL", "__GLX"),
    *("CHALKFARM_GL", "CUDA_VISIBLE_DEVICES"),
)
"""How environment variables start that choose what draws."""
RENDERER_FILES = (
    "/usr/lib/*/dri/swrast_dri.so",
    "/usr/lib/*/libgallium*.so*",
    "/usr/lib/*/libEGL_mesa.so*",
    "/usr/lib/*/libEGL_nvidia.so*",
    "/usr/local/nvidia/lib64/libEGL_nvidia.so*",
)


def engine_identity() -> dict[str, str]:
    """Name and version of everything in the lock that has a say in the pixels."""
    versions = {
        "engine": str(ENGINE_VERSION),
        "encoder": str(ENCODER_VERSION),
        "python": ".".join(map(str, sys.version_info[:2])),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()),  # its sine and cosine place every vertex
    }
    for name in DECIDING:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "none"
    return versions


def fonts_identity() -> str:
    """A digest of every font file's name and size; a font more can change what Pango picks."""
    found = sorted(
        f"{path.name}:{path.stat().st_size}"
        for folder in FONT_FOLDERS
        for path in _files(Path(folder).expanduser())
    )
    return blake3("\n".join(found).encode()).hexdigest(length=16)


def drivers_identity(environment: dict[str, str]) -> str:
    """
    A digest of the GL drivers installed, to know whether the renderer has to be asked again.

    `environment` is what may choose between them: LIBGL_ALWAYS_SOFTWARE and its like.
    """
    chosen = sorted(
        f"{name}={value}" for name, value in environment.items() if name.startswith(CHOOSING)
    )
    files = sorted(
        f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}"
        for pattern in RENDERER_FILES
        for path in Path("/").glob(pattern.lstrip("/"))
    )
    return blake3("\n".join(chosen + files).encode()).hexdigest(length=16)


def _files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here) / name
            if path.is_file():
                yield path


def ask_renderer() -> str:
    """
    GL_RENDERER of the context a worker here would draw with, asked of a process of its own.

    Raises:
        EnvironmentMissing: no context can be opened.
    """
    asked = subprocess.run(
        [sys.executable, "-m", "pipeline.engine.gl"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if asked.returncode or not asked.stdout:
        said = asked.stderr.strip().splitlines()
        raise EnvironmentMissing(
            what=f"no GL context without a display: {said[-1] if said else 'no word'}",
            advice="apt-get install libegl1 libgl1 libgl1-mesa-dri, then `chalkfarm doctor`",
        )
    return asked.stdout
