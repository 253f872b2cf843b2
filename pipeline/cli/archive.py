"""`chalkfarm archive`: a chapter kept for good in a bag; and what `verify` says of one."""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pipeline.cli.cache import parse_share
from pipeline.cli.common import (
    open_work,
    print_json,
    print_lines,
    print_table,
    size_text,
    worker_count,
)
from pipeline.cli.render import rendered
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.chapter import Work
from pipeline.farm.identity import find_identity
from pipeline.media.archive.bag import bag_checks, is_bag, put_in_place, seal
from pipeline.media.archive.contents import FARM, Edition, fill, store_keys
from pipeline.media.archive.master import as_master
from pipeline.media.archive.rebuild import rebuild_checks
from pipeline.media.archive.releases import (
    Release,
    all_releases,
    record_release,
    releases_folder,
)
from pipeline.media.outputs import result_folder
from pipeline.media.publish import told_plainly
from pipeline.media.record import Check, read_timeline
from pipeline.report.runs import new_run


def archive(options: argparse.Namespace) -> int:
    """Makes a bag of a chapter, rendering what is missing for it; or lists the bags there are."""
    if options.list:
        return _list(options)
    if options.manifest is None:
        raise UsageError("name the manifest of the chapter to archive, or --list")
    if options.to is not None:
        _require_free(options.to)
    options.only, options.keep_going = [], False
    work = open_work(options)
    public = _edition(work, options)
    lossless = Work(as_master(work.chapter), work.store, work.identity, speak=work.speak)
    master = _edition(lossless, options)
    release = _bag(public, master, options)
    record = record_release(options.renders, release)
    if options.json:
        print_json({"id": release.id, "bag": release.bag, "bytes": release.bytes})
    else:
        print_lines(
            [
                f"{release.bag}: {size_text(release.bytes)}, recorded in {record}",
                f"`chalkfarm verify {release.bag}` holds it to its checksums",
            ]
        )
    return ExitCode.DONE


def _edition(work: Work, options: argparse.Namespace) -> Edition:
    folder = result_folder(options.renders, work.chapter, partial=False)
    rendered(work, folder, options)
    return Edition(work=work, plan=work.plan(), folder=folder)


def _bag(public: Edition, master: Edition, options: argparse.Namespace) -> Release:
    """Fills and seals a bag beside where it goes, and moves it there."""
    chapter = public.work.chapter
    name = f"{chapter.id}-{chapter.preset.name}"
    home: Path = options.to.parent if options.to else releases_folder(options.renders)
    part = home.absolute() / f".{name}.part"
    run = new_run(options.renders, f"{name}-archive")
    try:
        with told_plainly(part):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            fill(
                part,
                public,
                master,
                preset=options.preset,
                resolution=options.resolution,
                logs=run.logs,
            )
        digest = seal(
            part,
            {
                "Bag-Software-Agent": f"{FARM} {metadata.version(FARM)}",
                "External-Description": chapter.title,
                "External-Identifier": f"{name} {read_timeline(public.folder)['key']}",
            },
        )
        target = options.to.absolute() if options.to else part.with_name(f"{name}-{digest}")
        size = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
        put_in_place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Release(
        id=f"{name}-{digest}",
        chapter=chapter.id,
        preset=chapter.preset.name,
        title=chapter.title,
        bag=str(target),
        bytes=size,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        keys=store_keys(public, master),
    )


def _require_free(target: Path) -> None:
    if target.exists() and not is_bag(target) and (target.is_file() or any(target.iterdir())):
        raise UsageError(f"{target} is not empty: name a folder with --to that is, or is not there")


def _list(options: argparse.Namespace) -> int:
    releases = all_releases(options.renders)
    if options.json:
        print_json(
            {
                "releases": [
                    {
                        "id": one.id,
                        "chapter": one.chapter,
                        "preset": one.preset,
                        "made": one.made,
                        "bytes": one.bytes,
                        "bag": one.bag,
                        "there": is_bag(Path(one.bag)),
                    }
                    for one in releases
                ]
            }
        )
    elif not releases:
        print_lines([f"nothing was archived from {options.renders} yet"])
    else:
        print_table(
            ("release", "made", "size", "bag"),
            [(one.id, one.made, size_text(one.bytes), _where(one)) for one in releases],
        )
    return ExitCode.DONE


def _where(release: Release) -> str:
    return release.bag if is_bag(Path(release.bag)) else f"{release.bag} (not there)"


def bag_verdict(options: argparse.Namespace) -> list[Check]:
    """What is to be said of a bag; drawn from only where its files are as they were bagged."""
    files = bag_checks(options.video)
    wrong = [check for check in files if not check.ok]
    sound = Check.of("files as they were bagged", len(files), len(files) - len(wrong))
    checks = [sound, *wrong]
    if options.rebuild is None:
        return checks
    share = parse_share(options.rebuild, "--rebuild")
    if wrong:
        return checks
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as folder:
        identity = find_identity(Path(folder))
    return checks + rebuild_checks(
        options.video,
        share,
        identity=identity,
        workers=worker_count(options),
        random_=random.SystemRandom(),
    )
