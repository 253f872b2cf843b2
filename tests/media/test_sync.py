"""That what is heard is heard when it is seen, to less than a millisecond, in a decoded chapter."""

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.sync import RATES, make_chapter, measure_sync
from pipeline.media.finish import verify_video

pytestmark = pytest.mark.needs_ffmpeg


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_click_is_on_its_flash(rate: Fraction, tmp_path: Path) -> None:
    done = make_chapter(tmp_path, rate, segments=12, frames=int(rate))

    found = measure_sync(done.video)

    assert found.flashes == 12
    assert abs(found.worst_ms) < 0.1
    assert all(check.ok for check in verify_video(done.video))
