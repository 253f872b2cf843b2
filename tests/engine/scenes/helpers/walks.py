import numpy as np


def step(source):
    return np.array([source.uniform(-0.2, 0.2), source.uniform(-0.2, 0.2), 0])
