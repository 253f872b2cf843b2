# ruff: noqa: F403, F405
import unfinished  # noqa: F401
from manimlib import *


class Fine(Scene):
    def construct(self):
        self.wait()
