"""What coefficients in an orthonormal basis have in common."""

import numpy as np

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError


def l2_norm(coefficients: np.ndarray) -> np.ndarray:
    """Return the L2 norm of functions with coefficients (..., size) in an orthonormal basis."""
    return np.linalg.norm(coefficients, axis=-1)


def expect_coefficients(coefficients: np.ndarray, size: int) -> np.ndarray:
    """Return finite coefficients (..., size) as float64; raise `InputError` for another size."""
    coefficients = expect_finite(coefficients, "coefficients")
    if coefficients.ndim == 0 or coefficients.shape[-1] != size:
        raise InputError(
            f"The coefficients have the shape {coefficients.shape}; the last axis must be as long"
            f" as the basis, {size}."
        )
    return coefficients
