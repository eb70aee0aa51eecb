"""Checks of what maps are trained on and applied to."""

import numpy as np

from hkmaps.errors import InputError
from hkmaps.tables import expect_finite


def expect_rows(values: np.ndarray, name: str) -> np.ndarray:
    """Return finite values (samples, length) as float64; raise `InputError` for another shape."""
    values = expect_finite(values, name)
    if values.ndim != 2 or 0 in values.shape:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must be (samples, length), with"
            " at least one of each."
        )
    return values


def expect_trained_size(values: np.ndarray, size: int, name: str) -> np.ndarray:
    """Return finite values (samples, size); raise `InputError` where a map knows another size."""
    values = expect_rows(values, name)
    if values.shape[1] != size:
        raise InputError(
            f"The {name} have {values.shape[1]} values a sample; this map was trained on {size} and"
            " can only be applied to what was represented as its training samples were."
        )
    return values


def expect_targets(values: np.ndarray, samples: int, name: str) -> np.ndarray:
    """Return finite targets (samples,) or (samples, targets); raise `InputError` otherwise."""
    values = expect_finite(values, name)
    if values.ndim not in (1, 2) or len(values) != samples:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must hold one row for each of"
            f" the {samples} training samples."
        )
    return values
