"""Errors of kernel ridge regression on rows held out of training, without training anew.

One eigendecomposition of the kernel matrix of the training rows, K = Q diag(s) Q^T, serves all
regularisations and all targets.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import eigh

from hkmaps.kernels.training_data import target_blocks

CACHED_VALUES = 64 * 1024
"""Residuals that are made and squared at once, 512 KiB: memory is slower than their product."""


class LeaveOneOut:
    """Errors of predicting each row from all others.

    With A = (K + lambda I)^-1 the error of row i is (A y)_i / A_ii (Allen's PRESS residual; e.g.
    Rasmussen and Williams, Gaussian Processes for Machine Learning, equation 5.12).

    Args:
        kernel: kernel matrix of the training rows, shape (n, n).
    """

    def __init__(self, kernel: np.ndarray):
        self.eigenvalues, self.vectors = _eigendecomposition(kernel)
        self.nbytes = self.vectors.nbytes

    def mean_squared(self, targets: np.ndarray, regularisations: Sequence[float]) -> np.ndarray:
        """Return mean squared errors over rows; infinite where a matrix is singular.

        Args:
            targets: shape (n, targets).
            regularisations: values of lambda, not negative.

        Returns:
            Shape (regularisations, targets), in the squared unit of the targets.
        """
        rows, count = targets.shape
        errors = np.full((len(regularisations), count), np.inf)
        for columns in target_blocks(rows, count):
            projections = self.vectors.T @ targets[:, columns]
            for index, regularisation in enumerate(regularisations):
                if _is_singular(self.eigenvalues, regularisation):
                    continue
                filtered = self.vectors / (self.eigenvalues + regularisation)
                filtered /= np.einsum("ij,ij->i", filtered, self.vectors)[:, None]
                errors[index, columns] = _sums_of_squares(filtered, projections) / rows
        return errors


def condense(targets: np.ndarray) -> np.ndarray:
    """Return at most n targets whose summed squared errors are those of all the given ones.

    Held-out errors are E = H Y. With Y^T = U R and orthonormal columns of U the Frobenius norm of
    H Y is that of H R^T, so the n columns of R^T stand for any number of targets. R comes from QR
    decompositions of blocks, which unlike Y Y^T do not square rounding errors.

    Args:
        targets: shape (n, targets).

    Returns:
        Shape (n, min(n, targets)).
    """
    rows, count = targets.shape
    if count <= rows:
        return targets.astype(np.float64)
    triangle = np.empty((0, rows))
    for columns in target_blocks(rows, count):
        block = targets[:, columns].T.astype(np.float64)
        triangle = np.linalg.qr(np.concatenate([triangle, block]), mode="r")
    return np.ascontiguousarray(triangle.T)


def _eigendecomposition(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    eigenvalues, vectors = eigh(kernel, check_finite=False, driver="evd")
    # The matrix is positive semi-definite; only rounding makes an eigenvalue negative.
    return np.maximum(eigenvalues, 0), vectors


def _sums_of_squares(operator: np.ndarray, projections: np.ndarray) -> np.ndarray:
    """Sums over rows of the squares of operator @ projections, by target."""
    sums = np.empty(projections.shape[1])
    size = max(256, CACHED_VALUES // len(operator))
    for start in range(0, len(sums), size):
        columns = slice(start, start + size)
        residuals = operator @ projections[:, columns]
        sums[columns] = np.einsum("ij,ij->j", residuals, residuals)
    return sums


def _is_singular(eigenvalues: np.ndarray, regularisation: float) -> bool:
    """Whether K + lambda I would be refused by `KernelRidge`, which sees its 1-norm condition."""
    # The 1-norm of an inverse is at most sqrt(n) times its largest eigenvalue.
    limit = 4 * np.sqrt(len(eigenvalues)) * np.finfo(float).eps * eigenvalues[-1]
    return bool(eigenvalues[0] + regularisation <= limit)
