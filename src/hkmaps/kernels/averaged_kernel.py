"""Ridge regression with a Gaussian kernel that is averaged over a group of operations on its rows.

``k(x, x') = 1/|G| sum_g exp(-|phi(x) - phi(g x')|^2 / (2 s^2))`` is positive semi-definite where
the operations g form a group and leave distances as they are, and what it learns is the same at all
images of a row. It is training on all images of all rows, with a matrix |G|^2 times smaller: by
symmetry the images of a row have equal weights, so that ``(K + lambda I) a = y`` here is there the
same with |G| lambda, and weights a / |G|.

Source: B. Haasdonk and H. Burkhardt, Mach. Learn. 68, 35 (2007).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve

from hkmaps.errors import InputError
from hkmaps.kernels.held_out_errors import LeaveOneOut
from hkmaps.kernels.hyperparameter_search import (
    REGULARISATIONS,
    HyperparameterSearch,
    default_widths,
)
from hkmaps.kernels.kernel_functions import gaussian_kernel

ROWS_AT_ONCE = 100
"""Rows of a block of distances."""

LARGEST_MEMORY = 8e9
"""Bytes that the distances may take."""

WIDENINGS = 5
"""How often the search may continue beyond an edge that its winner is at, as in
`CrossValidatedKernelRidge`."""


class ImageDistances:
    """Squared distances of n rows to all images of all rows, for kernels of any width.

    The averaged kernel is symmetric, so that the distances of each pair are held once: about
    4 |G| n^2 bytes. Kernels of single operations are added up and never held together.

    Args:
        rows: number n of rows.
        operations: number |G| of operations.
        distances: called with a slice of rows and the first of the others; returns the squared
            distances of the slice's rows to the images of the others from the first on, shape
            (operations, rows of the slice, n - first).

    Raises:
        InputError: the distances take more memory than `LARGEST_MEMORY`.
    """

    def __init__(self, rows: int, operations: int, distances: Callable[[slice, int], np.ndarray]):
        size = 4.0 * operations * rows**2
        if size > LARGEST_MEMORY:
            most = int(np.sqrt(LARGEST_MEMORY / 4 / operations))
            raise InputError(
                f"The distances of {rows} geometries to their images under {operations} operations"
                f" take {size / 1e9:.3g} GB of memory; at most {LARGEST_MEMORY / 1e9:g} GB are"
                f" allowed, which {most} geometries take."
            )
        self.rows = rows
        self._blocks = [
            distances(slice(start, min(start + ROWS_AT_ONCE, rows)), start)
            for start in range(0, rows, ROWS_AT_ONCE)
        ]

    def mean_kernel(self, width: float) -> np.ndarray:
        """Return the averaged kernel, shape (n, n), symmetric to the last bit."""

        def mean(block: np.ndarray) -> np.ndarray:
            total = gaussian_kernel(block[0], width)
            for of_operation in block[1:]:
                total += gaussian_kernel(of_operation, width)
            return total / len(block)

        return self._matrix(mean)

    def nearest(self) -> np.ndarray:
        """Return the squared distances of rows to the nearest image of each, shape (n, n)."""
        nearest = self._matrix(lambda block: block.min(axis=0))
        np.fill_diagonal(nearest, 0)
        return nearest

    def _matrix(self, of_block: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        matrix, start = np.empty((self.rows, self.rows)), 0
        for block in self._blocks:
            end = start + block.shape[1]
            matrix[start:end, start:] = of_block(block)
            start = end
        # The last block on the diagonal is its own mirror image but for rounding.
        return np.triu(matrix) + np.triu(matrix, 1).T


class AveragedRidge(NamedTuple):
    """A regression with an averaged kernel.

    Attributes:
        width: width of the kernel.
        regularisation: lambda.
        cv_error: root-mean-square error of rows, each predicted from all others.
        at_edge: whether width or regularisation ended at an edge of the search.
        weights: a, shape (n,), in the unit of the targets.
    """

    width: float
    regularisation: float
    cv_error: float
    at_edge: bool
    weights: np.ndarray


def learn_averaged(distances: ImageDistances, targets: np.ndarray) -> AveragedRidge:
    """Choose width and regularisation by leave-one-out, and train on all rows.

    The search is that of `CrossValidatedKernelRidge`, its widths multiples of the median distance
    to nearest images. A row is left out with all its images.

    Args:
        distances: of the training rows.
        targets: shape (n,).

    Raises:
        InputError: all rows are images of each other, or the matrix is singular for all candidates.
    """
    search = _Search(distances, targets[:, None])
    found = search.run(default_widths(search.distances), REGULARISATIONS, WIDENINGS)
    width, regularisation = found.width.item(), found.regularisation.item()
    matrix = distances.mean_kernel(width)
    matrix.flat[:: len(matrix) + 1] += regularisation
    return AveragedRidge(
        width,
        regularisation,
        float(np.sqrt(found.error.item())),
        bool(found.width_at_edge.item() or found.regularisation_at_edge.item()),
        solve(matrix, targets, assume_a="pos", overwrite_a=True, check_finite=False),
    )


class _Search(HyperparameterSearch):
    """The search with averaged kernels; distances to nearest images set the scale of widths."""

    def __init__(self, images: ImageDistances, targets: np.ndarray):
        super().__init__(images.nearest(), targets, shared=True)
        self._images = images

    def _decompose(self, width: float) -> LeaveOneOut:
        if width not in self._decomposed:
            self._decomposed[width] = LeaveOneOut(self._images.mean_kernel(width))
        return self._decomposed[width]
