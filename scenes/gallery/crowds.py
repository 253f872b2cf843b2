"""Many directions from one point, and the space they are in."""

from manimlib import *

from scenes.components.crowds import (
    Bouquet,
    BreathingCloud,
    PackedVectors,
    Replay,
    Triad,
    bright_hues,
    cool_hues,
)
from scenes.gallery.exhibit import STAGE, Gallery


class Crowds(Gallery):
    def construct(self):
        rng = np.random.default_rng(4)
        with self.exhibit(BreathingCloud):
            self.play(FadeIn(BreathingCloud(ripple, center=STAGE)))
            self.wait(2)
        tilt = rotation_matrix(25 * DEG, RIGHT) @ rotation_matrix(-35 * DEG, UP)
        with self.exhibit(Triad):
            triad = Triad(tilt.T, length=2.6, center=STAGE + 0.4 * DOWN, corner=0.22)
            self.play(FadeIn(triad))
            self.play(
                UpdateFromAlphaFunc(
                    triad,
                    lambda m, alpha: m.set_rows(
                        (tilt @ rotation_matrix(90 * DEG * smooth(alpha), UP)).T
                    ),
                ),
                run_time=2,
            )
        with self.exhibit(Bouquet):
            rows = unit_rows(rng.standard_normal((12, 3)))
            bouquet = Bouquet(rows, bright_hues(12, rng), 2.6, STAGE)
            self.play(LaggedStartMap(FadeIn, bouquet, lag_ratio=0.1))
            self.play(
                UpdateFromAlphaFunc(
                    bouquet,
                    lambda m, alpha: m.set_rows(rows @ rotation_matrix(PI * smooth(alpha), UP)),
                ),
                run_time=2.5,
            )
        self.frame.reorient(20, 70, 0, center=(0, 0, 0.3))
        start = unit_rows(rng.standard_normal((8, 3)))
        crowd = PackedVectors(start, cool_hues(8, rng), reach=2.5)
        with self.exhibit(PackedVectors):
            self.play(FadeIn(crowd))
            self.play(self.frame.animate.reorient(60, 70, 0), run_time=2)
        with self.exhibit(Replay):
            self.add(crowd)
            stop = unit_rows(rng.standard_normal((8, 3)))
            path = [unit_rows(interpolate(start, stop, part)) for part in np.linspace(0, 1, 30)]
            self.play(Replay(crowd, np.array(path)), run_time=4)


def ripple(seconds: float) -> np.ndarray:
    """A round outline with five lobes that travel."""
    angles = np.linspace(0, TAU, 100, endpoint=False)
    reach = 2.2 + 0.18 * np.sin(5 * angles + 3 * seconds)
    return np.stack([1.5 * reach * np.cos(angles), reach * np.sin(angles), 0 * angles], axis=1)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
