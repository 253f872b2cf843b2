# ruff: noqa: F403, F405, RUF012
from manimlib import *


class Pond(Mobject):
    """Drawn by a shader of the project's own."""

    shader_folder = "shaders/ripple"
    render_primitive = 4  # GL_TRIANGLES
    data_dtype = [("point", np.float32, (3,)), ("im_coords", np.float32, (2,))]

    def __init__(self, **uniforms):
        self.more = {"time": 0.0, **uniforms}
        super().__init__()

    def init_uniforms(self):
        super().init_uniforms()
        self.uniforms.update(self.more)

    def init_colors(self):
        pass

    def init_data(self, length=6):
        super().init_data(length)
        self.data["point"][:] = [UL, DL, UR, DR, UR, DL]
        self.data["im_coords"][:] = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 0), (0, 1)]


class Ripples(Scene):
    """One program, and a uniform that only some of its mobjects set."""

    def construct(self):
        strong = Pond(strength=1.0).scale(2).shift(2 * LEFT)
        vague = Pond().scale(1.5).shift(2 * RIGHT)

        def flow(mob, dt):
            mob.uniforms["time"] += dt

        strong.add_updater(flow)
        vague.add_updater(flow)
        self.add(vague)
        self.wait(0.3)
        self.add(strong, Square(), vague)
        self.wait(0.7)
        strong.uniforms["strength"] = 0.3
        self.wait(0.3)
        self.remove(strong)
        self.wait(0.6)


class Recoloured(Scene):
    """Shader code replaced in mobjects of manimgl's own, before and while they are shown."""

    def construct(self):
        surface = Sphere(radius=1.5, resolution=(31, 16)).shift(2 * LEFT)
        surface.set_color_by_xyz_func("x + y", -3, 1)
        disc = Circle(radius=1.2, fill_opacity=1).shift(2 * RIGHT)
        self.add(surface, disc)
        self.play(Rotate(surface, 1, UP), run_time=0.5)
        disc.set_color_by_code("color.rgb = vec3(0.5 + 0.5 * point.x, point.y, 0.4);")
        self.play(disc.animate.shift(UP), run_time=0.5)
        surface.set_color_by_code("color.g = 0.9;")
        self.wait(0.3)
