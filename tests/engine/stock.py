"""
manimgl as it is released, drawing scenes one after the other, for the engine to be held against.

Run in a project's folder as `python stock.py CONFIG_FILE`. Each line on stdin is a JSON list: file,
class, and where to write the frames, raw RGBA with the bottom row first, as they would have gone
to ffmpeg. Each scene is drawn in a fork of its own, and answered with its exit status. Two
things alone are not manimgl's: the context is opened through EGL, and a file stands for ffmpeg.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace


def main() -> None:
    # Read by manimlib when it is imported
    sys.argv = ["manimgl", "-w", "--quiet", "--config_file", sys.argv[1]]
    import pyglet

    pyglet.options.headless = True
    pyglet.options.shadow_window = False  # a context, whose threads would not survive a fork
    import manimlib  # noqa: F401

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            be_child(*json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def be_child(file: str, class_name: str, output: str) -> None:
    """Never returns."""
    code = 1
    try:
        os.dup2(2, 1)
        draw(file, class_name, output)
        code = 0
    except Exception:  # noqa: BLE001 - whatever a scene raises
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def draw(file: str, class_name: str, output: str) -> None:
    import moderngl
    from manimlib.__main__ import run_scenes
    from manimlib.config import manim_config
    from manimlib.scene.scene_file_writer import SceneFileWriter

    frames = Path(output).open("wb")  # noqa: SIM115 - as long-lived as the scene

    def open_file(writer, _path):
        writer.writing_process = SimpleNamespace(stdin=frames)

    def close_file(_writer):
        frames.close()

    moderngl.create_standalone_context = lambda: moderngl.create_context(
        standalone=True, backend="egl"
    )
    SceneFileWriter.open_movie_pipe = open_file
    SceneFileWriter.close_movie_pipe = close_file
    SceneFileWriter.add_sound_to_video = lambda _writer: None
    manim_config.run.update(file_name=file, scene_names=[class_name])
    run_scenes()


if __name__ == "__main__":
    main()
