"""Scenes' drawn parts, imported without a display: manimlib reads argv and warns while it loads."""

import importlib
import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], ModuleType]:
    """Imports a module that draws: `drawn("components.plots")`. Nothing it makes needs a GL context."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources is deprecated; pydub has odd escapes
        patch.setattr(sys, "argv", ["manimgl"])
        patch.setitem(os.environ, "PYGLET_HEADLESS", "1")
        importlib.import_module("manimlib")
    return lambda name: importlib.import_module(f"scenes.{name}")
