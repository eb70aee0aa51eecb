"""The regularised kernel matrix K + lambda I of a training set, factored once for many uses."""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular
from scipy.linalg.lapack import dpocon, dpotri

from hkmaps.errors import InputError
from hkmaps.kernels.kernel_functions import gaussian_kernel
from hkmaps.kernels.training_data import target_blocks


class RegularisedKernel:
    """K + lambda I by its Cholesky factor: weights, and what a Gaussian process leaves open.

    Args:
        distances: squared distances of the training rows, shape (n, n).
        width: width of the Gaussian kernel, in the unit of the distances' square root.
        regularisation: lambda, not negative.

    Raises:
        InputError: the matrix is singular, as for equal rows without regularisation.
    """

    def __init__(self, distances: np.ndarray, width: float, regularisation: float):
        self.width, self.regularisation = width, regularisation
        matrix = gaussian_kernel(distances, width)
        matrix.flat[:: len(matrix) + 1] += regularisation
        norm = np.abs(matrix).sum(axis=0).max()
        try:
            self._factor, _ = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
            reciprocal_condition, _ = dpocon(self._factor, norm, uplo="L")
        except LinAlgError:
            reciprocal_condition = 0.0
        if reciprocal_condition < np.finfo(float).eps:
            raise InputError(
                f"The kernel matrix of {len(matrix)} training rows is singular at the width"
                f" {width:g} and the regularisation {regularisation:g}{_equal_rows(distances)}; a"
                " larger regularisation or distinct rows are needed."
            )

    def solve(self, targets: np.ndarray) -> np.ndarray:
        """Return (K + lambda I)^-1 times targets (n, targets), of the same shape."""
        return cho_solve((self._factor, True), targets, check_finite=False)

    def whitened(self, distances: np.ndarray) -> np.ndarray:
        """Return L^-1 k with the factor L of K + lambda I, shape (n, m).

        The columns' inner products are the covariances that training explains of a Gaussian
        process, in units of its prior variance.

        Args:
            distances: squared distances of new rows to training rows, shape (m, n).
        """
        kernel = gaussian_kernel(distances, self.width)
        return solve_triangular(self._factor, kernel.T, lower=True, check_finite=False)

    def unexplained(self, distances: np.ndarray) -> np.ndarray:
        """Return the part of the prior variance of a Gaussian process that training leaves.

        It is 1 - k^T (K + lambda I)^-1 k with the kernel k between a new row and the training
        rows (e.g. Rasmussen and Williams, Gaussian Processes for Machine Learning, equation 2.26):
        0 at a training row without noise, 1 far from all.

        Args:
            distances: squared distances of new rows to training rows, shape (m, n).

        Returns:
            Values from 0 to 1, shape (m,).
        """
        values = np.empty(len(distances))
        for rows in target_blocks(len(self._factor), len(distances)):
            whitened = self.whitened(distances[rows])
            values[rows] = 1 - np.einsum("ij,ij->j", whitened, whitened)
        return np.maximum(values, 0)

    def left_out_errors(self, weights: np.ndarray) -> np.ndarray:
        """Return the errors of targets, each predicted from all others, shape (n,).

        With A = (K + lambda I)^-1 it is (A y)_i / A_ii, and the variance of a Gaussian process
        there 1 / A_ii in units of the prior's (the same book, equations 5.10 to 5.12).

        Args:
            weights: A y, shape (n,), in the unit of the targets.
        """
        return weights / self.inverse_diagonal()

    def inverse_diagonal(self) -> np.ndarray:
        """Return the diagonal of (K + lambda I)^-1, shape (n,)."""
        inverse, _ = dpotri(self._factor, lower=1)
        return inverse.diagonal()


def _equal_rows(distances: np.ndarray) -> str:
    pairs = np.argwhere(np.triu(distances == 0, k=1))
    return f" (rows {pairs[0][0]} and {pairs[0][1]} are equal)" if len(pairs) else ""
