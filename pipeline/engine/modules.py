"""
A file of the project, loaded as manimgl would load it.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from pipeline.engine.failures import Unsupported
from pipeline.engine.job import SceneJob, scene_path


def load_module(job: SceneJob) -> ModuleType:
    """
    The module a job's scene or function is in, run.

    Raises:
        Unsupported: the file is not Python by its name.
        Exception: whatever the module itself raises.
    """
    # The name manimgl gives it, so that a scene that looks at __name__ sees no difference
    name = job.file.replace("/", ".").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, scene_path(job))
    if spec is None or spec.loader is None:
        raise Unsupported(f"{job.file} is not a Python file", "name a .py file")
    module = importlib.util.module_from_spec(spec)
    # Unlike manimgl: without this, dataclasses and pickling fail inside the module
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module
