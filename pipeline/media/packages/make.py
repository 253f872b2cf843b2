"""
All the packages a chapter is to have, made, checked and put beside it.

Each is made in a work folder and moved in when every check was passed; what was there before stays
until then. packages.json is written last, so a package that broke off while moving in is made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.media.packages.encodes import Encodes
from pipeline.media.packages.gif import gif_checks, gif_name, make_gif
from pipeline.media.packages.hls import MASTER, make_hls
from pipeline.media.packages.hls_checks import hls_checks
from pipeline.media.packages.needs import made_from
from pipeline.media.packages.player import PAGE, make_player, player_checks
from pipeline.media.packages.proofs import Proofs
from pipeline.media.packages.record import (
    CHAPTER_ITSELF,
    PACKAGES,
    Packaged,
    first_changed,
    package_key,
    read_packages,
    require_passed,
    write_packages,
)
from pipeline.media.packages.source import Source, load_source
from pipeline.media.packages.sprite import THUMBNAILS, make_sprite, sprite_checks
from pipeline.media.packages.webm import make_webm, webm_checks, webm_name
from pipeline.media.packages.youtube import make_youtube, youtube_checks, youtube_name
from pipeline.media.publish import move_in, told_plainly
from pipeline.media.record import Check, read_timeline
from pipeline.store.local import Store, file_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every package is made with."""

    source: Source
    encodes: Encodes
    work: Path
    """An empty folder, for the package and nothing else."""
    scratch: Path
    logs: Path
    workers: int
    """Encodings that may run side by side."""

    @property
    def proofs(self) -> Proofs:
        return Proofs(self.source, self.encodes, scratch=self.scratch, logs=self.logs)


def make_packages(
    folder: Path,
    names: Sequence[str],
    *,
    store: Store,
    work: Path,
    logs: Path,
    workers: int,
    say: Callable[[str], None],
) -> None:
    """
    Makes what is missing or no longer right, and removes what is no longer asked for.

    Args:
        folder: a finished chapter, as media/finish.py left it.
        work: a folder nobody else uses, best on the same disk, and the caller's to remove.
        say: hears of each package as it is begun, by its name.

    Raises:
        VerificationFailed: a package is not as planned. It is as it was before.
        StoreFailed: the disk is full.
        ToolFailed: ffmpeg failed.
    """
    wanted = [name for name in dict.fromkeys(names) if name != CHAPTER_ITSELF]
    known = read_packages(folder)
    timeline = read_timeline(folder)
    keys = {name: package_key(name, timeline) for name in wanted}
    whole = {name for name in wanted if name in known and not first_changed(folder, known[name])}
    missing = [name for name in wanted if name not in whole or known[name].key != keys[name]]
    if missing:
        source = load_source(folder)
        for name in missing:
            before = known.get(name)
            from_ = made_from(name, source)
            if before is not None and name in whole and before.made_from == from_:
                known[name] = replace(before, key=keys[name])
            else:
                say(name)
                bench = _bench(name, source, store=store, work=work, logs=logs, workers=workers)
                made = _make(name, bench, key=keys[name], from_=from_)
                known[name] = _publish(made, bench.work, folder, before)
            write_packages(folder, known)
    dropped = known.keys() - set(wanted)
    for name in dropped:
        _remove(folder, known[name].outputs)
    if dropped:
        write_packages(folder, {name: known[name] for name in wanted})
    if not wanted:
        (folder / PACKAGES).unlink(missing_ok=True)


def _bench(
    name: str, source: Source, *, store: Store, work: Path, logs: Path, workers: int
) -> Bench:
    folder, scratch = work / name, work / f"{name}.scratch"
    shutil.rmtree(folder, ignore_errors=True)
    with told_plainly(work):
        folder.mkdir(parents=True)
        scratch.mkdir(exist_ok=True)
    return Bench(
        source=source,
        encodes=Encodes(store, logs),
        work=folder,
        scratch=scratch,
        logs=logs,
        workers=workers,
    )


def _make(name: str, bench: Bench, *, key: str, from_: str) -> Packaged:
    folder = bench.work
    with told_plainly(folder):
        checks = MAKERS[name](bench)
    require_passed(folder, checks)
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Packaged(
        key=key,
        made_from=from_,
        outputs={
            file: {"bytes": path.stat().st_size, "blake3": file_digest(path)}
            for file, path in files.items()
        },
        checks=tuple(checks),
        encodes=tuple(sorted(bench.encodes.used)),
        changed_ns={file: path.stat().st_mtime_ns for file, path in files.items()},
    )


def _publish(made: Packaged, work: Path, folder: Path, before: Packaged | None) -> Packaged:
    """
    Moves the files in, and removes those of an earlier package of this name that are not among them.

    One that is there already stays as it is: whoever copies the folder on has nothing to copy.
    """
    changed_ns = dict(made.changed_ns)
    for name, output in made.outputs.items():
        there = folder / name
        if there.is_file() and not there.is_symlink() and file_digest(there) == output["blake3"]:
            changed_ns[name] = there.stat().st_mtime_ns
        else:
            move_in(work / name, there)
    if before is not None:
        _remove(folder, before.outputs.keys() - made.outputs.keys())
    return replace(made, changed_ns=changed_ns)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / Path(name)
        path.unlink(missing_ok=True)
        for parent in path.relative_to(folder).parents[:-1]:
            if (folder / parent).is_dir() and not any((folder / parent).iterdir()):
                (folder / parent).rmdir()


def _hls(bench: Bench) -> list[Check]:
    folder = bench.work / "hls"
    rungs = make_hls(bench.source, bench.encodes, folder, logs=bench.logs, workers=bench.workers)
    return hls_checks(bench.source, rungs, folder, bench.proofs)


def _webm(bench: Bench) -> list[Check]:
    video = make_webm(bench.source, bench.encodes, bench.work, logs=bench.logs)
    return webm_checks(bench.source, video, bench.proofs)


def _gif(bench: Bench) -> list[Check]:
    output = bench.work / gif_name(bench.source)
    shutil.copyfile(make_gif(bench.source, bench.encodes), output)
    return gif_checks(bench.source, bench.encodes, output)


def _sprite(bench: Bench) -> list[Check]:
    make_sprite(bench.source, bench.encodes, bench.work)
    return sprite_checks(bench.source, bench.encodes, bench.work)


def _youtube(bench: Bench) -> list[Check]:
    video = make_youtube(bench.source, bench.encodes, bench.work)
    return youtube_checks(bench.source, video, bench.proofs)


def _player(bench: Bench) -> list[Check]:
    folder = bench.work / "player"
    make_player(bench.source, bench.encodes, folder)
    return player_checks(bench.source, folder)


MAKERS: Mapping[str, Callable[[Bench], list[Check]]] = {
    "hls": _hls,
    "webm": _webm,
    "gif": _gif,
    "sprite": _sprite,
    "youtube": _youtube,
    "player": _player,
}
MAIN_FILES: Mapping[str, Callable[[Source], str]] = {
    "hls": lambda _: f"hls/{MASTER}",
    "webm": webm_name,
    "gif": gif_name,
    "sprite": lambda _: THUMBNAILS,
    "youtube": youtube_name,
    "player": lambda _: f"player/{PAGE}",
}
"""The file of each package that a person would open."""
