"""The one place a GL context is opened; run as a program, it says what would draw here."""

from __future__ import annotations

import os
import sys
from typing import Any

import moderngl


def open_context() -> Any:
    """
    A GL context without a display, through EGL.

    On a machine with several GPUs EGL counts them by itself; CHALKFARM_GL_DEVICE names the one
    this worker was given.
    """
    device = os.environ.get("CHALKFARM_GL_DEVICE")
    options: dict[str, Any] = {} if device is None else {"device_index": int(device)}
    create: Any = moderngl.create_context  # its annotations fit none of its own options
    ctx = create(standalone=True, backend="egl", **options)
    # Scenes that redraw always make new buffers every frame, and nobody releases them
    ctx.gc_mode = "auto"
    return ctx


if __name__ == "__main__":
    sys.stdout.write(str(open_context().info["GL_RENDERER"]))
