"""Checks of the shapes that maps are trained on and applied to.

Values are checked by the regressions, in blocks and in the precision in which they come: the
coefficients of many densities are too large for copies.
"""

import numpy as np
from numpy.typing import ArrayLike

from hkmaps.errors import InputError


def expect_rows(values: ArrayLike, name: str) -> np.ndarray:
    """Return an array (samples, length); raise `InputError` for another shape."""
    values = np.asarray(values)
    if values.ndim != 2 or 0 in values.shape:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must be (samples, length), with"
            " at least one of each."
        )
    return values


def expect_trained_size(values: ArrayLike, size: int, name: str) -> np.ndarray:
    """Return an array (samples, size); raise `InputError` where a map knows another size."""
    values = expect_rows(values, name)
    if values.shape[1] != size:
        raise InputError(
            f"The {name} have {values.shape[1]} values a sample; this map was trained on {size} and"
            " can only be applied to what was represented as its training samples were."
        )
    return values


def expect_targets(values: ArrayLike, samples: int, name: str) -> np.ndarray:
    """Return targets (samples,) or (samples, targets); raise `InputError` otherwise."""
    values = np.asarray(values)
    if values.ndim not in (1, 2) or len(values) != samples:
        raise InputError(
            f"The array of {name} has the shape {values.shape}; it must hold one row for each of"
            f" the {samples} training samples."
        )
    return values
