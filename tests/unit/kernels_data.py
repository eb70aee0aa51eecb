"""Smooth functions of a few features, shared by the tests of kernel ridge regression."""

import numpy as np

from hkmaps.seeds import random_stream


def smooth_data(rows: int, targets: int, features: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return features of shape (rows, features) and waves of them, shape (rows, targets)."""
    stream = random_stream(0, "tests", "smooth data")
    directions = 0.5 * stream.normal(size=(features, targets))
    X = random_stream(0, "tests", "smooth data", rows).normal(size=(rows, features))
    return X, np.sin(X @ directions) + np.arange(targets)
