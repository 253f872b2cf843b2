"""
Where a scene is put up and run, exactly as manimgl would run it, inside a child process.

The hooks set here stay for good: the process belongs to this one scene. What happens to the
frames is decided by the caller's `on_frame`, see work.py.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from manimlib.camera.camera import Camera
from manimlib.scene.scene import Scene

from pipeline.engine.accelerators import ACCELERATORS, Accelerators
from pipeline.engine.display import DisplayList, Frame
from pipeline.engine.draw import Draws
from pipeline.engine.failures import Unsupported
from pipeline.engine.fastdraw import FastDrawer
from pipeline.engine.job import SceneJob, frame_rate, scene_path
from pipeline.engine.modules import load_module
from pipeline.engine.quicker import step_quicker
from pipeline.engine.recorder import Recorder, hook_plays
from pipeline.engine.seeds import seed_all


class Stage:
    """One scene, from loading its file to its last frame."""

    def __init__(
        self,
        job: SceneJob,
        on_frame: Callable[[int, Frame], None],
        accelerators: Accelerators | None = None,
    ) -> None:
        self.job = job
        self._accelerators = accelerators or Accelerators.named(os.environ.get(ACCELERATORS, "all"))
        self.recorder = Recorder(
            root=Path(job.root),
            main_file=scene_path(job),
            rate=frame_rate(job),
            on_frame=on_frame,
        )
        self.scene: Any = None
        self.drawer: Draws | None = None
        """The real context; None until something asks for pixels."""
        self._display: DisplayList | None = None

    def run(self) -> None:
        """
        Runs the scene to its end.

        Raises:
            Unsupported: the scene cannot be rendered exactly.
            Exception: whatever the scene itself raises.
        """
        seed_all(0)
        scene_class = self._load()
        for name, value in self.job.params.items():
            if not hasattr(scene_class, name):
                raise Unsupported(
                    f"it has no class attribute {name!r} for `params` to set",
                    f"declare `{name} = …` in the class, or take it out of the manifest",
                )
            setattr(scene_class, name, value)
        if self.job.voices and hasattr(scene_class, "voices"):
            scene_class.voices = self.job.voices
        if self.job.samples:
            scene_class.samples = self.job.samples
        self._hook()
        seed = scene_class.random_seed
        # Before the scene is made, as manimgl does: its constructor may use randomness
        seed_all(0 if seed is None else seed)
        self.scene = scene_class()
        self.scene.file_writer = self.recorder
        self.scene.run()
        if self.recorder.ended_with_interrupt:
            raise Unsupported(
                "it raised KeyboardInterrupt, at which manimgl stops and calls the scene finished",
                "take it out of the scene; `return` ends construct early",
            )

    def pixels(self) -> bytes:
        """The picture last captured, as RGBA, bottom row first."""
        frame = self.recorder.current
        drawer = self.real_drawer()
        if frame is not None:
            drawer.draw(frame)
        return drawer.read().tobytes()

    def real_drawer(self) -> Draws:
        """Opens the GL context the first time it is asked for."""
        if self.drawer is None:
            self.drawer = FastDrawer(
                width=self.job.width,
                height=self.job.height,
                samples=self.scene.camera.samples,
                accelerators=self._accelerators,
            )
        return self.drawer

    def _load(self) -> Any:
        module = load_module(self.job)
        found = getattr(module, self.job.class_name, None)
        if not (inspect.isclass(found) and issubclass(found, Scene)):
            scenes = sorted(
                key
                for key, value in vars(module).items()
                if inspect.isclass(value)
                and issubclass(value, Scene)
                and value.__module__ == module.__name__
            )
            raise Unsupported(
                f"{self.job.file} has no scene called {self.job.class_name}",
                f"it has {', '.join(scenes) or 'no scenes at all'}",
            )
        return found

    def _hook(self) -> None:
        hook_plays(Scene, lambda: self.recorder)
        stage = self

        def capture(camera: Any, *mobjects: Any) -> None:
            if stage._display is None:
                width, height = camera.get_pixel_shape()
                if (width, height) != (stage.job.width, stage.job.height):
                    raise Unsupported(
                        f"the scene sets its camera to {width}x{height}",
                        "take `resolution` out of its camera_config: the preset decides the size",
                    )
                if camera.fps != float(frame_rate(stage.job)):
                    raise Unsupported(
                        f"the scene sets its camera to {camera.fps} frames a second",
                        "take `fps` out of its camera_config: the preset decides the rate",
                    )
                stage._display = DisplayList(width=width, height=height, samples=camera.samples)
            stage.recorder.current = stage._display.capture(camera, mobjects)

        def get_raw_fbo_data(camera: Any, dtype: str = "f1") -> bytes:  # noqa: ARG001
            data = np.frombuffer(stage.pixels(), np.uint8)
            return (data / 255).astype("f4").tobytes() if dtype == "f4" else data.tobytes()

        if self._accelerators.stepping:
            step_quicker()
        Camera.capture = capture
        Camera.get_raw_fbo_data = get_raw_fbo_data
