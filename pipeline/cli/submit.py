"""Verbs that send work to a cluster and bring it back: submit, retry, fetch."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from pipeline.cli.common import open_work, print_json, print_lines, size_text
from pipeline.cli.progress import Watcher, make_watcher
from pipeline.cli.remote import RemoteRun, open_cluster, parsed, remote_run
from pipeline.cli.render import render
from pipeline.cli.show import traced
from pipeline.errors import ExitCode, TasksFailed, UsageError, VerificationFailed
from pipeline.farm.jobs import Cluster
from pipeline.farm.pack import Packed, pack
from pipeline.manifest.load import load_chapter
from pipeline.manifest.resolved import Chapter
from pipeline.media.outputs import result_folder
from pipeline.media.packages.record import PACKAGES, read_packages
from pipeline.media.record import CHECKS, TIMELINE, read_timeline
from pipeline.report.runs import CHAPTER, RUNS, Run, find_run, run_state
from pipeline.store.local import file_digest
from pipeline.store.remote import is_url

SHOWN_FILES = 5


def submit(options: argparse.Namespace) -> int:
    """Sends a chapter to a cluster; follows it, and brings it back, if asked to."""
    cluster = open_cluster(options)
    cluster.check(may_be_open=os.environ.get("RAY_AUTH_MODE") == "disabled")
    run_id, chapter = _send(cluster, options)
    if options.json:
        print_json({"run": run_id, "address": cluster.address})
    elif not (options.follow or options.wait):
        print_lines([run_id])
    if not (options.follow or options.wait):
        return ExitCode.DONE
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as folder:
        remote = RemoteRun(cluster, run_id, Path(folder))
        code = _follow(remote, make_watcher(plain=True))
        if options.wait:
            _bring_run(remote, options.renders / RUNS / run_id)
            if code == ExitCode.DONE:
                target = result_folder(options.renders, chapter, partial=bool(options.only))
                print_lines([str(_bring_chapter(remote, target))])
        return code


def _send(cluster: Cluster, options: argparse.Namespace) -> tuple[str, Chapter]:
    work = open_work(_here(options))
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    chapter = work.chapter
    run_id = f"{stamp}-{chapter.id}-{chapter.preset.name}-{uuid.uuid4().hex[:6]}"
    metadata = {
        "chapter": chapter.id,
        "preset": chapter.preset.name,
        "manifest": str(options.manifest),
        "options": json.dumps({name: getattr(options, name) for name in _KEPT}),
    }
    variables = {"PYTHONDONTWRITEBYTECODE": "1"}
    if options.shared:
        place = str(Path(__file__).parents[2])
        manifest = str(options.manifest.resolve())
        runtime: dict[str, Any] = {"env_vars": {**variables, "PYTHONPATH": place}}
        cluster.submit(run_id, _entrypoint(options, run_id, manifest), runtime, metadata)
        return run_id, chapter
    plan = traced(work, _here(options))
    with tempfile.TemporaryDirectory(prefix="chalkfarm-") as folder:
        whole = load_chapter(options.manifest)
        packed = pack(whole, work, plan, options.include, Path(folder))
        _report(packed)
        runtime = {"working_dir": folder, "env_vars": variables}
        cluster.submit(run_id, _entrypoint(options, run_id, packed.manifest), runtime, metadata)
    return run_id, chapter


def _here(options: argparse.Namespace) -> argparse.Namespace:
    """The same, with the store of this machine: a folder of the head's is none of ours."""
    if options.store and is_url(options.store):
        return options
    return argparse.Namespace(**{**vars(options), "store": os.environ.get("CHALKFARM_STORE")})


_KEPT = ("preset", "resolution", "only", "first", "keep_going", "patience", "store", "shared")
"""Options that the job is given as they are, and that a retry repeats."""


def _entrypoint(options: argparse.Namespace, run_id: str, manifest: str) -> str:
    words = ["python", "-m", "pipeline.cli", "job", manifest, "--run-id", run_id]
    for name in _KEPT:
        value, flag = getattr(options, name), f"--{name.replace('_', '-')}"
        if isinstance(value, list):
            words += [word for each in value for word in (flag, str(each))]
        elif value is True:
            words.append(flag)
        elif value not in (None, False):
            words += [flag, str(value)]
    return shlex.join(words)


def _report(packed: Packed) -> None:
    sys.stderr.write(f"package: {len(packed.files)} files, {size_text(packed.size)}\n")
    for name, size in packed.files[:SHOWN_FILES]:
        sys.stderr.write(f"  {size_text(size):>10}  {name}\n")
    if len(packed.files) > SHOWN_FILES:
        sys.stderr.write(f"  and {len(packed.files) - SHOWN_FILES} more\n")


