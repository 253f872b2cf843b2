# ruff: noqa: F403, F405
from manimlib import *
from manimlib.mobject.numbers import char_to_cahced_mob

from pipeline.engine import counting
from pipeline.engine.changes import CHANGES


class Thick(VMobject):
    """Has a style of its own making."""

    def set_stroke(self, *arguments, **how):
        return super().set_stroke(*arguments, **how | {"width": 7})


class Spread(DecimalNumber):
    """Arranges its digits in its own way."""

    def arrange(self, *arguments, **how):
        return super().arrange(*arguments, **how | {"buff": 0.5})


class Changed(Scene):
    """Compares what mobjects are after each of many changes, made by the engine and by manimlib."""

    def construct(self):
        found, asked, left = [], [], []
        set_value = counting._set_value
        counting._set_value = lambda *arguments: left.append(1) or set_value(*arguments)
        owner, name, theirs, ours = counting.COUNTING
        count = lambda *arguments: asked.append(1) or ours(*arguments)  # noqa: E731
        for function, counts in ((3, count), (2, theirs)):
            for change in CHANGES:
                setattr(*change[:2], change[function])
            setattr(owner, name, counts)
            char_to_cahced_mob.cache_clear()
            found.append(list(self.states()))
        assert 0 < len(left) < 0.7 * len(asked), f"{len(left)} of {len(asked)} left to manimlib"
        for (name, ours), (_, theirs) in zip(*found, strict=True):
            assert len(ours) == len(theirs) > 0, name
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                for key in other:
                    assert one[key] == other[key], (name, at, key, one[key], other[key])
        assert len(found[0]) == len(found[1]) > 90
        self.wait(0.1)

    def states(self):
        """Name and state after every change."""
        rng = np.random.default_rng(5)
        numbers = VGroup(*(DecimalNumber(3 * k - 7, font_size=20 + k) for k in range(6)))
        unit = DecimalNumber(1, unit="^\\circ", show_ellipsis=True, edge_to_fix=RIGHT)
        whole = VGroup(Integer(12345), Integer(7, edge_to_fix=UR), Spread(1.5), Integer(-1234567))
        held = VGroup(whole[0][1])
        paths = VGroup(Square(), Circle(fill_opacity=0.5), VMobject(), Line(), Thick())
        paths[4].set_points_as_corners([LEFT, UP, RIGHT])
        crowd = VGroup(numbers, unit, whole, VGroup(paths))
        shared = VGroup(numbers[2], paths[1], Dot())
        everything = [crowd, shared, held]

        def style(of, to):
            to.set_style(**of.get_style())

        def count_on():
            for number in (*numbers, *whole):
                number.set_value(number.get_value() + 1)

        def take_other_templates():
            count_on()
            for digit in "0123456789":
                numbers[0].char_to_mob(digit).stretch(1.1, 0).set_flat_stroke(True)
            count_on()

        def count_to_the_same(*which):
            for number in which:
                number.set_value(number.get_value())

        def give_first_outlines_a_style():
            shading = rng.random(3)
            for number in numbers[2:4]:
                number.set_value(-44.44)
            crowd.get_shader_wrapper_list(self.camera.ctx)
            for number in numbers[2:4]:
                outline = number[0][0]
                outline.set_stroke(RED, 3, behind=True).set_flat_stroke(True)
                outline.uniforms["shading"] = shading.copy()
                count_to_the_same(number)

        def hold_an_outline():
            held.set_submobjects([numbers[4][1][0]])
            held._data_has_changed = False
            count_to_the_same(numbers[4])

        changes = {
            "count": lambda: [n.set_value(100 * rng.normal()) for n in numbers],
            "count on": count_on,
            "count in thousands": lambda: [n.increment_value(-5000) for n in whole],
            "another size": lambda: (numbers.scale(1.1), whole.scale(0.9)),
            "another colour": lambda: numbers[3].set_color(RED).set_stroke(BLUE, 2),
            "turned": lambda: numbers[4].rotate(0.2, axis=UP).set_shading(0.3, 0.1),
            "other templates": take_other_templates,
            "first outlines": give_first_outlines_a_style,
            "an outline in another group": hold_an_outline,
            "in other groups": lambda: held.shift(0.1 * UP).set_opacity(0.5),
            "deep": lambda: count_to_the_same(numbers[0].apply_depth_test()),
            "one digit of its own": lambda: numbers[5][1].set_flat_stroke(True),
            "minus nothing": lambda: numbers[1].set_value(-0.001),
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
            for mobject in everything:
                for member in mobject.get_family():
                    member._data_has_changed = False
            changes[name]()
            yield name, [self.state(m) for mobject in everything for m in mobject.get_family()]

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
