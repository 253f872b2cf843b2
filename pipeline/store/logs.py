"""
What a scene printed while it was traced, kept with its trace.

Of all logs it is the one that says all a scene has to say, once, whoever draws how much of it later.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from blake3 import blake3

from pipeline.engine.job import SceneJob
from pipeline.engine.timeline import Timeline
from pipeline.plan.key import Key, canonical
from pipeline.plan.scenes import Identity, trace_family
from pipeline.store.local import Store, store_failed

LOGS = "trace-log"
LOG = "log.txt"


def log_key(job: SceneJob, identity: Identity, timeline: Timeline) -> Key:
    """The name of a trace's log: what was traced, from which files, to which pictures."""
    runs = blake3(canonical([list(run) for run in timeline.runs])).hexdigest()
    family = trace_family(job, identity).digest
    return Key(LOGS, {"family": family, "files": dict(timeline.files), "runs": runs})


def keep_log(store: Store, key: Key, log_path: Path) -> None:
    """
    Keeps what is in a log now; none counts as one in which nothing is said.

    Raises:
        StoreFailed: the disk is full, or the folder may not be written.
    """
    work = store.workplace()
    try:
        if log_path.is_file():
            shutil.copyfile(log_path, work / LOG)
        else:
            (work / LOG).touch()
    except OSError as error:
        raise store_failed(work, error) from error
    store.publish(key, work)


def find_log(store: Store, key: Key) -> str:
    """What the scene printed; nothing where its trace is from before logs were kept."""
    if not store.has(LOGS, key.digest):
        return ""
    path = store.obtain(LOGS, key.digest) / LOG
    return path.read_text(encoding="utf-8", errors="replace")
