"""One frame of nothing: what is left of a render when the scene is taken away."""

from manimlib import Scene


class Still(Scene):
    """Shows its background, once."""

    def construct(self) -> None:
        self.wait(1 / 30)
