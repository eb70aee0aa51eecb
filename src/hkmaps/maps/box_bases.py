"""Bases of densities in a box: Fourier functions, and what kernel PCA finds in training densities.

A basis turns densities into the coordinates that a map learns, and coordinates into densities. The
third one, the grid's, is `hkmaps.maps.grid_basis.GridBasis`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.decomposition import KernelPCA

from hkmaps.checks import expect_count
from hkmaps.densities.coefficients import expect_coefficients
from hkmaps.exact.grids import Grid
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.hyperparameter_search import WIDTH_MULTIPLES
from hkmaps.kernels.kernel_functions import squared_distances
from hkmaps.maps.grid_basis import GridBasis


@dataclass(frozen=True, eq=False)
class FourierSeriesBasis:
    """The first real functions of the Fourier series from wall to wall, orthonormal.

    They are 1, cos(k x), sin(k x), cos(2 k x), ... with k = 2 pi / L, each over its norm. Densities
    vanish at the walls with their slopes, so that their periodic continuation is smooth.

    Attributes:
        grid: grid of N points between the walls, one spacing from the first and the last.
        size: number of functions, fewer than N.
    """

    grid: Grid
    size: int

    def __post_init__(self):
        expect_count(self.size, "number of Fourier functions", 1, self.grid.size - 1)

    @cached_property
    def functions(self) -> np.ndarray:
        """The functions on the grid, shape (size, N), in bohr^-1/2."""
        length = self.grid.length + 2 * self.grid.spacing
        numbers = np.arange(self.size)
        phases = 2 * np.pi * np.outer((numbers + 1) // 2, self.grid.points) / length
        waves = np.where((numbers % 2 == 1)[:, None], np.cos(phases), np.sin(phases))
        waves *= np.sqrt(2 / length)
        waves[0] = np.sqrt(1 / length)
        return waves

    def coefficients(self, densities: np.ndarray) -> np.ndarray:
        """Return coefficients (S, size), bohr^-1/2, of densities (S, N), 1/bohr."""
        return densities @ self.functions.T * self.grid.spacing

    def density(self, coefficients: np.ndarray) -> np.ndarray:
        """Return densities on the grid (S, N), 1/bohr, of coefficients (S, size)."""
        return expect_coefficients(coefficients, self.size) @ self.functions


@dataclass(frozen=True, eq=False)
class KernelPrincipalComponents:
    """Coordinates of densities along the leading kernel principal components of training densities.

    A density from coordinates is a pre-image, which is learnt by kernel ridge regression
    (G. H. Bakir, J. Weston, B. Schoelkopf, Adv. Neural Inf. Process. Syst. 16, 2004).

    Attributes:
        grid: grid of N points.
        components: the fitted kernel PCA.
        preimage: the regression from coordinates to coefficients in the basis of the grid.
        width_over_median: width of the kernel over the median distance of training densities.
    """

    grid: Grid
    components: KernelPCA
    preimage: CrossValidatedKernelRidge
    width_over_median: float

    @classmethod
    def fit(cls, densities: np.ndarray, grid: Grid, size: int) -> "KernelPrincipalComponents":
        """Find the components of training densities.

        The width of the kernel is the one whose pre-images have the least leave-one-out error.

        Args:
            densities: training densities of shape (M, N), in 1/bohr.
            grid: grid of N points.
            size: number of components; M densities have at most M - 1.
        """
        rows = GridBasis(grid).coefficients(densities)
        distances = squared_distances(rows, rows)
        median = float(np.median(np.sqrt(distances[np.triu_indices(len(rows), 1)])))
        best = None
        for multiple in WIDTH_MULTIPLES:
            gamma = 0.5 / (multiple * median) ** 2
            components = KernelPCA(min(size, len(rows) - 1), kernel="rbf", gamma=gamma)
            preimage = CrossValidatedKernelRidge().fit(components.fit_transform(rows), rows)
            if best is None or preimage.cv_error_ < best.preimage.cv_error_:
                best = cls(grid, components, preimage, float(multiple))
        return best

    def coefficients(self, densities: np.ndarray) -> np.ndarray:
        """Return coordinates (S, components), without unit, of densities (S, N), 1/bohr."""
        return self.components.transform(GridBasis(self.grid).coefficients(densities))

    def density(self, coefficients: np.ndarray) -> np.ndarray:
        """Return densities on the grid (S, N), 1/bohr, of coordinates (S, components)."""
        return GridBasis(self.grid).density(self.preimage.predict(coefficients))
