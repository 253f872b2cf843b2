"""
Trains the networks of the chapter: `python -m scenes.convolution.bakes [cnn1d] [digits]`.

On one thread, half a minute for `cnn1d` and ten seconds for `digits`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from scenes.components.style import BACKGROUND, INK, PANEL
from scenes.convolution.bakes import (
    BAKERY,
    DIGITS,
    SIGNALS,
    WALL,
    WALL_COLUMNS,
    WALL_ROWS,
    DigitPlan,
    SignalPlan,
)
from scenes.convolution.digits import Digits, brightness, load_digits
from scenes.convolution.mnist1d import LENGTH, load_split
from scenes.convolution.networks_model import (
    DIGIT_RECIPE,
    SIGNAL_RECIPE,
    digit_cnn,
    digit_mlp,
    measure,
    signal_cnn,
    signal_mlp,
    signal_tensors,
    train_on_digits,
    train_on_signals,
)


def bake_cnn1d(plan: SignalPlan = SIGNALS) -> dict[str, np.ndarray]:
    """What `load_cnn1d` describes."""
    split, recipe = load_split(), replace(SIGNAL_RECIPE, epochs=plan.epochs)
    train, validation = signal_tensors(split.train), signal_tensors(split.validation)
    runs = [train_on_signals(signal_cnn, seed, train, validation, recipe) for seed in plan.seeds]
    order = np.random.RandomState(plan.shuffle_seed).permutation(LENGTH)
    shuffled = [signal_tensors(part, order) for part in (split.train, split.validation)]
    first = runs[0][0].eval()
    slid = np.array([np.roll(split.validation.x[plan.shown], shift) for shift in plan.shifts])
    with torch.no_grad():
        slid_tensor = torch.tensor(slid, dtype=torch.float32)
        features = first[:3](slid_tensor).numpy()
        inside = {f"layer_{n}": first[: 1 + 2 * n](slid_tensor[:1])[0].numpy() for n in (1, 2, 3)}
        inside["probabilities"] = first(slid_tensor[:1])[0].softmax(dim=0).numpy()
    return {
        "cnn": np.array([curves for _, curves in runs]),
        "mlp": train_on_signals(signal_mlp, plan.mlp_seed, train, validation, recipe)[1],
        "shuffled_cnn": train_on_signals(signal_cnn, plan.mlp_seed, *shuffled, recipe)[1],
        "shuffled_mlp": train_on_signals(signal_mlp, plan.mlp_seed, *shuffled, recipe)[1],
        "cnn_test": np.array(measure(first, *signal_tensors(split.test)).error),
        "slid": slid,
        "features": features,
        **inside,
    }


def digit_tensors(
    digits: Digits, order: np.ndarray | None = None, shift: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 pictures, rolled to the right or with their pixels in another order, and labels."""
    images = np.roll(digits.images, shift, axis=2)
    if order is not None:
        images = images.reshape(len(images), -1)[:, order].reshape(images.shape)
    return torch.tensor(images.copy(), dtype=torch.float32), torch.tensor(digits.labels)


def bake_digits(plan: DigitPlan = DIGITS) -> dict[str, np.ndarray]:
    """What `load_digit_runs` describes."""
    split, recipe = load_digits(), replace(DIGIT_RECIPE, epochs=plan.epochs)
    parts = (split.train, split.test)
    train, test = (digit_tensors(part) for part in parts)
    order = np.random.RandomState(plan.shuffle_seed).permutation(split.train.images[0].size)
    shuffled = [digit_tensors(part, order) for part in parts]
    cnn, cnn_curves = train_on_digits(digit_cnn, plan.seed, train, test, recipe)
    mlp, mlp_curves = train_on_digits(digit_mlp, plan.seed, train, test, recipe)
    rolled = [digit_tensors(split.test, shift=shift) for shift in plan.shifts]
    with torch.no_grad():
        cnn.eval()
        shown = test[0][plan.shown : plan.shown + 1]
        inside = {
            name: cnn[:depth](shown)[0].numpy()
            for name, depth in {"maps": 2, "pooled": 4, "deep": 5, "last": 8}.items()
        }
        log_probabilities = cnn(test[0]).numpy()
    return {
        "cnn": cnn_curves,
        "mlp": mlp_curves,
        "shuffled_cnn": train_on_digits(digit_cnn, plan.seed, *shuffled, recipe)[1],
        "shuffled_mlp": train_on_digits(digit_mlp, plan.seed, *shuffled, recipe)[1],
        "rolled": np.array(
            [[100 - measure(net, *set_).error for set_ in rolled] for net in (cnn, mlp)]
        ),
        "kernels": cnn[1].weight.detach().numpy()[:, 0],
        "log_probabilities": log_probabilities,
        **inside,
    }


def draw_wall(path: Path = WALL, pixel: int = 12) -> None:
    """Test pictures in rows, `pixel` screen pixels a pixel, one pixel of background between."""
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
    large = colors.round().astype(np.uint8).repeat(pixel, axis=0).repeat(pixel, axis=1)
    Image.fromarray(large).save(path, optimize=True)


BAKES: dict[str, tuple[Callable[[Any], dict[str, np.ndarray]], Any]] = {
    "cnn1d": (bake_cnn1d, SIGNALS),
    "digits": (bake_digits, DIGITS),
}


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(BAKES))
    if unknown:
        raise SystemExit(f"no bake is called {', '.join(unknown)}: there are {', '.join(BAKES)}")
    for name in names or BAKES:
        bake, plan = BAKES[name]
        path = BAKERY.save(name, plan, bake(plan), torch=torch.__version__)
        sys.stderr.write(f"{path.name} written\n")
    if not names or "digits" in names:
        draw_wall()


if __name__ == "__main__":
    main(sys.argv[1:])
