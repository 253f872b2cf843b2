# ruff: noqa: F403, F405
from manimlib import *

from pipeline.engine.changes import CHANGES


class Thick(VMobject):
    """Has a style of its own making."""

    def set_stroke(self, *arguments, **how):
        return super().set_stroke(*arguments, **how | {"width": 7})


class Changed(Scene):
    """Compares what mobjects are after each of many changes, made by the engine and by manimlib."""

    def construct(self):
        found = []
        for function in (3, 2):
            for change in CHANGES:
                setattr(*change[:2], change[function])
            found.append(list(self.states()))
        for (name, ours), (_, theirs) in zip(*found, strict=True):
            assert len(ours) == len(theirs) > 0, name
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                for key in other:
                    assert one[key] == other[key], (name, at, key, one[key], other[key])
        assert len(found[0]) == len(found[1]) > 60
        self.wait(0.1)

    def states(self):
        """Name and state after every change."""
        rng = np.random.default_rng(5)
        numbers = VGroup(*(DecimalNumber(3 * k - 7, font_size=20 + k) for k in range(6)))
        unit = DecimalNumber(1, unit="^\\circ", show_ellipsis=True, edge_to_fix=RIGHT)
        paths = VGroup(Square(), Circle(fill_opacity=0.5), VMobject(), Line(), Thick())
        paths[4].set_points_as_corners([LEFT, UP, RIGHT])
        crowd = VGroup(numbers, unit, VGroup(paths))
        shared = VGroup(numbers[2], paths[1], Dot())
        everything = [crowd, shared, *crowd.get_family(), *shared.get_family()]

        def style(of, to):
            to.set_style(**of.get_style())

        changes = {
            "count": lambda: [n.set_value(100 * rng.normal()) for n in numbers],
            "unit": lambda: unit.set_value(10 ** rng.integers(4)),
            "styled": lambda: style(paths[0], crowd),
            "styled in part": lambda: paths[1].set_style(fill_color=RED, stroke_width=2),
            "gradient": lambda: paths[1].set_color([RED, BLUE, GREEN]),
            "of a gradient": lambda: style(paths[1], numbers),
            "of nothing": lambda: style(paths[2], shared),
            "of its own": lambda: style(paths[0], paths[4]),
            "behind": lambda: paths[0].set_backstroke(BLUE, 4),
            "behind and seen": lambda: style(paths[1], paths[0]),
            "flat": lambda: paths[3].set_flat_stroke(True),
            "shaded": lambda: paths[1].set_shading(0.1, 0.2, 0.3),
            "data": lambda: paths[0].set_data(paths[0].data[::-1].copy()),
            "longer": lambda: paths[2].set_data(paths[1].data),
            "none": lambda: paths[2].set_data(paths[1].data[:0]),
            "become": lambda: numbers[0].become(numbers[1].copy()),
            "moved": lambda: shared.next_to(paths, UL).rotate(0.3).stretch(1.2, 0),
            "depth": lambda: paths[1].apply_depth_test(),
        }
        for name in [*changes, *rng.permutation(list(changes)), *changes, *changes]:
            # As when the camera has seen all of it
            crowd.get_shader_wrapper_list(self.camera.ctx)
            for mobject in {*everything, *crowd.get_family()}:
                mobject._data_has_changed = False
            changes[name]()
            yield name, [self.state(m) for m in (*crowd.get_family(), *shared.get_family())]

    def state(self, mobject):
        plain = {
            key: (value.dtype.str, value.shape, value.tobytes())
            if isinstance(value, np.ndarray)
            else repr(value)
            for key, value in vars(mobject).items()
            if isinstance(value, np.ndarray | int | float | str | set | tuple | type(None))
        }
        wrapper = mobject.shader_wrapper
        seen = wrapper and (wrapper.id, wrapper.stroke_behind, wrapper.depth_test)
        aliases = [m.uniforms["shading"] is mobject.uniforms["shading"] for m in mobject]
        return plain | {
            "uniforms": repr(list(mobject.uniforms.items())),
            "wrapper": seen,
            "aliases": aliases,
            "corner": repr(mobject.get_corner(UR)),
        }
