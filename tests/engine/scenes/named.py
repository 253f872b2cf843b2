# ruff: noqa: F403, F405
from manimlib import *


class Named(Scene):
    """Looks at the ids by which manimgl tells its shader wrappers apart, as it makes them itself."""

    def construct(self):
        shapes = VGroup(Square(), Circle(fill_opacity=1), Text("abc")).arrange()
        ball = Sphere(resolution=(5, 5))
        picture = ImageMobject("checks")
        self.add(shapes, ball, picture)
        self.wait(0.2)
        changes = [
            lambda: shapes.set_flat_stroke(True),
            lambda: shapes[0].set_shading(0.1, 0.2, 0.3),
            lambda: shapes[1].set_uniform(is_fixed_in_frame=1),
            lambda: shapes[1].set_uniform(is_fixed_in_frame=1.0),
            lambda: shapes[1].set_uniform(is_fixed_in_frame=True),
            lambda: shapes[1].set_uniform(is_fixed_in_frame=-0.0),
            lambda: shapes[1].set_uniform(is_fixed_in_frame=0.0),
            lambda: shapes[1].set_uniform(shading=np.array([0, 0, 0])),
            lambda: shapes[1].set_uniform(shading=np.zeros(3, np.float32)),
            lambda: shapes[1].set_uniform(shading=(0.0, 0.0, 0.0)),
            lambda: shapes[2].set_backstroke(BLACK, 3),
            lambda: ball.set_color_by_code("color.g = 0.9;"),
            lambda: ball.deactivate_depth_test(),
            lambda: picture.fix_in_frame(),
            lambda: shapes.set_uniform(is_fixed_in_frame=float("nan")),
        ]
        for change in [*changes, *changes]:
            change()
            self.wait(1 / self.camera.fps)
            for mobject in Group(shapes, ball, picture).family_members_with_points():
                wrapper = mobject.get_shader_wrapper(self.camera.ctx)
                wrapper.refresh_id()
                assert wrapper.id == self.own_id(wrapper), vars(wrapper)

    def own_id(self, wrapper):
        parts = [
            "".join(map(str, wrapper.program_code.values())),
            wrapper.mobject_uniforms,
            wrapper.depth_test,
            wrapper.render_primitive,
            wrapper.texture_paths,
        ]
        plain = hash("".join(map(str, parts)))
        behind = getattr(wrapper, "stroke_behind", None)
        return plain if behind is None else hash(str(plain) + str(behind))
