"""Samples of the zoo: each set as (training x, y), (calibration x), (evaluation x), disjoint, float32."""

import os

import numpy as np

CALIBRATION = 100
EVALUATION = 300


def digits(root):
    found = np.load(os.path.join(root, "public/samples/mnist.npz"))
    scaled = lambda a: a.reshape(-1, 28, 28, 1).astype(np.float32) / np.float32(255)
    x, y = scaled(found["x_train"]), found["y_train"].astype(np.int64).ravel()
    return (x[CALIBRATION:], y[CALIBRATION:]), x[:CALIBRATION], scaled(found["x_test"])[:EVALUATION]


def cifar(root):
    found = np.load(os.path.join(root, "../shared/data/cifar10/cifar10_1000.npz"))
    x, y = found["x"].astype(np.float32) / np.float32(127.5) - np.float32(1), found["y"].astype(np.int64).ravel()
    first = CALIBRATION + EVALUATION
    return (x[first:], y[first:]), x[:CALIBRATION], x[CALIBRATION:first]


def signals(_root):
    """Ten shapes of wave with noise, in two channels of 128 steps."""
    rng = np.random.default_rng(7)
    count = 2000 + CALIBRATION + EVALUATION
    y = rng.integers(0, 10, count)
    t = np.arange(128) / 128
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    wave = np.sin(2 * np.pi * (y[:, None] + 2) * t + phase)
    square = np.sign(np.sin(2 * np.pi * (y[:, None] % 4 + 1) * t + phase))
    x = np.stack([wave * rng.uniform(0.5, 2, (count, 1)), square], -1) + rng.normal(0, 0.3, (count, 128, 2))
    return _split(x.astype(np.float32), y)


def spectrograms(_root):
    """Ten chirps as pictures of 49 frames and 10 bands, about those of speech commands."""
    rng = np.random.default_rng(8)
    count = 2000 + CALIBRATION + EVALUATION
    y = rng.integers(0, 10, count)
    frame, band = np.arange(49)[None, :, None], np.arange(10)[None, None, :]
    centre = 4.5 + (y[:, None, None] - 4.5) * np.sin(frame / 49 * np.pi * (1 + y[:, None, None] % 3))
    x = 4 * np.exp(-((band - centre) ** 2) / 2) + rng.normal(0, 0.5, (count, 49, 10))
    return _split(x[..., None].astype(np.float32), y)


def abalone(root):
    """Rings by eight measures, in the files' own units."""
    path = os.path.join(root, "../shared/models/abalone/abalone.csv")
    rows = [line.strip().split(",") for line in open(path) if line.strip()]
    numbers = [[{"M": 0.0, "F": 1.0, "I": 2.0}.get(cell, cell) for cell in row] for row in rows[1:]]
    table = np.array([[float(cell) for cell in row] for row in numbers], np.float32)
    table = table[np.random.default_rng(3).permutation(len(table))]
    return _split(table[:, :-1], table[:, -1:])


def _split(x, y):
    last = CALIBRATION + EVALUATION
    return (x[last:], y[last:]), x[:CALIBRATION], x[CALIBRATION:last]


sets = {"digits": digits, "cifar": cifar, "signals": signals, "spectrograms": spectrograms, "abalone": abalone}
