"""`chalkfarm cache`: what the store holds, making room in it, and redrawing to compare."""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from pathlib import Path

from pipeline.cli.common import (
    open_store,
    print_json,
    print_lines,
    print_table,
    size_text,
    work_of_last_run,
    worker_count,
)
from pipeline.errors import ExitCode, UsageError
from pipeline.farm.chapter import Work
from pipeline.farm.sample import redraw_sample
from pipeline.media.archive.releases import kept_keys
from pipeline.media.packages.encodes import ENCODES
from pipeline.plan.bakes import BAKES
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import Entry, Store
from pipeline.store.reels import Reels

SIZES = {"": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}
CHECKED = frozenset({SEGMENTS, BAKES, ENCODES})
"""Kinds of results that are kept with their digests, for as long as they may be needed."""
AGES = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def stats(options: argparse.Namespace) -> int:
    """How much of each kind of result there is."""
    store = open_store(options)
    rows = []
    for kind in store.kinds():
        entries = list(store.entries(kind))
        rows.append((kind, len(entries), sum(entry.size for entry in entries)))
    if options.json:
        print_json(
            {
                "store": store.where,
                "kinds": [{"kind": k, "entries": n, "bytes": size} for k, n, size in rows],
            }
        )
    else:
        print_lines([store.where])
        print_table(("kind", "entries", "size"), [(k, n, size_text(s)) for k, n, s in rows])
    return ExitCode.DONE


def gc(options: argparse.Namespace) -> int:
    """Drops what was not used for long, or until little enough is left."""
    store = open_store(options)
    entries = sorted(
        (entry for kind in store.kinds() for entry in store.entries(kind)),
        key=lambda entry: entry.used,
    )
    kept = kept_keys(options.renders)
    wanted = _to_drop(options, entries)
    dropped = [entry for entry in wanted if (entry.kind, entry.digest) not in kept]
    for entry in dropped:
        store.drop(entry.kind, entry.digest)
    if options.all and len(dropped) == len(wanted):
        store.wipe()
    store.sweep()
    Reels(store).sweep()
    freed = sum(entry.size for entry in dropped)
    released = len(wanted) - len(dropped)
    if options.json:
        print_json({"dropped": len(dropped), "bytes": freed, "released": released})
    else:
        print_lines([f"dropped {len(dropped)} results, {size_text(freed)}"])
        if released:
            print_lines([f"kept {released} that archived chapters name: chalkfarm archive --list"])
    return ExitCode.DONE


def _to_drop(options: argparse.Namespace, entries: list[Entry]) -> list[Entry]:
    if options.all:
        return entries
    if options.older:
        limit = time.time() - parse_age(options.older)
        return [entry for entry in entries if entry.used < limit]
    left, most, dropped = sum(entry.size for entry in entries), parse_size(options.to), []
    for entry in entries:
        if left <= most:
            break
        dropped.append(entry)
        left -= entry.size
    return dropped


def verify(options: argparse.Namespace) -> int:
    """Reads every result; redraws a sample of the chapter's segments and compares the bytes."""
    store = open_store(options)
    broken = [
        (kind, entry.digest, damage)
        for kind in set(store.kinds()) & CHECKED
        for entry in store.entries(kind)
        if (damage := store.damage(kind, entry.digest))
    ]
    work, _ = work_of_last_run(options)
    share = parse_share(options.sample)
    compared, differing = _compare(work, share, worker_count(options))
    facts = {
        "damaged": [{"kind": k, "key": d, "what": what} for k, d, what in broken],
        "redrawn": compared,
        "differing": differing,
    }
    if options.json:
        print_json({"ok": not broken and not differing, **facts})
    else:
        print_lines([f"{kind} {digest[:12]}: {what}" for kind, digest, what in broken])
        print_lines([f"segment {digest[:12]}: drawn again, it is another" for digest in differing])
        print_lines(
            [
                f"read every result: {len(broken)} damaged; redrew {compared}: {len(differing)} differ"
            ]
        )
    return ExitCode.VERIFICATION_FAILED if broken or differing else ExitCode.DONE


def _compare(work: Work, share: float, workers: int) -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as folder:
        return redraw_sample(work, Store(Path(folder)), share, workers)


def parse_share(text: str, option: str = "--sample") -> float:
    """`5%` or `0.05` as a share of one."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", text.strip())
    value = float(found[1]) / (100 if found[2] else 1) if found else 2.0
    if value > 1:
        raise UsageError(f"{option} {text}: write a share such as 5%")
    return value


def parse_size(text: str) -> int:
    """`20GiB` as bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]iB)?", text.strip(), re.IGNORECASE)
    if not found:
        raise UsageError(f"--to {text}: write a size such as 20GiB")
    return int(float(found[1]) * SIZES[(found[2] or "").upper()])


def parse_age(text: str) -> float:
    """`30d` as seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([mhdw])", text.strip())
    if not found:
        raise UsageError(f"--older {text}: write an age such as 30d, 12h or 2w")
    return float(found[1]) * AGES[found[2]]
