"""Finite-difference Hamiltonians between hard walls."""

from math import factorial
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from hkmaps.checks import expect_finite
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid

if TYPE_CHECKING:
    from scipy import sparse

STENCILS = (3, 5, 7, 9, 11, 13)
DEFAULT_STENCIL = 13


def second_derivative_coefficients(stencil: int) -> np.ndarray:
    """Return the weights of the central finite-difference second derivative at unit spacing.

    The weights make the derivative exact for polynomials up to the degree stencil - 1, so its
    error falls with the power stencil - 1 of the spacing (B. Fornberg, Math. Comp. 51, 699, 1988).

    Args:
        stencil: number of points, one of `STENCILS`.

    Returns:
        Weights of shape ((stencil + 1) / 2,): of the point itself and of its 1st, 2nd, ...
        neighbour on either side.

    Raises:
        InputError: the stencil is not one of `STENCILS`.
    """
    if stencil not in STENCILS or not isinstance(stencil, Integral):
        raise InputError(
            f"The stencil has {stencil} points; it must be one of {', '.join(map(str, STENCILS))}."
        )
    p = stencil // 2
    neighbours = [
        2 * (-1) ** (k + 1) * factorial(p) ** 2 / (k**2 * factorial(p - k) * factorial(p + k))
        for k in range(1, p + 1)
    ]
    return np.array([-2 * sum(neighbours), *neighbours])


def kinetic_bands(grid: Grid, stencil: int = DEFAULT_STENCIL) -> np.ndarray:
    """Return the kinetic energy operator -1/2 d2/dx2 as the bands of a symmetric matrix.

    Points beyond the walls count as zeros of the wavefunction.

    Args:
        grid: grid of N points.
        stencil: number of points of the second derivative, one of `STENCILS`.

    Returns:
        Main diagonal and lower diagonals, of shape ((stencil + 1) / 2, N), in Ha, in the lower
        storage of `scipy.linalg.eig_banded`.

    Raises:
        InputError: the stencil is unknown, or the grid has fewer points than the stencil.
    """
    weights = second_derivative_coefficients(stencil)
    if grid.size < stencil:
        raise InputError(
            f"The grid has {grid.size} points; a stencil of {stencil} points needs at least"
            f" {stencil}."
        )
    return np.tile(-0.5 / grid.spacing**2 * weights[:, None], grid.size)


def hamiltonian_bands(
    potential: np.ndarray, grid: Grid, stencil: int = DEFAULT_STENCIL
) -> np.ndarray:
    """Return the one-electron Hamiltonian -1/2 d2/dx2 + V as the bands of a symmetric matrix.

    Args:
        potential: external potential of shape (N,), in Ha.
        grid: grid of N points.
        stencil: number of points of the second derivative, one of `STENCILS`.

    Returns:
        Bands as of `kinetic_bands`.

    Raises:
        InputError: as `kinetic_bands`, or the potential is not finite or not of the grid's shape.
    """
    bands = kinetic_bands(grid, stencil)
    bands[0] += check_potential(potential, grid)
    return bands


def check_potential(potential: np.ndarray, grid: Grid) -> np.ndarray:
    """Return `potential` as float64, shape (N,); raise `InputError` if it does not fit `grid`."""
    return expect_on_grid(potential, grid, "potential")


def expect_on_grid(values: np.ndarray, grid: Grid, name: str) -> np.ndarray:
    """Return values as float64, shape (N,), one a point of the grid.

    Args:
        values: what should be numbers on the points.
        grid: grid of N points.
        name: what they are, for messages.

    Raises:
        InputError: they are not finite real numbers or not of the grid's shape, or `grid` is no
            `Grid`.
    """
    values = expect_finite(values, name)
    if not isinstance(grid, Grid):
        raise InputError(
            f"The grid is a {type(grid).__name__}; it must be a Grid, such as uniform_grid(14, 12)"
            " makes."
        )
    if values.shape != (grid.size,):
        raise InputError(
            f"The {name} has the shape {values.shape}; on a grid of {grid.size} points it must"
            f" have the shape ({grid.size},)."
        )
    return values


def sparse_operator(bands: np.ndarray) -> "sparse.csr_array":
    """Return the symmetric operator with the lower `bands` (K, N) as a sparse (N, N) matrix."""
    size = bands.shape[1]
    diagonals = [band[: size - k] for k, band in enumerate(bands)]
    offsets = [*range(len(bands)), *(-k for k in range(1, len(bands)))]
    # The workflow checks grids with this module, and SciPy's sparse arrays take long to import.
    from scipy import sparse  # noqa: PLC0415

    return sparse.diags_array(
        [*diagonals, *diagonals[1:]], offsets=offsets, shape=(size, size)
    ).tocsr()
