# ruff: noqa: F403, F405
from manimlib import *


class MatchingFormulas(Scene):
    def construct(self):
        first = Tex("a^2 + b^2 = c^2").scale(1.5)
        second = Tex("a^2 = c^2 - b^2").scale(1.5)
        self.play(Write(first), run_time=0.7)
        self.play(TransformMatchingTex(first, second), run_time=0.8)
        self.play(Indicate(second), run_time=0.4)


class MatchingLetters(Scene):
    def construct(self):
        first = Text("the morse code", font_size=60)
        second = Text("here come dots", font_size=60).set_color(YELLOW)
        self.play(FadeIn(first, lag_ratio=0.1), run_time=0.5)
        self.play(TransformMatchingShapes(first, second, path_arc=PI / 2), run_time=0.9)
        self.play(TransformMatchingStrings(second, Text("some dots", font_size=60)), run_time=0.6)


class NoTimeAtAll(Scene):
    """Plays that emit nothing and still change the picture."""

    def construct(self):
        square = Square(fill_opacity=0.5)
        self.play(FadeIn(square), run_time=0.4)
        self.play(Rotate(square, 0.2, run_time=0))
        self.play(
            FadeIn(Dot(2 * LEFT), run_time=0), square.animate.set_anim_args(run_time=0).scale(2)
        )
        self.wait(0)
        self.play(Rotate(square, 0.3), run_time=0.4)
        self.play(square.animate.shift(RIGHT), run_time=0.01)
        self.play()
        self.wait(0.2)
        self.add_sound("beep.wav", time_offset=0.1, gain=-3)
        self.wait(0.2)


class Staggered(Scene):
    """Groups of many, each part at its own pace, in one go and one after the other."""

    def construct(self):
        grid = VGroup(*(Square(0.4) for _ in range(24))).arrange_in_grid(4, 6)
        grid.set_submobject_colors_by_gradient(BLUE, YELLOW)
        self.play(LaggedStartMap(GrowFromCenter, grid, lag_ratio=0.1), run_time=0.8)
        self.play(
            AnimationGroup(
                grid[:12].animate.set_fill(opacity=0.6),
                Succession(Rotate(grid[12], PI / 4), FadeOut(grid[13], scale=2)),
                lag_ratio=0.3,
            ),
            run_time=0.8,
        )
        grid.save_state()
        grid.shuffle()
        self.play(grid.animate.arrange(RIGHT, buff=0.05), run_time=0.4)
        self.play(Restore(grid), run_time=0.3)
