"""The one place a GL context is opened; run as a program, it says what would draw here."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import moderngl

EGL_CUDA_DEVICE_NV = 0x323A
"""From EGL_NV_device_cuda: a device's number as CUDA counts, whatever CUDA_VISIBLE_DEVICES."""
MOST_DEVICES = 64


def open_context() -> Any:
    """A GL context without a display, through EGL, on the GPU this worker was given."""
    assigned = "CUDA_VISIBLE_DEVICES" in os.environ
    device = device_index(os.environ, cuda_numbers() if assigned else ())
    options: dict[str, Any] = {} if device is None else {"device_index": device}
    create: Any = moderngl.create_context  # its annotations fit none of its own options
    ctx = create(standalone=True, backend="egl", **options)
    # Scenes that redraw always make new buffers every frame, and nobody releases them
    ctx.gc_mode = "auto"
    return ctx


def device_index(environment: Mapping[str, str], cuda: Sequence[int | None]) -> int | None:
    """
    Which EGL device to open; None leaves it to EGL, which takes its first.

    CHALKFARM_GL_DEVICE names one as EGL counts. Otherwise it is the one that belongs to the first
    of CUDA_VISIBLE_DEVICES, by which Ray says what a task was given. EGL takes no notice of that
    variable, and counts in an order of its own: `cuda` has the CUDA number of each of its devices.
    """
    asked = environment.get("CHALKFARM_GL_DEVICE")
    if asked:
        return int(asked)
    given = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    # Some are named by UUID, or hidden with -1: then there is nothing to go by
    if not given.isdecimal() or int(given) not in cuda:
        return None
    return cuda.index(int(given))


def cuda_numbers() -> list[int | None]:
    """The CUDA number of each EGL device, in EGL's order; None for what is no CUDA device."""
    egl = ctypes.CDLL("libEGL.so.1")
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    pointer, number = ctypes.c_void_p, ctypes.c_int
    addresses = [
        egl.eglGetProcAddress(name) for name in (b"eglQueryDevicesEXT", b"eglQueryDeviceAttribEXT")
    ]
    if not all(addresses):
        return []
    query = ctypes.CFUNCTYPE(
        ctypes.c_uint, number, ctypes.POINTER(pointer), ctypes.POINTER(number)
    )(addresses[0])
    attribute = ctypes.CFUNCTYPE(ctypes.c_uint, pointer, number, ctypes.POINTER(ctypes.c_ssize_t))(
        addresses[1]
    )
    devices, count = (pointer * MOST_DEVICES)(), number()
    if not query(MOST_DEVICES, devices, ctypes.byref(count)):
        return []
    found: list[int | None] = []
    for device in devices[: count.value]:
        value = ctypes.c_ssize_t()
        is_cuda = attribute(device, EGL_CUDA_DEVICE_NV, ctypes.byref(value))
        found.append(value.value if is_cuda else None)
    return found


if __name__ == "__main__":
    sys.stdout.write(str(open_context().info["GL_RENDERER"]))
