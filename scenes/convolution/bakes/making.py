"""
The chapter's bakes, as its manifest names them: its networks, trained and looked into.

On one thread, half a minute for `cnn1d` and ten seconds for `digits`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from scenes.convolution.bakes import (
    DIGITS,
    SIGNALS,
    DigitPlan,
    SignalPlan,
)
from scenes.convolution.digits import Digits, load_digits
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


def cnn1d(plan: SignalPlan = SIGNALS) -> dict[str, np.ndarray]:
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


def digits(plan: DigitPlan = DIGITS) -> dict[str, np.ndarray]:
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
