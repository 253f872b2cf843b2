"""
The networks of the chapter and how they are trained. Needs torch; only bakes and tests import it.

One thread and one seeded generator: the same run gives the same curves, to the last bits on the
same processor and to a point or two elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from scenes.convolution.mnist1d import LENGTH, Signals

SIGNAL_CHANNELS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Stochastic gradient descent, and how its rate falls."""

    epochs: int
    batch: int
    rate: float
    momentum: float
    halve_every: int = 0
    """Epochs after which the rate is halved; 0 for never."""


SIGNAL_RECIPE = Recipe(epochs=50, batch=100, rate=0.05, momentum=0.9, halve_every=10)
DIGIT_RECIPE = Recipe(epochs=30, batch=64, rate=0.02, momentum=0.9)


def set_seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def signal_cnn() -> nn.Sequential:
    """40 numbers, 15 channels of 19, of 9, of 4, ten scores."""
    layers: list[nn.Module] = []
    for before in (1, SIGNAL_CHANNELS, SIGNAL_CHANNELS):
        layers += [nn.Conv1d(before, SIGNAL_CHANNELS, kernel_size=3, stride=2), nn.ReLU()]
    return nn.Sequential(nn.Unflatten(1, (1, LENGTH)), *layers, nn.Flatten(), nn.Linear(60, 10))


def signal_mlp() -> nn.Sequential:
    """40, 100, 100, 10."""
    return nn.Sequential(
        nn.Linear(LENGTH, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10)
    )


def digit_cnn() -> nn.Sequential:
    """8 x 8 pixels, two rounds of convolution and pooling, two linear layers, log-probabilities."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 8)),
        nn.Conv2d(1, 10, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(10, 20, 3, padding=1),
        nn.Dropout2d(0.5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(80, 50),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(50, 10),
        nn.LogSoftmax(dim=1),
    )


def digit_mlp() -> nn.Sequential:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10), nn.LogSoftmax(dim=1)
    )


def he_initialise(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Linear, nn.Conv1d)):
        nn.init.kaiming_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def parameter_counts(net: nn.Module) -> list[int]:
    """Weights and biases of each layer that has any."""
    layers = [layer for layer in net if hasattr(layer, "weight")]
    return [sum(part.numel() for part in layer.parameters()) for layer in layers]


@dataclass(frozen=True, slots=True)
class Measured:
    """How a network does on a set."""

    loss: float
    """Mean cross-entropy in nats."""
    error: float
    """Per cent answered wrongly."""


def measure(net: nn.Module, x: torch.Tensor, y: torch.Tensor) -> Measured:
    net.eval()
    with torch.no_grad():
        scores = net(x)
        loss = nn.functional.cross_entropy(scores, y)
        wrong = (scores.argmax(dim=1) != y).double().mean()
    return Measured(float(loss), 100 * float(wrong))


def epochs(net: nn.Module, x: torch.Tensor, y: torch.Tensor, recipe: Recipe) -> Iterator[int]:
    """Trains `net` where it stands; yields the number of each epoch when it is over."""
    optimiser = torch.optim.SGD(net.parameters(), lr=recipe.rate, momentum=recipe.momentum)
    every = recipe.halve_every or recipe.epochs + 1
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, step_size=every, gamma=0.5)
    for epoch in range(recipe.epochs):
        net.train()
        for chosen in torch.randperm(len(x)).split(recipe.batch):
            optimiser.zero_grad()
            # of log-probabilities, cross-entropy is the negative log-likelihood
            nn.functional.cross_entropy(net(x[chosen]), y[chosen]).backward()
            optimiser.step()
        schedule.step()
        yield epoch


def signal_tensors(signals: Signals, order: np.ndarray | None = None) -> tuple[torch.Tensor, ...]:
    """float32 numbers, their forty places in another `order` if one is given, and labels."""
    x = signals.x if order is None else signals.x[:, order]
    return torch.tensor(x, dtype=torch.float32), torch.tensor(signals.y)


def train_on_signals(
    build: Callable[[], nn.Sequential],
    seed: int,
    train: tuple[torch.Tensor, ...],
    validation: tuple[torch.Tensor, ...],
    recipe: Recipe = SIGNAL_RECIPE,
) -> tuple[nn.Sequential, np.ndarray]:
    """The trained network and its errors: (epoch, [train, validation]) in per cent."""
    torch.set_num_threads(1)
    set_seed(seed)
    net = build()
    set_seed(seed)
    net.apply(he_initialise)
    curves = [
        (measure(net, *train).error, measure(net, *validation).error)
        for _ in epochs(net, *train, recipe)
    ]
    return net, np.array(curves)


def train_on_digits(
    build: Callable[[], nn.Sequential],
    seed: int,
    train: tuple[torch.Tensor, ...],
    test: tuple[torch.Tensor, ...],
    recipe: Recipe = DIGIT_RECIPE,
) -> tuple[nn.Sequential, np.ndarray]:
    """The trained network and (epoch, [test accuracy in per cent, test loss in nats])."""
    torch.set_num_threads(1)
    set_seed(seed)
    net = build()
    curves = []
    for _ in epochs(net, *train, recipe):
        now = measure(net, *test)
        curves.append((100 - now.error, now.loss))
    return net, np.array(curves)
