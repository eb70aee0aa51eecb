"""The orthonormal basis of a grid of the x axis, for densities (paper B, equation 7).

Its functions are orthonormal in the integral norm, so that the distance of two
coefficient vectors is the L2 distance of the densities: an error of the coefficients is an error
of the density (paper B, equation 11), and kernel widths mean the same in every basis.
"""

from dataclasses import dataclass

import numpy as np

from hkmaps.checks import expect_finite
from hkmaps.densities.coefficients import expect_coefficients, l2_norm
from hkmaps.errors import InputError
from hkmaps.exact.grids import Grid


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
