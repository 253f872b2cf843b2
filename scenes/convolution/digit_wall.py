"""The first test pictures side by side, as one picture. Imports no manim."""

from __future__ import annotations

import numpy as np

from scenes.components.style import BACKGROUND, INK, PANEL
from scenes.convolution.digits import brightness, load_digits

WALL_ROWS, WALL_COLUMNS = 7, 14


def wall_pixels(pixel: int = 12) -> np.ndarray:
    """RGB, `pixel` screen pixels a pixel, one pixel of background between two pictures."""
    split = load_digits()
    images = brightness(split.test.images[: WALL_ROWS * WALL_COLUMNS], split)
    padded = np.pad(images, ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    rows, columns = padded.shape[1:]
    sheet = padded.reshape(WALL_ROWS, WALL_COLUMNS, rows, columns).transpose(0, 2, 1, 3)
    sheet = sheet.reshape(WALL_ROWS * rows, WALL_COLUMNS * columns)[:-1, :-1]
    dark, light, between = (
        np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
        for color in (PANEL, INK, BACKGROUND)
    )
    share = sheet[:, :, None]
    colors = np.where(np.isnan(share), between, dark + np.nan_to_num(share) * (light - dark))
    return colors.round().astype(np.uint8).repeat(pixel, axis=0).repeat(pixel, axis=1)
