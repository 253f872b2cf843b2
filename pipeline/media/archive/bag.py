"""
A bag: a folder of files with their checksums, which proves itself to any reader of RFC 8493.

Two bags of the same files have the same bytes: no date, nothing of the machine. What is in a chapter's
bag is decided in media/archive/contents.py.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import bagit
from blake3 import blake3

from pipeline.errors import UsageError
from pipeline.media.publish import told_plainly
from pipeline.media.record import Check

ALGORITHM = "sha512"
"""The one that RFC 8493 has every reader support."""
TAG_MANIFEST = f"tagmanifest-{ALGORITHM}.txt"
ID_DIGITS = 12
READ_BYTES = 2**20


def seal(folder: Path, info: Mapping[str, str]) -> str:
    """
    Makes a folder a bag, its files being what is put in it, and gives the bag's id.

    Args:
        info: what bag-info.txt says of it.
    """
    with told_plainly(folder):
        # bagit would put today's date in, also where there is to be none
        bag = bagit.make_bag(str(folder), {**info, "Bagging-Date": "-"}, checksums=[ALGORITHM])
        del bag.info["Bagging-Date"]
        bag.save()
    return bag_id(folder)


def is_bag(folder: Path) -> bool:
    return (folder / "bagit.txt").is_file()


def bag_id(folder: Path) -> str:
    """Names a bag by every byte in it, through the checksums of the files that hold checksums."""
    return blake3((folder / TAG_MANIFEST).read_bytes()).hexdigest()[:ID_DIGITS]


def put_in_place(folder: Path, target: Path) -> None:
    """Gives a sealed bag its final name; one with the same bytes that is there already stays."""
    with told_plainly(target):
        if is_bag(target) and bag_id(target) == bag_id(folder):
            shutil.rmtree(folder)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not any(target.iterdir()):
            target.rmdir()
        if target.exists():
            raise UsageError(
                f"{target} holds something else already: name another folder with --to"
            )
        folder.rename(target)


def bag_checks(folder: Path) -> list[Check]:
    """
    Reads every file of a bag, and says of each whether it is as it was bagged. Needs nothing else.

    Raises:
        UsageError: it is no bag.
    """
    if not is_bag(folder):
        raise UsageError(f"{folder} is not a bag: it has no bagit.txt")
    if not (folder / TAG_MANIFEST).is_file():
        return [Check(name=TAG_MANIFEST, ok=False, expected="there", found="missing")]
    try:
        bag = bagit.Bag(str(folder))
    except (bagit.BagError, UnicodeDecodeError) as error:
        return [Check(name="the bag's own files", ok=False, expected="readable", found=str(error))]
    listed = {name: sums.get(ALGORITHM, "no sum") for name, sums in bag.entries.items()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    checks = [_as_bagged(folder / name, name, sum_) for name, sum_ in sorted(listed.items())]
    for name in sorted(there - listed.keys() - {TAG_MANIFEST}):
        checks.append(Check(name=name, ok=False, expected="not in the bag", found="extra"))
    return checks


def _as_bagged(path: Path, name: str, expected: str) -> Check:
    if not path.is_file():
        return Check(name=name, ok=False, expected=_short(expected), found="missing")
    hasher = hashlib.new(ALGORITHM)
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            hasher.update(data)
    found = hasher.hexdigest()
    return Check(name=name, ok=found == expected, expected=_short(expected), found=_short(found))


def _short(digest: str) -> str:
    return digest[:16]
