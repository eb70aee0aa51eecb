"""Distances between densities, deviation of potentials from a constant shift, sensitivity."""

import numpy as np

from hkmaps.checks import expect_finite, expect_real
from hkmaps.errors import InputError


def density_distance(first: np.ndarray, second: np.ndarray, spacing: float) -> np.ndarray:
    """Return the L2 distance of densities, the integral norm of paper A's equation 5.

    Args:
        first, second: densities on the same grid, shape (..., points), in 1/bohr.
        spacing: distance of grid points in bohr.

    Returns:
        Distances of shape (...), in bohr**-0.5.
    """
    return np.sqrt(np.sum(_difference(first, second, "densities") ** 2, axis=-1) * spacing)


def density_distance_as_printed(
    first: np.ndarray, second: np.ndarray, spacing: float
) -> np.ndarray:
    """Return the distance that reproduces paper A's printed values: the vector norm times dx.

    It is smaller than equation 5 by the factor sqrt(dx), and so depends on the grid.

    Args:
        first, second: densities on the same grid, shape (..., points), in 1/bohr.
        spacing: distance of grid points in bohr.

    Returns:
        Distances of shape (...).
    """
    return density_distance(first, second, spacing) * np.sqrt(spacing)


def constant_shift_deviation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the total variation of the difference of potentials (paper A, equation 6).

    It is zero where the potentials differ by a constant. On a grid the integral of the absolute
    slope is the sum of the absolute steps, whatever the spacing.

    Args:
        first, second: potentials on the same grid, shape (..., points), in Ha.

    Returns:
        Deviations of shape (...), in Ha.
    """
    return np.sum(np.abs(np.diff(_difference(first, second, "potentials"), axis=-1)), axis=-1)


def constant_shift_deviation_as_printed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the total variation that reproduces paper A's printed value in Figure 12.

    The slope is taken by central differences and summed over the grid, which misses part of the
    variation at each cusp: `constant_shift_deviation` is closer to the integral of equation 6.

    Args:
        first, second: potentials on the same grid, shape (..., points), in Ha.

    Returns:
        Deviations of shape (...), in Ha.
    """
    return np.sum(np.abs(np.gradient(_difference(first, second, "potentials"), axis=-1)), axis=-1)


def sensitivity(difference: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return |Q_i - Q_j| / ||n_i - n_j||, the sensitivity of Q[n] (paper A, equation 7).

    Args:
        difference: absolute differences of the quantity, in Ha.
        distance: distances of the densities.

    Returns:
        The ratios; infinite where equal densities have different values.
    """
    with np.errstate(divide="ignore"):
        return np.divide(expect_real(difference, "differences"), expect_real(distance, "distances"))


def _difference(first: np.ndarray, second: np.ndarray, name: str) -> np.ndarray:
    """First less second, of functions on the same grid; raise `InputError` for anything else."""
    first, second = expect_finite(first, name), expect_finite(second, name)
    if not first.ndim or not second.ndim or first.shape[-1] != second.shape[-1]:
        raise InputError(
            f"The {name} have the shapes {first.shape} and {second.shape}; both must be"
            " (..., points) on the same grid."
        )
    return first - second
