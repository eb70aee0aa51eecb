"""The Gaussian kernel and the squared distances it is made of (paper B, equation 4)."""

import numpy as np
from scipy.spatial.distance import cdist

DIFFERENCES_PER_ROW = 20_000_000
"""Products (training rows x features) up to which distances are sums of squared differences.

Differences are exact for near neighbours but take a pass over memory each; beyond this size matrix
products are faster by a factor of ten and more. The choice does not depend on the number of rows
that are predicted, so that a row's prediction does not depend on its company.
"""

VALUES_AT_ONCE = 4 * 1024**2
"""Values of training rows that matrix products take at once, 32 MiB in double precision."""


def squared_distances(rows: np.ndarray, training_rows: np.ndarray) -> np.ndarray:
    """Return the squared Euclidean distances of rows to training rows.

    Args:
        rows: shape (m, features), in single or double precision.
        training_rows: shape (n, features), likewise.

    Returns:
        Non-negative distances of shape (m, n) in double precision, in the squared unit of the
        features.
    """
    if training_rows.size <= DIFFERENCES_PER_ROW:
        return cdist(rows, training_rows, "sqeuclidean")
    distances = np.zeros((len(rows), len(training_rows)))
    size = max(1, VALUES_AT_ONCE // len(training_rows))
    for start in range(0, training_rows.shape[1], size):
        columns = slice(start, start + size)
        # A common origin near the data keeps the cancellation below at the size of their spread.
        origin = training_rows[:, columns].mean(axis=0, dtype=np.float64)
        first, second = rows[:, columns] - origin, training_rows[:, columns] - origin
        distances -= 2 * (first @ second.T)
        distances += np.einsum("ij,ij->i", first, first)[:, None]
        distances += np.einsum("ij,ij->i", second, second)
    return np.maximum(distances, 0, out=distances)


def gaussian_kernel(distances: np.ndarray, width: float) -> np.ndarray:
    """Return exp(-d / (2 width^2)) of squared distances d (paper B, equation 4).

    Args:
        distances: squared distances, any shape.
        width: width sigma of the kernel, positive, in the unit of the distances' square root.

    Returns:
        Values of the kernel in [0, 1], of the same shape.
    """
    kernel = distances * (-0.5 / width**2)
    return np.exp(kernel, out=kernel)