def _follow(remote: RemoteRun, watcher: Watcher) -> int:
    """Shows a run as it goes; the exit code it would have had here."""
    how = ""
    watcher.start(remote.run)
    for event in parsed(remote.cluster.follow(f"{remote.path}/events.jsonl", remote.is_over)):
        watcher.hear(event)
        if event["event"] == "run-ended":
            how = event["how"]
            break
    watcher.stop()
    if how == "done":
        return ExitCode.DONE
    if how == "interrupted":
        return ExitCode.INTERRUPTED
    output = remote.cluster.output(remote.id).strip().splitlines()
    raise TasksFailed(
        run=remote.id,
        failures=[
            *output[-20:],
            f"run {remote.id} {how or 'was lost'}; `chalkfarm retry {remote.id}` goes on from there",
        ],
    )


def fetch(options: argparse.Namespace) -> int:
    """Brings a chapter, its captions, timeline and logs back, and holds them to their digests."""
    with remote_run(options, options.run) as remote:
        state = remote.state()
        folder: Path = options.folder
        _bring_run(remote, folder / RUNS / remote.id)
        if state.state != "done":
            raise UsageError(
                f"run {remote.id} is {state.state}: its logs are in {folder / RUNS / remote.id}, "
                "and there is no chapter to fetch"
            )
        video = _bring_chapter(remote, folder)
    if options.json:
        print_json({"run": remote.id, "video": str(video)})
    else:
        print_lines([str(video)])
    return ExitCode.DONE


def _bring_run(remote: RemoteRun, target: Path) -> None:
    remote.run.folder.mkdir(exist_ok=True)
    remote.bring("events.jsonl", "plan.json")
    remote.bring_logs("*")
    shutil.copytree(remote.run.folder, target, dirs_exist_ok=True)


def _bring_chapter(remote: RemoteRun, target: Path) -> Path:
    """Each file under its name only once it is whole; the timeline, which names all, the last."""
    work = remote.run.folder / CHAPTER
    remote.bring(*(f"{CHAPTER}/{name}" for name in (TIMELINE, CHECKS, PACKAGES)))
    try:
        timeline = read_timeline(work)
    except FileNotFoundError:
        raise UsageError(f"run {remote.id} has no chapter any more over there") from None
    packaged = read_packages(work)
    records = [CHECKS, TIMELINE, *([PACKAGES] if packaged else [])]
    outputs = dict(timeline["outputs"])
    for package in packaged.values():
        outputs |= package.outputs
    remote.bring(*(f"{CHAPTER}/{name}" for name in outputs))
    for name, facts in outputs.items():
        found = file_digest(work / name) if (work / name).exists() else "nothing"
        if found != facts["blake3"]:
            raise VerificationFailed(
                path=work / name, what="blake3", expected=facts["blake3"], found=found
            )
    target.mkdir(parents=True, exist_ok=True)
    for name in (*outputs, *records):
        beside = (target / name).with_name(f".{Path(name).name}.part")
        beside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work / name, beside)
        beside.replace(target / name)
    return target / next(str(name) for name in timeline["outputs"] if name.endswith(".mp4"))


def retry(options: argparse.Namespace) -> int:
    """Renders a run's chapter again: what it drew is there, so only the rest is drawn."""
    if options.address:
        return _retry_there(options)
    run = find_run(options.renders, options.run)
    plan = run.plan()
    if not plan:
        raise UsageError(f"run {run.id} ended before it had a plan: render its manifest again")
    options.manifest = Path(plan["manifest"])
    for name in ("preset", "resolution", "only"):
        setattr(options, name, plan["request"][name])
    if options.failed:
        options.only = _failed(run_state(run).to_json(), run)
    options.store = options.store or os.environ.get("CHALKFARM_STORE")
    return render(options)


def _retry_there(options: argparse.Namespace) -> int:
    with remote_run(options, options.run) as remote:
        metadata = remote.job["metadata"]
        kept = json.loads(metadata["options"])
        if options.failed:
            kept["only"] = _failed(remote.state().to_json(), remote.run)
    options.manifest = Path(metadata["manifest"])
    for name, value in kept.items():
        setattr(options, name, value)
    return submit(options)


def _failed(state: Any, run: Run) -> list[str]:
    failed = [scene["id"] for scene in state["scenes"] if scene["state"] == "failed"]
    if not failed:
        raise UsageError(f"no scene of run {run.id} failed")
    return failed
