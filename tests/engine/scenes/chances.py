# ruff: noqa: F403, F405
"""Scenes that stock manimgl draws otherwise every time."""

from manimlib import *


class Noise(Scene):
    """Randomness from torch, imported when it is needed."""

    def construct(self):
        import torch

        cloud = DotCloud(torch.randn(20, 3).numpy(), radius=0.1)
        cloud.add_updater(lambda m: m.set_points(m.get_points() + 0.1 * torch.randn(20, 3).numpy()))
        self.add(cloud)
        self.wait(1)


class Unseeded(Scene):
    random_seed = None

    def construct(self):
        dots = DotCloud(np.random.normal(0, 1, (20, 3)), radius=0.1)
        self.add(dots)
        self.play(dots.animate.shift(np.random.random() * UP), run_time=0.6)
