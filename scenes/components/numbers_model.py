"""
The arithmetic behind numeric displays: what colour a number has, what a matrix with gaps multiplies.

Pure: colours are "#rrggbb" strings, matrices NumPy arrays. `numbers` draws them.
"""

from __future__ import annotations

import colorsys

import numpy as np

from scenes.components.style import NEG, POS

DIM_LIGHTNESS, BRIGHT_LIGHTNESS = 0.36, 0.72
"""HSL lightness of the smallest and the largest numbers; even the smallest stands out on black."""


def with_lightness(color: str, lightness: float) -> str:
    """The hue and saturation of `color` at another HSL lightness in [0, 1]."""
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    channels = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in channels)


def value_to_color(
    value: float,
    low: float = 0.0,
    high: float = 10.0,
    positive: str = POS,
    negative: str = NEG,
) -> str:
    """
    The sign of `value` gives the hue, its size the lightness.

    Sizes are clamped to [low, high]. Zero counts as positive.
    """
    size = np.clip((abs(value) - low) / (high - low), 0, 1)
    lightness = DIM_LIGHTNESS + float(size) * (BRIGHT_LIGHTNESS - DIM_LIGHTNESS)
    return with_lightness(positive if value >= 0 else negative, lightness)


def size_to_grey(value: float, high: float = 10.0) -> str:
    """Dark grey for zero to white for sizes of `high` and more, whatever the sign."""
    level = round(255 * (0.45 + 0.55 * float(np.clip(abs(value) / high, 0, 1))))
    return f"#{level:02X}{level:02X}{level:02X}"


def matvec_visible(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """
    `matrix @ vector` over the numbers that can be seen: a NaN, drawn as dots, adds nothing.

    A row of nothing but dots stays NaN.
    """
    terms = matrix * np.asarray(vector).reshape(-1)
    return np.where(np.isnan(terms).all(axis=1), np.nan, np.nansum(terms, axis=1))
