"""Orthonormal bases for densities on a grid of the x axis (paper B, equation 7).

The functions of a basis are orthonormal in the integral norm, so that the distance of two
coefficient vectors is the L2 distance of the densities: an error of the coefficients is an error
of the density (paper B, equation 11), and kernel widths mean the same in every basis.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.fft import dst, idst

from hkmaps.checks import expect_count, expect_finite
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid


class DensityBasis(Protocol):
    """What every basis offers; coefficients have the shape (..., size), in bohr^(-d/2)."""

    @property
    def size(self) -> int:
        """The number of basis functions."""

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """Return the coefficients of functions given on the grid."""

    def electron_count(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the integral of the densities, shape (...)."""

    def norm(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the L2 norm of the densities, shape (...), in bohr^(-d/2)."""


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


def _expect_on_grid(values: np.ndarray, grid: Grid) -> np.ndarray:
    values = expect_finite(values, "values on the grid")
    if values.ndim == 0 or values.shape[-1] != grid.size:
        raise InputError(
            f"The values have the shape {values.shape}; the last axis must be as long as the grid,"
            f" {grid.size} points."
        )
    return values


@dataclass(frozen=True, eq=False)
class GridBasis:
    """One basis function a grid point: 1/sqrt(spacing) there and zero at the other points.

    Attributes:
        grid: grid of N points; integrals are sums times its spacing (rectangle rule).
    """

    grid: Grid

    @property
    def size(self) -> int:
        """The number of basis functions, N."""
        return self.grid.size

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """Return values * sqrt(spacing), whose vector norm is the integral norm of the function.

        Args:
            values: densities (1/bohr) or other functions on the grid, shape (..., N).

        Raises:
            InputError: the values are not finite or do not fit the grid.
        """
        return _expect_on_grid(values, self.grid) * np.sqrt(self.grid.spacing)

    def density(self, coefficients: np.ndarray) -> np.ndarray:
        """Return densities on the grid, 1/bohr, from coefficients; both of shape (..., N).

        Raises:
            InputError: the coefficients are not finite or do not fit the basis.
        """
        return expect_coefficients(coefficients, self.size) / np.sqrt(self.grid.spacing)

    def electron_count(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the integral of the densities, shape (...), from coefficients (..., N)."""
        return self.density(coefficients).sum(axis=-1) * self.grid.spacing

    def norm(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the L2 norm of the densities, bohr^-1/2, shape (...)."""
        return l2_norm(expect_coefficients(coefficients, self.size))


@dataclass(frozen=True, eq=False)
class SineBasis:
    """The lowest eigenfunctions of a particle between the walls of a grid.

    The walls stand one spacing beyond the first and the last point, where the wavefunctions of
    `hkmaps.exact` vanish. There sqrt(2/W) sin(k pi x / W), k = 1 .. functions, with W the distance
    of the walls and x that from the left one, are orthonormal under the rectangle rule as well, so
    Parseval's identity holds to rounding where there are as many functions as points.

    Attributes:
        grid: grid of N points.
        functions: number of basis functions, from 1 to N.

    Raises:
        InputError: the number of functions is out of range.
    """

    grid: Grid
    functions: int

    def __post_init__(self):
        expect_count(self.functions, "number of functions of the sine basis", None)
        if not 1 <= self.functions <= self.grid.size:
            raise InputError(
                f"The sine basis has {self.functions} functions; it must have at least 1 and at"
                f" most as many as the grid has points, {self.grid.size}."
            )

    @property
    def size(self) -> int:
        """The number of basis functions."""
        return self.functions

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """Return the overlaps of functions (..., N) with the basis functions, (..., functions).

        Raises:
            InputError: the values are not finite or do not fit the grid.
        """
        # The type-I discrete sine transform is these overlaps but for the factor sqrt(spacing).
        overlaps = dst(_expect_on_grid(values, self.grid), type=1, norm="ortho", axis=-1)
        return overlaps[..., : self.functions] * np.sqrt(self.grid.spacing)

    def density(self, coefficients: np.ndarray) -> np.ndarray:
        """Return densities on the grid (..., N), 1/bohr, from coefficients (..., functions).

        Raises:
            InputError: the coefficients are not finite or do not fit the basis.
        """
        coefficients = expect_coefficients(coefficients, self.size)
        missing = self.grid.size - self.functions
        padding = [(0, 0)] * (coefficients.ndim - 1) + [(0, missing)]
        values = idst(np.pad(coefficients, padding), type=1, norm="ortho", axis=-1)
        return values / np.sqrt(self.grid.spacing)

    def electron_count(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the integral of the densities by the rectangle rule, shape (...)."""
        return self.density(coefficients).sum(axis=-1) * self.grid.spacing

    def norm(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the L2 norm of the densities, bohr^-1/2, shape (...)."""
        return l2_norm(expect_coefficients(coefficients, self.size))
