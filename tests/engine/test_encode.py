"""That the same pictures become the same bytes, every time."""

import os
import subprocess
import sys

SCRIPT = """
import hashlib, random, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
sys.argv = ["manimgl"]  # manimlib reads it when it is imported
from pipeline.engine.encode import ChunkWriter
from pipeline.engine.job import Encoding

WIDTH, HEIGHT, FRAMES = 854, 480, 40
encoding = Encoding(lossless=False, crf=21, preset="veryfast", saturation=1.0, gamma=1.0)
seen = set()
for turn in range(12):
    path = folder / f"{turn}.mp4"
    writer = ChunkWriter(
        path, width=WIDTH, height=HEIGHT, rate=Fraction(15), encoding=encoding
    )
    for index in range(FRAMES):
        pixels = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
        pixels[:, :, :3] = 20
        pixels[40 + 3 * index : 140 + 3 * index, 60 + 7 * index : 260 + 7 * index, 0] = 230
        pixels[200:300, 10 * index : 10 * index + 90, 2] = 200
        writer.write(pixels)
    writer.close()
    seen.add(hashlib.md5(path.read_bytes()).hexdigest())
    # Where memory comes from must not matter either
    stirred = [np.empty(random.randrange(1000, 400_000), np.uint8) for _ in range(20)]
print(len(seen))
"""


def test_bytes_do_not_hang_on_memory_or_processor(tmp_path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path)],
        env={**os.environ, "PYGLET_HEADLESS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["1"], "x264 gave several encodings of one film"
