"""That a chapter is made exactly, once, and again only where its pictures change."""

import json
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from pipeline.errors import ExitCode


def test_second_render_does_nothing_and_at_once(project) -> None:
    assert project.render().code == ExitCode.DONE
    before = project.video.stat()
    runs = project.runs()

    again = project.render()

    assert again.code == ExitCode.DONE
    assert "is up to date" in again.out
    assert (project.video.stat().st_mtime_ns, project.video.stat().st_ino) == (
        before.st_mtime_ns,
        before.st_ino,
    )
    assert project.runs() == runs, "nothing to do makes no run"

    content = project.video.read_bytes()
    shutil.rmtree(project.results)
    assert project.render().code == ExitCode.DONE
    assert project.video.read_bytes() == content, "restitched, byte for byte"
    assert project.drawn() == []
    assert project.decoded() == 0, "it is known what comes out of every chunk"


def test_nothing_to_do_imports_neither_ray_nor_manimlib(warm_project) -> None:
    assert warm_project.render().code == ExitCode.DONE
    script = (
        "import sys; from pipeline.cli import main\n"
        "code = main(['render', 'manifests/small.yaml'])\n"
        "assert code == 0\n"
        "print(sorted({'ray', 'manimlib', 'moderngl', 'torch'} & set(sys.modules)))\n"
    )
    import subprocess
    import sys

    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=warm_project.root,
        env=warm_project.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.splitlines()[-1] == "[]"


def test_workers_and_a_kill_in_the_middle_change_no_byte(
    project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert project.render("--workers", "1").code == ExitCode.DONE
    one = project.video.read_bytes()

    def fresh(name: str):
        return type(project)(tmp_path_factory.mktemp(name))

    two = fresh("two")
    assert two.render("--workers", "2").code == ExitCode.DONE
    assert two.video.read_bytes() == one

    killed = fresh("killed")
    process = killed.start("render", "manifests/small.yaml", "--plain", "--workers", "1")
    assert process.stderr is not None
    for line in process.stderr:
        if re.search(r"frames \d+ to \d+ done", line):
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert process.stdout is not None
    process.stdout.close()
    assert not killed.video.exists()
    assert killed.run("status", "--json").json()["state"] == "lost"

    assert killed.render("--workers", "2").code == ExitCode.DONE
    assert killed.video.read_bytes() == one
    everything = {(s, a, b) for s, a, b in two.drawn()}
    assert set(killed.drawn()) < everything, "what was drawn before the kill is kept"


def test_edit_draws_only_what_it_changes(project) -> None:
    assert project.render().code == ExitCode.DONE

    # A comment, a docstring, a blank line: nothing at all
    project.edit(
        "helper.py", "    return", '    """How far to turn."""\n\n    # a comment\n    return'
    )
    project.edit("pair.py", "class Turning", "# moved down\n\n\nclass Turning")
    quiet = project.render()
    assert "is up to date" in quiet.out

    # The last turn of the helper: the scene that uses it, from there on
    project.edit("helper.py", "0.1 * step", "(0.1 * step if step < 5 else 1.0)")
    reason = project.run("why", "turning", "--json").json()["reasons"]
    assert reason == ["to be traced: helper.py changed"]
    assert project.render().code == ExitCode.DONE
    assert project.traced() == ["turning"]
    drawn = project.drawn()
    assert {scene for scene, _, _ in drawn} == {"turning"}
    assert min(start for _, start, _ in drawn) > 0, "the beginning is what it was"
    assert project.decoded() == sum(stop - start for _, start, stop in drawn)

    # Other code, same pictures: traced again, nothing drawn
    project.edit("other.py", "square = Square()", "square = Square(side_length=2.0)")
    assert project.render().code == ExitCode.DONE
    assert project.traced() == ["plain"]
    assert project.drawn() == []
    assert project.decoded() == 0


def test_why_names_the_play_and_the_setting(project) -> None:
    assert project.render().code == ExitCode.DONE
    project.edit("other.py", "self.wait(2)", "self.wait(3)")
    assert project.run("plan", "manifests/small.yaml").code == ExitCode.DONE

    reasons = project.run("why", "plain", "--json").json()["reasons"]
    assert len(reasons) == 1
    assert "frames 0 to 59" in reasons[0]
    assert "other.py:" in reasons[0]

    project.edit("manifests/small.yaml", "rate: 15", "rate: 15, crf: 30")
    (first, *_) = project.run("why", "turning", "--json").json()["reasons"]
    assert "encoding.crf: 30, was 23" in first


def test_flipped_byte_is_noticed_and_repaired(project) -> None:
    assert project.render().code == ExitCode.DONE
    whole = project.video.read_bytes()
    chunk = next(iter(sorted(project.store.glob("segment/*/*/chunk.mp4"))))
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)

    checked = project.run("cache", "verify", "--sample", "0%", "--json")
    assert checked.code == ExitCode.VERIFICATION_FAILED
    assert [found["what"] for found in checked.json()["damaged"]] == [
        "chunk.mp4 is not what was written"
    ]

    project.video.unlink()
    again = project.render()
    assert again.code == ExitCode.DONE
    assert "a cached chunk is damaged" in again.err
    assert project.video.read_bytes() == whole
    assert len(project.drawn()) == 1


