"""
The `manimgl` command as it is released, arguments and all, where there is no display.

Run in a project's folder as `python stock.py FILE SCENE -w …`. The context is opened through EGL;
nothing else is other than in the command.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Never touches sys.argv, which manimlib parses when it is imported."""
    sys.path[0] = str(Path.cwd())
    import pyglet

    pyglet.options.headless = True
    pyglet.options.shadow_window = False
    import moderngl

    moderngl.create_standalone_context = lambda **_: moderngl.create_context(
        standalone=True, backend="egl"
    )
    from manimlib.__main__ import main as manimgl

    manimgl()


if __name__ == "__main__":
    main()
