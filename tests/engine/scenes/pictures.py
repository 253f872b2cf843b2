# ruff: noqa: F403, F405
import shutil
import tempfile
from pathlib import Path

from manimlib import *
from PIL import Image, ImageOps


class Poster(Scene):
    def construct(self):
        picture = ImageMobject("checks", height=3)
        self.play(FadeIn(picture), run_time=0.5)
        other = ImageMobject("stripes.png", height=2).shift(3 * RIGHT)
        self.add(other)
        self.play(picture.animate.shift(2 * LEFT).rotate(0.5), run_time=0.6)
        self.play(other.animate.set_opacity(0.3), run_time=0.4)


class Globe(ThreeDScene):
    """Two textures, one by day and one by night."""

    def construct(self):
        globe = TexturedSurface(Sphere(radius=2, resolution=(41, 21)), "checks", "stripes")
        self.frame.reorient(0, 70)
        self.add(globe)
        self.play(Rotate(globe, PI / 2), run_time=0.7)
        self.play(self.camera.light_source.animate.move_to(10 * RIGHT), run_time=0.7)


class Fleeting(Scene):
    """A picture made while it runs, changed under the same name, and thrown away."""

    def construct(self):
        folder = Path(tempfile.mkdtemp())
        path = folder / "mine.png"
        Image.fromarray(np.random.randint(0, 255, (40, 60, 3), np.uint8)).save(path)
        first = ImageMobject(str(path), height=3).shift(2 * LEFT)
        self.add(first)
        self.wait(0.5)
        ImageOps.invert(Image.open(path)).save(path)
        second = ImageMobject(str(path), height=3).shift(2 * RIGHT)
        self.play(FadeIn(second), run_time=0.6)
        shutil.rmtree(folder)
        self.play(first.animate.shift(UP), run_time=0.6)


class Portrait(Scene):
    """Looks at its own picture, and goes on by what it sees."""

    def construct(self):
        square = Square(3, fill_opacity=0.5, fill_color=BLUE)
        self.play(GrowFromCenter(square), run_time=0.5)
        pixels = np.array(self.get_image())
        floats = self.camera.get_pixel_array()
        assert (pixels == floats).all()
        tint = rgb_to_color(pixels[90, 160, 2::-1] / 255)
        self.play(square.animate.set_fill(tint, 1), run_time=0.5)
        dot = Dot(radius=pixels.mean() / 100)
        self.play(FadeIn(dot), run_time=0.5)
