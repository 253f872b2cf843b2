"""
A transition on a worker: mixed from two windows in the store, and in the store before it says so.

No scene is run for it, so it needs no engine; what is drawn of a transition is drawn as segments.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.errors import VerificationFailed
from pipeline.farm.chunks import CHUNK, require_frames
from pipeline.farm.task import Blend, Task
from pipeline.plan.scenes import SEGMENTS
from pipeline.store.local import Store

WORDS_EVERY = 15
"""Pictures between two words of progress: a worker that says nothing is taken for dead."""


def perform_blend(task: Task, blend: Blend, store: Store) -> Iterator[Mapping[str, Any]]:
    """
    Mixes a transition and publishes it; yields `progress`, and `blended` at the end.

    Raises:
        VerificationFailed: a window is not in the store, or the chunk is not as planned.
    """
    from pipeline.engine.blend import write_transition

    assert task.encoding is not None
    before, after = _window(store, blend.before), _window(store, blend.after)
    work = store.workplace()
    try:
        writing = write_transition(
            work / CHUNK,
            mixes=blend.mixes,
            before=before,
            after=after,
            color=blend.color,
            size=(task.job.width, task.job.height),
            rate=Fraction(task.job.rate),
            encoding=task.encoding,
        )
        for index in writing:
            if index % WORDS_EVERY == 0:
                yield {"event": "progress", "frame": index + 1, "play": None, "drawn": 0}
        require_frames(work / CHUNK, len(blend.mixes))
        store.publish(blend.key, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    yield {
        "event": "blended",
        "key": blend.key.digest,
        "scene": task.scene_id,
        "frames": len(blend.mixes),
    }


def _window(store: Store, digest: str | None) -> Path | None:
    if digest is None:
        return None
    if not store.has(SEGMENTS, digest):
        raise VerificationFailed(
            path=store.folder(SEGMENTS, digest) / CHUNK,
            what="window of a transition",
            expected="in the store",
            found="gone",
        )
    return store.obtain(SEGMENTS, digest) / CHUNK
