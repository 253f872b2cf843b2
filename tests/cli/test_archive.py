"""That an archived chapter can be proved whole, and made again from its bag alone."""

import json
import shutil
from pathlib import Path

import av
import bagit
import pytest

from pipeline.errors import ExitCode
from tests.cli.conftest import MANIFEST, Project
from tests.conftest import files_in

NOISY = """\
from pathlib import Path

from manimlib import *


class Plain(Scene):
    def construct(self):
        print("chalk in hand")
        names = sorted(path.name for path in Path("data").iterdir())
        side = float(Path("data/side.txt").read_text()) * len(names)
        self.play(ShowCreation(Square(side_length=side)), run_time=1)
        self.wait(2)
"""


def noisy(root: Path, store: Path | None = None) -> Project:
    """A project of which one scene reads data, and says something."""
    project = Project(root, store)
    project.write("other.py", NOISY)
    project.edit("pair.py", "range(6)", "range(3)")
    project.write("data/side.txt", "1.0")
    project.write("data/unread.txt", "counted only")
    (root / "data" / "empty").mkdir()
    deliver = MANIFEST.replace("presets:\n", "deliver: [gif, sprite]\npresets:\n")
    project.write("manifests/small.yaml", deliver)
    return project


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was archived once, for tests that only look."""
    project = noisy(tmp_path_factory.mktemp("archived"))
    ran = project.run("archive", "manifests/small.yaml", "--to", "bag", "--plain")
    assert ran.code == ExitCode.DONE, ran.err
    return project


@pytest.fixture
def bag(archived: Project, tmp_path: Path) -> Path:
    """A copy of its bag, to do anything with."""
    shutil.copytree(archived.root / "bag", tmp_path / "bag")
    return tmp_path / "bag"


def test_bag_holds_what_was_made_and_what_it_was_made_from(archived: Project) -> None:
    data = archived.root / "bag" / "data"
    names = set(files_in(data))

    assert {
        *(f"deliverables/{name}" for name in files_in(archived.results)),
        *("master/small.mp4", "master/segments.json"),
        *("framemd5/deliverable.txt", "framemd5/master.txt"),
        *("sources/manifests/small.yaml", "sources/manifests/presets.yaml"),
        *("sources/pair.py", "sources/helper.py", "sources/other.py"),
        *("sources/data/side.txt", "sources/data/unread.txt"),
        *(
            f"{kind}/{scene}.json"
            for kind in ("timelines", "keys")
            for scene in ("turning", "plain")
        ),
        *("logs/turning.log", "logs/plain.log"),
        *("lock/requirements.lock", "lock/installed.txt"),
        *("chapter.json", "provenance.json"),
    } == names
    assert {"deliverables/small.mp4", "deliverables/small.gif", "deliverables/sprite-1.jpg"} < names
    assert (data / "logs" / "plain.log").read_text() == "chalk in hand\n"
    assert bagit.Bag(str(archived.root / "bag")).is_valid()


def test_bag_tells_neither_when_nor_where(archived: Project) -> None:
    for name, content in files_in(archived.root / "bag").items():
        assert str(archived.root).encode() not in content, name
    assert "Bagging-Date" not in (archived.root / "bag" / "bag-info.txt").read_text()


def test_master_has_every_picture_as_it_was_drawn(archived: Project, project: Project) -> None:
    data = archived.root / "bag" / "data"
    with av.open(str(data / "master" / "small.mp4")) as video:
        assert video.streams.video[0].pix_fmt == "gbrp"
        frames = sum(1 for _ in video.decode(video=0))
    segments = json.loads((data / "master" / "segments.json").read_text())["segments"]

    assert frames == sum(count for one in segments for _, count in one["pictures"]) == 93 + 45
    assert segments[0]["first_in_master"] == 0
    assert None not in [one["first_in_master"] for one in segments]


def test_provenance_names_files_that_are_there(archived: Project) -> None:
    bag = archived.root / "bag"
    record = json.loads((bag / "data" / "provenance.json").read_text())

    files = {name.removeprefix("file:") for name in record["entity"]}
    assert all((bag / name).is_file() for name in files)
    used = {one["prov:entity"] for one in record["used"].values()}
    assert {"file:data/sources/helper.py", "file:data/sources/data/side.txt"} <= used
    assert {"program:manimgl", "program:ffmpeg", "program:chalkfarm"} <= set(record["agent"])
    steps = {one["prov:activity"] for one in record["wasGeneratedBy"].values()}
    assert steps == set(record["activity"])


def test_chapter_archived_elsewhere_and_with_more_workers_gives_the_same_bag(
    archived: Project, tmp_path: Path
) -> None:
    again = noisy(tmp_path / "elsewhere")
    ran = again.run("archive", "manifests/small.yaml", "--workers", "1", "--plain", "--json")

    assert ran.code == ExitCode.DONE, ran.err
    where = Path(ran.json()["bag"])
    assert where.parent == again.renders / "releases"
    assert files_in(where) == files_in(archived.root / "bag")
    assert Path(again.run("archive", "manifests/small.yaml", "--json").json()["bag"]) == where
    assert len(again.run("archive", "--list", "--json").json()["releases"]) == 1


def test_whole_bag_is_called_whole(archived: Project) -> None:
    ran = archived.run("verify", "bag", "--json")

    assert ran.code == ExitCode.DONE
    assert [check["name"] for check in ran.json()["checks"]] == ["files as they were bagged"]


def flip(bag: Path) -> str:
    path = bag / "data" / "master" / "small.mp4"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return "data/master/small.mp4"


def lose(bag: Path) -> str:
    (bag / "data" / "sources" / "helper.py").unlink()
    return "data/sources/helper.py"


def add(bag: Path) -> str:
    (bag / "data" / "sources" / "more.py").write_text("")
    return "data/sources/more.py"


def add_beside(bag: Path) -> str:
    (bag / "notes.txt").write_text("mine")
    return "notes.txt"


def edit_info(bag: Path) -> str:
    with (bag / "bag-info.txt").open("a") as file:
        file.write("Contact-Name: somebody\n")
    return "bag-info.txt"


def edit_list(bag: Path) -> str:
    path = bag / "manifest-sha512.txt"
    kept = [line for line in path.read_text().splitlines() if "helper.py" not in line]
    path.write_text("\n".join([*kept, ""]))
    (bag / "data" / "sources" / "helper.py").unlink()
    return "manifest-sha512.txt"


def lose_list(bag: Path) -> str:
    (bag / "tagmanifest-sha512.txt").unlink()
    return "tagmanifest-sha512.txt"


@pytest.mark.parametrize("spoil", [flip, lose, add, add_beside, edit_info, edit_list, lose_list])
def test_whatever_is_done_to_a_bag_is_found_and_named(archived: Project, bag: Path, spoil) -> None:
    name = spoil(bag)

    ran = archived.run("verify", str(bag), "--json")

    assert ran.code == ExitCode.VERIFICATION_FAILED
    wrong = [check["name"] for check in ran.json()["checks"] if not check["ok"]]
    assert name in wrong
    assert len([one for one in wrong if one != "files as they were bagged"]) == 1


def test_bag_is_drawn_again_from_itself_alone(archived: Project, bag: Path, tmp_path: Path) -> None:
    before = files_in(bag)
    alone = Project(tmp_path / "alone")

    ran = alone.run("verify", str(bag), "--rebuild", "40%", "--json")

    assert ran.code == ExitCode.DONE, ran.out + ran.err
    names = [check["name"] for check in ran.json()["checks"]]
    assert any(name.startswith("scene ") and ", frames " in name for name in names)
    assert files_in(bag) == before
    assert not alone.store.joinpath("segment").exists()


def test_bag_that_draws_other_pictures_is_found_out(archived: Project, bag: Path) -> None:
    source = bag / "data" / "sources" / "other.py"
    source.write_text(source.read_text().replace("length=side", "length=side, color=RED"))
    resealed(bag)

    ran = archived.run("verify", str(bag), "--rebuild", "100%", "--json")

    assert ran.code == ExitCode.VERIFICATION_FAILED, ran.err
    wrong = {check["name"]: check["found"] for check in ran.json()["checks"] if not check["ok"]}
    assert "another frame" in wrong["scene plain, traced"]
    assert not any("turning" in name for name in wrong)


def resealed(folder: Path) -> None:
    """As somebody would who wants a bag to look whole."""
    bag = bagit.Bag(str(folder))
    bag.save(manifests=True)


def test_releases_are_listed_and_keep_what_they_name(archived: Project) -> None:
    (release,) = archived.run("archive", "--list", "--json").json()["releases"]
    assert (release["chapter"], release["preset"], release["there"]) == ("small", "tiny", True)
    assert "small-tiny" in archived.run("archive", "--list").out

    (archived.store / "trace-log" / "00").mkdir(parents=True, exist_ok=True)
    said = archived.run("cache", "gc", "--all", "--json").json()

    assert said["released"] > 4
    assert archived.run("plan", "manifests/small.yaml").out.endswith("everything is drawn\n")
    assert archived.run("archive", "manifests/small.yaml", "--to", "bag").code == ExitCode.DONE

    record = next((archived.renders / "releases").glob("*.json"))
    text = record.read_text()
    record.write_text(text[:-10])
    ran = archived.run("cache", "gc", "--all")
    record.write_text(text)
    assert ran.code == ExitCode.BAD_MANIFEST
    assert "is no record of a release" in ran.err


def test_folder_that_holds_something_else_is_left_alone(archived: Project, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    ran = archived.run("archive", "manifests/small.yaml", "--to", str(tmp_path))

    assert ran.code == ExitCode.BAD_MANIFEST
    assert "is not empty" in ran.err
    assert files_in(tmp_path) == {"mine.txt": b"mine"}


def test_full_disk_leaves_no_half_bag(archived: Project, small_disk: Path) -> None:
    ran = archived.run("archive", "manifests/small.yaml", "--to", str(small_disk / "bag"))

    assert ran.code == ExitCode.ENVIRONMENT_MISSING
    assert "the disk is full" in ran.err
    assert list(small_disk.iterdir()) == []


def test_packages_are_made_with_the_chapter_and_once(archived: Project) -> None:
    assert (archived.results / "small.gif").is_file()
    assert "is up to date" in archived.render().out
    assert archived.run("verify", str(archived.video)).code == ExitCode.DONE

    (archived.results / "thumbnails.vtt").write_text("WEBVTT\n")
    assert archived.run("verify", str(archived.video)).code == ExitCode.VERIFICATION_FAILED
    assert archived.render().code == ExitCode.DONE
    assert [e["package"] for e in archived.events() if e["event"] == "package-started"] == [
        "sprite"
    ]
    assert "is up to date" in archived.render().out


def test_what_is_no_bag_is_not_called_one(archived: Project, tmp_path: Path) -> None:
    ran = archived.run("verify", str(tmp_path))

    assert ran.code == ExitCode.BAD_MANIFEST
    assert "it has no bagit.txt" in ran.err
    assert archived.run("archive").code == ExitCode.BAD_MANIFEST
