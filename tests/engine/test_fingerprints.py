"""That a frame's fingerprint moves with everything that decides its pixels, and with nothing else."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

SCENE = """\
from manimlib import *


class Lecture(Scene):
    change = ""
    before = ""

    def construct(self):
        square = Square(1.5, fill_opacity=0.5).shift(2 * LEFT)
        letters = Text("ab").shift(2 * UP)
        ball = Sphere(radius=0.8, resolution=(11, 7)).set_color(BLUE)
        cloud = DotCloud(radius=0.2).to_grid(2, 3, height=2).shift(2 * RIGHT)
        picture = ImageMobject("one.png", height=1).shift(2 * DOWN)
        plane = TexturedSurface(Sphere(radius=0.5, resolution=(7, 5)), "one.png").shift(3 * UR)
        exec(self.before)
        self.add(square, letters, ball, cloud, picture, plane)
        self.wait(2 / 15)
        exec(self.change)
        self.wait(1 / 15)
"""

CHANGES = {
    "a point": "square.data['point'][2] += 1e-3; square.note_changed_data()",
    "a colour": "square.set_fill(RED)",
    "an opacity": "cloud.set_opacity(0.9)",
    "a stroke": "square.set_stroke(width=5)",
    "the width of one letter's stroke": "letters[1].set_stroke(WHITE, 1)",
    "a radius": "cloud.set_radius(0.21)",
    "a uniform": "cloud.uniforms['glow_factor'] = 0.5",
    "the shine": "ball.set_shading(0.9, 0.2, 0.4)",
    "the width of smooth edges": "square.uniforms['anti_alias_width'] = 2.5",
    "how strokes join": "square.set_joint_type('bevel')",
    "flat strokes": "square.set_flat_stroke(True)",
    "fixed in the frame": "square.fix_in_frame()",
    "the background": "self.camera.background_rgba[0] = 0.3",
    "another background": "self.camera.background_rgba = [0, 0, 0, 1]",
    "how clear the background is": "self.camera.background_rgba[3] = 0.5",
    "where the camera is": "self.frame.shift(0.01 * RIGHT)",
    "where the camera looks": "self.frame.increment_phi(0.01)",
    "how near the camera is": "self.frame.scale(1.01)",
    "how long its lens is": "self.frame.set_focal_distance(5)",
    "the light": "self.camera.light_source.shift(UP)",
    "another picture": "self.replace(picture, ImageMobject('two.png', height=1).shift(2 * DOWN))",
    "another texture": "self.replace(plane, TexturedSurface("
    "Sphere(radius=0.5, resolution=(7, 5)), 'two.png').shift(3 * UR))",
    "a depth test": "square.apply_depth_test()",
    "no depth test": "ball.deactivate_depth_test()",
    "the order": "self.bring_to_back(cloud)",
    "the z-index": "letters.set_z_index(5); self.add(letters)",
    "stroke behind fill": "square.set_stroke(behind=True)",
    "shader code": "ball.set_color_by_code('color.r = 1.0;')",
    "shader code of a shape": "square.set_color_by_code('color.b = point.x;')",
    "a clip plane": "ball.set_clip_plane(RIGHT, 0.1)",
    "one thing less": "self.remove(letters)",
    "one thing more": "self.add(Dot())",
    "the same thing twice": "self.add(square.copy())",
    "which way its triangles are sorted": "ball.sort_faces_back_to_front(LEFT)",
}
HARMLESS = {
    "nothing": "",
    "a copy that is not shown": "square.copy().shift(UP)",
    "something empty": "self.add(VGroup())",
    "out and in again": "self.remove(plane); self.add(plane)",
    "there and back": "square.save_state(); square.set_fill(RED); square.restore()",
    "a clip plane that clips nothing": "ball.set_clip_plane(ORIGIN, 0)",
    "a new wrapper": "square.shader_wrapper = None; square.note_changed_data()",
    "a play of no time": "self.play(FadeIn(VGroup()), run_time=0)",
}


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory, open_bench: Callable):
    """An engine on a project of one scene."""
    root = tmp_path_factory.mktemp("lecture").resolve()
    (root / "lecture.py").write_text(SCENE)
    Image.new("RGB", (4, 4), (200, 30, 30)).save(root / "one.png")
    Image.new("RGB", (4, 4), (200, 30, 31)).save(root / "two.png")
    return open_bench(root)


def fingerprints(bench, **params) -> list[str]:
    return list(bench.trace(bench.scene("lecture.py:Lecture", **params)).fingerprints())


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_moves_with(change: str, lecture) -> None:
    first, second, third = fingerprints(lecture, change=change)
    assert first == second, "a held frame shares its fingerprint"
    assert third != second


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_it_does_not_move_with(change: str, lecture) -> None:
    assert len(set(fingerprints(lecture, change=change))) == 1


def test_it_moves_with_what_a_picture_shows_under_the_same_name(lecture) -> None:
    before = fingerprints(lecture)
    path = lecture.root / "one.png"
    kept = path.read_bytes()
    path.write_bytes((lecture.root / "two.png").read_bytes())
    after = fingerprints(lecture)
    path.write_bytes(kept)
    assert after != before
    assert fingerprints(lecture) == before


def test_it_moves_with_what_another_mobject_left_set_in_the_program(lecture) -> None:
    # GL keeps a uniform until it is set again, and the cloud that stays does not set this one
    stray = "stray = DotCloud([3 * UR]); stray.uniforms['left'] = {}; self.add(stray)"
    one, other = (
        fingerprints(lecture, before=stray.format(value), change="self.remove(stray)")
        for value in (1.0, 2.0)
    )
    assert one[-1] != other[-1]


def test_it_moves_with_a_clip_plane_that_is_gone(lecture) -> None:
    # manimgl switches clipping on for all that follows, and never off
    once = "ball.set_clip_plane(RIGHT, 0.1); self.add(ball); self.wait(1 / 15);"
    gone = fingerprints(lecture, before=f"{once} ball.deactivate_clip_plane()")
    assert gone[-1] != fingerprints(lecture)[-1]


def test_it_moves_with_the_samples(lecture) -> None:
    plain, smooth = (
        lecture.trace(lecture.scene("lecture.py:Lecture", samples=samples)) for samples in (0, 4)
    )
    assert plain.runs != smooth.runs


def test_it_moves_with_the_size(lecture, open_bench: Callable) -> None:
    # Of the same shape, so that nothing else of the scene moves
    larger = open_bench(lecture.root, size=(640, 360))
    assert fingerprints(larger) != fingerprints(lecture)


def scenes_of(project: Path) -> list[str]:
    return [
        f"{file.name}:{node.name}"
        for file in sorted(project.glob("*.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and node.bases[0].id.endswith("Scene")
    ]


def test_it_is_the_same_in_every_process_whatever_its_hash_seed(
    project: Path, bench, open_bench: Callable
) -> None:
    other = open_bench(project, environment={"PYTHONHASHSEED": "4711"})
    scenes = scenes_of(project)
    assert len(scenes) > 25
    for name in scenes:
        assert other.trace(other.scene(name)).runs == bench.traced(name).runs, name