def test_recheck_decodes_everything_and_changes_no_byte(warm_project) -> None:
    assert warm_project.render().code == ExitCode.DONE
    before = results_of(warm_project)
    frames = json.loads(before["timeline.json"])["frames"]

    again = warm_project.render("--recheck")

    assert again.code == ExitCode.DONE, again.err
    assert warm_project.drawn() == []
    assert warm_project.decoded() == frames
    assert results_of(warm_project) == before


def test_a_damaged_proof_is_made_again(project) -> None:
    assert project.render().code == ExitCode.DONE
    before = results_of(project)
    proof = next(iter(sorted(project.store.glob("proof/*/*/proof.json"))))
    proof.write_text(proof.read_text().replace("1", "2", 1))
    shutil.rmtree(project.results)

    again = project.render()

    assert again.code == ExitCode.DONE, again.err
    assert project.drawn() == []
    assert 0 < project.decoded() < json.loads(before["timeline.json"])["frames"]
    assert results_of(project) == before


def results_of(project) -> dict[str, bytes]:
    """All files but the one that says when the others were changed."""
    found = {path.name: path.read_bytes() for path in project.results.iterdir()}
    del found["checks.json"]
    return found


def test_cache_redraws_a_sample_and_finds_it_equal(warm_project) -> None:
    assert warm_project.render().code == ExitCode.DONE

    checked = warm_project.run("cache", "verify", "--sample", "50%", "--json")

    assert checked.code == ExitCode.DONE, checked.err
    assert checked.json()["redrawn"] >= 1
    assert checked.json()["differing"] == []


def test_two_renders_of_one_manifest_at_once_both_succeed(project) -> None:
    both = [
        project.start("render", "manifests/small.yaml", "--plain", "--workers", "1")
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=300) for process in both]

    assert [process.returncode for process in both] == [0, 0], ends
    assert project.run("verify", str(project.video)).code == ExitCode.DONE
    assert not list(project.results.glob(".*")), "no half file is left under any name"


def test_part_of_a_chapter_leaves_the_whole_one_alone(warm_project) -> None:
    assert warm_project.render().code == ExitCode.DONE
    before = warm_project.video.read_bytes()

    assert warm_project.render("--only", "pla*").code == ExitCode.DONE

    assert warm_project.video.read_bytes() == before
    assert (warm_project.renders / "small" / "tiny.only" / "small.mp4").exists()


def test_cache_makes_room_and_says_how_much(warm_project, tmp_path: Path) -> None:
    assert warm_project.render().code == ExitCode.DONE
    stats = warm_project.run("cache", "stats", "--json").json()
    assert {kind["kind"] for kind in stats["kinds"]} >= {"segment"}

    kept = warm_project.run("cache", "gc", "--older", "1d", "--json").json()
    assert kept["dropped"] == 0
    dropped = warm_project.run("cache", "gc", "--to", "1KiB", "--json").json()
    assert dropped["dropped"] >= 1
    assert warm_project.run("cache", "gc", "--all").code == ExitCode.DONE
    assert not warm_project.store.exists()


def test_a_scene_that_comes_twice_is_drawn_once(project) -> None:
    project.edit(
        "manifests/small.yaml",
        "  - {id: turning",
        '  - {id: again, scene: "other.py:Plain", time_limit: 60s}\n  - {id: turning',
    )
    rendered = project.render("--only", "again", "--only", "plain", "--workers", "1")

    assert rendered.code == ExitCode.DONE, rendered.err
    assert {scene for scene, _, _ in project.drawn()} == {"again"}
    assert "plain: frames 0 to 45 are those just drawn for again" in rendered.err
    scenes = project.run("status", "--json").json()["scenes"]
    assert {s["id"]: (s["state"], s["drawn_frames"]) for s in scenes} == {
        "again": ("done", 45),
        "plain": ("done", 45),
    }


def test_so_it_is_while_the_other_is_still_traced(project) -> None:
    project.edit(
        "manifests/small.yaml",
        "  - {id: turning",
        '  - {id: again, scene: "other.py:Plain", time_limit: 60s}\n  - {id: turning',
    )
    rendered = project.render("--workers", "2")

    assert rendered.code == ExitCode.DONE, rendered.err
    drawn = [(scene, start) for scene, start, _ in project.drawn()]
    assert len({scene for scene, _ in drawn} & {"again", "plain"}) == 1
    assert len(drawn) == len(set(drawn))
    scenes = project.run("status", "--json").json()["scenes"]
    assert [s["frames"] - s["drawn_frames"] for s in scenes] == [0, 0, 0]


def test_scenes_are_drawn_while_the_last_is_traced_to_the_same_bytes(project) -> None:
    project.edit("other.py", "square = Square()", "time.sleep(4)\n        square = Square()")
    project.edit("other.py", "from manimlib", "import time\n\nfrom manimlib")
    assert project.render("--workers", "2").code == ExitCode.DONE
    events = project.events()
    at = {(e["event"], e.get("task", e.get("scene"))): n for n, e in enumerate(events)}

    assert at["attempt-started", "turning.draw-0"] < at["scene-traced", "plain"]
    assert at["scene-traced", "plain"] < at["attempt-started", "plain.draw-0"]
    planned = [(e["scene"], e["cached_frames"]) for e in events if e["event"] == "scene-planned"]
    assert planned == [("turning", 0), ("plain", 0)]
    ahead = results_of(project)
    shutil.rmtree(project.renders)
    assert project.render("--workers", "1").code == ExitCode.DONE
    assert results_of(project) == ahead
